import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { fsck } from './fsck.ts';
import { checkpointText, type LogSigner, parsePrivateKey, signNote } from './note.ts';
import { settled } from './receipts.ts';
import { DEFAULT_ORIGIN, startSequencer } from './sequencer.ts';
import { testLog, writeEntries, writeManyEntries } from './testing.ts';
import { cosigner } from './witness/signer.ts';

let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let waiting: string[];

beforeAll(async () => {
  t = await testDatabase();
  log = await testLog();
  const sequencer = await startSequencer({ url: t.url, store: log.store, keys: log.keys });
  await writeEntries(t.db, 20);
  await settled(t.db);
  await writeManyEntries(t.db, 500);
  await settled(t.db);
  await sequencer.stop();
  waiting = await writeEntries(t.db, 2);
  await keepSound();
});
afterAll(async () => {
  await t.drop();
  await log.drop();
});

async function flipFile(path: string, at: number, restore: boolean, before?: Buffer): Promise<Buffer> {
  const file = join(log.logFolder, path);
  const bytes = await readFile(file);
  if (restore && before) await writeFile(file, before);
  else {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(file, changed);
  }
  return bytes;
}

describe('fsck', () => {
  it('finds a sound log sound, and counts what waits', async () => {
    const seen: number[] = [];
    const report = await fsck(t.db, log.store, (done) => seen.push(done));
    expect(report).toMatchObject({ ok: true, size: 520, publishedSize: 520, waiting: 2 });
    expect(seen).toEqual([256, 512, 520]);
  });

  it.each([
    ['tile/0/000', 4_000],
    ['tile/0/002.p/8', 0],
    ['tile/1/000.p/2', 63],
    ['tile/entries/000', 200],
    ['tile/entries/002.p/8', 77],
    ['checkpoint', 20],
    ['checkpoint', 30],
    ['checkpoint', 150],
  ])('names one flipped bit in %s at byte %i', async (path, at) => {
    const before = await flipFile(path, at, false);
    const report = await fsck(t.db, log.store);
    expect(report.ok).toBe(false);
    if (!report.ok) expect(report.difference.en).toContain(path === 'checkpoint' ? 'checkpoint file' : path);
    await flipFile(path, at, true, before);
    expect((await fsck(t.db, log.store)).ok).toBe(true);
  });

  it('names a missing file', async () => {
    const path = join(log.logFolder, 'tile/0/001');
    const bytes = await readFile(path);
    await rm(path);
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: false, difference: { en: 'File tile/0/001 is missing.' } });
    await writeFile(path, bytes);
  });

  it.each([
    ['tile/0/000.p/9', /tile\/0\/000\.p\/9 does not follow/, 9 * 32],
    ['tile/0/003', /tile\/0\/003 is no part of this log/, 8_192],
    ['tile/0/002.p/9', /tile\/0\/002\.p\/9 is no part of this log/, 9 * 32],
    ['tile/2/000.p/1', /tile\/2\/000\.p\/1 is no part of this log/, 32],
    ['tile/entries/000.p/300', /is no part of this log/, 10],
    ['tile/x', /is no part of this log/, 10],
  ])('names a file too many, or an earlier form that is not right: %s', async (path, difference, length) => {
    await log.store.put(path, Buffer.alloc(length, 7));
    const report = await fsck(t.db, log.store);
    await rm(join(log.logFolder, path));
    expect(report.ok).toBe(false);
    if (!report.ok) expect(report.difference.en).toMatch(difference);
    expect((await fsck(t.db, log.store)).ok).toBe(true);
  });

  it('takes earlier partial tiles that are right, and files that are no tiles', async () => {
    const full = await readFile(join(log.logFolder, 'tile/0/001'));
    await log.store.put('tile/0/001.p/100', full.subarray(0, 3_200));
    await log.store.put('index.html', Buffer.from('hello'));
    const before = await fsck(t.db, log.store);
    expect(before).toMatchObject({ ok: true, files: 8 });
    await log.store.removeFolder('tile/0/001.p');
    await rm(join(log.logFolder, 'index.html'));
  });

  it('checks witnesses: cosignatures, quorum, size and root of what they saw', async () => {
    const witness = cosigner('witness.example/w', Buffer.alloc(32, 9));
    const signer = parsePrivateKey(await readFile(log.keyFile, 'utf8'));
    if (!signer) throw new Error('no key');
    const sign = (size: number, root: Buffer, signers: LogSigner[]) =>
      signNote(checkpointText({ origin: DEFAULT_ORIGIN, size, root }), signers);
    const { rows } = await sql<{ root: Buffer }>`select root from log_state`.execute(t.db);
    const root = rows[0]?.root ?? Buffer.alloc(0);
    const policy = `witness w ${witness.vkey}\nquorum w\n`;
    const good = await sign(520, root, [signer, witness]);
    const look = async (checkpoint: string, size = 520, text = policy) => {
      await sql`update log_state set witness_policy = ${text}, witnessed_size = ${size}, witnessed_checkpoint = ${checkpoint}`.execute(
        t.db,
      );
      const report = await fsck(t.db, log.store);
      await restoreSound();
      return report.ok ? 'sound' : report.difference.en;
    };
    expect(await look(good)).toBe('sound');
    expect(await look(good, 519)).toMatch(/witnessed checkpoint in the database says 520 entries, not 519/);
    expect(await look(good.replace('\n520\n', '\n521\n'))).toMatch(/signature of the witnessed checkpoint/);
    const elsewhere = await sign(520, Buffer.alloc(32, 1), [witness]);
    const borrowed = `${await sign(520, root, [signer])}${elsewhere.split('\n').at(-2)}\n`;
    expect(await look(borrowed)).toMatch(/cosignature of w on the witnessed checkpoint/);
    expect(await look(await sign(520, root, [signer]))).toMatch(/fewer witnesses than the policy asks for/);
    expect(await look(await sign(300, Buffer.alloc(32, 1), [signer, witness]), 300)).toMatch(
      /root of 300 entries is not the one in the witnessed checkpoint/,
    );
    expect(await look(good, 520, 'quorum nobody\n')).toMatch(/policy of witnesses cannot be read/);
  });

  it.each<[string, RegExp, string]>([
    [
      'a bit of an entry',
      /Hash tile 0\/1|tile\/entries\/001/,
      `update evidence_entry set bytes = set_byte(bytes, length(bytes) - 4, get_byte(bytes, length(bytes) - 4) # 1)
       where id = (select entry_id from evidence_leaf where index = 300)`,
    ],
    [
      'an entry taken away',
      /Index 300: entry .* is gone/,
      'delete from evidence_entry where id = (select entry_id from evidence_leaf where index = 300)',
    ],
    [
      'two entries exchanged',
      /the bytes of entry .* are not that entry/,
      `update evidence_entry e set bytes = o.bytes from evidence_entry o
       where e.id = (select entry_id from evidence_leaf where index = 7) and o.id = (select entry_id from evidence_leaf where index = 8)`,
    ],
    ['an index left out', /No entry stands at index 300/, 'delete from evidence_leaf where index = 300'],
    [
      'a bit of a tile',
      /Hash tile 0\/1 in the database/,
      'update log_tile set hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) where level = 0 and n = 1',
    ],
    ['a tile too many', /hash tiles/, `insert into log_tile values (0, 9, ''::bytea)`],
    ['another root', /log state/, `update log_state set root = sha256('x')`],
    [
      'a changed checkpoint',
      /checkpoint in the database/,
      `update log_state set checkpoint = replace(checkpoint, '520', '521')`,
    ],
    [
      'a changed public checkpoint',
      /published checkpoint/,
      `update log_state set published_checkpoint = replace(published_checkpoint, '520', '521')`,
    ],
    [
      'a changed sealed value',
      /value of price/,
      `update evidence_entry set sealed = jsonb_set(sealed, '{price,value,amountFen}', '"1"')
       where id = (select entry_id from evidence_leaf where index = 300)`,
    ],
    [
      'an entry dropped from the queue',
      /neither sequenced nor waiting/,
      `delete from evidence_queue where entry_id = 'WAITING'`,
    ],
    [
      'an entry sequenced and waiting',
      /sequenced and still waiting/,
      `insert into evidence_queue select entry_id, sha256('') from evidence_leaf where index = 3`,
    ],
    [
      'a queue line without an entry',
      /neither sequenced nor waiting/,
      `insert into evidence_queue values ('rct_ghost', sha256(''))`,
    ],
    [
      'another hash beside a waiting entry',
      /not the hash of its entry/,
      `update evidence_queue set leaf = sha256('x') where entry_id = 'WAITING'`,
    ],
    [
      'an act without evidence',
      /no evidence entry/,
      `delete from evidence_entry where id = 'WAITING'; delete from evidence_queue where entry_id = 'WAITING'`,
    ],
    ['evidence without an act', /has no act/, `delete from act_log where id = 'act_' || substr('WAITING', 5)`],
  ])('names %s', async (_, difference, change) => {
    for (const statement of change.replaceAll('WAITING', waiting[0] ?? '').split('; '))
      await sql.raw(statement).execute(t.db);
    const report = await fsck(t.db, log.store);
    await restoreSound();
    expect(report.ok).toBe(false);
    if (!report.ok) {
      expect(report.difference.en).toMatch(difference);
      expect(report.difference.zh).toMatch(/\p{Script=Han}/u);
    }
    expect((await fsck(t.db, log.store)).ok).toBe(true);
  });

  it('does not mind an erased sealed value', async () => {
    await sql`update evidence_entry set sealed = '{}'`.execute(t.db);
    expect((await fsck(t.db, log.store)).ok).toBe(true);
    await restoreSound();
  });
});

const TABLES = ['evidence_entry', 'evidence_queue', 'evidence_leaf', 'log_state', 'log_tile', 'act_log'];

/** Keeps the sound rows aside, so that each damage starts from a sound log. */
async function keepSound(): Promise<void> {
  await sql`create schema sound`.execute(t.db);
  for (const table of TABLES) await sql.raw(`create table sound.${table} as select * from ${table}`).execute(t.db);
}

async function restoreSound(): Promise<void> {
  await sql.raw(`truncate ${TABLES.join(', ')}`).execute(t.db);
  for (const table of TABLES) await sql.raw(`insert into ${table} select * from sound.${table}`).execute(t.db);
}
