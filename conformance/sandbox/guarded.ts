import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import type { GrantedTable, GrantPolicy } from '../../src/exchange/sandbox/policy.ts';
import { exactAnswer } from '../../src/exchange/sandbox/sdc/exact.ts';
import { cellName, type Family } from '../../src/exchange/sandbox/sdc/judge.ts';
import type { ToldShape } from '../../src/exchange/sandbox/sdc/ledger.ts';
import { noisyAnswer, privacyOf } from '../../src/exchange/sandbox/sdc/noisy.ts';
import { numbersAt } from '../../src/exchange/sandbox/sdc/parameters.ts';
import { secureBits } from '../../src/exchange/sandbox/sdc/sampler.ts';
import type { ReleasedRow, Spread } from '../../src/exchange/sandbox/sdc/types.ts';
import {
  addCounts,
  allRows,
  askClasses,
  askedShape,
  cellsOf,
  check,
  classesSql,
  differenceSql,
  differencesOf,
  guardedSql,
  largestCount,
  mergeCells,
  mergeClasses,
  mergeSpreads,
  type Rows,
  resultOf,
  spreadsOf,
  spreadsSql,
} from '../../src/exchange/sandbox/sql/index.ts';
import type { Cell } from '../../src/kernel/vault/index.ts';
import type { Answer, Ask } from './attacks.ts';

const AT = new Date('2026-11-26T04:00:00Z');
const DATASET = 'people';
/** Name of the table in SQL. */
export const ALIAS = 'people';

export interface PlantedColumn {
  readonly name: string;
  readonly type: 'text' | 'integer';
  readonly uses: GrantPolicy['columns'][number]['uses'];
  readonly range?: { readonly lower: number; readonly upper: number };
}

export const strictPolicy = (columns: readonly PlantedColumn[], change: Partial<GrantPolicy> = {}): GrantPolicy => ({
  lanes: ['interactive'],
  entityKey: 'id',
  personal: true,
  columns: columns.map(({ name, uses, range }) => ({ name, uses: [...uses], ...(range ? { range } : {}) })),
  k: 10,
  dominancePermille: 900,
  ratioPermille: 100,
  privacy: { kind: 'exact' },
  cellsMax: 1_000_000,
  usesMax: 100_000,
  codeHashes: null,
  ...change,
});

/** Rows of a planted table: whom each is about, and a value for each column. */
export type PlantedRows = readonly (readonly [entity: number, ...values: (string | number)[]])[];

/** One engine in this process, filled anew with planted tables. */
export class Bench {
  readonly #connection: DuckDBConnection;
  readonly #trees = new Map<string, unknown>();

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<Bench> {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    await connection.run("attach ':memory:' as t1");
    return new Bench(connection);
  }

  async fill(columns: readonly PlantedColumn[], rows: PlantedRows): Promise<void> {
    const types = columns.map(({ name, type }) => `"${name}" ${type === 'text' ? 'varchar' : 'bigint'}`);
    await this.#connection.run(`create or replace table t1.data (_e ubigint, ${types.join(', ')})`);
    const quoted = (value: string | number) => (typeof value === 'number' ? String(value) : `'${value}'`);
    const values = rows.map((row) => `(${row.map(quoted).join(', ')})`);
    await this.#connection.run(`insert into t1.data values ${values.join(', ')}`);
    await this.#connection.run(`create or replace view ${ALIAS} as select * from t1.data`);
  }

  readonly runs = async (sql: string): Promise<readonly Rows[]> => [await this.rows(sql)];

  async rows(sql: string): Promise<Cell[][]> {
    return (await this.#connection.runAndReadAll(sql)).getRowsJson().map((row) => row.map(cellOf));
  }

  /** What the engine says by itself: the attacker's best case. */
  readonly plain: Ask = async (sql) => ({ rows: await this.rows(sql), said: '' });

  async tree(sql: string): Promise<unknown> {
    const known = this.#trees.get(sql);
    if (known !== undefined) return known;
    const reader = await this.#connection.runAndReadAll('select json_serialize_sql(?::varchar)', [sql]);
    const tree: unknown = JSON.parse(String(reader.getRowsJson()[0]?.[0]));
    this.#trees.set(sql, tree);
    return tree;
  }
}

const cellOf = (value: Json): Cell =>
  typeof value === 'object' ? (value === null ? null : JSON.stringify(value)) : value;

/** What runs the lane's SQL, here or in an isolated process. */
export interface Engine {
  readonly tree: (sql: string) => Promise<unknown>;
  /** Of each turn in which a table is read, its rows. */
  readonly runs: (sql: string) => Promise<readonly Rows[]>;
}

interface GuardedAnswer {
  readonly rows: readonly (readonly Cell[])[];
  readonly marks: readonly (readonly (string | null)[])[];
  readonly said: string;
}
export type LaneAnswer = GuardedAnswer | (Answer & { readonly refused: true });
export const isRefused = (answer: Answer | GuardedAnswer): answer is Answer & { readonly refused: true } =>
  'refused' in answer;

/**
 * The interactive lane over a planted table, without processes and database: checker, guarded SQL, disclosure control,
 * history and noise are the lane's own; only the ledger is a list and the allowance a sum.
 */
export class Guarded {
  readonly #bench: Engine;
  readonly #attached: string;
  readonly #table: GrantedTable;
  readonly #history: { readonly family: Family; readonly shape: ToldShape }[] = [];
  readonly #answers = new Map<string, readonly ReleasedRow[]>();
  readonly #spreads = new Map<string, ReadonlyMap<string, Spread>>();
  #epsilonMicro = 0;

  /** Over a table `data` that is attached under `attached`. */
  constructor(bench: Engine, table: GrantedTable, attached = 't1') {
    this.#bench = bench;
    this.#table = table;
    this.#attached = attached;
  }

  static planted(bench: Bench, columns: readonly PlantedColumn[], policy: GrantPolicy): Guarded {
    const described = [{ name: 'id', type: 'text' }, ...columns].map(({ name, type }) => ({ name, type }));
    return new Guarded(bench, { grantId: 'sbg_people', alias: ALIAS, columns: described, policy });
  }

  readonly ask = async (sql: string): Promise<LaneAnswer> => {
    const { query, problems } = check(await this.#bench.tree(sql), [this.#table], AT);
    if (query === null) return { refused: true, said: JSON.stringify(problems) };
    const asked = askedShape(query, () => DATASET);
    let released = this.#answers.get(asked.fingerprint);
    if (released === undefined) {
      const fresh = await this.#decide(query, asked);
      if (fresh === null) return { refused: true, said: 'over the privacy budget' };
      released = fresh;
      this.#answers.set(asked.fingerprint, released);
    }
    const { rows, marks } = resultOf(query, released);
    return { rows, marks, said: '' };
  };

  async #decide(
    query: NonNullable<ReturnType<typeof check>['query']>,
    asked: ReturnType<typeof askedShape>,
  ): Promise<readonly ReleasedRow[] | null> {
    const { policy } = this.#table;
    const numbers = numbersAt(AT);
    const attached = new Map([[this.#table.grantId, this.#attached]]);
    const placed = [{ dataset: DATASET, table: this.#table, attached: this.#attached }];
    const cells = async (rowsPerEntity: number | null) =>
      mergeCells(
        (await this.#bench.runs(guardedSql(query, attached, { rowsPerEntity }))).map((rows) => cellsOf(query, rows)),
      );
    const noise = privacyOf([policy]);
    if (noise !== null) {
      if (this.#epsilonMicro + noise.epsilonQuery > noise.epsilonTotal) return null;
      this.#epsilonMicro += noise.epsilonQuery;
      return noisyAnswer(
        await cells(1),
        asked,
        { ...numbers, epsilonMicro: noise.epsilonQuery, rowsPerEntity: 1, ranges: asked.ranges, k: policy.k },
        secureBits(),
      );
    }
    const answer = await exactAnswer(await cells(null), {
      at: AT,
      query: asked,
      policies: [policy],
      numbers,
      history: async (_, family) => this.#history.filter((h) => h.family === family).map((h) => h.shape),
      cellsLeft: policy.cellsMax,
      compare: async (pairs) => {
        const plan = differenceSql(pairs, placed);
        const answers = [];
        for (const { sql } of plan.statements) answers.push(addCounts(await this.#bench.runs(sql)));
        return differencesOf(plan, answers);
      },
      classify: async (dataset, shapes, argument, limit) => {
        const plan = classesSql(dataset, shapes, argument, limit, placed);
        const add = (runs: readonly Rows[]) => mergeClasses(runs, shapes.length);
        const merge = (sql: string) => (sql === plan?.probe ? largestCount : sql === plan?.sql ? add : allRows);
        return plan && askClasses(plan, async (sql) => merge(sql)(await this.#bench.runs(sql)));
      },
      spreads: async (dataset, { source, filter, fixed, groups }, argument) => {
        const name = JSON.stringify([dataset, source, filter, fixed, groups, argument]);
        const plan = spreadsSql(dataset, { source, filter, fixed, groups }, argument, placed);
        if (plan === null || this.#spreads.has(name)) return this.#spreads.get(name) ?? null;
        const told = spreadsOf(plan, mergeSpreads(await this.#bench.runs(plan.sql)));
        const found = new Map(told.map((c) => [cellName(c.key, c.rolledUp), c.spread]));
        this.#spreads.set(name, found);
        return found;
      },
    });
    const shape = { ...asked, groups: asked.groups.map((g) => g.expression) };
    for (const { family, cells: told } of answer.told)
      if (told.length > 0) this.#history.push({ family, shape: { shape, cells: told } });
    return answer.rows;
  }
}
