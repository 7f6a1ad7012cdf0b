import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rulesOf, type TestExchange, testExchange } from './exchange/testing.ts';
import type { Actor } from './kernel/acts/index.ts';
import { digestOf } from './kernel/custody/acts-statement.ts';
import { addCustodyUse, acts as all, reads, tasks } from './kernel/custody/index.ts';
import { check } from './kernel/custody/tasks.ts';
import { openVault } from './kernel/vault/index.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let owner: Person;
let second: Person;
let stranger: Person;
let regulator: Person;
let security: Person;
const act = (name: string) => {
  const found = all.find((a) => a.name === `custody.${name}`);
  if (!found) throw new Error(name);
  return found;
};
const CSV = 'a,b\n1,x\n2,y\n';

beforeAll(async () => {
  x = await testExchange(tasks);
  owner = { ...(await x.party('所有者', ['data-merchant', 'party-admin'])) };
  second = { ...owner, personId: 'psn_second' };
  stranger = await x.party('他人', ['data-merchant', 'party-admin']);
  regulator = await x.party('监管', ['regulator']);
  security = await x.party('交易所', ['exchange', 'security-admin']);
});
afterAll(() => x.close());

const objectOf = async (datasetId: string): Promise<string> =>
  String(
    (await x.db.selectFrom('dataset').select('object_id').where('id', '=', datasetId).executeTakeFirstOrThrow())
      .object_id,
  );
let papers = 0;
/** A paper is stored faster than a table is read; to the vault they are the same. */
const stored = async (who = owner): Promise<string> => {
  const fileId = await x.paper(who, `${++papers}.txt`, CSV);
  const row = await x.db
    .selectFrom('vault_file')
    .select('object_id')
    .where('id', '=', fileId)
    .executeTakeFirstOrThrow();
  return String(row.object_id);
};
const readable = async (objectId: string, vault = x.vault): Promise<number> => {
  let bytes = 0;
  for await (const chunk of await vault.open(objectId)) bytes += (chunk as Buffer).length;
  return bytes;
};
const masterLines = async () => (await readFile(join(x.folder, 'vault.key'), 'utf8')).trim().split('\n').length;

describe('keys', () => {
  test('the master key is rotated without a byte of data written again; objects of before move under their owner', async () => {
    const [one, two] = [await stored(), await stored(stranger)];
    const old = await x.vault.put(Readable.from([Buffer.from('old')]), {
      ownerPartyId: owner.partyId,
      name: 'old',
      mediaType: 'text/plain',
    });
    // As an object of before lies: wrapped by the master key itself.
    await wrapByMaster(old.id);
    expect(await readable(old.id)).toBe(3);
    const path = join(x.folder, 'vault', 'objects', one.slice(-2), one);
    const before = await stat(path);
    await x.run(act('rotate-keys'), security, { reason: '年度轮换' });
    expect(rulesOf(await x.refusal(act('rotate-keys'), security, { reason: '又一次' }))).toEqual(['HS-20.11']);
    await x.jobs();
    for (const id of [one, two, old.id]) expect(await readable(id)).toBeGreaterThan(0);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
    const { rows } = await sql<{ n: number }>`select count(distinct master_id)::int as n from vault_owner_key`.execute(
      x.db,
    );
    expect(rows[0]?.n).toBe(1);
    expect(await masterLines()).toBe(2);
    expect(await x.vault.keys.forgetUnusedMasters()).toBe(1);
    expect(await masterLines()).toBe(1);
    // A process that starts now knows only the new key.
    const again = await openVault({ db: x.db, dataFolder: x.folder });
    for (const id of [one, two, old.id]) expect(await readable(id, again)).toBeGreaterThan(0);
  });

  test('an owner’s key is rotated; the old one is destroyed once nothing lies under it', async () => {
    const objectId = await stored();
    await x.run(act('rotate-keys'), security, { partyId: owner.partyId, reason: '人员变动' });
    await x.jobs();
    const keys = await sql<{ generation: number; living: boolean }>`select generation, wrapped_key is not null as living
      from vault_owner_key where party_id = ${owner.partyId} order by generation`.execute(x.db);
    expect(keys.rows).toEqual([
      { generation: 1, living: false },
      { generation: 2, living: true },
    ]);
    expect(await readable(objectId)).toBeGreaterThan(0);
    const seen = (await x.read(reads, '/custody/:objectId', owner, { objectId })) as { keyGeneration: number };
    expect(seen.keyGeneration).toBe(2);
    expect(
      rulesOf(await x.refusal(act('rotate-keys'), security, { partyId: `pty_${'0'.repeat(26)}`, reason: '没有' })),
    ).toEqual(['HS-20.11']);
  });

  test('a rotation that stopped between any two steps leaves everything readable, and goes on', async () => {
    const objectId = await stored();
    const { rotationId } = await x.run(act('rotate-keys'), security, { reason: '演练' });
    await x.vault.keys.rotateMaster();
    expect(await readable(objectId)).toBeGreaterThan(0);
    const fresh = await stored();
    await x.vault.keys.rewrapOwners();
    for (const vault of [x.vault, await openVault({ db: x.db, dataFolder: x.folder })])
      for (const id of [objectId, fresh]) expect(await readable(id, vault)).toBeGreaterThan(0);
    await x.jobs();
    const row = await x.db
      .selectFrom('key_rotation')
      .selectAll()
      .where('id', '=', String(rotationId))
      .executeTakeFirst();
    expect(row?.done_at).toBeInstanceOf(Date);
    expect(await readable(objectId)).toBeGreaterThan(0);
  });
});

/** Puts an object back to how it lay before owners had keys. */
async function wrapByMaster(objectId: string): Promise<void> {
  const { fileMasterKeys } = await import('./kernel/vault/objects/master-keys.ts');
  const { dataKeyOf } = await import('./kernel/vault/objects/owner-keys.ts');
  const masters = await fileMasterKeys(join(x.folder, 'vault.key'), []);
  const row = await x.db.selectFrom('vault_object').selectAll().where('id', '=', objectId).executeTakeFirstOrThrow();
  const master = await masters.current();
  const wrapped = await master.wrap(await dataKeyOf(x.db, masters, row), objectId);
  await sql`update vault_object set owner_key_id = null, key_id = ${master.id}, wrapped_key = ${wrapped} where id = ${objectId}`.execute(
    x.db,
  );
}

describe('erasure', () => {
  test('one asks, another confirms; afterwards nobody reads it, from a copy of disk and tables either', async () => {
    const objectId = await objectOf(await x.dataset(owner, CSV));
    const copy = join(x.folder, '..', `${objectId}-copy`);
    await cp(join(x.folder, 'vault', 'objects', objectId.slice(-2), objectId), copy);
    const { erasureId } = await x.run(act('ask-erasure'), owner, { objectId, reason: '合同终止' });
    const approve = { erasureId, decision: 'approve', reason: '同意' };
    expect(rulesOf(await x.refusal(act('decide-erasure'), owner, approve))).toEqual(['HS-20.7']);
    expect((await x.refusal(act('decide-erasure'), stranger, approve)).kind).toBe('not-found');
    await x.run(act('decide-erasure'), second, approve);
    await expect(x.vault.open(objectId)).rejects.toMatchObject({ kind: 'erased' });
    await x.jobs();
    await expect(stat(join(x.folder, 'vault', 'objects', objectId.slice(-2), objectId))).rejects.toThrow();
    // The bytes come back from a copy of the disk, the tables from a backup of today: there is no key in either.
    await cp(copy, join(x.folder, 'vault', 'objects', objectId.slice(-2), objectId));
    await expect(readable(objectId)).rejects.toMatchObject({ kind: 'erased' });
    expect(rulesOf(await x.refusal(act('decide-erasure'), second, approve))).toEqual(['HS-20.7']);
    const dataset = await x.db
      .selectFrom('dataset')
      .select(['state', 'profile'])
      .where('object_id', '=', objectId)
      .executeTakeFirst();
    expect(dataset).toEqual({ state: 'erased', profile: null });
  });

  test('everything of an owner goes with the owner’s key; what is stored later has a new one', async () => {
    const leaving = { ...(await x.party('退出者', ['data-merchant'])) };
    const [one, two] = [await stored(leaving), await stored(leaving)];
    const { erasureId } = await x.run(act('ask-erasure'), leaving, { reason: '退出平台' });
    await x.run(act('decide-erasure'), security, { erasureId, decision: 'approve', reason: '核对身份后同意' });
    for (const id of [one, two]) await expect(x.vault.open(id)).rejects.toMatchObject({ kind: 'erased' });
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from vault_owner_key where party_id = ${leaving.partyId} and wrapped_key is not null`.execute(
      x.db,
    );
    expect(rows[0]?.n).toBe(0);
    expect(await readable(await stored(leaving))).toBeGreaterThan(0);
  });

  test('a hold, a time to keep it, and whatever stands on it refuse; declined, nothing happens', async () => {
    const objectId = await stored();
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await x.run(act('set-retention'), owner, { objectId, until, clearAtExpiry: true });
    expect(rulesOf(await x.refusal(act('ask-erasure'), owner, { objectId, reason: '不要了' }))).toEqual(['HS-20.5']);
    const earlier = { objectId, until: new Date(Date.now() + 3_600_000).toISOString(), clearAtExpiry: true };
    expect(rulesOf(await x.refusal(act('set-retention'), owner, earlier))).toEqual(['HS-20.3']);
    expect((await x.refusal(act('set-retention'), stranger, earlier)).kind).toBe('not-found');

    const held = await stored();
    const { holdId } = await x.run(act('place-hold'), regulator, {
      objectId: held,
      reason: '调查',
      citation: '监管函〔2026〕1号',
    });
    expect(rulesOf(await x.refusal(act('ask-erasure'), owner, { objectId: held, reason: '不要了' }))).toEqual([
      'HS-20.4',
    ]);
    expect(rulesOf(await x.refusal(act('release-hold'), security, { holdId, reason: '代办' }))).toEqual(['HS-20.8']);
    await x.run(act('release-hold'), regulator, { holdId, reason: '调查终结' });
    const { erasureId } = await x.run(act('ask-erasure'), owner, { objectId: held, reason: '不要了' });
    await x.run(act('decide-erasure'), second, { erasureId, decision: 'decline', reason: '还要用' });
    expect(await readable(held)).toBeGreaterThan(0);
  });

  test('what was kept long enough is cleared by itself, unless it is held', async () => {
    const [over, held] = [await stored(), await stored()];
    await x.run(act('place-hold'), regulator, { objectId: held, reason: '调查', citation: '监管函〔2026〕2号' });
    await sql`update vault_object set retain_until = now() - interval '1 second', clear_at_expiry = true where id in (${over}, ${held})`.execute(
      x.db,
    );
    await run('custody.expire');
    await expect(x.vault.open(over)).rejects.toMatchObject({ kind: 'erased' });
    expect(await readable(held)).toBeGreaterThan(0);
  });
});

const run = async (name: string) => tasks.find((t) => t.name === name)?.run({}, { kernel: x.kernel, vault: x.vault });

test('the check reads everything, remembers when, and tells of damage once', async () => {
  const [whole, broken] = [await stored(), await stored()];
  const path = join(x.folder, 'vault', 'objects', broken.slice(-2), broken);
  const bytes = await readFile(path);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await sql`update vault_object set damaged_at = now() where id not in (${whole}, ${broken})`.execute(x.db);
  for (let i = 0; i < 2; i++) await check({}, { kernel: x.kernel, vault: x.vault });
  const rows = await x.db
    .selectFrom('vault_object')
    .select(['id', 'checked_at', 'damaged_at'])
    .where('id', 'in', [whole, broken])
    .execute();
  expect(rows.find((r) => r.id === whole)).toMatchObject({ checked_at: expect.any(Date), damaged_at: null });
  expect(rows.find((r) => r.id === broken)).toMatchObject({ checked_at: null, damaged_at: expect.any(Date) });
  const { rows: alerts } = await sql<{ rule_id: string }>`select rule_id from alert where subject = ${broken}`.execute(
    x.db,
  );
  expect(alerts).toEqual([{ rule_id: 'GY-11.1' }]);
  const { rows: told } = await sql<{
    n: number;
  }>`select count(*)::int as n from notification where party_id = ${owner.partyId}`.execute(x.db);
  expect(told[0]?.n).toBe(1);
});

test('a statement names what is in custody, its digest stands in the log, and uses come from other rooms', async () => {
  const objectId = await stored();
  addCustodyUse(async (_, ids) =>
    ids.map((id) => ({
      objectId: id,
      at: new Date(),
      what: { zh: '沙箱作业', en: 'Sandbox job' },
      partyId: stranger.partyId,
      subject: 'job',
    })),
  );
  const page = (await x.read(reads, '/custody/:objectId', owner, { objectId })) as { uses: { by: string }[] };
  expect(page.uses[0]?.by).toBe('他人');
  await expect(x.read(reads, '/custody/:objectId', stranger, { objectId })).rejects.toThrow('Not found');
  const { statementId, sha256 } = await x.run(act('issue-statement'), owner, {});
  const { statement } = (await x.read(reads, '/custody-statements/:statementId', owner, { statementId })) as {
    statement: { items: { objectId: string }[] };
  };
  expect(statement.items.some((i) => i.objectId === objectId)).toBe(true);
  expect(digestOf(statement as never)).toBe(sha256);
  const { rows } = await sql<{ entry: string }>`select convert_from(bytes, 'utf8') as entry from evidence_entry
    order by id desc limit 1`.execute(x.db);
  expect(rows[0]?.entry).toContain(`sha256:${sha256}`);
  expect(rows[0]?.entry).not.toContain(owner.partyId);
});

test('a party keeps no more than its quota, and is told what to do', async () => {
  const small = await x.party('小单位', ['data-merchant']);
  await x.run(act('set-quota'), security, {
    partyId: small.partyId,
    bytesMax: 1_000_000,
    objectsMax: 1,
    reason: '试用',
  });
  await stored(small);
  await expect(stored(small)).rejects.toMatchObject({
    refusal: { kind: 'too-many', violations: [{ rule: 'HS-20.12' }] },
  });
});
