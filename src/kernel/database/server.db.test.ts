import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from './server.ts';

let folder: string;
let running: EmbeddedServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuheng-server-'));
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop({ force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function start(home = folder): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer(home);
  running.push(server);
  return server;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const postmasterPid = () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

describe('the embedded server', () => {
  it('starts in an empty folder, listens on no network port and speaks Chinese collation', async () => {
    const server = await start();
    expect(server.started).toBe(true);
    expect(await query(server.url, "select setting from pg_settings where name = 'listen_addresses'")).toEqual([
      { setting: '' },
    ]);
    const sorted = await query<{ t: string }>(
      server.url,
      "select t from (values ('重庆'), ('北京'), ('安徽')) v(t) order by t collate \"zh-Hans-CN-x-icu\"",
    );
    expect(sorted.map((r) => r.t)).toEqual(['安徽', '北京', '重庆']);
  });

  it('adopts a server left running, and stops it only when nobody else uses it', async () => {
    const first = await start();
    const second = await startEmbeddedServer(folder);
    expect(second.started).toBe(false);
    const other = new pg.Client({ connectionString: first.url });
    await other.connect();
    await second.stop();
    expect(await query(first.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await other.end();
    await second.stop();
    await expect(query(first.url, 'select 1 as n')).rejects.toThrow();
  });

  it('gives one server to two who start at once', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.filter((s) => s.started)).toHaveLength(1);
  });

  it('keeps committed rows after kill -9 of the database', async () => {
    const server = await start();
    await query(server.url, 'create table kept (n int)');
    await query(server.url, 'insert into kept select generate_series(1, 100)');
    process.kill(postmasterPid(), 'SIGKILL');
    const again = await start();
    expect(await query(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 100 }]);
  });

  it('takes over the lock of a starter that died and cleans up a half-made data folder', async () => {
    mkdirSync(join(folder, 'postgres.init'));
    writeFileSync(join(folder, 'postgres.init', 'PG_VERSION'), '18');
    mkdirSync(join(folder, 'postgres'));
    const dead = spawnSync('true').pid;
    writeFileSync(join(folder, 'postgres.lock'), String(dead));
    expect((await start()).started).toBe(true);
    expect(existsSync(join(folder, 'postgres.init'))).toBe(false);
  });

  it('refuses data of another major version with one sentence', async () => {
    const server = await start();
    await server.stop();
    writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '14\n');
    await expect(start()).rejects.toThrow(/PostgreSQL 14 .*back up with the old version first/);
  });

  it('works in a folder whose socket path would be too long', async () => {
    const deep = join(folder, 'a'.repeat(90));
    const server = await start(deep);
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  const canDrop = process.getuid?.() === 0;
  it.runIf(canDrop)('works for an ordinary user', async () => {
    chmodSync(folder, 0o777);
    const script = `const { startEmbeddedServer } = await import(${JSON.stringify(new URL('./server.ts', import.meta.url).href)});
      const s = await startEmbeddedServer(${JSON.stringify(join(folder, 'own'))}); console.log('started', s.started, process.getuid()); await s.stop();`;
    const file = join(folder, 'start.mts');
    writeFileSync(file, script);
    const tsx = new URL('../../../node_modules/tsx/dist/cli.mjs', import.meta.url).pathname;
    const child = spawn(process.execPath, [tsx, file], {
      uid: 65_534,
      gid: 65_534,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
    });
    let out = '';
    child.stdout.on('data', (d) => {
      out += d;
    });
    child.stderr.on('data', (d) => {
      out += d;
    });
    await new Promise((done) => child.on('close', done));
    expect(out.trim()).toBe('started true 65534');
  });

  it.runIf(canDrop)('says in one sentence that the disk is full', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', small]);
    if (mounted.status !== 0) return expect(String(mounted.stderr)).toMatch(/permi|denied/i);
    try {
      await expect(startEmbeddedServer(small)).rejects.toThrow(/No space left on the disk/);
    } finally {
      spawnSync('umount', ['-l', small]);
    }
  });
});
