import type { Lent } from './lane.ts';
import { cellName, type Spread, type Spreads } from './sdc/index.ts';
import { type Placed, readSourceName, SPREAD_PARTS, spreadsOf, spreadsSql } from './sql/index.ts';

type Found = ReadonlyMap<string, Spread>;
/** Bytes of spreads kept in memory; the ones longest unused go first. They are computed again when asked for. */
const BYTES_MAX = 64 * 1024 ** 2;
/** What a cell takes besides its numbers, about. */
const NAME_BYTES = 200;
const CELL_BYTES = 2 * SPREAD_PARTS * Int32Array.BYTES_PER_ELEMENT + NAME_BYTES;

const kept = new Map<string, Found>();
let keptCells = 0;

/**
 * Spreads of a query's cells, of this audience's queries so far kept in memory: a query is held against all before it, and
 * they do not change. An entity has its part by its number in the file, so they are kept for exactly that file and grant.
 */
export function keptSpreads(
  session: { readonly rows: (sql: string, limit: number) => Promise<Parameters<typeof spreadsOf>[1]> },
  lent: readonly Lent[],
  audience: string,
  cellsMax: number,
): Spreads {
  const placed: readonly Placed[] = lent;
  return async (dataset, shape, argument) => {
    const files = readSourceName(shape.source).datasets.map((name) => {
      const file = lent.find((one) => one.dataset === name);
      return file && [name, file.grantId, file.objectId];
    });
    const { source, filter, fixed, groups } = shape;
    // Of one audience: another's would be told by the time an answer takes what was asked before.
    const key = JSON.stringify([audience, files, dataset, { source, filter, fixed, groups }, argument]);
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const plan = spreadsSql(dataset, shape, argument, placed);
    if (plan === null) return null;
    const cells = spreadsOf(plan, await session.rows(plan.sql, cellsMax));
    const found: Found = new Map(cells.map((cell) => [cellName(cell.key, cell.rolledUp), cell.spread]));
    keep(key, found);
    return found;
  };
}

function keep(key: string, found: Found): void {
  kept.set(key, found);
  keptCells += found.size;
  for (const [oldest, { size }] of kept) {
    if (keptCells * CELL_BYTES <= BYTES_MAX) return;
    kept.delete(oldest);
    keptCells -= size;
  }
}
