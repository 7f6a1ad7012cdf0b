import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import type { ColumnType, Cell as Value } from '../../../kernel/vault/index.ts';
import type { ColumnUse, GrantedTable, GrantPolicy } from '../policy.ts';
import { cellsOf } from './cells-read.ts';
import { type CheckOutcome, check } from './check.ts';
import { type GuardOptions, guardedSql } from './guarded.ts';
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
