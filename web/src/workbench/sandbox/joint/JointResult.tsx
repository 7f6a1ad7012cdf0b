import type { JointDetail, JointLimits } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import { CitationChip } from '../../../shared/CitationChip.tsx';
import { number } from '../../../shared/format.ts';
import { useRead } from '../../../shared/use-api.ts';
import { COMMON_FILE } from './joint-model.ts';

const WORDS = words(
  {
    title: '结果',
    count: '双方共同的标识',
    ids: `哪些在内，写在各方自己机器上的文件里（命令中的 --out，例如 ${COMMON_FILE}）；平台没有这份名单。`,
    only: '约定只计个数：哪些在内，没有人知道。',
    tooFew: (least: string) => `共同的标识少于 ${least} 个，只告知这一点。`,
    field: '指标',
    total: '合计',
    transcript: '传送内容摘要（SHA-256）',
    transcriptText: '各方日后可据此证明当时传送了什么；内容本身已清除或到期清除。',
  },
  {
    title: 'Result',
    count: 'identifiers in common',
    ids: `Which ones stands in the file on each party’s own machine (--out of the command, such as ${COMMON_FILE}); the exchange does not have that list.`,
    only: 'Only a count was agreed: nobody knows which ones.',
    tooFew: (least: string) => `Fewer than ${least} identifiers are in common; only that is told.`,
    field: 'Figure',
    total: 'Total',
    transcript: 'Digest of all that was passed on (SHA-256)',
    transcriptText:
      'By it each party can show later what was sent; the content itself is cleared, at once or when time is up.',
  },
);

/** What came out, as far as it is told. */
export function JointResult({ session: s }: { readonly session: JointDetail }) {
  const t = useWords(WORDS);
  const { data: limits } = useRead<JointLimits>('/joint-limits', {}, { staleMs: 600_000 });
  const { result } = s;
  if (!result) return null;
  return (
    <section className="my-act" aria-label={t.title}>
      <h2>{t.title}</h2>
      {'totals' in result ? (
        <table>
          <thead>
            <tr>
              <th scope="col">{t.field}</th>
              <th scope="col" className="number">
                {t.total}
              </th>
            </tr>
          </thead>
          <tbody>
            {result.totals.map(({ field, total }) => (
              <tr key={field}>
                <td>{field}</td>
                {/* A string: totals may be larger than a JSON number holds. */}
                <td className="number">{BigInt(total).toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : result.tooFew ? (
        <p>
          {limits ? t.tooFew(number(limits.commonLeast)) : ''} <CitationChip rule="HS-24.3" article="HS-24.3" />
        </p>
      ) : (
        <>
          <p className="big-figure">{number(result.count ?? 0)}</p>
          <p>{t.count}</p>
          <p className="faint">{s.reveal === 'ids' ? t.ids : t.only}</p>
        </>
      )}
      <p className="faint small hash work-gap">
        {t.transcript} <code>{s.transcript}</code>
        <span className="block-text">{t.transcriptText}</span>
      </p>
    </section>
  );
}
