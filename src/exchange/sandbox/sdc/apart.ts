import { cellName } from './judge.ts';
import type { ToldCell } from './ledger.ts';
import type { QueryShape, Spread, Spreads } from './types.ts';

/** Looks up the spread of a cell; null: it is not known for any cell of the query. */
export type SpreadOf = ((cell: ToldCell) => Spread) | null;

/** The spreads of a query's cells. A cell without rows is in no answer: its spread is nothing. */
export async function spreadsFor(
  spreads: Spreads,
  dataset: string,
  shape: QueryShape,
  argument: string | null,
): Promise<SpreadOf> {
  const known = await spreads(dataset, shape, argument);
  return known && (({ key, rolledUp }) => known.get(cellName(key, rolledUp)) ?? NOTHING);
}
const NOTHING: Spread = new Int32Array(0);

/**
 * Whether two cells surely have k entities, and k contributions, that are in one only. Entities are dealt into parts; in
 * each part at least as many lie between the cells as their counts there differ by, so the sum of these is a lower bound
 * (HS-22.31). Where it is below k nothing is known, and the rows are looked at.
 */
export function surelyApart(a: Spread, b: Spread, k: number, withContributions: boolean): boolean {
  const parts = Math.max(a.length, b.length) / 2;
  const between = (from: number) => {
    let sum = 0;
    for (let i = from; i < from + parts; i++) {
      sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
      if (sum >= k) return true;
    }
    return false;
  };
  return between(0) && (!withContributions || between(parts));
}
