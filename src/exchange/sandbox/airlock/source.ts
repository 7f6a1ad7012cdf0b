import type { SqlSession } from '../../../kernel/isolation/types.ts';
import type { Cell } from '../../../kernel/vault/index.ts';
import type { GrantedTable } from '../policy.ts';
import type { OutputColumn } from './declaration.ts';
import type { TypedOutput } from './result.ts';

/** A table that went in, as the checking session has it attached. */
export interface SourceTable extends GrantedTable {
  /** Name of the attached database; its table is `data`, its entity column `_e`. */
  readonly database: string;
}

/** What a comparison with the data themselves tells of an output. Numbers for the reviewer alone. */
export interface SourceFindings {
  /** Entities in all tables together, at most. */
  readonly entities: number;
  /** Words said to come from a group column that stand in it for nobody. */
  readonly strangers: number;
  /** Groups (by the columns that come from a table) behind which too few entities stand. */
  readonly smallGroups: number;
  /** Rows whose values together single out too few entities of a table. */
  readonly copiedRows: number;
  /** Distinct numbers and words compared, and those that are values of too few entities. */
  readonly compared: number;
  readonly rare: number;
  /** The same of what no chance explains: words, and numbers with a fraction. */
  readonly telling: { readonly compared: number; readonly rare: number };
  /** Comparisons left out because there were too many. */
  readonly left: number;
}

/** Values go into the engine in portions, so that no statement grows without bound. */
const PORTION_CHARACTERS = 200_000;
/** A comparison reads the whole table; so many are made at most. */
const COMPARISONS_MAX = 60;
const ROUND_MAX = 9;

const name = (n: string): string => `"${n.replaceAll('"', '""')}"`;
const literal = (v: Cell): string =>
  typeof v === 'number' ? `${v}` : v === null ? 'null' : `'${String(v).replaceAll("'", "''")}'`;
const from = (t: SourceTable): string => `${name(t.database)}.data`;

const NUMBERS = new Set(['integer', 'decimal', 'double']);
const isNumber = (type: string): boolean => NUMBERS.has(type);

/** Compares an output with the tables that went in; every statement is of our making, every value a quoted literal. */
export async function compareWithSources(
  session: SqlSession,
  tables: readonly SourceTable[],
  declared: readonly OutputColumn[],
  output: TypedOutput,
  k: number,
): Promise<SourceFindings> {
  const one = async (sql: string): Promise<number> => Number((await session.rows(sql, 1)).rows[0]?.[0] ?? 0);
  let entities = 0;
  for (const t of tables) entities += await one(`select count(distinct _e) from ${from(t)}`);
  const [strangers, smallGroups] = await groups(one, tables, declared, output, k);
  const copiedRows = await rowsCopied(one, tables, declared, output, k);
  const values = await valuesCopied(one, tables, declared, output, k);
  return { entities, strangers, smallGroups, copiedRows, ...values };
}

type One = (sql: string) => Promise<number>;

/** Rows as literals, each with its number, in portions that one statement can take. */
function portions(rows: readonly (readonly Cell[])[]): string[] {
  const parts: string[][] = [];
  let characters = PORTION_CHARACTERS;
  for (const [i, row] of rows.entries()) {
    const written = `(${[i, ...row].map(literal).join(', ')})`;
    characters += written.length;
    if (characters > PORTION_CHARACTERS) {
      parts.push([]);
      characters = written.length;
    }
    parts.at(-1)?.push(written);
  }
  return parts.map((p) => p.join(', '));
}

const same = (type: string, source: string, out: string): string =>
  isNumber(type) ? `cast(${source} as double) = ${out}` : `cast(${source} as varchar) = ${out}`;

/** Groups by the columns that come from one table: how many nobody stands behind, and how many too few. */
async function groups(
  one: One,
  tables: readonly SourceTable[],
  declared: readonly OutputColumn[],
  output: TypedOutput,
  k: number,
): Promise<[number, number]> {
  let [strangers, small] = [0, 0];
  for (const table of tables) {
    const named = declared.flatMap((c, i) => (c.from?.alias === table.alias ? [{ c, i }] : []));
    if (named.length === 0) continue;
    const keys = [
      ...new Map(
        output.rows.map((r) => named.map(({ i }) => r[i] ?? null)).map((key) => [JSON.stringify(key), key]),
      ).values(),
    ];
    const on = named
      .map(({ c }, n) => same(typeOf(table, c.from?.column ?? ''), `t.${name(c.from?.column ?? '')}`, `o.v${n}`))
      .join(' and ');
    const names = ['r', ...named.map((_, n) => `v${n}`)].join(', ');
    for (const part of portions(keys)) {
      const counted = `select o.r, count(distinct t._e) as n from (values ${part}) o(${names}) left join ${from(table)} t on ${on} group by 1`;
      strangers += await one(`select count(*) from (${counted}) where n = 0`);
      small += await one(`select count(*) from (${counted}) where n between 1 and ${k - 1}`);
    }
  }
  return [strangers, small];
}

const typeOf = (table: SourceTable, column: string): string =>
  table.columns.find((c) => c.name === column)?.type ?? 'text';

/** Rows that, by the columns named like those of a table, are one of its rows or a few of them. */
async function rowsCopied(
  one: One,
  tables: readonly SourceTable[],
  declared: readonly OutputColumn[],
  output: TypedOutput,
  k: number,
): Promise<number> {
  let copied = 0;
  for (const table of tables) {
    const pairs = declared.flatMap((c, i) => {
      const column = table.columns.find((s) => s.name.toLowerCase() === (c.from?.column ?? c.name).toLowerCase());
      const fits = column && (c.from === undefined || c.from.alias === table.alias);
      return fits && isNumber(column.type) === (c.type === 'integer' || c.type === 'decimal') ? [{ c, i, column }] : [];
    });
    if (pairs.length < 2 || pairs.every(({ c }) => c.role === 'group')) continue;
    const on = pairs
      .map(({ c, column }, n) =>
        c.type === 'decimal'
          ? `round(cast(t.${name(column.name)} as double), ${c.decimals}) = o.v${n}`
          : same(column.type, `t.${name(column.name)}`, `o.v${n}`),
      )
      .join(' and ');
    const names = ['r', ...pairs.map((_, n) => `v${n}`)].join(', ');
    for (const part of portions(output.rows.map((r) => pairs.map(({ i }) => r[i] ?? null))))
      copied += await one(
        `select count(*) from (select o.r, count(distinct t._e) as n from (values ${part}) o(${names}) join ${from(table)} t on ${on} group by 1) where n < ${k}`,
      );
  }
  return copied;
}

/** Values that stand in a column of a table for a few only: a least, a greatest, a median, or a copy. */
async function valuesCopied(
  one: One,
  tables: readonly SourceTable[],
  declared: readonly OutputColumn[],
  output: TypedOutput,
  k: number,
): Promise<Pick<SourceFindings, 'compared' | 'rare' | 'telling' | 'left'>> {
  const sum = { compared: 0, rare: 0, telling: { compared: 0, rare: 0 }, left: 0 };
  let done = 0;
  for (const { i, decimals, number } of measuresOf(declared)) {
    const all = [...new Set(output.rows.map((r) => r[i]).filter((v) => v !== null && v !== undefined && v !== 0))];
    for (const whole of [true, false]) {
      const values = all.filter((v) => Number.isInteger(v) === whole);
      if (values.length === 0) continue;
      let most = 0;
      for (const table of tables)
        for (const column of table.columns.filter((c) => isNumber(c.type) === number)) {
          if (done++ >= COMPARISONS_MAX) {
            sum.left += 1;
            continue;
          }
          const source = number
            ? `round(cast(t.${name(column.name)} as double), ${decimals})`
            : `cast(t.${name(column.name)} as varchar)`;
          let rare = 0;
          for (const part of portions(values.map((v) => [v as Cell])))
            rare += await one(
              `select count(*) from (select o.r, count(distinct t._e) as n from (values ${part}) o(r, v) join ${from(table)} t on ${source} = o.v group by 1) where n < ${k}`,
            );
          most = Math.max(most, rare);
        }
      sum.compared += values.length;
      sum.rare += most;
      if (whole) continue;
      sum.telling.compared += values.length;
      sum.telling.rare += most;
    }
  }
  return sum;
}

/** Columns whose values are compared; of metrics and models the table lists every number under a name. */
function measuresOf(declared: readonly OutputColumn[]): { i: number; decimals: number; number: boolean }[] {
  if (declared.length === 0) return [{ i: 1, decimals: ROUND_MAX, number: true }];
  return declared.flatMap((c, i) =>
    c.role === 'measure' && c.from === undefined && c.type !== 'boolean'
      ? [{ i, decimals: c.type === 'integer' ? 0 : c.decimals, number: isNumeric(c) }]
      : [],
  );
}

const isNumeric = (c: OutputColumn): boolean => c.type === 'integer' || c.type === 'decimal';
