import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { programOf } from '../../programs.ts';

/** A witness that is started by this process and ends with it: for the sample, where there is nobody else to be one. */
export interface WitnessChild {
  /** In the policy. */
  readonly name: string;
  /** Of its key. */
  readonly keyName: string;
  readonly folder: string;
}

export interface ChildrenOptions {
  readonly children: readonly WitnessChild[];
  /** Witnesses are started while this is true, and then kept up. */
  readonly wanted: () => boolean;
  /** Keys of the log; when they change, the witnesses are started again with the new ones. */
  readonly logKeys: () => Promise<readonly string[]>;
  /** Told the `witness` lines of a policy whenever all are up and one of them changed. */
  readonly onLines: (lines: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const WATCH_MS = 1_000;
const START_MS = 60_000;
const RESTART_MS = 1_000;
const STOP_MS = 10_000;
const COMPLAINT_CHARACTERS_MAX = 500;

interface Running {
  readonly process: ChildProcess;
  readonly line: string;
  readonly port: string;
  readonly keys: string;
}

/** Starts witnesses as child processes and keeps them up. Returns their stop. */
export function keepWitnesses(options: ChildrenOptions): () => Promise<void> {
  const running = new Map<string, Running>();
  const stopping = new AbortController();
  let told = '';
  const look = async (): Promise<void> => {
    if (running.size === 0 && !options.wanted()) return;
    const keys = await options.logKeys();
    for (const child of options.children) {
      const now = running.get(child.name);
      if (now && isUp(now.process) && now.keys === keys.join(' ')) continue;
      if (now) await end(now.process);
      running.set(child.name, await start(child, keys, now?.port ?? '0'));
    }
    const lines = options.children.map((child) => running.get(child.name)?.line ?? '');
    if (lines.join('\n') === told) return;
    await options.onLines(lines);
    told = lines.join('\n');
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const wait = await look().then(
        () => WATCH_MS,
        (error: unknown) => {
          if (!stopping.signal.aborted) options.onError(error);
          return RESTART_MS;
        },
      );
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all([...running.values()].map(({ process }) => end(process)));
  };
  const done = run();
  return async () => {
    stopping.abort();
    await done;
  };
}

const isUp = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** The child lives on its standard input: should this process be killed, that ends, and so does the child. */
async function start(child: WitnessChild, keys: readonly string[], port: string): Promise<Running> {
  const logs = keys.flatMap((key) => ['--log', key]);
  const words = [
    '--listen',
    `127.0.0.1:${port}`,
    '--store',
    child.folder,
    '--name',
    child.keyName,
    '--until-stdin-ends',
  ];
  const process = spawn(globalThis.process.execPath, [...programOf('./main', import.meta.url), ...words, ...logs], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: globalThis.process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LANG: 'C.UTF-8' },
  });
  process.stdin?.on('error', () => undefined);
  try {
    const [vkey, url] = await introduction(process);
    process.stderr?.removeAllListeners('data').pipe(globalThis.process.stderr);
    process.stdout?.removeAllListeners('data').resume();
    return {
      process,
      line: `witness ${child.name} ${vkey} ${url}`,
      port: new URL(url).port,
      keys: keys.join(' '),
    };
  } catch (error) {
    await end(process);
    // Somebody else may have its port by now; the next try takes any.
    if (port !== '0') return start(child, keys, '0');
    throw error;
  }
}

function introduction(child: ChildProcess): Promise<[string, string]> {
  return new Promise((resolve, reject) => {
    let said = '';
    let complaint = '';
    const timer = setTimeout(() => reject(new Error('the witness did not start in time')), START_MS);
    const over = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.stderr?.on('data', (part) => {
      complaint = `${complaint}${part}`.slice(-COMPLAINT_CHARACTERS_MAX);
    });
    child.stdout?.on('data', (part) => {
      said += part;
      const [, vkey, url] = /^witness \S+ (\S+) (\S+)\n/m.exec(said) ?? [];
      if (vkey && url) over(() => resolve([vkey, url]));
    });
    child.once('error', (error) => over(() => reject(error)));
    child.once('exit', (code, signal) =>
      over(() => reject(new Error(`the witness ended (${signal ?? code}): ${complaint.trim()}`))),
    );
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (!isUp(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}
