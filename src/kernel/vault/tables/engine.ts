import type { DuckDBConnection, Json } from '@duckdb/node-api';
import { failures } from './failures.ts';
import type { Job, Request } from './protocol.ts';
import { filesAt, pathOf, quoteText } from './sql.ts';
import { type Cell, type Column, type Progress, TableFailure } from './types.ts';

const PROGRESS_MS = 250;

/** The locked-down engine of one job: it reaches the job's own files and its spill folder, nothing else. */
export interface Engine {
  /** @param values bound as text; cast them in the SQL */
  readonly rows: (sql: string, values?: readonly (string | null)[]) => Promise<Json[][]>;
  /** Runs a long statement and tells its share of the work, 0 to 1, while it runs. Answers the rows it wrote. */
  readonly write: (
    sql: string,
    onShare: (share: number) => void,
    values?: readonly (string | null)[],
  ) => Promise<number>;
  readonly folder: string;
  readonly report: (progress: Progress) => void;
  /** Gives back what it holds. */
  readonly close: () => void;
}

/** Opens the engine in the order that was measured to hold (limits, folders, then access off, then the lock). */
export async function openEngine(request: Request, report: (progress: Progress) => void): Promise<Engine> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(request.threads),
    memory_limit: `${Math.floor(request.memoryBytes / 2 ** 20)}MiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
  });
  const connection = await instance.connect();
  const files = filesOf(request.job).flatMap(filesAt).map(quoteText).join(', ');
  for (const statement of [
    `set temp_directory = ${quoteText(request.folder)}`,
    `set TimeZone = 'UTC'`,
    'set enable_progress_bar = true',
    'set enable_progress_bar_print = false',
    'set progress_bar_time = 0',
    `set allowed_directories = [${quoteText(`${request.folder}/`)}]`,
    `set allowed_paths = [${files}]`,
    'set enable_external_access = false',
    'set lock_configuration = true',
  ]) {
    await connection.run(statement);
  }
  return {
    rows: async (sql, values = []) => (await connection.runAndReadAll(sql, [...values])).getRowsJson(),
    write: (sql, onShare, values = []) => writeWithProgress(connection, sql, values, onShare),
    folder: request.folder,
    report,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function writeWithProgress(
  connection: DuckDBConnection,
  sql: string,
  values: readonly (string | null)[],
  onShare: (share: number) => void,
): Promise<number> {
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage > 0) onShare(Math.min(percentage / 100, 1));
  }, PROGRESS_MS);
  try {
    const result = await connection.runAndReadAll(sql, [...values]);
    const written = result.getRowsJson()[0]?.[0];
    return Number(written ?? 0);
  } finally {
    clearInterval(timer);
  }
}

function filesOf(job: Job): string[] {
  if (job.kind === 'recipe' || job.kind === 'make') return [...job.inputs.map(pathOf), job.output];
  if (job.kind === 'count') return [job.portion.path];
  if (job.kind === 'minimise') return [job.portion.path, job.output];
  return 'output' in job ? [job.path, job.output] : [job.path];
}

/** Failures of the machine, whatever was being done; undefined when the error says something of the data. */
export function machineFailure(error: unknown): TableFailure | undefined {
  if (error instanceof TableFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/no space left|disk full|quota exceeded|max_temp_directory_size|ENOSPC/i.test(message)) return failures.full();
  if (/out of memory|bad allocation|failed to allocate/i.test(message)) return failures.memory();
  return undefined;
}

/** A value of the engine as it goes over JSON, by the type of its column. */
export function cellOf(value: Json | undefined, { type }: Pick<Column, 'type'>): Cell {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return value === true;
  if (type === 'double') return typeof value === 'number' ? value : String(value);
  const written = String(value);
  if (type === 'integer') {
    const number = Number(written);
    return Number.isSafeInteger(number) ? number : written;
  }
  if (type === 'timestamp') return written.replace(' ', 'T');
  if (type === 'instant') return written.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z');
  return written;
}
