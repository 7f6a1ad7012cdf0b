import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join, delimiter as pathDelimiter, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { programOf } from '../../programs.ts';
import type { Finding } from '../finder/model.ts';
import { failures } from './failures.ts';
import type { IngestLimits, Job, Made, Message, Minimise, Request, Results, Share } from './protocol.ts';
import {
  type Filter,
  type IngestSummary,
  type Minimised,
  type Portion,
  type Progress,
  type Recipe,
  type RowSet,
  TableFailure,
  type TableFormat,
  type TableProfile,
  type TableSummary,
  type WrittenFormat,
} from './types.ts';

const INGEST_MS_MAX = 2 * 3_600_000;
const BUILD_MS_MAX = 3_600_000;
const QUERY_MS_MAX = 60_000;
/** A gibibyte, or a quarter of a small machine. */
const MEMORY_BYTES = Math.min(1024 ** 3, Math.max(256 * 1024 ** 2, Math.floor(totalmem() / 4)));
/** What the process holds besides the data: Node, the engine's code, buffers outside its accounting. */
const OVERHEAD_BYTES = 2 * 1024 ** 3;
const HEAP_MEBIBYTES = 1_536;
const THREADS = 2;
const OUTPUT_BYTES_MAX = 64 * 1024 ** 3;
const OPEN_FILES_MAX = 1_024;
const ANSWER_BYTES_MAX = 64 * 1024 ** 2;
const COMPLAINT_BYTES_MAX = 16 * 1024;
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

/** One job, one process: whatever a hostile file does to it, the server lives on. */
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
    const result = await converse(request, timeoutMs, options);
    return result as Results[K];
  } catch (error) {
    if ('output' in job) await rm(job.output, { force: true });
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function converse(request: Request, timeoutMs: number, options: TableOptions): Promise<unknown> {
  return new Promise((done, failed) => {
    const child = launch(request, timeoutMs);
    let answer: Message | undefined;
    let answerBytes = 0;
    let stopped: TableFailure | undefined;
    let complaint = '';
    const stop = (reason: TableFailure) => {
      stopped ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(failures.timeout()), timeoutMs);
    const onAbort = () => stop(failures.cancelled());
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const channel = child.stdio[3] as Readable;
    createInterface({ input: channel, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if ('progress' in message) options.onProgress?.(message.progress);
      else answer = message;
    });
    channel.on('data', (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes > ANSWER_BYTES_MAX) stop(failures.memory());
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < COMPLAINT_BYTES_MAX) complaint += chunk.toString('utf8');
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    child.on('error', (error) => finish(() => failed(error)));
    child.on('close', (code, signal) =>
      finish(() => {
        if (stopped) failed(stopped);
        else if (answer && 'result' in answer) done(answer.result);
        else if (answer && 'failure' in answer) failed(new TableFailure(answer.failure.kind, answer.failure.text));
        else failed(deathOf(code, signal, complaint));
      }),
    );
    function finish(settle: () => void) {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      settle();
    }
  });
}

/** Why a worker died without an answer, from how it died. */
function deathOf(code: number | null, signal: NodeJS.Signals | null, complaint: string): Error {
  if (signal === 'SIGXCPU') return failures.timeout();
  if (signal === 'SIGXFSZ') return failures.full();
  // The reader itself broke on the file, as on JSON nested a hundred thousand deep.
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL') return failures.unreadable();
  if (
    /out of memory|heap limit|bad_alloc|allocation failed/i.test(complaint) ||
    signal === 'SIGKILL' ||
    signal === 'SIGABRT'
  ) {
    return failures.memory();
  }
  return new Error(`the table worker ended with ${signal ?? `code ${code}`}: ${complaint.slice(0, 2_000)}`);
}

function launch({ memoryBytes }: Request, timeoutMs: number): ChildProcess {
  const program = [
    process.execPath,
    `--max-old-space-size=${HEAP_MEBIBYTES}`,
    ...programOf('./tabular-worker', import.meta.url),
  ];
  const cpuSeconds = Math.ceil((timeoutMs / 1_000) * THREADS) + 10;
  const limits = [
    `--data=${memoryBytes + OVERHEAD_BYTES}`,
    `--cpu=${cpuSeconds}`,
    `--fsize=${OUTPUT_BYTES_MAX}`,
    `--nofile=${OPEN_FILES_MAX}`,
    '--core=0',
  ];
  const limiter = limiterPath();
  const [command, ...args] = limiter ? [limiter, ...limits, ...program] : program;
  return spawn(command as string, args, {
    // Standard output stays shut: the engine can be made to print there. Answers come on a pipe of their own.
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LANG: 'C.UTF-8', HOME: '/nonexistent' },
  });
}

let limiterFound: string | null | undefined;

/** `prlimit` of util-linux where there is one; elsewhere the engine's own limits and the clock must do. */
function limiterPath(): string | null {
  limiterFound ??=
    process.platform === 'linux'
      ? ((process.env.PATH ?? '/usr/bin:/bin')
          .split(pathDelimiter)
          .map((folder) => join(folder, 'prlimit'))
          .find((path) => {
            try {
              accessSync(path, constants.X_OK);
              return true;
            } catch {
              return false;
            }
          }) ?? null)
      : null;
  return limiterFound;
}
