import { DuckDBInstance } from '@duckdb/node-api';
import { type Engine, Guarded, type LaneAnswer } from '../conformance/sandbox/guarded.ts';
import { CUSTOMER_COLUMNS, customerTable } from '../examples/customers.ts';
import { RESOURCES, type Size } from '../examples/data.ts';
import { CUSTOMER_POLICY, GIVEN } from '../examples/sandbox.ts';
import { type Attachable, openRuns, type Runs } from '../src/exchange/sandbox/parts/index.ts';
import type { GrantedTable } from '../src/exchange/sandbox/policy.ts';
import { configureSandbox, type SandboxSetting } from '../src/exchange/sandbox/setting.ts';
import type { LentFile, Limits, SandboxExecutor } from '../src/kernel/isolation/index.ts';
import type { testFolder } from '../src/kernel/isolation/testing.ts';

const MEBIBYTE = 1024 ** 2;
/** As a query of the interactive lane has them, but for the time. */
export const LANE_LIMITS: Limits = {
  wallMs: 600_000,
  cpuSeconds: 1_200,
  memoryBytes: 1_536 * MEBIBYTE,
  processes: 1,
  diskBytes: MEBIBYTE,
  answerBytes: 16 * MEBIBYTE,
};

/** Where the time of an answer went, in milliseconds, and how many statements the engine was given. */
export interface Spent {
  total: number;
  parsing: number;
  /** Guarded cells; rows grouped by queries so far; cells counted by parts; pairs of cells. */
  cells: number;
  classes: number;
  spreads: number;
  pairs: number;
  statements: number;
}
function kindOf(sql: string): 'cells' | 'classes' | 'spreads' | 'pairs' {
  if (sql.includes('string_agg(b ')) return 'spreads';
  if (sql.startsWith('SELECT count(*) FROM (SELECT 1 ') || / AS k0,.* AS o FROM /s.test(sql)) return 'classes';
  return /^WITH [ra] AS \(/.test(sql) ? 'pairs' : 'cells';
}

/** Asks a table as the interactive lane does: read in one isolated process, answered in another; without the act around it. */
export class IsolatedLane {
  readonly #executor: SandboxExecutor;
  readonly #file: LentFile;
  readonly #guarded: Guarded;
  #data: Runs | undefined;
  spent: Spent = noTime();

  /** @param peopled of a table of people, which is read in turns */
  constructor(executor: SandboxExecutor, file: LentFile, table: GrantedTable, peopled: Attachable['peopled'] = null) {
    this.#executor = executor;
    // Of the setting, what answers a question needs.
    configureSandbox({ executor } as SandboxSetting);
    this.#file = file;
    const engine: Engine = {
      tree: (sql) =>
        this.#timed('parsing', async () => {
          const session = await this.#executor.openSql([], LANE_LIMITS);
          const tree = await session.parse(sql);
          await session.close();
          return tree;
        }),
      runs: (sql) =>
        this.#timed(kindOf(sql), async () => {
          const whole = { attached: this.#file.name, file: async () => this.#file.path, parts: [], peopled };
          this.#data ??= openRuns([whole], LANE_LIMITS);
          this.spent.statements++;
          const [runs = []] = await this.#data.each([sql], 100_000);
          return runs;
        }),
    };
    this.#guarded = new Guarded(engine, table, file.name);
  }

  async ask(sql: string): Promise<LaneAnswer> {
    this.spent = noTime();
    try {
      return await this.#timed('total', () => this.#guarded.ask(sql));
    } finally {
      await this.#data?.close();
      this.#data = undefined;
    }
  }

  async #timed<T>(on: keyof Spent, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.spent[on] += performance.now() - began;
    }
  }
}
const noTime = (): Spent => ({ total: 0, parsing: 0, cells: 0, classes: 0, spreads: 0, pairs: 0, statements: 0 });

/** A DuckDB of this process on the same file. */
export async function plainOn(file: LentFile, memory = '1536MB') {
  const options = { threads: '2', memory_limit: memory, access_mode: 'READ_ONLY' };
  const instance = await DuckDBInstance.create(file.path, options);
  const connection = await instance.connect();
  return {
    rows: async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  flight_date: 'date',
  scheduled: 'timestamp',
  delay: 'integer',
  distance: 'integer',
  origin: 'text',
  destination: 'text',
  weather: 'text',
};
type Folder = ReturnType<typeof testFolder>;
export interface LentSample {
  readonly file: LentFile;
  readonly table: GrantedTable;
}

/** The sample's grant of a table, and its data as they are lent: a file of one table. */
export async function lentSample(alias: string, place: Folder, size: Size): Promise<LentSample> {
  const given = GIVEN.find((g) => g.alias === alias);
  const resource = RESOURCES.find((r) => r.key === given?.resource);
  if (given === undefined || resource === undefined) throw new Error(`the sample has no ${alias}`);
  const path = await resource.file(place.folder, size);
  const read = path.endsWith('.parquet') ? `read_parquet('${path}')` : `read_csv('${path}')`;
  const names = resource.columns.map((c) => c.name);
  const dated = names.map((name) =>
    alias === 'weather' && name === 'date' ? 'cast("date" as date) as "date"' : `"${name}"`,
  );
  const file = await place.database(alias, `select row_number() over () as _e, ${dated.join(', ')} from ${read}`);
  const types = { ...TYPES, date: alias === 'weather' ? 'date' : 'timestamp' };
  const columns = names.map((name) => ({ name, type: (types as Record<string, string>)[name] ?? 'double' }));
  return { file, table: { grantId: `sbg_${alias}`, alias, columns, policy: given.policy } };
}

const PEOPLE_TYPES: Readonly<Record<string, string>> = {
  age: 'integer',
  orders: 'integer',
  overdue: 'integer',
  spent: 'decimal',
  joined: 'date',
};
/** The sample's made-up customers, each with one to three rows, as they are lent. */
export async function lentCustomers(place: Folder, size: Size): Promise<LentSample> {
  const path = await customerTable(place.folder, size);
  const types = `{'spent': 'decimal(18,2)', 'month': 'varchar', 'joined': 'date'}`;
  const file = await place.database(
    'customers',
    `select cast(dense_rank() over (order by customer_id) as ubigint) as _e, * from read_csv('${path}', types = ${types})`,
  );
  const columns = CUSTOMER_COLUMNS.map(({ name }) => ({ name, type: PEOPLE_TYPES[name] ?? 'text' }));
  return { file, table: { grantId: 'sbg_customers', alias: 'customers', columns, policy: CUSTOMER_POLICY } };
}
