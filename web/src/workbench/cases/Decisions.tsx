import type { CaseEvent, Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { dateTime } from '../../shared/format.ts';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
    title: '规则判定',
    rule: '规则',
    outcome: '结论',
    recorded: '仅留痕',
    ok: '符合',
    violated: '不符合',
    'not-applicable': '不适用',
    unknown: '事实不明',
  },
  {
    title: 'How the rules were decided',
    rule: 'Rule',
    outcome: 'Outcome',
    recorded: 'on record only',
    ok: 'holds',
    violated: 'does not hold',
    'not-applicable': 'does not apply',
    unknown: 'fact unknown',
  },
);

const LOOKED_AT = 20;
const LOOK: Readonly<Record<string, string>> = { ok: 'good', violated: 'bad', unknown: 'wait' };

/** How each rule of the last decided act was decided, as far as its receipt is the reader's to see. */
export function Decisions({ caseId }: { readonly caseId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { data } = useRead<Page<CaseEvent>>(`/cases/${caseId}/history`, { limit: LOOKED_AT });
  const last = data?.items.find((e) => e.decisions.length > 0);
  if (!last) return null;
  const outcomes: Readonly<Record<string, string>> = t;
  return (
    <>
      <h2>{t.title}</h2>
      <p className="faint small">
        {say(last.title)} · {dateTime(last.at)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={t.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.rule}</th>
              <th scope="col">{t.outcome}</th>
            </tr>
          </thead>
          <tbody>
            {last.decisions.map(({ rule, citation, title, outcome, binding }) => (
              <tr key={rule}>
                <td>
                  <CitationChip rule={rule} article={citation.zh} citation={citation} /> {say(title)}
                </td>
                <td>
                  <span className={`tag ${LOOK[outcome] ?? ''}`}>{outcomes[outcome] ?? outcome}</span>
                  {binding ? null : <small className="faint block">{t.recorded}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
