import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import fc from 'fast-check';
import type { ColumnType, Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell } from '../cells.ts';
import type { ColumnUse, GrantedTable, GrantPolicy } from '../policy.ts';
import { askedShape } from './asked.ts';
import { cellsOf } from './cells-read.ts';
import { type CheckOutcome, check } from './check.ts';
import { type ComparedCells, differenceSql, differencesOf } from './difference.ts';
import { type GuardOptions, guardedSql } from './guarded.ts';
import type { Placed } from './placed.ts';
import type { CheckedQuery } from './types.ts';

export const AT = new Date('2026-11-26T00:00:00Z');

export const ALL_USES: readonly ColumnUse[] = ['group', 'filter', 'join', 'aggregate'];

/** Columns as `name: [type, uses]`. */
export function granted(
  alias: string,
  columns: Readonly<Record<string, readonly [ColumnType, readonly ColumnUse[]]>>,
  policy: Partial<GrantPolicy> = {},
): GrantedTable {
  return {
    grantId: `sbg_${alias}`,
    alias,
    columns: Object.entries(columns).map(([name, [type]]) => ({ name, type })),
    policy: {
      lanes: ['interactive'],
      entityKey: null,
      personal: false,
      columns: Object.entries(columns).map(([name, [, uses]]) => ({ name, uses: [...uses] })),
      k: 10,
      dominancePermille: 900,
      ratioPermille: 100,
      privacy: { kind: 'exact' },
      cellsMax: 1_000,
      usesMax: 1_000,
      codeHashes: null,
      ...policy,
    },
  };
}

export interface Engine {
  readonly connection: DuckDBConnection;
  readonly parse: (sql: string) => Promise<unknown>;
  readonly rows: (sql: string) => Promise<Value[][]>;
  readonly check: (sql: string, tables: readonly GrantedTable[]) => Promise<CheckOutcome>;
  readonly close: () => void;
}

/** An engine in this process: for tests alone; in the product hostile text is parsed in an isolated one. */
export async function openTestEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const parse = async (sql: string): Promise<unknown> => {
    const reader = await connection.runAndReadAll('select json_serialize_sql(?::varchar)', [sql]);
    try {
      return JSON.parse(String(reader.getRowsJson()[0]?.[0]));
    } catch {
      return undefined;
    }
  };
  return {
    connection,
    parse,
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson().map((row) => row.map(plain)),
    check: async (sql, tables) => check(await parse(sql), tables, AT),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Every table of a test is attached under its alias. */
export const attachedOf = (tables: readonly GrantedTable[]): ReadonlyMap<string, string> =>
  new Map(tables.map(({ grantId, alias }) => [grantId, alias]));

export async function guardedCells(engine: Engine, query: CheckedQuery, options: GuardOptions = {}) {
  return cellsOf(query, await engine.rows(guardedSql(query, attachedOf(query.tables), options)));
}

/** Whole numbers of 64 bits come as text. */
function plain(value: Json): Value {
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return value;
  return typeof value === 'object' ? (value === null ? null : JSON.stringify(value)) : value;
}

export const visits = (entityKey: string | null): GrantedTable =>
  granted(
    'visits',
    {
      sex: ['text', ALL_USES],
      age: ['integer', ALL_USES],
      day: ['date', ALL_USES],
      fee: ['decimal', ALL_USES],
      amt: ['integer', ALL_USES],
      town: ['integer', ALL_USES],
    },
    { entityKey },
  );
export const towns = granted('towns', { town: ['integer', ALL_USES], kind: ['text', ALL_USES] });
export const datasetOf = (grantId: string) => `d:${grantId}`;
export const placed = (entityKey: string | null): Placed[] =>
  [visits(entityKey), towns].map((table) => ({ dataset: datasetOf(table.grantId), table, attached: table.alias }));

export interface Visit {
  readonly e: number;
  readonly sex: string | null;
  readonly age: number | null;
  readonly day: number | null;
  readonly amt: number | null;
  readonly town: number | null;
}
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 4 });
export const visit: fc.Arbitrary<Visit> = fc.record({
  e: fc.integer({ min: 0, max: 5 }),
  sex: maybe(fc.constantFrom('f', 'm')),
  age: maybe(fc.integer({ min: 0, max: 4 })),
  day: maybe(fc.integer({ min: 0, max: 60 })),
  amt: maybe(fc.integer({ min: -3, max: 3 })),
  town: maybe(fc.integer({ min: 1, max: 3 })),
});

const WHERES = [
  '',
  'where age > 1',
  `where sex = 'f'`,
  `where sex <> 'f' and age is not null`,
  'where age in (1, 2) or day is null',
  'where fee >= 0.5',
  `where day >= date '2024-02-01'`,
];
const GROUPS = ['', 'sex', 'age', `date_trunc('month', day)`, 'sex, age', 'fee'];
export const asked = fc.record({ where: fc.constantFrom(...WHERES), group: fc.constantFrom(...GROUPS) });
export type Asked = { readonly where: string; readonly group: string };

export const sqlOf = ({ where, group }: Asked, from = 'visits') =>
  `select ${group === '' ? '' : `${group}, `}count(*), sum(amt) from ${from} ${where}${group === '' ? '' : ` group by ${group}`}`;

/** The rows of a cell as the ledger names them, and in the words of the test. */
export function cellRows(query: CheckedQuery, { key, rolledUp }: GuardedCell) {
  const shape = askedShape(query, datasetOf);
  const keys = new Map<string, Value>(shape.fixed);
  for (const [i, { expression }] of shape.groups.entries())
    if ((rolledUp & (2 ** i)) === 0) keys.set(expression, key[i] ?? null);
  return { source: shape.source, filter: shape.filter, keys: [...keys] };
}

/** An engine with tables of visits and towns, asked in every way the ledger asks. */
export async function openVisits() {
  const engine: Engine = await openTestEngine();
  for (const name of ['visits', 'towns']) await engine.connection.run(`attach ':memory:' as ${name}`);
  await engine.connection.run(
    'create table visits.data (_e ubigint, sex varchar, age bigint, day date, fee decimal(9,2), amt bigint, town bigint)',
  );
  await engine.connection.run('create table towns.data (_e ubigint, town bigint, kind varchar)');

  async function fill(rows: readonly Visit[], kinds: readonly string[]): Promise<void> {
    await engine.connection.run('delete from visits.data; delete from towns.data');
    const quoted = (text: string | null) => (text === null ? 'null' : `'${text}'`);
    const values = rows.map(
      ({ e, sex, age, day, amt, town }) =>
        `(${e}, ${quoted(sex)}, ${age}, ${day === null ? 'null' : `date '2024-01-01' + ${day}`}, ${amt === null ? 'null' : amt / 2}, ${amt}, ${town})`,
    );
    if (values.length > 0) await engine.connection.run(`insert into visits.data values ${values.join(', ')}`);
    if (kinds.length > 0)
      await engine.connection.run(
        `insert into towns.data values ${kinds.map((kind, i) => `(${i}, ${(i % 3) + 1}, '${kind}')`).join(', ')}`,
      );
  }

  async function checked(sql: string, entityKey: string | null): Promise<CheckedQuery> {
    const { query, problems } = await engine.check(sql, [visits(entityKey), towns]);
    if (query === null) throw new Error(JSON.stringify({ sql, problems }));
    return query;
  }

  async function compare(pairs: readonly ComparedCells[], entityKey: string | null) {
    const plan = differenceSql(pairs, placed(entityKey));
    const answers = [];
    for (const { sql } of plan.statements) answers.push(await engine.rows(sql));
    return differencesOf(plan, answers);
  }

  /** The rows of a cell by the plain condition: entity and amount, by their place in the table. */
  async function plainRows({ where, group }: Asked, query: CheckedQuery, { key, rolledUp }: GuardedCell, from: string) {
    const spelled = query.groups.map(({ expression: of }) =>
      of.kind === 'trunc' ? `date_trunc('month', day)::date` : of.column,
    );
    const equal = spelled.flatMap((sql, i) => {
      const value = key[i] ?? null;
      if ((rolledUp & (2 ** i)) !== 0) return [];
      return [
        value === null ? `${sql} is null` : `${sql}::varchar = '${sql === 'fee' ? Number(value).toFixed(2) : value}'`,
      ];
    });
    const conditions = [...(where === '' ? [] : [`(${where.slice('where '.length)})`]), ...equal];
    const rest = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
    void group;
    return engine.rows(`select v.rowid, v._e, v.amt from ${from}${rest}`);
  }

  return { engine, fill, checked, compare, plainRows };
}
export type Visits = Awaited<ReturnType<typeof openVisits>>;
