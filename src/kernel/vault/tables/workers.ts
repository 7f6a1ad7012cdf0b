import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, delimiter as pathDelimiter } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { programOf } from '../../programs.ts';
import { failures } from './failures.ts';
import type { Message, Request } from './protocol.ts';
import { type Progress, TableFailure } from './types.ts';

/** What the process holds besides the data: Node, the engine's code, buffers outside its accounting. */
const OVERHEAD_BYTES = 2 * 1024 ** 3;
const HEAP_MEBIBYTES = 1_536;
export const THREADS = 2;
const OUTPUT_BYTES_MAX = 64 * 1024 ** 3;
const OPEN_FILES_MAX = 1_024;
const ANSWER_BYTES_MAX = 64 * 1024 ** 2;
const COMPLAINT_BYTES_MAX = 16 * 1024;

/** Processes that wait for a job at most, and how long. */
const WAITING_MAX = 2;
const WAITING_MS_MAX = 10_000;
/** After so many jobs, or so long at work, a fresh process takes the place of one that stays. */
const JOBS_MAX = 100;
const AT_WORK_MS_MAX = 30 * 60_000;
/** Processor time of a process that stays: half an hour at work, and then the longest job, on both threads. */
const STAYING_CPU_SECONDS = 3 * 3_600;

export interface Asked {
  readonly timeoutMs: number;
  /** The process may do other jobs before and after this one. */
  readonly stays: boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

interface Worker {
  readonly child: ChildProcess;
  readonly memoryBytes: number;
  jobs: number;
  atWorkMs: number;
  /** Ends the waiting. */
  timer?: NodeJS.Timeout;
}
const waiting: Worker[] = [];

/** The result of a job. @throws TableFailure its own, or of the time, the memory or the disk; Error when the worker is broken */
export async function askWorker(request: Request, asked: Asked): Promise<unknown> {
  const worker = (asked.stays ? taken(request.memoryBytes) : undefined) ?? launch(request, asked);
  const begun = performance.now();
  const message = await converse(worker.child, request, asked);
  worker.jobs += 1;
  worker.atWorkMs += performance.now() - begun;
  if (asked.stays) keep(worker, 'result' in message);
  if ('result' in message) return message.result;
  throw new TableFailure(message.failure.kind, message.failure.text);
}

type Answer = Exclude<Message, { readonly progress: Progress }>;

/** Until the worker answers, or dies without. One that was told to do a single job answers by ending as well. */
function converse(child: ChildProcess, request: Request, asked: Asked): Promise<Answer> {
  return new Promise((done, failed) => {
    let answer: Answer | undefined;
    let answerBytes = 0;
    let stopped: TableFailure | undefined;
    let complaint = '';
    const channel = child.stdio[3] as Readable;
    const lines = createInterface({ input: channel, crlfDelay: Number.POSITIVE_INFINITY });
    const stop = (reason: TableFailure) => {
      stopped ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(failures.timeout()), asked.timeoutMs);
    const onAbort = () => stop(failures.cancelled());
    const onData = (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes > ANSWER_BYTES_MAX) stop(failures.memory());
    };
    const onComplaint = (chunk: Buffer) => {
      if (complaint.length < COMPLAINT_BYTES_MAX) complaint += chunk.toString('utf8');
    };
    const onError = (error: Error) => finish(() => failed(error));
    const onClose = (code: number | null, signal: NodeJS.Signals | null) =>
      finish(() => {
        if (stopped) failed(stopped);
        else if (answer) done(answer);
        else failed(deathOf(code, signal, complaint));
      });
    asked.signal?.addEventListener('abort', onAbort, { once: true });
    lines.on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if ('progress' in message) asked.onProgress?.(message.progress);
      else {
        answer = message;
        // Stopped at the last moment: its end is on its way.
        if (asked.stays && !stopped) finish(() => done(message));
      }
    });
    channel.on('data', onData);
    child.stderr?.on('data', onComplaint);
    child.on('error', onError);
    child.on('close', onClose);
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    function finish(settle: () => void) {
      clearTimeout(timer);
      asked.signal?.removeEventListener('abort', onAbort);
      lines.close();
      channel.off('data', onData);
      child.stderr?.off('data', onComplaint);
      child.off('error', onError);
      child.off('close', onClose);
      settle();
    }
  });
}

/** A process that waits, for a job of as much memory. */
function taken(memoryBytes: number): Worker | undefined {
  const found = waiting.findLastIndex((worker) => worker.memoryBytes === memoryBytes && isUp(worker));
  const worker = found < 0 ? undefined : waiting.splice(found, 1)[0];
  if (!worker) return undefined;
  clearTimeout(worker.timer);
  hold(worker.child, true);
  return worker;
}

/** It waits for the next job, and nothing waits for it. One that failed does not. */
function keep(worker: Worker, sound: boolean): void {
  if (!isUp(worker)) return;
  const worn = !sound || worker.jobs >= JOBS_MAX || worker.atWorkMs >= AT_WORK_MS_MAX;
  if (worn || waiting.length >= WAITING_MAX) {
    worker.child.kill('SIGKILL');
    return;
  }
  waiting.push(worker);
  hold(worker.child, false);
  worker.timer = setTimeout(() => {
    waiting.splice(waiting.indexOf(worker), 1);
    worker.child.kill('SIGKILL');
  }, WAITING_MS_MAX).unref();
}

const isUp = ({ child }: Worker): boolean => child.exitCode === null && child.signalCode === null && !child.killed;

/** Whether this process lives on for the sake of that one. */
function hold(child: ChildProcess, held: boolean): void {
  for (const part of [child, ...child.stdio]) {
    const handle = part as { ref?: () => void; unref?: () => void } | null | undefined;
    if (held) handle?.ref?.();
    else handle?.unref?.();
  }
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

function launch({ memoryBytes }: Request, { timeoutMs, stays }: Asked): Worker {
  const program = [
    process.execPath,
    `--max-old-space-size=${HEAP_MEBIBYTES}`,
    ...programOf('./tabular-worker', import.meta.url),
    ...(stays ? ['stays'] : []),
  ];
  const cpuSeconds = stays ? STAYING_CPU_SECONDS : Math.ceil((timeoutMs / 1_000) * THREADS) + 10;
  const limits = [
    `--data=${memoryBytes + OVERHEAD_BYTES}`,
    `--cpu=${cpuSeconds}`,
    `--fsize=${OUTPUT_BYTES_MAX}`,
    `--nofile=${OPEN_FILES_MAX}`,
    '--core=0',
  ];
  const limiter = limiterPath();
  const [command, ...args] = limiter ? [limiter, ...limits, ...program] : program;
  const child = spawn(command as string, args, {
    // Standard output stays shut: the engine can be made to print there. Answers come on a pipe of their own.
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LANG: 'C.UTF-8', HOME: '/nonexistent' },
  });
  child.stdin?.on('error', () => undefined);
  return { child, memoryBytes, jobs: 0, atWorkMs: 0 };
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
