import { chmodSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Host, hostNow, isHost } from './availability.ts';
import type { Confinement } from './launch.ts';
import { commandLine } from './launch.ts';
import { type LendingFolder, lendingFolder } from './lending.ts';
import { IsolatedProcess, type ProcessOptions } from './process.ts';
import { encodeProgram, filterProgram, isArchitecture } from './seccomp.ts';
import { Slots } from './slots.ts';
import { IsolatedFailure } from './types.ts';

/** Processes at once, those started ahead included; each has an account of its own where the server is root. */
const PROCESSES_MAX = 64;
const FILES_MAX = 10_000;
const PRIVATE = 0o700;

export interface Started {
  readonly process: IsolatedProcess;
  readonly lending: LendingFolder;
  /** Kills it and takes away what was lent. */
  readonly end: () => Promise<void>;
}

export interface Kind {
  readonly name: 'sql' | 'python';
  /** @param inputs folder here; @param ownAccount the job has an account of its own */
  readonly confine: (inputs: string, ownAccount: boolean) => Confinement;
  readonly limits: Pick<ProcessOptions, 'answerBytesMax' | 'memoryBytesMax' | 'processesMax' | 'logBytes'>;
}

/** Starts shut-in processes on this machine; owns the folder of what is lent to them. */
export class Launcher {
  readonly #runs: string;
  readonly #filters: string;
  readonly #accounts = new Slots(PROCESSES_MAX, 0);
  readonly #living = new Set<Started>();

  /** @param folder private; emptied now, since nothing of an earlier server runs any more */
  constructor(folder: string) {
    mkdirSync(resolve(folder), { recursive: true, mode: PRIVATE });
    const root = realpathSync(resolve(folder));
    chmodSync(root, PRIVATE);
    this.#runs = join(root, 'runs');
    this.#filters = join(root, 'filters');
    for (const part of [this.#runs, this.#filters]) {
      rmSync(part, { recursive: true, force: true });
      mkdirSync(part, { mode: PRIVATE });
    }
    writeFileSync(this.#filter('sql'), this.#program({ processes: false, sockets: false }));
    writeFileSync(this.#filter('python'), this.#program({ processes: true, sockets: true }));
  }

  /** @throws IsolatedFailure `unavailable` */
  async start(kind: Kind): Promise<Started> {
    const host = hostNow();
    if (!isHost(host)) throw new IsolatedFailure('unavailable', host.en);
    const slot = this.#accounts.takeNow();
    if (slot === undefined) throw new IsolatedFailure('resource', 'too many processes');
    try {
      return await this.#launch(kind, host, slot);
    } catch (error) {
      this.#accounts.give(slot);
      throw error;
    }
  }

  async #launch(kind: Kind, { tools, accounts }: Host, slot: number): Promise<Started> {
    const account = accounts && { uid: accounts.uidOf(slot), gid: accounts.gid };
    const lending = await lendingFolder(this.#runs, accounts?.gid ?? null);
    const confinement = kind.confine(lending.path, account !== null);
    const process = new IsolatedProcess({
      ...kind.limits,
      line: commandLine(confinement, tools, account),
      filterPath: this.#filter(kind.name),
      scratch: confinement.scratch.map(({ target }) => target),
      filesMax: FILES_MAX,
    });
    let ending: Promise<void> | undefined;
    const started: Started = {
      process,
      lending,
      end: () => {
        ending ??= (async () => {
          process.kill('cancelled');
          await process.ended;
          await lending.remove();
          this.#living.delete(started);
          this.#accounts.give(slot);
        })();
        return ending;
      },
    };
    this.#living.add(started);
    return started;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#living].map((started) => started.end()));
  }

  #filter(name: Kind['name']): string {
    return join(this.#filters, name);
  }

  /** Empty on an architecture without a table, where nothing is started. */
  #program(options: Parameters<typeof filterProgram>[1]): Buffer {
    return isArchitecture(process.arch) ? encodeProgram(filterProgram(process.arch, options)) : Buffer.alloc(0);
  }
}
