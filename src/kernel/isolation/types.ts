import type { Text } from '../text.ts';
import type { Cell, Column } from '../vault/index.ts';

/** What an isolated process may use at most. */
export interface Limits {
  /** From start to SIGKILL. */
  readonly wallMs: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly processes: number;
  /** Bytes of scratch and output together. */
  readonly diskBytes: number;
  /** Bytes that may come back over the private channel. */
  readonly answerBytes: number;
}

/**
 * All that is ever told of a failure inside: never the engine's own text, which can hold values of the data
 * (sandbox reference, leak "error text").
 */
export type IsolatedFailureKind = 'syntax' | 'policy' | 'resource' | 'data' | 'cancelled' | 'unavailable' | 'internal';

/** What the engine says, or how the process ended, when memory was not enough. */
const OF_MEMORY = /memory|alloc|ended with (SIGKILL|SIGABRT|code 13[47])/i;

export class IsolatedFailure extends Error {
  override name = 'IsolatedFailure';
  readonly kind: IsolatedFailureKind;
  /** For the owner of the data alone; may hold values. Never shown to who wrote the code. */
  readonly detail: string;
  constructor(kind: IsolatedFailureKind, detail = '') {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }

  /** It needed more memory than it may have: less of the data at once might do. */
  get ofMemory(): boolean {
    return this.kind === 'resource' && OF_MEMORY.test(this.detail);
  }
}

/** A file lent to the process, read-only, under a neutral name. */
export interface LentFile {
  /** Name inside, such as `t1`; letters, digits and underscores; says nothing of the host. */
  readonly name: string;
  /**
   * A DuckDB file with one table `data`; its path on this host is never visible inside. Where the server is root, the
   * file's group becomes the sandbox's and its mode 0640.
   */
  readonly path: string;
}

/** One DuckDB process without network, with the lent databases attached read-only; killed at the end whatever happened. */
export interface SqlSession {
  /**
   * The tree of exactly one SELECT as DuckDB's own `json_serialize_sql` gives it: `{error: false, statements: [one]}`. It comes from a process that
   * hostile text went into: the caller checks it before it builds SQL of it.
   * @throws IsolatedFailure `syntax`
   */
  readonly parse: (sql: string) => Promise<unknown>;
  /**
   * Runs one SELECT that the caller generated, never a person's own text; at most `limit` rows of it come back.
   * @throws IsolatedFailure
   */
  readonly rows: (
    sql: string,
    limit: number,
  ) => Promise<{ readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] }>;
  readonly close: () => Promise<void>;
}

/**
 * Arbitrary code of a person over the lent databases. SQL: one SELECT over `<name>.data`. Python: `shuheng.tables['<name>']`
 * is a pandas DataFrame (made of plain numpy files under /in, since Debian has no Parquet reader); `shuheng.result(x)`
 * writes a DataFrame as /out/result.csv, anything else as /out/result.json; other regular files of /out come back too.
 */
export interface IsolatedProgram {
  readonly language: 'sql' | 'python';
  readonly code: string;
  readonly inputs: readonly LentFile[];
  /** Rows (SQL) or files under /out (Python) that come back at most. */
  readonly rowsMax: number;
  readonly filesMax: number;
}

export interface ProgramOutcome {
  /** SQL: the rows. */
  readonly table: { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] } | null;
  /** Python: regular files left in /out, copied without following links, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** stdout and stderr, cut; for the owner of the data alone. */
  readonly log: string;
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
}

export interface Availability {
  readonly sql: boolean;
  readonly python: boolean;
  /** Why not, and what the operator does about it; null when both work. */
  readonly reason: Text | null;
}

/** Runs code that nobody trusts. `local` by processes of this host; other back ends behind the same interface. */
export interface SandboxExecutor {
  readonly name: string;
  readonly availability: () => Promise<Availability>;
  /** @param inputs DuckDB files; each is attached under its name and holds one table `data` */
  readonly openSql: (inputs: readonly LentFile[], limits: Limits, signal?: AbortSignal) => Promise<SqlSession>;
  /** @throws IsolatedFailure */
  readonly run: (program: IsolatedProgram, limits: Limits, signal?: AbortSignal) => Promise<ProgramOutcome>;
  /** Kills whatever runs and removes what a crash left. */
  readonly stop: () => Promise<void>;
}
