import type { RowFilter, Text } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { stateLook } from '../../portal/authorisation/operation-state.ts';
import { fromNow, lastDay, number } from '../../shared/format.ts';

const WORDS = words(
  {
    all: '全部行',
    in: '属于',
    unlimited: '不限',
    used: (uses: string, max: string, left: string) => `已用 ${uses} / ${max} 次，还剩 ${left} 次`,
    uses: (uses: string) => `已用 ${uses} 次，不限次数`,
    rows: (max: string) => `，每次至多 ${max} 行`,
    allColumns: '全部字段',
    columns: (n: number) => `${n} 个字段`,
    late: '已逾期',
  },
  {
    all: 'all rows',
    in: 'one of',
    unlimited: 'unlimited',
    used: (uses: string, max: string, left: string) => `${uses} of ${max} uses, ${left} left`,
    uses: (uses: string) => `${uses} uses, without limit`,
    rows: (max: string) => `, at most ${max} rows each time`,
    allColumns: 'all columns',
    columns: (n: number) => `${n} columns`,
    late: 'overdue',
  },
);

export function StateTag({ state, title }: { readonly state: string; readonly title: Text }) {
  const say = useSay();
  return <span className={`tag ${stateLook(state)}`}>{say(title)}</span>;
}

/** A day, and how far off it is while somebody must still act by it. */
export function Due({ at }: { readonly at: string | null }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  if (at === null) return <span className="faint">—</span>;
  const late = new Date(at).getTime() < Date.now();
  return (
    <>
      {lastDay(at)}
      <small className={`block ${late ? 'field-error' : 'faint'}`}>{late ? t.late : fromNow(at, language)}</small>
    </>
  );
}

/** `客流 ≥ 100` and so on, one line a condition; a filter that is empty lets every row through. */
export function useRowWords(): (filter: readonly RowFilter[], titleOf: (column: string) => string) => string[] {
  const t = useWords(WORDS);
  const signs: Readonly<Record<RowFilter['operator'], string>> = {
    '=': '=',
    '<>': '≠',
    '<': '<',
    '<=': '≤',
    '>': '>',
    '>=': '≥',
    in: t.in,
  };
  return (filter, titleOf) =>
    filter.length === 0
      ? [t.all]
      : filter.map((f) => `${titleOf(f.column)} ${signs[f.operator]} ${[f.value].flat().join('、')}`);
}

/** What of a right is used and left. */
export function useLeftWords(): (right: { readonly uses: number; readonly usesMax: number | null }) => string {
  const t = useWords(WORDS);
  return ({ uses, usesMax }) =>
    usesMax === null
      ? t.uses(number(uses))
      : t.used(number(uses), number(usesMax), number(Math.max(usesMax - uses, 0)));
}

/** How much at a time: columns and rows. */
export function useExtentWords(): (right: {
  readonly columns: readonly string[] | null;
  readonly rowsMax: number | null;
}) => string {
  const t = useWords(WORDS);
  return ({ columns, rowsMax }) => {
    const what = columns === null ? t.allColumns : t.columns(columns.length);
    return rowsMax === null ? what : `${what}${t.rows(number(rowsMax))}`;
  };
}
