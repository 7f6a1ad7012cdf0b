import type { SandboxTable } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { epsilonOf } from './policy-words.ts';

const WORDS = words(
  {
    uses: '使用次数',
    cells: '可公布的数',
    epsilon: '隐私预算 ε',
    left: (left: string, of: string) => `还剩 ${left}，共 ${of}`,
  },
  {
    uses: 'Uses',
    cells: 'Figures to release',
    epsilon: 'Privacy budget ε',
    left: (left: string, of: string) => `${left} of ${of} left`,
  },
);

/** What is left of a table's budgets, as bars that empty. */
export function BudgetBars({ budget }: { readonly budget: SandboxTable['budget'] }) {
  const t = useWords(WORDS);
  return (
    <div className="budget-bars">
      <Bar title={t.uses} left={budget.usesLeft} of={budget.usesMax} say={number} />
      <Bar title={t.cells} left={budget.cellsLeft} of={budget.cellsMax} say={number} />
      {budget.epsilonLeftMicro !== null && budget.epsilonTotalMicro !== null ? (
        <Bar title={t.epsilon} left={budget.epsilonLeftMicro} of={budget.epsilonTotalMicro} say={epsilonOf} />
      ) : null}
    </div>
  );
}

const LOW_SHARE = 0.1;

function Bar(props: {
  readonly title: string;
  readonly left: number;
  readonly of: number;
  readonly say: (n: number) => string;
}) {
  const t = useWords(WORDS);
  const { title, left, of, say } = props;
  return (
    <div className="budget-bar">
      <span>{title}</span>
      <progress
        className={left <= of * LOW_SHARE ? 'low' : ''}
        value={Math.max(0, left)}
        max={Math.max(1, of)}
        aria-label={title}
      />
      <small className="faint">{t.left(say(left), say(of))}</small>
    </div>
  );
}
