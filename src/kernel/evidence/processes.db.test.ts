import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { programOf } from '../programs.ts';
import { smallDisk } from '../vault/testing.ts';
import { fsck } from './fsck.ts';
import { consistencyProof, logKey, settled } from './receipts.ts';
import { diskTileStore } from './store.ts';
import { writeCopies, writeEntries, writeManyEntries } from './testing.ts';
import { checkNote, isConsistent, parseCheckpoint, parseKey, parseNote, type Tree } from './verify/index.ts';

/** Real processes on one database, each with folders and keys of its own: what happens by mistake. */
const ORIGIN = 'log.example/processes';
const CHILD = programOf('./testing-child', import.meta.url);

let t: TestDatabase;
const folders: string[] = [];
const children = new Set<ChildProcess>();
beforeEach(async () => {
  t = await testDatabase();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await t.drop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shuheng-process-'));
  folders.push(folder);
  return folder;
}

interface Sequencing {
  readonly child: ChildProcess;
  /** What it wrote to standard error. */
  readonly said: () => string;
}

/** Resolves when the process sequences or stands by, or has ended. */
async function sequence(folder: string, origin = ORIGIN): Promise<Sequencing> {
  const child = spawn(process.execPath, [...CHILD, t.url, folder, origin], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let said = '';
  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const exited = once(child, 'exit').then(() => children.delete(child));
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), exited]);
  return { child, said: () => said };
}

const ended = ({ child }: Sequencing): boolean => child.exitCode !== null;
const end = async ({ child }: Sequencing, signal: NodeJS.Signals): Promise<void> => {
  child.kill(signal);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

async function publicCheckpoint(folder: string): Promise<Tree> {
  const note = parseNote(await readFile(join(folder, 'log', 'checkpoint'), 'utf8'));
  const key = parseKey((await logKey(t.db)) ?? '');
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !key || !checkpoint) throw new Error('no checkpoint');
  expect(checkNote(note, key)).toBe('signed');
  return checkpoint;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + 150_000; !(await holds()); ) {
    if (Date.now() > limit) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('two sequencers by mistake', () => {
  it('with another key, name or data folder: one works, the other stops and says why', async () => {
    const [first, second] = [await newFolder(), await newFolder()];
    const leader = await sequence(first);
    await writeEntries(t.db, 5);
    await settled(t.db);
    const lost = await sequence(second);
    expect(ended(lost)).toBe(true);
    expect(lost.said()).toMatch(/另一进程正在编制.*Another process sequences the evidence log/s);
    expect(lost.said()).toMatch(/signing key log of .* is gone/);
    expect(await readdir(second)).toEqual([]);
    // A key of the same name, made for another installation.
    const third = await newFolder();
    const elsewhere = await testDatabase();
    const own = t;
    t = elsewhere;
    await end(await sequence(third), 'SIGTERM');
    await elsewhere.drop();
    t = own;
    const wrong = await sequence(third);
    expect(ended(wrong)).toBe(true);
    expect(wrong.said()).toMatch(/not the one this log was made with/);
    const renamed = await sequence(second, 'log.example/renamed');
    expect(ended(renamed)).toBe(true);
    expect(renamed.said()).toMatch(/cannot be renamed to log\.example\/renamed/);
    await writeEntries(t.db, 5);
    await settled(t.db);
    expect(ended(leader)).toBe(false);
    expect(await fsck(t.db, diskTileStore(join(first, 'log')))).toMatchObject({ ok: true, size: 10 });
  });

  it('with the same key and another folder: it waits, takes over when the first is killed, and goes on in one history', async () => {
    const [first, second] = [await newFolder(), await newFolder()];
    const leader = await sequence(first);
    await writeManyEntries(t.db, 300);
    await settled(t.db);
    await cp(join(first, 'log.key'), join(second, 'log.key'));
    const standby = await sequence(second);
    await writeEntries(t.db, 5);
    await settled(t.db);
    expect(ended(standby)).toBe(false);
    expect(await readdir(second)).toEqual(['log.key']);
    const before = await publicCheckpoint(first);
    await end(leader, 'SIGKILL');
    await writeEntries(t.db, 5);
    await settled(t.db);
    const after = await publicCheckpoint(second);
    expect([before.size, after.size]).toEqual([305n, 310n]);
    expect(isConsistent(before, after, await consistencyProof(t.db, 305, 310))).toBe(true);
    expect(await fsck(t.db, diskTileStore(join(second, 'log')))).toMatchObject({ ok: true, size: 310 });
    // The first comes back and finds the log further than its own files.
    const back = await sequence(first);
    expect(ended(back)).toBe(false);
    await end(standby, 'SIGTERM');
    await writeEntries(t.db, 5);
    await settled(t.db);
    expect((await publicCheckpoint(first)).size).toBe(315n);
    expect(await fsck(t.db, diskTileStore(join(first, 'log')))).toMatchObject({ ok: true, size: 315 });
  });

  it('started at the same moment on an empty database: one log comes of it', async () => {
    const [first, second] = [await newFolder(), await newFolder()];
    const both = await Promise.all([sequence(first), sequence(second)]);
    await writeEntries(t.db, 5);
    await settled(t.db);
    await until(() => both.some(ended) || both.every((one) => one.said() === ''));
    const { rows } = await sql<{ vkey: string }>`select vkey from log_state`.execute(t.db);
    expect(rows).toHaveLength(1);
    const reports = await Promise.all([first, second].map((folder) => fsck(t.db, diskTileStore(join(folder, 'log')))));
    expect(reports.filter((report) => report.ok)).toHaveLength(1);
  });
});

describe('a database restored from yesterday', () => {
  it('stops the sequencer, and the log goes on only with the newer one', async () => {
    const folder = await newFolder();
    const leader = await sequence(folder);
    await writeEntries(t.db, 5);
    await settled(t.db);
    const TABLES = [
      'evidence_entry',
      'evidence_leaf',
      'evidence_queue',
      'log_state',
      'log_tile',
      'signing_key',
      'act_log',
    ];
    for (const table of TABLES)
      await sql.raw(`create table yesterday_${table} as select * from ${table}`).execute(t.db);
    await writeEntries(t.db, 5);
    await settled(t.db);
    await end(leader, 'SIGTERM');
    for (const table of TABLES) {
      await sql.raw(`create table today_${table} as select * from ${table}`).execute(t.db);
      await sql.raw(`truncate ${table} cascade; insert into ${table} select * from yesterday_${table}`).execute(t.db);
    }
    await writeEntries(t.db, 5);
    const refused = await sequence(folder);
    expect(ended(refused)).toBe(true);
    expect(refused.said()).toMatch(/published checkpoint has 10 entries, the database 5.*going on would fork it/s);
    expect((await publicCheckpoint(folder)).size).toBe(10n);
    for (const table of TABLES)
      await sql.raw(`truncate ${table} cascade; insert into ${table} select * from today_${table}`).execute(t.db);
    const again = await sequence(folder);
    expect(ended(again)).toBe(false);
    expect(await fsck(t.db, diskTileStore(join(folder, 'log')))).toMatchObject({ ok: true, size: 10 });
  });
});

async function stateOf(): Promise<{ size: number; published_size: number }> {
  const { rows } = await sql<{
    size: number;
    published_size: number;
  }>`select size, published_size from log_state`.execute(t.db);
  return rows[0] ?? { size: 0, published_size: 0 };
}

describe('a full disk', () => {
  it('stops publication, not sequencing; nothing half-written is public, and all of it comes when there is room', async (context) => {
    const disk = await smallDisk();
    if (!disk) return context.skip('this user may not mount a disk of 2 MiB');
    try {
      const sequencing = await sequence(disk.path);
      await writeManyEntries(t.db, 300);
      await settled(t.db);
      await writeCopies(t.db, 9_000);
      await until(() => /ENOSPC|no space/i.test(sequencing.said()));
      // Entries still get their indexes while nothing more can be made public.
      await writeEntries(t.db, 10);
      await until(async () => (await stateOf()).size === 9_310);
      expect(ended(sequencing)).toBe(false);
      const store = diskTileStore(join(disk.path, 'log'));
      const { published_size: published } = await stateOf();
      expect(published).toBeLessThan(9_310);
      expect(Number((await publicCheckpoint(disk.path)).size)).toBe(published);
      expect(await fsck(t.db, store)).toMatchObject({ ok: true, size: 9_310, publishedSize: published });
      expect(disk.grow(32)).toBe(true);
      await settled(t.db);
      expect(Number((await publicCheckpoint(disk.path)).size)).toBe(9_310);
      expect(await fsck(t.db, store)).toMatchObject({ ok: true, size: 9_310, publishedSize: 9_310 });
      await end(sequencing, 'SIGTERM');
    } finally {
      disk.unmount();
    }
  });
});
