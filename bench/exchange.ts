import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyBuiltSample } from './built-sample.ts';

const ROOT = resolve(import.meta.dirname, '..');
const START_MS_MAX = 600_000;
const POLL_MS = 20;

/** A running exchange in a process of its own, so that it can be measured and killed. */
export interface Exchange {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** From the spawn of the process to the first answer of /readyz that says ready. */
  readonly readyAfterMs: number;
  /** Connection URL of a database on its embedded server. */
  readonly databaseUrl: (database: string) => string;
  /** kill -9; the embedded database stays, as after any crash of the program. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** The same one started anew, when it has been killed or stopped. */
  readonly again: () => Promise<Exchange>;
}

export interface ExchangeOptions {
  readonly folder: string;
  readonly port?: number;
  readonly sample?: 'none' | 'small' | 'full';
  /** Run the sources rather than what was built. */
  readonly fromSources?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'shuheng-bench-'));

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/** Starts the exchange of a data folder and resolves when it says ready. @throws Error with what it wrote when it does not */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  return (await launch(options)).ready();
}

/** Starts the process and comes back at once: to kill it while it starts, or to wait until it is ready. */
export async function launch(
  options: ExchangeOptions,
): Promise<{ kill: () => Promise<void>; ready: () => Promise<Exchange> }> {
  const port = options.port ?? (await freePort());
  const fromSources = options.fromSources ?? false;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...(fromSources ? ['--import', 'tsx'] : []),
      join(ROOT, 'bench', 'serve.mjs'),
      options.sample === 'full' ? 'full' : 'small',
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        SHUHENG_DATA: options.folder,
        SHUHENG_SAMPLE: options.sample === 'none' ? 'none' : 'full',
        RATE_LIMIT: '10000000',
        SHUHENG_FROM_SOURCES: fromSources ? '1' : '0',
        ...options.environment,
      },
    },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-20_000);
    if (process.env.BENCH_VERBOSE) process.stderr.write(chunk);
  });
  const url = `http://127.0.0.1:${port}`;
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
  };
  const ready = async (): Promise<Exchange> => {
    await untilReady(url, child, () => said);
    return {
      url,
      folder: options.folder,
      pid: child.pid ?? 0,
      readyAfterMs: performance.now() - started,
      databaseUrl: (database) =>
        `postgresql://app@/${database}?host=${encodeURIComponent(join(options.folder, 'postgres.sock'))}`,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      again: () => startExchange({ ...options, port }),
    };
  };
  return { kill: () => end('SIGKILL'), ready };
}

async function untilReady(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const end = Date.now() + START_MS_MAX;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the exchange ended at once:\n${said()}`);
    const ready = await fetch(`${url}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > end) throw new Error(`the exchange was not ready in ${START_MS_MAX} ms:\n${said()}`);
    await sleep(POLL_MS);
  }
}

/** An exchange with the small sample in a folder of its own; both are gone after `work`. */
export async function withExchange<T>(
  work: (exchange: Exchange) => Promise<T>,
  options: Omit<ExchangeOptions, 'folder'> = {},
): Promise<T> {
  const folder = await temporaryFolder();
  try {
    if ((options.sample ?? 'small') === 'small') copyBuiltSample(folder);
    const exchange = await startExchange({ ...options, folder });
    try {
      return await work(exchange);
    } finally {
      await exchange.stop();
    }
  } finally {
    await endPostgres(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** How a second program is started on the database and the data folder of one that runs. */
export async function besides(running: Exchange, options: Omit<ExchangeOptions, 'folder'>): Promise<ExchangeOptions> {
  return {
    ...options,
    folder: running.folder,
    port: await freePort(),
    environment: { ...options.environment, DATABASE_URL: running.databaseUrl('postgres') },
  };
}

export async function postmasterPid(folder: string): Promise<number> {
  const file = join(folder, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return 0;
  return Number((await readFile(file, 'utf8')).split('\n')[0]);
}

/** Ends an embedded database that a killed exchange left behind. */
export async function endPostgres(folder: string): Promise<void> {
  const pid = await postmasterPid(folder);
  if (!pid || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  while (isAlive(pid)) await sleep(POLL_MS);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs queries on a database of the exchange, beside the program. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
