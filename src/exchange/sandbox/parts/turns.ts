import { dated, valueAt } from '../../../kernel/rulebook/index.ts';
import { quoteName } from '../sql/generate.ts';
import { ENTITY_COLUMN } from '../sql/scope.ts';

const FROM = '2026-11-26';

/**
 * A statement that adds up by entity keeps something of each in memory. A table of many entities is therefore read in turns,
 * each of some of them alone; what the turns answer is merged like what parts answer, and is the same to the last digit.
 */
export const TURN_LIMITS = {
  rows: dated({ from: FROM, value: 4_000_000, unit: 'row', reference: 'HS-21.16' }),
  entities: dated({ from: FROM, value: 1_000_000, unit: 'entity', reference: 'HS-21.16' }),
  /** A turn that does not fit into memory all the same is cut in half, so many times. */
  halvings: dated({ from: FROM, value: 3, unit: 'time', reference: 'HS-21.16' }),
};

/** Of whom a file's rows are: entities have the numbers 1 to `entities`, and 0 stands for rows without a key. */
export interface Peopled {
  readonly rows: number;
  readonly entities: number;
}

/** Numbers of entities, the last one left out; null: all from there on. */
export interface Turn {
  readonly from: number;
  readonly until: number | null;
}

/** @param files how many files share the entities among them @returns at least one turn; no row is in none, or in two */
export function turnsOf({ rows, entities }: Peopled, files: number, halvings: number, at: Date): readonly Turn[] {
  const most = (name: 'rows' | 'entities') => valueAt(TURN_LIMITS[name], at).value * files;
  const least = Math.max(1, Math.ceil(rows / most('rows')), Math.ceil(entities / most('entities')));
  const count = Math.min(least * 2 ** halvings, entities + 1);
  const border = (i: number) => Math.floor((i * (entities + 1)) / count);
  return Array.from({ length: count }, (_, i) => ({ from: border(i), until: i + 1 < count ? border(i + 1) : null }));
}

/** The table in a statement of the generators, as they all write it. */
export const tableSql = (attached: string): string => `"${attached}"."main"."data"`;

/**
 * The statement with the rows of these entities alone. The name a table is attached by holds a number drawn after the
 * question was read, so it stands nowhere else. Rows lie by entity in the file: the others are not read.
 */
export function turnSql(sql: string, attached: string, { from, until }: Turn): string {
  const table = tableSql(attached);
  const entity = quoteName(ENTITY_COLUMN);
  const below = until === null ? '' : ` AND ${entity} < ${Math.trunc(until)}`;
  return sql.replaceAll(table, () => `(SELECT rowid, * FROM ${table} WHERE ${entity} >= ${Math.trunc(from)}${below})`);
}
