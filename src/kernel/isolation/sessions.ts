import { COLUMNS_MAX, checkedRows, misshapen } from './answers.ts';
import { engineBytes, SQL_TASKS, SQL_THREADS, sqlConfinement } from './confinements.ts';
import type { Launcher, Started } from './launcher.ts';
import { checkNames } from './lending.ts';
import type { Receiver } from './process.ts';
import { IsolatedFailure, type LentFile, type Limits, type SqlSession } from './types.ts';

/** A person's query may be long, a generated one longer. */
const SQL_CHARACTERS_MAX = 1_000_000;
/** Processes started ahead end when nobody came for so long. */
const WARM_MS = 10 * 60_000;
/** Trees and rows are JSON: the text of a value can take several bytes more. */
const ANSWER_FACTOR = 4;
/** The engine's own limit is a tenth below the process's; what is seen between two looks of the watchdog may be less. */
const NEARLY_FULL = 0.75;

export interface OpenSession extends SqlSession {
  /** The columns of a lent table as files for Python. */
  readonly columns: (table: string, onFile: Receiver) => Promise<unknown>;
  readonly usage: Started['process']['usage'];
}

/** SQL processes, some of them started before anybody asked: each serves one session and is killed after. */
export class Sessions {
  readonly #launcher: Launcher;
  readonly #warm: number;
  /** Ready ones, all for the same limits. */
  #ready: { readonly key: string; readonly started: Promise<Started>; readonly timer: NodeJS.Timeout }[] = [];
  #stopped = false;

  constructor(launcher: Launcher, warm: number) {
    this.#launcher = launcher;
    this.#warm = warm;
  }

  /** @param from `fresh` for unusual limits, which are kept out of what is started ahead. @throws IsolatedFailure */
  async open(
    files: readonly LentFile[],
    limits: Limits,
    signal?: AbortSignal,
    from: 'ready' | 'fresh' = 'ready',
  ): Promise<OpenSession> {
    checkNames(files);
    const started = from === 'ready' ? await this.#take(limits) : await this.#start(limits);
    const session = sessionOn(started, limits, signal);
    try {
      await started.lending.lend(files);
      await session.request({ kind: 'open', tables: files.map((file) => file.name) });
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Starts processes ahead for these limits, if any are to be. */
  prepare(limits: Limits): void {
    const key = keyOf(limits);
    while (!this.#stopped && this.#ready.length < this.#warm) {
      const started = this.#start(limits);
      const timer = setTimeout(() => this.#drop(started), WARM_MS);
      timer.unref();
      started.catch(() => this.#drop(started));
      this.#ready.push({ key, started, timer });
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#ready.map(({ started }) => this.#drop(started)));
  }

  async #take(limits: Limits): Promise<Started> {
    const key = keyOf(limits);
    for (const stale of this.#ready.filter((r) => r.key !== key)) this.#drop(stale.started);
    const ready = this.#ready.shift();
    // The next one is started once this one is on its way, so that it does not slow it.
    setImmediate(() => this.prepare(limits));
    if (!ready) return this.#start(limits);
    clearTimeout(ready.timer);
    const started = await ready.started.catch(() => null);
    if (started?.process.alive) return started;
    await started?.end();
    return this.#start(limits);
  }

  async #start(limits: Limits): Promise<Started> {
    const started = await this.#launcher.start({
      name: 'sql',
      confine: (inputs, ownAccount) => sqlConfinement(inputs, limits, ownAccount),
      limits: {
        answerBytesMax: limits.answerBytes * ANSWER_FACTOR,
        memoryBytesMax: limits.memoryBytes,
        processesMax: SQL_TASKS,
        logBytes: 0,
      },
    });
    try {
      await started.process.request({
        kind: 'start',
        memoryBytes: engineBytes(limits.memoryBytes),
        threads: SQL_THREADS,
      });
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  }

  async #drop(started: Promise<Started>): Promise<void> {
    const at = this.#ready.findIndex((r) => r.started === started);
    if (at >= 0) for (const { timer } of this.#ready.splice(at, 1)) clearTimeout(timer);
    await started.then(
      (s) => s.end(),
      () => undefined,
    );
  }
}

const keyOf = (l: Limits): string => `${l.memoryBytes}/${l.cpuSeconds}/${l.answerBytes}`;

/** Out of memory an engine may say anything, or crash: what fails for no other reason with its memory nearly full, failed of it. */
export function ofFullMemory(error: unknown, peakBytes: number, { memoryBytes }: Pick<Limits, 'memoryBytes'>): unknown {
  const isFull = error instanceof IsolatedFailure && error.kind === 'internal' && peakBytes > memoryBytes * NEARLY_FULL;
  return isFull ? new IsolatedFailure('resource', `memory; ${error.detail}`) : error;
}

/** Asks one thing after the other; ends by its clock, by the caller, or by a breach, always with SIGKILL. */
function sessionOn(started: Started, limits: Limits, signal?: AbortSignal) {
  const { process } = started;
  let last: Promise<unknown> = Promise.resolve();
  const timer = setTimeout(() => process.kill('resource', 'time'), limits.wallMs);
  const onAbort = () => process.kill('cancelled');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const request = (message: Readonly<Record<string, unknown>>, onFile: Receiver | null = null): Promise<unknown> => {
    const next = last
      .then(() => process.request(message, onFile))
      .catch((error: unknown) => Promise.reject(ofFullMemory(error, process.usage.memoryPeakBytes, limits)));
    last = next.catch(() => undefined);
    return next;
  };
  const rows = async (sql: string, limit: number) => {
    if (sql.length > SQL_CHARACTERS_MAX) throw new IsolatedFailure('syntax', 'too long');
    const bytesMax = limits.answerBytes;
    return checkedRows(await request({ kind: 'rows', sql, limit, bytesMax, columnsMax: COLUMNS_MAX }), limit);
  };
  return {
    request,
    parse: async (sql: string) => {
      if (sql.length > SQL_CHARACTERS_MAX) throw new IsolatedFailure('syntax', 'too long');
      const tree = await request({ kind: 'parse', sql });
      if (typeof tree !== 'object' || tree === null) throw misshapen();
      return tree as unknown;
    },
    rows,
    columns: (table: string, onFile: Receiver) => request({ kind: 'columns', table }, onFile),
    get usage() {
      return process.usage;
    },
    close: async () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      await started.end();
    },
  };
}
