import { hostNow, isHost, lackOfPython, refusedByKernel } from './availability.ts';
import { Launcher } from './launcher.ts';
import type { LendingFolder } from './lending.ts';
import { lendColumns, runPython } from './python.ts';
import { Sessions } from './sessions.ts';
import { Slots } from './slots.ts';
import {
  type Availability,
  IsolatedFailure,
  type IsolatedProgram,
  type LentFile,
  type Limits,
  type ProgramOutcome,
  type SandboxExecutor,
  type SqlSession,
} from './types.ts';

export interface LocalExecutorOptions {
  /**
   * Private folder (0700), emptied at start. On the file system of the lent files lending costs nothing; elsewhere they
   * are copied. Where the server is root, a lent file's group and mode change (root:<sandbox>, 0640).
   */
  readonly folder: string;
  /** SQL processes kept started ahead, from the first session on; each holds some 60 MB. */
  readonly warm?: number;
  /** Sessions and programs at once; others wait their turn within their own wall time. */
  readonly jobsMax?: number;
  /** The most memory for one of them, whatever is asked. */
  readonly memoryBytesMax?: number;
}

export interface LocalExecutor extends SandboxExecutor {
  /** Writes the tables of lent databases as files for Python into a folder of another back end. */
  readonly writeTables: (
    inputs: readonly LentFile[],
    folder: LendingFolder,
    limits: Limits,
    signal?: AbortSignal,
  ) => Promise<void>;
}

const JOBS_MAX = 4;
const WARM = 1;
const WAITING_MAX = 64;
const LOOK_AGAIN_MS = 60_000;
const PROBE: Limits = {
  wallMs: 20_000,
  cpuSeconds: 10,
  memoryBytes: 512 * 1024 ** 2,
  processes: 1,
  diskBytes: 1024 ** 2,
  answerBytes: 1024 ** 2,
};

/** Processes of this host: namespaces and a filter by bubblewrap, limits by prlimit, an account for each where root. */
export async function openLocalExecutor(options: LocalExecutorOptions): Promise<LocalExecutor> {
  const launcher = new Launcher(options.folder);
  const sessions = new Sessions(launcher, options.warm ?? WARM);
  const slots = new Slots(options.jobsMax ?? JOBS_MAX, WAITING_MAX);

  const withinHost = (limits: Limits): Limits => ({
    ...limits,
    memoryBytes: Math.min(limits.memoryBytes, options.memoryBytesMax ?? limits.memoryBytes),
  });
  const openSql = async (inputs: readonly LentFile[], asked: Limits, signal?: AbortSignal): Promise<SqlSession> => {
    const limits = withinHost(asked);
    const slot = await slots.take(limits.wallMs, signal);
    try {
      const session = await sessions.open(inputs, limits, signal);
      let open = true;
      return {
        parse: session.parse,
        rows: session.rows,
        close: async () => {
          await session.close();
          if (open) slots.give(slot);
          open = false;
        },
      };
    } catch (error) {
      slots.give(slot);
      throw error;
    }
  };

  return {
    name: 'local',
    availability: availabilityOf(() => sessions.open([], PROBE, undefined, 'fresh')),
    openSql,
    run: (program, limits, signal) => run(program, withinHost(limits), signal),
    writeTables: (inputs, folder, limits, signal) => lendColumns(sessions, folder, inputs, limits, signal),
    stop: async () => {
      await sessions.stop();
      await launcher.stop();
    },
  };

  async function run(program: IsolatedProgram, limits: Limits, signal?: AbortSignal): Promise<ProgramOutcome> {
    const slot = await slots.take(limits.wallMs, signal);
    try {
      return program.language === 'sql'
        ? await runSql(program, limits, signal)
        : await runPython({ launcher, sessions }, program, limits, signal);
    } finally {
      slots.give(slot);
    }
  }

  async function runSql(program: IsolatedProgram, limits: Limits, signal?: AbortSignal): Promise<ProgramOutcome> {
    const session = await sessions.open(program.inputs, limits, signal);
    try {
      const table = await session.rows(program.code, program.rowsMax);
      return { table, files: new Map(), log: '', ...session.usage };
    } finally {
      await session.close();
    }
  }
}

/** Asked anew now and then, since an operator mends a machine while the server runs. */
function availabilityOf(probe: () => Promise<SqlSession>): () => Promise<Availability> {
  let known: { readonly at: number; readonly answer: Promise<Availability> } | undefined;
  const look = async (): Promise<Availability> => {
    const host = hostNow();
    if (!isHost(host)) return { sql: false, python: false, reason: host };
    try {
      await (await probe()).close();
    } catch (error) {
      const detail = error instanceof IsolatedFailure ? error.detail || error.kind : String(error);
      return { sql: false, python: false, reason: refusedByKernel(detail) };
    }
    const lack = lackOfPython();
    return { sql: true, python: lack === null, reason: lack };
  };
  return () => {
    if (!known || Date.now() - known.at > LOOK_AGAIN_MS) known = { at: Date.now(), answer: look() };
    return known.answer;
  };
}
