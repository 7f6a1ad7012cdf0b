import { randomBytes } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Act, execute, type Kernel, SYSTEM } from '../acts/index.ts';
import { backup, restore } from '../database/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { loadRulebook } from '../rulebook/index.ts';
import { fsck } from './fsck.ts';
import { ensureKeys, keyActs, rotateKeys } from './key-acts.ts';
import { EvidenceLog, Overtaken } from './log.ts';
import { logFile } from './log-files.ts';
import { keyLines } from './log-keys.ts';
import { entryBytes, logKey, proofFor, settled } from './receipts.ts';
import { type Sequencer, startSequencer } from './sequencer.ts';
import { type CryptoSuite, configureKeys, type SigningKeys, signers } from './signers.ts';
import { testLog, writeEntries } from './testing.ts';
import { rowsOf } from './tiles.ts';
import { checkNote, formatKey, parseKey, parseNote, parsePolicy, verifyReceipt } from './verify/index.ts';

const ORIGIN = 'log.example/keys';
const NEW_KEY = formatKey(ORIGIN, randomBytes(32));
const rulebook = loadRulebook();
const announceLogKey = keyActs[0] as Act;
let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let kernel: Kernel;
let sequencer: Sequencer | undefined;

beforeEach(async () => {
  t = await testDatabase();
  log = await testLog();
  kernel = { db: t.db, rulebook, committed: () => sequencer?.nudge() };
});
afterEach(async () => {
  await stop();
  await t.drop();
  await log.drop();
});

const keysOf = (suite: CryptoSuite): SigningKeys => ({ provider: log.keys, suite, origin: ORIGIN });

async function start(suite: CryptoSuite = 'international'): Promise<void> {
  sequencer = await startSequencer({
    url: t.url,
    store: log.store,
    keys: log.keys,
    suite,
    origin: ORIGIN,
    retryMs: 20,
  });
  configureKeys(keysOf(suite));
  await ensureKeys(kernel, keysOf(suite));
  await settled(t.db);
}
async function stop(): Promise<void> {
  await sequencer?.stop();
  sequencer = undefined;
}

interface Row {
  vkey: string;
  purpose: string;
  algorithm: string;
  generation: number;
  announced_by: string | null;
  first_size: number | null;
  last_size: number | null;
}
const rows = async (): Promise<Row[]> =>
  (await sql<Row>`select * from signing_key order by purpose, generation, algorithm`.execute(t.db)).rows;
const logRows = async () => (await rows()).filter((row) => row.purpose === 'log');

/** Labels of the log keys whose right signature the public checkpoint carries; none of the others. */
async function signedBy(): Promise<string[]> {
  const note = parseNote((await logFile(t.db, log.store, 'checkpoint'))?.bytes.toString() ?? '');
  if (!note) throw new Error('no checkpoint');
  const labels: string[] = [];
  for (const row of await logRows()) {
    const key = parseKey(row.vkey);
    const standing = key && checkNote(note, key);
    expect(standing).not.toBe('forged');
    if (standing === 'signed') labels.push(`${row.algorithm} ${row.generation}`);
  }
  expect(note.signatures).toHaveLength(labels.length);
  return labels;
}

/** Waits until the public checkpoint is signed by exactly these. */
async function turned(...labels: string[]): Promise<void> {
  await expect.poll(signedBy, { interval: 50 }).toEqual(labels);
}

const policyText = async () => `${await keyLines(rowsOf(t.db))}quorum none\n`;

async function receipt(id: string) {
  return { proof: (await proofFor(t.db, id)) ?? '', entry: (await entryBytes(t.db, id)) ?? Buffer.alloc(0) };
}
const outcome = (parts: Awaited<ReturnType<typeof receipt>>, vkey: string) => verifyReceipt({ ...parts, vkey }).outcome;
const sound = async () => expect(await fsck(t.db, log.store)).toMatchObject({ ok: true });

describe('the keys of a new exchange', () => {
  it('sign the log, and certificates under a key the log announces', async () => {
    await start();
    expect(await signedBy()).toEqual(['ed25519 1']);
    const [signer, ...more] = await signers(t.db, 'certificate');
    expect(more).toEqual([]);
    expect(signer?.name).toBe(`${ORIGIN}/certificate`);
    const announcement = await receipt(signer?.announcedBy ?? '');
    expect(outcome(announcement, (await logKey(t.db)) ?? '')).toBe('proven');
    const { open, subject } = JSON.parse(announcement.entry.toString()) as {
      open: { vkeys: unknown };
      subject: string;
    };
    expect([subject, open.vkeys]).toEqual(['certificate-keys', [signer?.vkey]]);
    for (const name of ['log.key', 'certificate.key']) {
      expect((await stat(join(log.folder, name))).mode & 0o777).toBe(0o600);
    }
    await sound();
  });

  it('carry SM2 beside Ed25519 where the suite says so, once that key is announced', async () => {
    await start('sm');
    await turned('ed25519 1', 'sm2 1');
    const certificate = await signers(t.db, 'certificate');
    expect(certificate.map((s) => parseKey(s.vkey)?.type)).toEqual(['ed25519', 'sm2']);
    const [id = ''] = await writeEntries(t.db, 1);
    sequencer?.nudge();
    await settled(t.db);
    // Whoever knows one of the two keys is served; each alone is enough.
    for (const { vkey } of await logRows()) expect(outcome(await receipt(id), vkey)).toBe('proven');
    await sound();
    const served = (await logFile(t.db, log.store, 'vkey.sm2'))?.bytes.toString();
    expect(served).toBe(`${(await logRows()).find((row) => row.algorithm === 'sm2')?.vkey}\n`);
    // Off again, and on again: no new key, no new announcement.
    const before = await rows();
    await stop();
    await start('international');
    expect(await signedBy()).toEqual(['ed25519 1']);
    expect(await logFile(t.db, log.store, 'vkey.sm2')).toBeUndefined();
    expect((await signers(t.db, 'certificate')).map((s) => parseKey(s.vkey)?.type)).toEqual(['ed25519']);
    await stop();
    await start('sm');
    expect(await signedBy()).toEqual(['ed25519 1', 'sm2 1']);
    expect(await rows()).toEqual(before);
    await sound();
  });
});

describe('a rotation', () => {
  it('announces the new keys under the old ones, lets both sign, then the new ones alone', async () => {
    await start('sm');
    await turned('ed25519 1', 'sm2 1');
    const [early = ''] = await writeEntries(t.db, 3);
    sequencer?.nudge();
    await settled(t.db);
    const old = (await logKey(t.db)) ?? '';
    const oldReceipt = await receipt(early);

    const announced = await rotateKeys(kernel, keysOf('sm'), { purpose: 'log', reason: 'scheduled', overlapDays: 30 });
    await turned('ed25519 1', 'sm2 1', 'ed25519 2', 'sm2 2');
    const now = (await logKey(t.db)) ?? '';
    expect(now).toBe(announced.vkeys[0]);
    expect(now).not.toBe(old);
    // Whoever trusts the old key reads the new one in an entry proven under the old.
    const announcement = await receipt(announced.receiptId);
    expect(outcome(announcement, old)).toBe('proven');
    expect(announcement.entry.toString()).toContain(now);
    await writeEntries(t.db, 3);
    sequencer?.nudge();
    await settled(t.db);
    expect(await signedBy()).toHaveLength(4);
    await sound();

    // Thirty days later.
    await sql`update signing_key set signs_until = now() - interval '1 second' where signs_until is not null`.execute(
      t.db,
    );
    await turned('ed25519 2', 'sm2 2');
    await sound();
    expect(outcome(oldReceipt, old)).toBe('proven');
    expect(outcome(await receipt(early), now)).toBe('proven');
    expect(outcome(await receipt(early), old)).toBe('false');
    // The policy lists them all, so whoever holds it can check receipts of both times.
    const policy = await policyText();
    for (const parts of [oldReceipt, await receipt(early)])
      expect(verifyReceipt({ ...parts, policy })).toMatchObject({
        outcome: 'proven',
        proven: { signatures: ['ed25519', 'sm2'] },
      });
    const [first, , second] = await logRows();
    expect(second?.first_size).toBeLessThanOrEqual(first?.last_size ?? 0);
    // A restart changes nothing.
    const before = await rows();
    await stop();
    await start('sm');
    expect(await signedBy()).toEqual(['ed25519 2', 'sm2 2']);
    expect(await rows()).toEqual(before);
  });

  it('ends a leaked key at once; the announcement is the last it signs', async () => {
    await start();
    const [early = ''] = await writeEntries(t.db, 1);
    await settled(t.db);
    const oldReceipt = await receipt(early);
    const old = (await logKey(t.db)) ?? '';
    const { receiptId } = await rotateKeys(kernel, keysOf('international'), {
      purpose: 'log',
      reason: 'leaked',
      overlapDays: 0,
    });
    await turned('ed25519 2');
    const [first, second] = await logRows();
    expect(first?.last_size).toBe(second?.first_size);
    // A leaked key is named, and not trusted.
    const policy = await policyText();
    expect(policy).toContain(old);
    expect(parsePolicy(policy).policy?.logs.map((l) => l.key.vkey)).toEqual([second?.vkey]);
    expect(verifyReceipt({ ...oldReceipt, policy }).outcome).toBe('false');
    expect(verifyReceipt({ ...(await receipt(early)), policy }).outcome).toBe('proven');
    const entry = JSON.parse((await receipt(receiptId)).entry.toString()) as { open: unknown };
    expect(entry.open).toMatchObject({ reason: 'leaked', replaces: [old], generation: 2 });
    await sound();
  });

  it('ends a leaked key at once also when a later change begins with the one after it', async () => {
    await start();
    await stop();
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'leaked', overlapDays: 0 });
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'scheduled', overlapDays: 1 });
    await start();
    await turned('ed25519 2', 'ed25519 3');
    const [first, second] = await logRows();
    expect(first?.last_size).toBe(second?.first_size);
    await sound();
  });

  it('goes on without a lost key: the log is the same, the new key signs at once', async () => {
    await start();
    const ids = await writeEntries(t.db, 3);
    await settled(t.db);
    const old = (await logKey(t.db)) ?? '';
    const oldReceipt = await receipt(ids[0] ?? '');
    await stop();
    await rm(join(log.folder, 'log.key'));
    await expect(start()).rejects.toThrow(/restore the key file/);
    await stop();
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'lost', overlapDays: 0 });
    await start();
    expect(await signedBy()).toEqual(['ed25519 2']);
    const now = (await logKey(t.db)) ?? '';
    for (const id of ids) expect(outcome(await receipt(id), now)).toBe('proven');
    expect(outcome(oldReceipt, old)).toBe('proven');
    await sound();
  });

  it('of the certificate key takes effect at once', async () => {
    await start('sm');
    const before = await signers(t.db, 'certificate');
    const { receiptId, vkeys } = await rotateKeys(kernel, keysOf('sm'), {
      purpose: 'certificate',
      reason: 'scheduled',
      overlapDays: 0,
    });
    const after = await signers(t.db, 'certificate');
    expect(after.map((s) => s.vkey)).toEqual(vkeys);
    expect(after.map((s) => s.announcedBy)).toEqual([receiptId, receiptId]);
    expect(before.some((s) => vkeys.includes(s.vkey))).toBe(false);
    await settled(t.db);
    await sound();
  });

  it('cut off before the announcement takes up the keys already made', async () => {
    await start();
    const label = { purpose: 'log', algorithm: 'ed25519', generation: 2 } as const;
    await log.keys.create(label, ORIGIN);
    const made = await readFile(join(log.folder, 'log-2.key'), 'utf8');
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'scheduled', overlapDays: 1 });
    await turned('ed25519 1', 'ed25519 2');
    expect(await readFile(join(log.folder, 'log-2.key'), 'utf8')).toBe(made);
  });

  it('cut off between its commit and the public checkpoint is finished by the next start', async () => {
    await start();
    await stop();
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'scheduled', overlapDays: 1 });
    const client = new pg.Client({ connectionString: t.url });
    await client.connect();
    try {
      const cut = await EvidenceLog.open(client, { store: log.store, keys: log.keys, origin: ORIGIN });
      await cut.commit();
      await cut.publish();
      await cut.turnKeys();
      expect(cut.unpublished).toBe(true);
      // Killed here: the database knows of both keys, the public file is signed by the old one.
      expect(await signedBy()).toEqual(['ed25519 1']);
      await sound();
    } finally {
      await client.end();
    }
    await start();
    expect(await signedBy()).toEqual(['ed25519 1', 'ed25519 2']);
    await sound();
  });

  it('overtakes a sequencer that still holds the old key only', async () => {
    await start();
    await stop();
    const clients = [new pg.Client({ connectionString: t.url }), new pg.Client({ connectionString: t.url })] as const;
    for (const client of clients) await client.connect();
    try {
      const options = { store: log.store, keys: log.keys, origin: ORIGIN };
      const stale = await EvidenceLog.open(clients[0], options);
      await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'leaked', overlapDays: 0 });
      const fresh = await EvidenceLog.open(clients[1], options);
      await fresh.commit();
      await fresh.publish();
      await fresh.turnKeys();
      await fresh.publish();
      await writeEntries(t.db, 1);
      await expect(stale.commit()).rejects.toBeInstanceOf(Overtaken);
      await fresh.commit();
      await fresh.publish();
      expect(await signedBy()).toEqual(['ed25519 2']);
      await sound();
    } finally {
      for (const client of clients) await client.end();
    }
  });
});

describe('an announcement', () => {
  const announce = (change: object) =>
    execute(kernel, announceLogKey, SYSTEM, {
      generation: 2,
      reason: 'scheduled',
      overlapDays: 1,
      vkeys: [NEW_KEY],
      ...change,
    });

  it.each<[string, string, () => Promise<object>]>([
    ['a number left out', 'HS-10.20', async () => ({ generation: 3 })],
    ['a key announced before', 'HS-10.20', async () => ({ generation: 1, reason: 'first' })],
    ['a leaked key that goes on', 'HS-10.21', async () => ({ reason: 'leaked', overlapDays: 1 })],
    ['what is no key', 'HS-10.22', async () => ({ vkeys: ['x'] })],
    [
      'the key of another purpose',
      'HS-10.22',
      async () => {
        const [signer] = await signers(t.db, 'certificate');
        return { vkeys: [signer?.vkey] };
      },
    ],
    ['a key in use', 'HS-10.22', async () => ({ vkeys: [await logKey(t.db)] })],
    ['two keys of one algorithm', 'HS-10.22', async () => ({ vkeys: [NEW_KEY, formatKey(ORIGIN, randomBytes(32))] })],
  ])('of %s is refused', async (_, rule, change) => {
    await start();
    const before = await rows();
    expect(await announce(await change())).toMatchObject({ ok: false, refusal: { violations: [{ rule }] } });
    expect(await rows()).toEqual(before);
  });

  it('at two starts at once happens once', async () => {
    await start();
    await Promise.all([ensureKeys(kernel, keysOf('sm')), ensureKeys(kernel, keysOf('sm'))]);
    expect((await rows()).map((r) => `${r.purpose} ${r.algorithm}`)).toEqual([
      'certificate ed25519',
      'certificate sm2',
      'log ed25519',
      'log sm2',
    ]);
    await settled(t.db);
    await sound();
  });
});

describe('fsck', () => {
  it.each<[string, RegExp, string]>([
    [
      'a key nobody announced',
      /No entry announces the public key certificate/,
      `update signing_key set announced_by = 'rct_none' where purpose = 'certificate'`,
    ],
    [
      'a gap between keys',
      /leave a gap/,
      `update signing_key set last_size = 1 where purpose = 'log' and generation = 1`,
    ],
    [
      'sizes beyond the log',
      /go beyond the log/,
      `update signing_key set last_size = 1000 where purpose = 'log' and generation = 1`,
    ],
    [
      'another current key',
      /not the one that signs/,
      `update log_state set vkey = (select vkey from signing_key where purpose = 'log' and generation = 1)`,
    ],
    [
      'a lost key',
      /signature of the checkpoint/,
      `delete from signing_key where purpose = 'log' and generation = 2; update log_state set vkey = (select vkey from signing_key where purpose = 'log'); update signing_key set last_size = null`,
    ],
  ])('names %s', async (_, difference, change) => {
    await start();
    await rotateKeys(kernel, keysOf('international'), { purpose: 'log', reason: 'leaked', overlapDays: 0 });
    await turned('ed25519 2');
    await stop();
    await sound();
    for (const statement of change.split('; ')) await sql.raw(statement).execute(t.db);
    const report = await fsck(t.db, log.store);
    expect(report.ok || report.difference.en).toMatch(difference);
  });
});

describe('a backup', () => {
  it('holds every key: restored elsewhere, the log goes on under the same ones', async () => {
    await start('sm');
    await rotateKeys(kernel, keysOf('sm'), { purpose: 'log', reason: 'scheduled', overlapDays: 30 });
    await turned('ed25519 1', 'sm2 1', 'ed25519 2', 'sm2 2');
    const before = { rows: await rows(), vkey: await logKey(t.db), certificate: await signers(t.db, 'certificate') };
    const saved = `${log.folder}-saved`;
    await backup(t.url, log.folder, saved);
    await stop();
    const [oldDatabase, oldLog] = [t, log];
    try {
      t = await testDatabase();
      log = await testLog();
      kernel = { ...kernel, db: t.db };
      await restore(t.url, log.folder, saved);
      await start('sm');
      expect(await rows()).toEqual(before.rows);
      expect(await logKey(t.db)).toBe(before.vkey);
      expect((await signers(t.db, 'certificate')).map((s) => s.vkey)).toEqual(before.certificate.map((s) => s.vkey));
      await writeEntries(t.db, 1);
      sequencer?.nudge();
      await settled(t.db);
      expect(await signedBy()).toEqual(['ed25519 1', 'sm2 1', 'ed25519 2', 'sm2 2']);
      await sound();
    } finally {
      await oldDatabase.drop();
      await oldLog.drop();
      await rm(saved, { recursive: true, force: true });
    }
  });
});
