import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { IsolatedFailure, LentFile, Limits } from './types.ts';

const MEBIBYTE = 1024 ** 2;

export const TEST_LIMITS: Limits = {
  wallMs: 60_000,
  cpuSeconds: 60,
  memoryBytes: 512 * MEBIBYTE,
  processes: 8,
  diskBytes: 16 * MEBIBYTE,
  answerBytes: 4 * MEBIBYTE,
};

/** A private folder, and databases in it for lending. */
export function testFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  return {
    folder,
    /** A DuckDB file whose table `data` is this query's answer. */
    database: async (name: string, select: string): Promise<LentFile> => {
      const path = join(folder, `${name}.duckdb`);
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      await connection.run(`create table data as ${select}`);
      connection.closeSync();
      instance.closeSync();
      return { name, path };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What an attempt came to: the class of its failure, or `answered`. */
export const outcomeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'answered',
    (error: IsolatedFailure) => error.kind,
  );
