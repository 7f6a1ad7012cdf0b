import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Finding } from '../finder/model.ts';
import { failures } from './failures.ts';
import type { IngestLimits, Job, Made, Minimise, Request, Results, Share } from './protocol.ts';
import type {
  Filter,
  IngestSummary,
  Minimised,
  Portion,
  Progress,
  Recipe,
  RowSet,
  TableFormat,
  TableProfile,
  TableSummary,
  WrittenFormat,
} from './types.ts';
import { askWorker, THREADS } from './workers.ts';

const INGEST_MS_MAX = 2 * 3_600_000;
const BUILD_MS_MAX = 3_600_000;
const QUERY_MS_MAX = 60_000;
/** A gibibyte, or a quarter of a small machine. */
const MEMORY_BYTES = Math.min(1024 ** 3, Math.max(256 * 1024 ** 2, Math.floor(totalmem() / 4)));
export const QUERY_ROWS_MAX = 10_000;

export const INGEST_LIMITS: IngestLimits = {
  columnsMax: 2_000,
  rowBytesMax: 16 * 1024 ** 2,
  sheetBytesMax: 512 * 1024 ** 2,
};

export interface TableOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Cancels: the worker process is killed. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** A private folder for data that does not fit in memory; a temporary one when left out. */
  readonly folder?: string;
  /** What the engine may hold in memory. */
  readonly memoryBytes?: number;
}

/**
 * Reads a file of any accepted format and writes it as one checked Parquet file (zstd).
 * @throws TableFailure with a text for the sender when the file is not a usable table
 */
export const ingestTable = (
  options: TableOptions & {
    readonly path: string;
    /** Found from the content when left out. */
    readonly format?: TableFormat;
    readonly output: string;
    readonly limits?: Partial<IngestLimits>;
  },
): Promise<IngestSummary> =>
  run(
    {
      kind: 'ingest',
      path: resolve(options.path),
      format: options.format ?? null,
      output: resolve(options.output),
      limits: { ...INGEST_LIMITS, ...options.limits },
    },
    INGEST_MS_MAX,
    options,
  );

/** Statistics of every column of a Parquet file. @throws TableFailure */
export const profileTable = (path: string, options: TableOptions = {}): Promise<TableProfile> =>
  run({ kind: 'profile', path: resolve(path) }, INGEST_MS_MAX, options);

/** As {@link profileTable}, and what in the table looks like personal data: only masked samples come back. @throws TableFailure */
export const inspectTable = (
  path: string,
  options: TableOptions = {},
): Promise<{ readonly profile: TableProfile; readonly findings: readonly Finding[] }> =>
  run({ kind: 'inspect', path: resolve(path) }, INGEST_MS_MAX, options);

/** How many rows pass the conditions of a portion. @throws TableFailure as {@link runRecipe} */
export const countRows = async (portion: Portion, options: TableOptions = {}): Promise<number> => {
  const path = resolve(portion.path);
  return (await run({ kind: 'count', portion: { ...portion, path } }, BUILD_MS_MAX, options)).rows;
};

/** The least a sandbox needs of a table, see `minimiseIn`. @throws TableFailure as {@link runRecipe} */
export const minimiseTable = (job: Minimise, options: TableOptions = {}): Promise<Minimised> =>
  run(
    {
      kind: 'minimise',
      ...job,
      portion: { ...job.portion, path: resolve(job.portion.path) },
      output: resolve(job.output),
    },
    BUILD_MS_MAX,
    options,
  );

/** One share of the entities of a minimised database as a database of its own, see `shareIn`. @throws TableFailure */
export const shareTable = (job: Share, options: TableOptions = {}): Promise<Results['share']> =>
  run({ kind: 'share', ...job, path: resolve(job.path), output: resolve(job.output) }, BUILD_MS_MAX, options);

/**
 * Makes a new table from Parquet files of one shape (the parts of one resource), as the recipe says. Of an input given as
 * a portion nothing else is read: a column it does not name does not exist for the recipe, and no row beside it is counted.
 * @throws TableFailure `unknown-column` or `invalid-recipe` when the recipe does not fit the table
 */
export const runRecipe = (
  options: TableOptions & {
    readonly inputs: readonly (string | Portion)[];
    readonly recipe: Recipe;
    readonly output: string;
  },
): Promise<TableSummary> =>
  run(
    {
      kind: 'recipe',
      inputs: resolved(options.inputs),
      recipe: options.recipe,
      output: resolve(options.output),
    },
    BUILD_MS_MAX,
    options,
  );

const resolved = (inputs: readonly (string | Portion)[]): (string | Portion)[] =>
  inputs.map((input) => (typeof input === 'string' ? resolve(input) : { ...input, path: resolve(input.path) }));

/** As {@link runRecipe}, and the statistics and a random sample of what was made (the same sample for the same table), in one go. @throws TableFailure */
export const makeTable = (
  options: TableOptions & {
    readonly inputs: readonly (string | Portion)[];
    readonly recipe: Recipe;
    readonly output: string;
    readonly sampleRows: number;
  },
): Promise<Made> =>
  run(
    {
      kind: 'make',
      inputs: resolved(options.inputs),
      recipe: options.recipe,
      output: resolve(options.output),
      sampleRows: Math.min(options.sampleRows, QUERY_ROWS_MAX),
      seed: 1,
    },
    BUILD_MS_MAX,
    options,
  );

/** What each recipe makes of a file, at most `limit` rows of each; nothing of it is kept. @throws TableFailure as {@link runRecipe} */
export const tallyTable = (
  path: string,
  options: TableOptions & { readonly recipes: readonly Recipe[]; readonly limit: number },
): Promise<readonly RowSet[]> =>
  run(
    {
      kind: 'tally',
      path: resolve(path),
      recipes: options.recipes,
      limit: Math.min(options.limit, QUERY_ROWS_MAX),
    },
    BUILD_MS_MAX,
    options,
  );

/** Rows that fit every filter, at most `limit` (and never more than {@link QUERY_ROWS_MAX}). @throws TableFailure */
export const queryTable = (
  path: string,
  query: TableOptions & {
    readonly filters?: readonly Filter[];
    readonly columns?: readonly string[];
    readonly limit: number;
  },
): Promise<RowSet> =>
  run(
    {
      kind: 'query',
      path: resolve(path),
      filters: query.filters ?? [],
      columns: query.columns ?? null,
      limit: Math.min(query.limit, QUERY_ROWS_MAX),
    },
    QUERY_MS_MAX,
    query,
  );

/**
 * Writes a Parquet file again as CSV (UTF-8, RFC 4180, with a header) or as Parquet. In `csv`, cells of text that a
 * spreadsheet would run as a formula are guarded; `csv-exact` leaves them alone. @throws TableFailure
 */
export const convertTable = (
  path: string,
  options: TableOptions & { readonly format: WrittenFormat; readonly output: string },
): Promise<{ readonly bytes: number }> =>
  run(
    { kind: 'convert', path: resolve(path), format: options.format, output: resolve(options.output) },
    BUILD_MS_MAX,
    options,
  );

/**
 * In a process beside the server: whatever a hostile file does to it, the server lives on. A file that somebody sent has a
 * process of its own; what was written here is read by one that stays for the next.
 */
async function run<K extends Job['kind']>(
  job: Extract<Job, { kind: K }>,
  timeLimitMs: number,
  options: TableOptions,
): Promise<Results[K]> {
  if (options.signal?.aborted) throw failures.cancelled();
  const parent = options.folder ?? ('output' in job ? dirname(job.output) : tmpdir());
  const folder = await mkdtemp(join(await realpath(parent), '.table-'));
  const timeoutMs = options.timeoutMs ?? timeLimitMs;
  try {
    const request: Request = { job, folder, memoryBytes: options.memoryBytes ?? MEMORY_BYTES, threads: THREADS };
    return (await askWorker(request, { ...options, timeoutMs, stays: job.kind !== 'ingest' })) as Results[K];
  } catch (error) {
    if ('output' in job) await rm(job.output, { force: true });
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
