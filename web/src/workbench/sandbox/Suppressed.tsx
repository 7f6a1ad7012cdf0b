import type { SuppressionClass } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { Popover } from '../../shared/Popover.tsx';
import './sandbox.css';

const WORDS = words(
  {
    held: '不公布',
    protected: '保护个体',
    protectedWhy:
      '这个数来自的个体太少，或者其中一两个占得太多，公布它就等于公布某一个体的情况。换更粗的分组，或者放宽筛选条件。',
    complementary: '保护他格',
    complementaryWhy:
      '这个数本身并不敏感，但与同行同列的合计相减，就能推出旁边被保护的数，所以一并不公布。换更粗的分组会少隐藏一些。',
    history: '与以往相减',
    historyWhy:
      '贵方已经得到过一个只差少数个体的数，两者相减就能推出那几个个体。已经公布的收不回，所以这一个不公布；换一个差别更大的筛选条件。',
    legend: '为什么有的数不公布',
    count: (n: number) => `${n} 处`,
    none: '表中的数都已公布。主体太少的分组连名称一并略去，有多少也不告知。',
  },
  {
    held: 'withheld',
    protected: 'protects someone',
    protectedWhy:
      'Too few are behind this figure, or one or two hold too much of it: telling it would tell of them. Group more coarsely, or widen the filter.',
    complementary: 'protects a neighbour',
    complementaryWhy:
      'Harmless by itself, but taken from the total of its row or column it would give the protected figure beside it. A coarser grouping hides less.',
    history: 'differs from an earlier answer',
    historyWhy:
      'Your party already knows a figure that differs from this one by a few only: the difference would tell of them. What was told cannot be taken back; ask with a filter that differs by more.',
    legend: 'Why some figures are withheld',
    count: (n: number) => `${n}`,
    none: 'Every figure in the table is told. Groups of too few are left out with their name; how many there were is not told.',
  },
);

export const SUPPRESSIONS = ['protected', 'complementary', 'history'] as const;

/** The house rule each class rests on. */
const RULE: Readonly<Record<SuppressionClass, string>> = {
  protected: 'HS-22.20',
  complementary: 'HS-22.24',
  history: 'HS-22.31',
};

function Why({ of }: { readonly of: SuppressionClass }) {
  const t = useWords(WORDS);
  return (
    <>
      <p>{t[`${of}Why`]}</p>
      <CitationChip rule={RULE[of]} article={RULE[of]} />
    </>
  );
}

/** Stands in the place of a figure that is not told; a press says why. */
export function SuppressedCell({ of }: { readonly of: SuppressionClass }) {
  const t = useWords(WORDS);
  return (
    <Popover trigger={`▒ ${t[of]}`} label={`${t.held}${' · '}${t[of]}`} className="held">
      <p>
        <b>{t[of]}</b>
      </p>
      <Why of={of} />
    </Popover>
  );
}

/** Below a result: each class that occurs in it, with its reason. */
export function SuppressionLegend({ counts }: { readonly counts: Readonly<Record<SuppressionClass, number>> }) {
  const t = useWords(WORDS);
  const present = SUPPRESSIONS.filter((s) => counts[s] > 0);
  if (present.length === 0) return <p className="faint small">{t.none}</p>;
  return (
    <details className="fold" open>
      <summary>{t.legend}</summary>
      <dl className="facts">
        {present.map((s) => (
          <div key={s} className="facts-pair">
            <dt>
              ▒ {t[s]}
              <small className="faint block">{t.count(counts[s])}</small>
            </dt>
            <dd>
              <Why of={s} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
