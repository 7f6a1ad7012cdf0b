import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { type Answer, encodeRequest, FrameError, FrameReader } from './frames.ts';
import type { CommandLine } from './launch.ts';
import { IsolatedFailure, type IsolatedFailureKind } from './types.ts';
import { type Usage, watch } from './watchdog.ts';

const SIGNAL_EXIT = 128;
const SIGNALS_OF_LIMITS = [6, 5, 9, 24, 25, 31];
/** One answer that is no content: a failure, a name of a file. */
const OVERHEAD_BYTES = 64 * 1024;

export interface ProcessOptions {
  readonly line: CommandLine;
  /** File with the filter of system calls. */
  readonly filterPath: string;
  readonly answerBytesMax: number;
  readonly memoryBytesMax: number;
  readonly processesMax: number;
  readonly scratch: readonly string[];
  readonly filesMax: number;
  /** Keep so much of standard output and standard error; 0: both go nowhere. */
  readonly logBytes: number;
}

/** Told of each file as it comes, answers with who takes its pieces; the last call has none. */
export type Receiver = (name: string, bytes: number) => (piece: Buffer | null) => void;

interface Pending {
  readonly id: number;
  readonly done: (value: unknown) => void;
  readonly failed: (error: IsolatedFailure) => void;
  readonly onFile: Receiver | null;
  /** Bytes of the file named last that are still to come. */
  file: { readonly take: (piece: Buffer | null) => void; missing: number } | null;
}

/** One launched process and the private pipe to it. What comes over the pipe is hostile: it is checked or the process dies. */
export class IsolatedProcess {
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #reader: FrameReader;
  readonly #watch: { readonly usage: () => Usage; readonly end: () => void };
  readonly #log: Buffer[] = [];
  #logBytes = 0;
  #pending: Pending | null = null;
  #lastId = 0;
  #dead: IsolatedFailure | null = null;
  /** Settles when nothing of it is left. */
  readonly ended: Promise<void>;

  constructor(options: ProcessOptions) {
    const { line, logBytes } = options;
    const filter = openSync(options.filterPath, 'r');
    const output = logBytes > 0 ? 'pipe' : 'ignore';
    try {
      this.#child = spawn(line.command, line.args, {
        cwd: '/',
        env: { ...line.environment },
        // A process group of its own, so that it can be killed whole even while it is being set up.
        detached: true,
        stdio: ['ignore', output, output, filter, 'pipe'],
      });
    } finally {
      closeSync(filter);
    }
    this.#channel = this.#child.stdio[4] as Duplex;
    this.#reader = new FrameReader(options.answerBytesMax + OVERHEAD_BYTES);
    this.#channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#channel.on('error', () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#keep(stream, logBytes);
    this.#watch = watch({
      ...options,
      pid: this.#child.pid ?? 0,
      onExceeded: (what) => this.kill('resource', what),
    });
    this.ended = new Promise((ended) => {
      this.#child.once('error', (error) => {
        this.#die(new IsolatedFailure('unavailable', error.message));
        ended();
      });
      this.#child.once('close', (code, signal) => {
        this.#die(deathOf(code, signal, this.log));
        ended();
      });
    });
  }

  get alive(): boolean {
    return this.#dead === null;
  }

  get usage(): Usage {
    return this.#watch.usage();
  }

  /** What was printed, cut; only where it was asked to be kept. */
  get log(): string {
    return Buffer.concat(this.#log).toString('utf8');
  }

  /** One question, one answer. @throws IsolatedFailure */
  request(message: Readonly<Record<string, unknown>>, onFile: Receiver | null = null): Promise<unknown> {
    if (this.#dead) return Promise.reject(this.#dead);
    if (this.#pending) return Promise.reject(new IsolatedFailure('internal', 'one request at a time'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((done, failed) => {
      this.#pending = { id, done, failed, onFile, file: null };
      this.#channel.write(encodeRequest({ ...message, id }));
    });
  }

  /** SIGKILL to all of it. */
  kill(kind: IsolatedFailureKind, detail = ''): void {
    this.#die(new IsolatedFailure(kind, detail));
  }

  #die(failure: IsolatedFailure): void {
    if (!this.#dead) {
      this.#dead = failure;
      const { pid } = this.#child;
      if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null)
        for (const target of [-pid, pid])
          try {
            process.kill(target, 'SIGKILL');
          } catch {}
      this.#watch.end();
      this.#channel.destroy();
    }
    const pending = this.#pending;
    this.#pending = null;
    pending?.failed(this.#dead);
  }

  #receive(chunk: Buffer): void {
    if (this.#dead) return;
    try {
      for (const frame of this.#reader.push(chunk)) {
        if ('answer' in frame) this.#answer(frame.answer);
        else this.#content(frame.bytes);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) {
        this.#die(error instanceof IsolatedFailure ? error : new IsolatedFailure('internal', String(error)));
        return;
      }
      const tooMuch = error.message.startsWith('too many') || error.message.endsWith('too long');
      this.kill(tooMuch ? 'resource' : 'internal', error.message);
    }
  }

  #answer(answer: Answer): void {
    const pending = this.#pending;
    if (!pending || answer.id !== pending.id || pending.file) throw new FrameError('an answer nobody asked for');
    if ('file' in answer) {
      if (!pending.onFile) throw new FrameError('a file nobody asked for');
      pending.file = { take: pending.onFile(answer.file, answer.bytes), missing: answer.bytes };
      this.#finishFile(pending);
      return;
    }
    this.#pending = null;
    if ('failure' in answer) pending.failed(new IsolatedFailure(answer.failure, answer.detail));
    else pending.done(answer.ok);
  }

  #content(bytes: Buffer): void {
    const file = this.#pending?.file;
    if (!this.#pending || !file || bytes.length > file.missing) throw new FrameError('content nobody asked for');
    file.take(bytes);
    file.missing -= bytes.length;
    this.#finishFile(this.#pending);
  }

  #finishFile(pending: Pending): void {
    const { file } = pending;
    if (!file || file.missing > 0) return;
    pending.file = null;
    file.take(null);
  }

  #keep(stream: Readable | null, bytesMax: number): void {
    stream?.on('data', (chunk: Buffer) => {
      // What is beyond is read and forgotten, so that nobody waits for it.
      const kept = chunk.subarray(0, Math.max(0, bytesMax - this.#logBytes));
      this.#logBytes += kept.length;
      if (kept.length > 0) this.#log.push(Buffer.from(kept));
    });
  }
}

/** Why it ended on its own, from how it did: bubblewrap answers 128 and the signal. */
function deathOf(code: number | null, signal: NodeJS.Signals | null, log: string): IsolatedFailure {
  const detail = `ended with ${signal ?? `code ${code}`}`;
  if (signal === 'SIGKILL' || signal === 'SIGXCPU') return new IsolatedFailure('resource', detail);
  if (code !== null && SIGNALS_OF_LIMITS.includes(code - SIGNAL_EXIT)) return new IsolatedFailure('resource', detail);
  return new IsolatedFailure('internal', log ? `${detail}\n${log}` : detail);
}
