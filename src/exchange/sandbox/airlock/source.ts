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
  /** Comparisons left out because there were too many. */
  readonly left: number;
}

/** Values go into the engine in portions, so that no statement grows without bound. */
const PORTION = 500;
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

function portions(rows: readonly (readonly Cell[])[]): string[] {
  const parts: string[] = [];
  for (let i = 0; i < rows.length; i += PORTION)
    parts.push(
      rows
        .slice(i, i + PORTION)
        .map((row, r) => `(${[i + r, ...row].map(literal).join(', ')})`)
        .join(', '),
    );
  return parts;
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
): Promise<{ compared: number; rare: number; left: number }> {
  let [compared, rare, left, done] = [0, 0, 0, 0];
  // Of metrics and models the table lists every number under a name.
  const measures =
    declared.length > 0
      ? declared.flatMap((c, i) =>
          c.role === 'measure' && c.from === undefined && c.type !== 'boolean'
            ? [{ i, decimals: c.decimals, number: isNumeric(c) }]
            : [],
        )
      : [{ i: 1, decimals: ROUND_MAX, number: true }];
  for (const { i, decimals, number } of measures) {
    const values = [...new Set(output.rows.map((r) => r[i]).filter((v) => v !== null && v !== undefined && v !== 0))];
    if (values.length === 0) continue;
    compared += values.length;
    const found = new Set<number>();
    for (const table of tables)
      for (const column of table.columns.filter((c) => isNumber(c.type) === number)) {
        if (done >= COMPARISONS_MAX) {
          left += 1;
          continue;
        }
        done += 1;
        const source = number
          ? `round(cast(t.${name(column.name)} as double), ${decimals})`
          : `cast(t.${name(column.name)} as varchar)`;
        for (const part of portions(values.map((v) => [v as Cell])))
          found.add(
            await one(
              `select count(*) from (select o.r, count(distinct t._e) as n from (values ${part}) o(r, v) join ${from(table)} t on ${source} = o.v group by 1) where n < ${k}`,
            ),
          );
      }
    rare += Math.max(0, ...found);
  }
  return { compared, rare, left };
}

const isNumeric = (c: OutputColumn): boolean => c.type === 'integer' || c.type === 'decimal';
