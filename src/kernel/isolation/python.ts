import { z } from 'zod';
import { lackOfPython } from './availability.ts';
import { PYTHON_PROCESSES_OWN, pythonConfinement } from './confinements.ts';
import type { Launcher } from './launcher.ts';
import { checkNames, type LendingFolder } from './lending.ts';
import type { Receiver } from './process.ts';
import type { Sessions } from './sessions.ts';
import { IsolatedFailure, type IsolatedProgram, type LentFile, type Limits, type ProgramOutcome } from './types.ts';

export const LOG_BYTES_MAX = 64 * 1024;
export const CODE_CHARACTERS_MAX = 500_000;
/** Tables lent to one program, as plain files; they lie in the private folder while it runs. */
const INPUT_BYTES_MAX = 4 * 1024 ** 3;
/** A column is held whole while it is written out. */
const CONVERSION_BYTES = 1024 ** 3;
const FILE_NAME = /^[^/\p{Cc}]{1,200}$/u;
export const Report = z.strictObject({ cpuMs: z.number().min(0), memoryPeakBytes: z.number().min(0) });

export interface Means {
  readonly launcher: Launcher;
  readonly sessions: Sessions;
}

/** @throws IsolatedFailure whose detail holds what the program printed, for the data's owner alone */
export async function runPython(
  means: Means,
  program: IsolatedProgram,
  limits: Limits,
  signal?: AbortSignal,
): Promise<ProgramOutcome> {
  const lack = lackOfPython();
  if (lack) throw new IsolatedFailure('unavailable', lack.en);
  if (program.code.length > CODE_CHARACTERS_MAX) throw new IsolatedFailure('syntax', 'too long');
  checkNames(program.inputs);
  const started = await means.launcher.start({
    name: 'python',
    confine: (inputs, ownAccount) => pythonConfinement(inputs, limits, ownAccount),
    limits: {
      answerBytesMax: limits.answerBytes,
      memoryBytesMax: limits.memoryBytes,
      processesMax: limits.processes + PYTHON_PROCESSES_OWN,
      logBytes: LOG_BYTES_MAX,
    },
  });
  const { process } = started;
  const timer = setTimeout(() => process.kill('resource', 'time'), limits.wallMs);
  const onAbort = () => process.kill('cancelled');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    await lendColumns(means.sessions, started.lending, program.inputs, limits, signal);
    const files = new Map<string, Buffer>();
    const answer = await process.request(
      {
        code: program.code,
        tables: program.inputs.map(({ name }) => name),
        filesMax: program.filesMax,
        bytesMax: limits.answerBytes,
      },
      collector(files, program.filesMax, limits.answerBytes),
    );
    const report = Report.safeParse(answer);
    if (!report.success) throw new IsolatedFailure('internal', 'an answer of another shape');
    const usage = {
      cpuMs: Math.max(process.usage.cpuMs, report.data.cpuMs),
      memoryPeakBytes: Math.max(process.usage.memoryPeakBytes, report.data.memoryPeakBytes),
    };
    await started.end();
    return { table: null, files, log: process.log, ...usage };
  } catch (error) {
    await started.end();
    if (!(error instanceof IsolatedFailure)) throw error;
    throw new IsolatedFailure(error.kind, [error.detail, process.log].filter((part) => part !== '').join('\n'));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    await started.end();
  }
}

/** Python has no DuckDB here: an SQL process of its own writes the tables out, and this one hands the bytes on unread. */
export async function lendColumns(
  sessions: Sessions,
  lending: LendingFolder,
  inputs: readonly LentFile[],
  limits: Limits,
  signal?: AbortSignal,
): Promise<void> {
  if (inputs.length === 0) return;
  const memoryBytes = Math.max(limits.memoryBytes, CONVERSION_BYTES);
  const session = await sessions.open(
    inputs,
    { ...limits, memoryBytes, answerBytes: INPUT_BYTES_MAX },
    signal,
    'fresh',
  );
  try {
    for (const { name } of inputs) await session.columns(name, await lending.receive(name, INPUT_BYTES_MAX));
  } finally {
    await session.close();
  }
}

/** Files of a hostile program: so many, so large, of plain names, in memory. */
export function collector(files: Map<string, Buffer>, filesMax: number, bytesMax: number): Receiver {
  let left = bytesMax;
  return (name, bytes) => {
    left -= bytes;
    if (files.size >= filesMax || left < 0) throw new IsolatedFailure('resource', 'too many files or bytes in /out');
    if (!FILE_NAME.test(name) || files.has(name)) throw new IsolatedFailure('data', 'a file name that is not taken');
    const pieces: Buffer[] = [];
    // Named now, so that a file announced and never sent counts too.
    files.set(name, Buffer.alloc(0));
    return (piece) => {
      if (piece) pieces.push(piece);
      else files.set(name, Buffer.concat(pieces));
    };
  };
}
