import type { Cell as Value } from '../../../kernel/vault/index.ts';
import { type KeyType, keysOf, listSql, type RowShape } from './classes.ts';
import { type Placed, PlacedSql } from './placed.ts';

/** Parts that entities are dealt into, by their number in the file: it says nothing of anybody. */
export const SPREAD_PARTS = 32;

/** Of one cell: its entities by part, then those whose contribution is not zero. */
export type Spread = Int32Array;
export interface SpreadCell {
  readonly key: readonly Value[];
  readonly rolledUp: number;
  readonly spread: Spread;
}
export interface SpreadPlan {
  readonly sql: string;
  readonly types: readonly KeyType[];
}

/**
 * SQL that counts the entities of every cell and margin of a query by part. Of two cells, the entities that are in one only
 * are at least as many as their counts differ by, part by part: most pairs are told apart without looking at the rows of
 * both. Null where the query names what is not placed.
 */
export function spreadsSql(
  dataset: string,
  shape: RowShape,
  argument: string | null,
  placed: readonly Placed[],
): SpreadPlan | null {
  try {
    return planOf(new PlacedSql(placed), dataset, shape, argument);
  } catch {
    return null;
  }
}

function planOf(sql: PlacedSql, dataset: string, shape: RowShape, argument: string | null): SpreadPlan | null {
  const datasets = sql.datasetsOf(shape.source);
  if (!datasets.includes(dataset)) return null;
  const types = shape.groups.map((group) => sql.expression(group).type);
  const within = sql.within({ filter: shape.filter, keys: shape.fixed });
  const from = sql.from(shape.source);
  const where = `${from}${from.includes(' WHERE ') ? ' AND' : ' WHERE'} ${within}`;
  const keys = types.map((_, i) => `k${i}`);
  const columns = shape.groups.map((group, i) => `${sql.expression(group).sql} AS k${i}`);
  const contribution = sql.contribution(argument).sql;
  const base = `base AS (SELECT ${[...columns, `${sql.entity(dataset)} AS e`, `${contribution} AS x`].join(', ')} ${where})`;
  const part = `coalesce(e, 0) % ${SPREAD_PARTS}`;
  const margins = (from: number, also: string) =>
    Array.from(
      { length: 2 ** keys.length - from },
      (_, set) => `(${[...keys.filter((_key, i) => ((set + from) & (2 ** i)) === 0), also].join(', ')})`,
    ).join(', ');
  // The bit of a group column is its place; the engine counts from the right.
  const rolledUp = keys.length === 0 ? '0' : `grouping_id(${[...keys].reverse().join(', ')})`;
  const sum = sql.sumsFit(argument) ? 'CAST(sum(x) AS BIGINT)' : 'sum(x)';
  const rows = datasets.length === 1 && sql.rowsAreEntities(dataset);
  const head = keys.map((key) => `${key}, `).join('');
  const counts = `${head}${part} AS b, count(*) AS n, count(*) FILTER (WHERE x <> 0) AS c`;
  const [single = '', other] = keys;
  // Of one key the only margin has none; its column keeps its type.
  const rolled =
    other === undefined ? `1 AS r, max(${single}) FILTER (WHERE FALSE) AS ${single}, ` : `${rolledUp} AS r, ${head}`;
  // The finest cells come of the first sums themselves; only margins are summed by entity once more.
  const marginal =
    keys.length === 0
      ? ['', '']
      : [
          `m AS (SELECT ${rolled}e, ${sum} AS x FROM f GROUP BY GROUPING SETS (${margins(1, 'e')})),`,
          `UNION ALL SELECT r, ${counts} FROM m GROUP BY r, ${head}b`,
        ];
  const parts = rows
    ? `f AS (SELECT ${counts} FROM base GROUP BY ${head}b),
       g AS (SELECT ${rolledUp} AS r, ${head}b, sum(n) AS n, sum(c) AS c FROM f GROUP BY GROUPING SETS (${margins(0, 'b')}))`
    : `f AS MATERIALIZED (SELECT ${head}e, ${sum} AS x FROM base GROUP BY ${head}e), ${marginal[0]}
       g AS (SELECT 0 AS r, ${counts} FROM f GROUP BY ${head}b ${marginal[1]})`;
  const spread = `string_agg(b || ':' || n || ':' || c, ' ') AS s`;
  return {
    sql: `WITH ${base}, ${parts} SELECT CAST(r AS BIGINT) AS r, ${listSql(keys)} AS k, ${spread} FROM g GROUP BY r${keys.map((key) => `, ${key}`).join('')}`,
    types,
  };
}

/** The cells in the answer. @throws TypeError when it is not what was asked for */
export function spreadsOf(plan: SpreadPlan, rows: readonly (readonly Value[])[]): SpreadCell[] {
  return rows.map(([rolledUp, key, parts]) => {
    const spread = new Int32Array(2 * SPREAD_PARTS);
    for (const text of String(parts).split(' ')) {
      const [part, entities, contributing] = text.split(':').map(Number);
      if (
        part === undefined ||
        !(part < SPREAD_PARTS) ||
        !Number.isInteger(entities) ||
        !Number.isInteger(contributing)
      )
        throw new TypeError('the answer holds no counts where some are due');
      spread[part] = (spread[part] ?? 0) + (entities as number);
      spread[SPREAD_PARTS + part] = (spread[SPREAD_PARTS + part] ?? 0) + (contributing as number);
    }
    const values = keysOf(key ?? null, plan.types);
    if (values === null) throw new TypeError('a cell without its key');
    return { key: values, rolledUp: Number(rolledUp), spread };
  });
}
