import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { Predicate, QueryShape } from './types.ts';

/** The condition on rows that a cell stands for: the filter, and the values of the columns not rolled up. */
export function predicateOf(shape: QueryShape, key: readonly Value[], rolledUp: number): Predicate {
  const keys = new Map(shape.fixed);
  shape.groups.forEach((expression, i) => {
    if ((rolledUp & (1 << i)) === 0) keys.set(expression, key[i] ?? null);
  });
  return {
    source: shape.source,
    filter: [...new Set(shape.filter)].sort(),
    keys: [...keys].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  };
}

/** The same condition has the same name; a number and its numeral are one value, as filters write them. */
export const predicateName = ({ source, filter, keys }: Predicate): string =>
  JSON.stringify([source, filter, keys.map(([expression, value]) => [expression, spelled(value)])]);
const spelled = (value: Value) => (value === null ? null : String(value));

/** No row can be in both: some expression has another value in each. */
export function exclusive(a: Predicate, b: Predicate): boolean {
  const values = new Map(a.keys.map(([expression, value]) => [expression, spelled(value)]));
  return b.keys.some(([expression, value]) => {
    const other = values.get(expression);
    return other !== undefined && other !== spelled(value);
  });
}

/** All rows of a source. */
export const wholeOf = (source: string): Predicate => ({ source, filter: [], keys: [] });
