import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { OperatorError } from '../operator-error.ts';
import { fsck } from './fsck.ts';
import { EvidenceLog, Overtaken } from './log.ts';
import { logFile } from './log-files.ts';
import { checkpointText, parsePrivateKey, signNote } from './note.ts';
import { formatPrivateKey } from './private-keys.ts';
import { consistencyProof, entryBytes, logKey, logStatus, proofFor, settled } from './receipts.ts';
import { type Sequencer, startSequencer } from './sequencer.ts';
import { testLog, writeEntries, writeManyEntries } from './testing.ts';
import { isConsistent, parseCheckpoint, parseNote, verifyReceipt } from './verify/index.ts';

const ORIGIN = 'log.example/test';
let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
const running: Sequencer[] = [];

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());
beforeEach(async () => {
  await sql`truncate evidence_entry, evidence_queue, evidence_leaf, log_state, log_tile, act_log, act_party`.execute(
    t.db,
  );
  log = await testLog();
});
afterEach(async () => {
  for (const sequencer of running.splice(0)) await sequencer.stop();
  await log.drop();
});

async function start(options: { origin?: string } = {}): Promise<Sequencer> {
  const sequencer = await startSequencer({
    url: t.url,
    store: log.store,
    keys: log.keys,
    origin: ORIGIN,
    retryMs: 20,
    ...options,
  });
  running.push(sequencer);
  return sequencer;
}
async function stopAll(): Promise<void> {
  for (const sequencer of running.splice(0)) await sequencer.stop();
}
const publicCheckpoint = async () => {
  const file = await logFile(t.db, log.store, 'checkpoint');
  const checkpoint = parseCheckpoint(parseNote(file?.bytes.toString() ?? '')?.text ?? '');
  if (!checkpoint) throw new Error('no checkpoint');
  return checkpoint;
};

describe('sequencing', () => {
  it('gives every committed entry one index and a receipt that verifies', async () => {
    const before = await writeEntries(t.db, 3);
    expect(await proofFor(t.db, before[0] ?? '')).toBeUndefined();
    const sequencer = await start();
    const after = await writeEntries(t.db, 300);
    sequencer.nudge();
    await settled(t.db);
    const vkey = (await logKey(t.db)) ?? '';
    const indexes = new Set<bigint>();
    for (const id of [...before, ...after]) {
      const entry = (await entryBytes(t.db, id)) ?? Buffer.alloc(0);
      const result = verifyReceipt({ proof: (await proofFor(t.db, id)) ?? '', entry, vkey });
      if (result.outcome !== 'proven') throw new Error(`${id}: ${result.says.en}`);
      expect(result.proven.size).toBe(303n);
      expect(result.proven.entry?.id).toBe(id);
      indexes.add(result.proven.index);
    }
    expect(indexes.size).toBe(303);
    expect(await logStatus(t.db)).toMatchObject({ origin: ORIGIN, size: 303, publishedSize: 303, waiting: 0 });
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 303, waiting: 0 });
    expect(await proofFor(t.db, 'rct_unknown')).toBeUndefined();
  });

  it('leaves an entry alone whose act rolls back', async () => {
    await start();
    await expect(
      t.db.transaction().execute(async (tx) => {
        await sql`insert into evidence_queue (entry_id, leaf) values ('rct_gone', sha256(''))`.execute(tx);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await writeEntries(t.db, 1);
    await settled(t.db);
    expect((await logStatus(t.db))?.size).toBe(1);
  });

  it('takes a backlog of several batches and serves every tile, a removed partial one too', async () => {
    await writeManyEntries(t.db, 2_600);
    await start();
    await settled(t.db);
    const vkey = await logKey(t.db);
    expect((await logFile(t.db, log.store, 'vkey'))?.bytes.toString()).toBe(`${vkey}\n`);
    const bundle = await logFile(t.db, log.store, 'tile/entries/010.p/40');
    expect(bundle?.cacheControl).toContain('immutable');
    const whole = await logFile(t.db, log.store, 'tile/0/001');
    const partial = await logFile(t.db, log.store, 'tile/0/001.p/77');
    expect(partial?.bytes.equals(whole?.bytes.subarray(0, 77 * 32) ?? Buffer.alloc(0))).toBe(true);
    for (const path of [
      'tile/0/010',
      'tile/0/010.p/41',
      'tile/2/000.p/1',
      'tile/0/../log.key',
      '../log.key',
      'log.key',
      '',
    ]) {
      expect(await logFile(t.db, log.store, path), path).toBeUndefined();
    }
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 2_600 });
  });

  it('only ever appends: each checkpoint is consistent with every later one', async () => {
    const sequencer = await start();
    const seen: { size: bigint; root: Uint8Array }[] = [];
    for (const count of [1, 2, 5, 40, 300, 1]) {
      await writeManyEntries(t.db, count);
      sequencer.nudge();
      await settled(t.db);
      seen.push(await publicCheckpoint());
    }
    for (const older of seen) {
      for (const newer of seen.filter((s) => s.size >= older.size)) {
        const proof = await consistencyProof(t.db, Number(older.size), Number(newer.size));
        expect(isConsistent(older, newer, proof)).toBe(true);
      }
    }
  });
});

describe('a machine’s clock', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])('that jumps %s an hour at every look holds nothing up', async (_, step) => {
    const sequencer = await start();
    let time = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => {
      time += step;
      return time;
    });
    for (let i = 0; i < 4; i++) {
      await writeEntries(t.db, 2);
      sequencer.nudge();
      await vi.waitUntil(async () => (await logStatus(t.db))?.publishedSize === 2 * (i + 1), { timeout: 120_000 });
    }
    vi.restoreAllMocks();
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 8, publishedSize: 8 });
  });
});

describe('restart', () => {
  it('goes on where it stood, and writes again what is missing in the folder', async () => {
    await writeManyEntries(t.db, 700);
    await start();
    await settled(t.db);
    await stopAll();
    const old = await publicCheckpoint();
    await rm(join(log.logFolder, 'tile', '0', '001'));
    await rm(join(log.logFolder, 'tile', 'entries'), { recursive: true });
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: false });
    await writeManyEntries(t.db, 10);
    await start();
    await settled(t.db);
    const now = await publicCheckpoint();
    expect(now.size).toBe(710n);
    expect(isConsistent(old, now, await consistencyProof(t.db, 700, 710))).toBe(true);
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 710 });
    await stopAll();
    await rm(log.logFolder, { recursive: true });
    await start();
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 710 });
  });

  it('keeps its key in a file only its owner can read', async () => {
    await start();
    expect((await stat(log.keyFile)).mode & 0o777).toBe(0o600);
    expect((await readFile(log.keyFile, 'utf8')).startsWith(`PRIVATE+KEY+${ORIGIN}+`)).toBe(true);
  });

  it.each<[string, RegExp, () => Promise<unknown>, { origin?: string }?]>([
    ['a lost key', /restore the key file/, () => rm(log.keyFile)],
    [
      'another key',
      /not the one this log was made with/,
      () => writeFile(log.keyFile, formatPrivateKey(ORIGIN, Buffer.alloc(32, 3))),
    ],
    ['a damaged key file', /holds no signing key/, () => writeFile(log.keyFile, 'nothing\n')],
    ['another name', /cannot be renamed/, async () => undefined, { origin: 'log.example/other' }],
    ['a lost log state', /log state is gone/, () => sql`delete from log_state`.execute(t.db)],
    ['a lost database', /holds no log/, () => sql`truncate log_state, log_tile, evidence_leaf`.execute(t.db)],
    ['a changed root', /damaged/, () => sql`update log_state set root = sha256('x')`.execute(t.db)],
    [
      'a changed tile',
      /damaged/,
      () => sql`update log_tile set hashes = sha256('x') || substr(hashes, 33)`.execute(t.db),
    ],
    ['a lost leaf', /damaged/, () => sql`delete from evidence_leaf where index = 4`.execute(t.db)],
  ])('%s stops it with one clear sentence', async (_, sentence, damage, options) => {
    await writeEntries(t.db, 5);
    await start();
    await settled(t.db);
    await stopAll();
    await damage();
    const failure = await start(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OperatorError);
    expect(String(failure)).toMatch(sentence);
  });

  it('refuses a database older than its public checkpoint, or another one', async () => {
    await writeEntries(t.db, 5);
    await start();
    await settled(t.db);
    await stopAll();
    const signer = parsePrivateKey(await readFile(log.keyFile, 'utf8'));
    if (!signer) throw new Error('no key');
    for (const [size, sentence] of [
      [9, /older than the log/],
      [4, /not of this database/],
    ] as const) {
      const forged = await signNote(checkpointText({ origin: ORIGIN, size, root: Buffer.alloc(32, 1) }), [signer]);
      await writeFile(join(log.logFolder, 'checkpoint'), forged);
      await expect(start()).rejects.toThrow(sentence);
    }
    // A file that is no signed checkpoint says nothing, and is written again.
    await writeFile(join(log.logFolder, 'checkpoint'), 'rubbish');
    await start();
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 5 });
  });
});

describe('two sequencers', () => {
  it('one leads, the other takes over when it stops', async () => {
    const first = await start();
    const second = await start();
    expect([first.leading(), second.leading()]).toEqual([true, false]);
    await writeEntries(t.db, 3);
    await settled(t.db);
    await first.stop();
    await writeEntries(t.db, 3);
    await settled(t.db);
    expect(second.leading()).toBe(true);
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 6 });
  });

  it('takes over when the leader’s connection is cut, and loses nothing', async () => {
    const troubles: unknown[] = [];
    const options = {
      url: t.url,
      store: log.store,
      keys: log.keys,
      origin: ORIGIN,
      retryMs: 20,
      onError: (e: unknown) => troubles.push(e),
    };
    running.push(await startSequencer(options), await startSequencer(options));
    await writeEntries(t.db, 3);
    await settled(t.db);
    for (let i = 0; i < 5; i++) {
      const cut = await sql<{ pid: number }>`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'shuheng-sequencer'`.execute(t.db);
      expect(cut.rows.length).toBeGreaterThan(0);
      await writeEntries(t.db, 3);
      await settled(t.db);
    }
    expect(troubles.length).toBeGreaterThan(0);
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 18 });
  });

  it('even both believing they lead, they cannot fork the log', async () => {
    const clients = [new pg.Client({ connectionString: t.url }), new pg.Client({ connectionString: t.url })] as const;
    for (const client of clients) await client.connect();
    try {
      const open = (i: 0 | 1) => EvidenceLog.open(clients[i], { store: log.store, keys: log.keys, origin: ORIGIN });
      const logs = [await open(0), await open(1)];
      let overtaken = 0;
      for (let round = 0; round < 30; round++) {
        await writeEntries(t.db, 4);
        const outcomes = await Promise.allSettled(logs.map((l) => l.commit()));
        for (const [i, outcome] of outcomes.entries()) {
          if (outcome.status === 'fulfilled') continue;
          expect(outcome.reason).toBeInstanceOf(Overtaken);
          overtaken++;
          logs[i] = await open(i as 0 | 1);
        }
        expect(outcomes.some((o) => o.status === 'fulfilled')).toBe(true);
      }
      expect(overtaken).toBeGreaterThan(0);
      while ((await logs[0]?.commit().catch(() => 0)) !== 0);
      logs[0] = await open(0);
      await logs[0].publish();
      expect(await fsck(t.db, log.store)).toMatchObject({ ok: true, size: 120, waiting: 0 });
    } finally {
      for (const client of clients) await client.end();
    }
  });
});
