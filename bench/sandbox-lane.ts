import { DuckDBInstance } from '@duckdb/node-api';
import { type Engine, Guarded, type LaneAnswer } from '../conformance/sandbox/guarded.ts';
import type { GrantedTable } from '../src/exchange/sandbox/policy.ts';
import type { LentFile, Limits, SandboxExecutor, SqlSession } from '../src/kernel/isolation/index.ts';

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

/** Asks a table as the interactive lane does: read in one isolated process, answered in another; without the act around it. */
export class IsolatedLane {
  readonly #executor: SandboxExecutor;
  readonly #file: LentFile;
  readonly #guarded: Guarded;
  #session: Promise<SqlSession> | undefined;

  constructor(executor: SandboxExecutor, file: LentFile, table: GrantedTable) {
    this.#executor = executor;
    this.#file = file;
    const engine: Engine = {
      tree: async (sql) => {
        const session = await this.#executor.openSql([], LANE_LIMITS);
        const tree = await session.parse(sql);
        await session.close();
        return tree;
      },
      rows: async (sql) => {
        this.#session ??= this.#executor.openSql([this.#file], LANE_LIMITS);
        return (await (await this.#session).rows(sql, 100_000)).rows;
      },
    };
    this.#guarded = new Guarded(engine, table, file.name);
  }

  async ask(sql: string): Promise<LaneAnswer> {
    try {
      return await this.#guarded.ask(sql);
    } finally {
      await (await this.#session)?.close();
      this.#session = undefined;
    }
  }
}

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
