import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Kernel } from '../acts/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { programOf } from '../programs.ts';
import { loadRulebook } from '../rulebook/index.ts';
import { fsck } from './fsck.ts';
import { ensureKeys, rotateKeys } from './key-acts.ts';
import { logKeys, signedByLog } from './log-keys.ts';
import { consistencyProof, logKey, settled } from './receipts.ts';
import { startSequencer } from './sequencer.ts';
import { testLog, writeCopies, writeEntries } from './testing.ts';
import { rowsOf } from './tiles.ts';
import { checkNote, isConsistent, parseCheckpoint, parseKey, parseNote, type Tree } from './verify/index.ts';

const ORIGIN = 'log.example/kill';
const KILLS = 12;
const BACKLOG = 9_000;
/** Between two writes, and between two looks at the public checkpoint: the sequencers shall have the processors. */
const PAUSE_MS = 10;
const CHILD = programOf('./testing-child', import.meta.url);

let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
const children = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await t.drop();
  await log.drop();
});

/** A sequencer in a process of its own; it leads as soon as the one before it is dead. */
async function spawnSequencer(environment: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...CHILD, t.url, log.folder, ORIGIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await new Promise<void>((resolve) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', () => resolve());
  });
  return child;
}

/** Each public checkpoint that somebody looking all the time would see, the last one surely. */
function startWatch(): { seen: readonly string[]; end(): Promise<void> } {
  const seen: string[] = [];
  let over = false;
  const look = async (): Promise<void> => {
    const checkpoint = await readFile(join(log.logFolder, 'checkpoint'), 'utf8').catch(() => undefined);
    if (checkpoint !== undefined && checkpoint !== seen.at(-1)) seen.push(checkpoint);
  };
  const looking = (async () => {
    for (; !over; await sleep(PAUSE_MS)) await look();
  })();
  return {
    seen,
    end: async () => {
      over = true;
      await looking;
      await look();
    },
  };
}

const gone = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/** A repeatable sequence of numbers in [0, 1), so that a failing run can be run again (Park–Miller). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('kill -9', () => {
  it(`${KILLS} times at any point leaves no fork, no lost entry and no doubled one`, { timeout: 300_000 }, async () => {
    t = await testDatabase();
    log = await testLog();
    const seed = (Date.now() % 2_147_483_646) + 1;
    process.stdout.write(`kill seed ${seed}\n`);
    const random = randomFrom(seed);
    const backlogAt = Math.floor(random() * 5);
    let written = 0;
    const watch = startWatch();
    const { seen } = watch;
    let over = false;
    let backlogDue = false;
    const writing = (async () => {
      while (!over) {
        const few = 1 + Math.floor(random() * 5);
        await writeEntries(t.db, few);
        written += few;
        await sleep(PAUSE_MS);
        if (!backlogDue) continue;
        backlogDue = false;
        await writeCopies(t.db, BACKLOG);
        written += BACKLOG;
      }
    })();
    // Every other one dies between two steps of its own choosing, the rest at a random moment; a stand-by waits behind it.
    const plan = (i: number): Record<string, string> =>
      i % 2 === 0
        ? {}
        : { KILL_AFTER_WRITES: String(1 + Math.floor(random() * 12)), KILL_BEFORE_WRITE: i % 4 === 1 ? '1' : '0' };
    let leader = spawnSequencer(plan(0));
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    for (let i = 0; i < KILLS; i++) {
      // Two or three times a backlog of several batches: then publication goes on beside the commits. Once for each kind of leader.
      backlogDue ||= i % 5 === backlogAt;
      const standby = spawnSequencer(plan(i + 1));
      const child = await leader;
      // Also a self-killer gets a time limit: it may wait for its write in vain only if something is wrong.
      const limitMs = i % 2 === 0 ? 50 + random() * 700 : 10_000;
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await gone(child);
      clearTimeout(timer);
      expect(child.signalCode).toBe('SIGKILL');
      leader = standby;
    }
    over = true;
    await writing;
    const last = await leader;
    last.kill('SIGKILL');
    await gone(last);

    const sequencer = await startSequencer({ url: t.url, store: log.store, keys: log.keys, origin: ORIGIN });
    await settled(t.db);
    await sequencer.stop();
    await watch.end();
    const report = await fsck(t.db, log.store);
    expect(report, JSON.stringify(report)).toMatchObject({ ok: true, size: written, waiting: 0 });
    // How many were seen between the first and the last is a matter of the machine.
    expect(seen.length).toBeGreaterThan(1);
    await expectOneHistory(seen, written);
  });
});

const ROTATIONS = 8;

describe('kill -9 while keys change', () => {
  it(`leaves one state, one history, and no checkpoint unsigned or signed by a stranger`, {
    timeout: 300_000,
  }, async () => {
    t = await testDatabase();
    log = await testLog();
    const seed = (Date.now() % 2_147_483_646) + 1;
    process.stdout.write(`kill seed ${seed}\n`);
    const random = randomFrom(seed);
    const kernel: Kernel = { db: t.db, rulebook: loadRulebook() };
    const keys = { provider: log.keys, suite: 'sm', origin: ORIGIN } as const;
    const watch = startWatch();
    const { seen } = watch;
    const first = spawnSequencer({ SUITE: 'sm' });
    await ensureKeys(kernel, keys);
    // The first key is seen to sign before anybody dies, and the watch lasts until the last one was: a change is always seen.
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    let over = false;
    const killing = (async () => {
      for (let leader = first; ; ) {
        const standby = over ? undefined : spawnSequencer({ SUITE: 'sm' });
        const child = await leader;
        // Long enough for some to turn keys, short enough for others to die in between.
        await sleep(100 + random() * 1_500);
        child.kill('SIGKILL');
        await gone(child);
        if (!standby) return;
        leader = standby;
      }
    })();
    for (let i = 0; i < ROTATIONS; i++) {
      await writeEntries(t.db, 1 + Math.floor(random() * 3));
      const how =
        i % 3 === 0
          ? ({ reason: 'scheduled', overlapDays: 1 } as const)
          : ({ reason: 'leaked', overlapDays: 0 } as const);
      await rotateKeys(kernel, keys, { purpose: 'log', ...how });
      await sleep(random() * 1_200);
    }
    over = true;
    await killing;

    const sequencer = await startSequencer({
      url: t.url,
      store: log.store,
      keys: log.keys,
      suite: 'sm',
      origin: ORIGIN,
    });
    const rows = await logKeys(rowsOf(t.db));
    expect(rows.at(-1)?.generation).toBe(ROTATIONS + 1);
    const current = rows.findLast((row) => row.algorithm === 'ed25519')?.vkey;
    await expect.poll(() => logKey(t.db)).toBe(current);
    await settled(t.db);
    await sequencer.stop();
    await watch.end();
    const report = await fsck(t.db, log.store);
    expect(report, JSON.stringify(report)).toMatchObject({ ok: true, waiting: 0 });
    // How many changes were seen is a matter of the machine.
    expect(new Set(seen.map(signersOf)).size).toBeGreaterThan(1);
    await expectOneHistory(seen, Number.POSITIVE_INFINITY);
    const last = await logKeys(rowsOf(t.db));
    for (const text of seen) expectRightKeys(text, last);
  });
});

const signersOf = (text: string): string =>
  (parseNote(text)?.signatures ?? []).map((line) => Buffer.from(line.keyId).toString('hex')).join();

/** Each line is by a key that signed at that size, and its signature is right. */
function expectRightKeys(text: string, rows: Awaited<ReturnType<typeof logKeys>>): void {
  const note = parseNote(text);
  const size = Number((note && parseCheckpoint(note.text))?.size);
  for (const line of note?.signatures ?? []) {
    const row = rows.find(({ vkey }) => Buffer.from(parseKey(vkey)?.id ?? []).equals(Buffer.from(line.keyId)));
    const key = parseKey(row?.vkey ?? '');
    expect(note && key && checkNote(note, key)).toBe('signed');
    expect(row?.first_size ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(size);
    expect(row?.last_size ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(size);
  }
}

/** Every checkpoint anybody ever saw is signed and a beginning of the final log. */
async function expectOneHistory(seen: readonly string[], size: number): Promise<void> {
  const vkeys = (await logKeys(rowsOf(t.db))).map((row) => row.vkey);
  const trees: Tree[] = seen.map((text) => {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (!note || !checkpoint) throw new Error(`unreadable checkpoint: ${text}`);
    expect(signedByLog(note, vkeys)).toBe(true);
    return checkpoint;
  });
  const final = trees.at(-1);
  if (!final) throw new Error('no checkpoint was seen');
  expect(Number(final.size)).toBeLessThanOrEqual(size);
  let before = 0n;
  for (const tree of trees) {
    expect(tree.size >= before).toBe(true);
    before = tree.size;
    const proof = await consistencyProof(t.db, Number(tree.size), Number(final.size));
    expect(isConsistent(tree, final, proof), `size ${tree.size}`).toBe(true);
  }
}
