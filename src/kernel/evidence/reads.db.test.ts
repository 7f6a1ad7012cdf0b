import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, ANONYMOUS, type Read, Refused } from '../acts/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { fsck } from './fsck.ts';
import { receiptEntry, receiptProof, receiptReads } from './reads.ts';
import { logKey, settled } from './receipts.ts';
import { startSequencer } from './sequencer.ts';
import { testLog, writeEntries } from './testing.ts';
import { checkOpening, verifyReceipt } from './verify/index.ts';

interface Item {
  id: string;
  subject: string;
  level: string;
  index: number | null;
  title: { zh: string; en: string };
}

let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let mine: string[];
let theirs: string[];
let waiting: string[];
const reads = receiptReads([]);

beforeAll(async () => {
  t = await testDatabase();
  log = await testLog();
  const sequencer = await startSequencer({ url: t.url, store: log.store, keys: log.keys });
  mine = await writeEntries(t.db, 5, 'pty_mine');
  theirs = await writeEntries(t.db, 3, 'pty_theirs');
  await settled(t.db);
  await sequencer.stop();
  waiting = await writeEntries(t.db, 1, 'pty_mine');
});
afterAll(async () => {
  await t.drop();
  await log.drop();
});

const person = (partyId: string | null, ...roles: string[]): Actor => ({
  ...ANONYMOUS,
  kind: 'person',
  personId: 'psn_1',
  partyId,
  roles,
});

async function run(path: string, actor: Actor, given: { params?: object; query?: object } = {}): Promise<unknown> {
  const found = reads.find((r) => r.path === path) as Read;
  const context = {
    db: t.db,
    actor,
    params: found.params.parse(given.params ?? {}),
    query: found.query.parse(given.query ?? {}),
    at: new Date(),
  };
  return found.output.parse(await found.run(context as never));
}
const listed = async (actor: Actor, query: object = {}) =>
  (await run('/receipts', actor, { query })) as { items: Item[]; nextCursor: string | null };

describe('receipts', () => {
  it('shows a party its own, newest first, with level and index', async () => {
    const { items } = await listed(person('pty_mine', 'buyer'));
    expect(items.map((i) => i.id)).toEqual([...mine, ...waiting].reverse());
    expect(items.map((i) => i.level)).toEqual(['committed', ...Array.from({ length: 5 }, () => 'sequenced')]);
    expect(items[0]?.index).toBeNull();
    expect(items[5]?.index).toBe(0);
    // Its act is no longer known to the program: then its name stands for its title.
    expect(items[0]?.title.zh).toBe('test.write');
  });

  it.each(['regulator', 'audit-admin', 'notary'])('shows a %s all', async (role) => {
    expect((await listed(person('pty_other', role))).items).toHaveLength(9);
  });

  it('shows a stranger none', async () => {
    expect((await listed(person('pty_other', 'buyer'))).items).toEqual([]);
    expect((await listed(person(null))).items).toEqual([]);
  });

  it('pages without gap or double, and filters by subject and act', async () => {
    for (const actor of [person('pty_mine'), person(null, 'regulator')]) {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const found = await listed(actor, { limit: '2', ...(cursor ? { cursor } : {}) });
        ids.push(...found.items.map((i) => i.id));
        cursor = found.nextCursor ?? undefined;
      } while (cursor);
      expect(ids).toEqual((await listed(actor)).items.map((i) => i.id));
    }
    const [some] = (await listed(person('pty_mine'))).items;
    expect(
      (await listed(person('pty_mine'), { subject: some?.subject, act: 'test.write' })).items.map((i) => i.id),
    ).toEqual([some?.id]);
    expect((await listed(person('pty_theirs'), { subject: some?.subject })).items).toEqual([]);
    expect((await listed(person('pty_mine'), { act: 'test.other' })).items).toEqual([]);
  });
});

describe('one receipt', () => {
  it('shows what is open, the commitments without their values, and where it stands', async () => {
    const found = await run('/receipts/:receiptId', person('pty_mine'), { params: { receiptId: mine[2] } });
    expect(found).toMatchObject({
      id: mine[2],
      level: 'sequenced',
      index: 2,
      logSize: 8,
      open: { board: 'main' },
      log: 'shuheng.example/log',
    });
    expect(JSON.stringify(found)).toMatch(/"name":"price","commitment":"sha256:[0-9a-f]{64}"/);
    expect(JSON.stringify(found)).not.toContain('amountFen');
  });

  it('verifies with what the routes hand out', async () => {
    const actor = person('pty_mine');
    const id = mine[4] ?? '';
    const [proof, entry, vkey] = await Promise.all([
      receiptProof(t.db, actor, id),
      receiptEntry(t.db, actor, id),
      logKey(t.db),
    ]);
    expect(verifyReceipt({ proof, entry, vkey: vkey ?? '' })).toMatchObject({
      outcome: 'proven',
      proven: { index: 4n, size: 8n },
    });
  });

  it('has no proof before its index, but its entry', async () => {
    const actor = person('pty_mine');
    const id = waiting[0] ?? '';
    await expect(receiptProof(t.db, actor, id)).rejects.toThrow(Refused);
    expect((await receiptEntry(t.db, actor, id)).toString()).toContain(id);
    expect(await run('/receipts/:receiptId', actor, { params: { receiptId: id } })).toMatchObject({
      level: 'committed',
      index: null,
    });
  });

  it('opens to whoever holds the number of what was done without signing in, and only that', async () => {
    const [unsigned = '', other = ''] = theirs;
    await sql`update act_log set scope = 'anonymous' where id = ${unsigned.replace('rct_', 'act_')}`.execute(t.db);
    expect(await run('/receipts/:receiptId', ANONYMOUS, { params: { receiptId: unsigned } })).toMatchObject({
      id: unsigned,
    });
    expect((await receiptEntry(t.db, ANONYMOUS, unsigned)).length).toBeGreaterThan(0);
    await expect(receiptEntry(t.db, ANONYMOUS, other)).rejects.toBeInstanceOf(Refused);
    await sql`update act_log set scope = 'psn_1' where id = ${unsigned.replace('rct_', 'act_')}`.execute(t.db);
  });

  it('opens to each party what is its to see, and the openings fit the entry', async () => {
    const id = mine[0] ?? '';
    await sql`insert into act_party (party_id, act_id) values ('pty_other', ${id.replace('rct_', 'act_')})`.execute(
      t.db,
    );
    interface Opened {
      openings: { name: string; commitment: string; state: string; salt: string | null; value: unknown }[];
    }
    const opened = async (actor: Actor) =>
      ((await run('/receipts/:receiptId/openings', actor, { params: { receiptId: id } })) as Opened).openings;
    const states = async (actor: Actor) => Object.fromEntries((await opened(actor)).map((o) => [o.name, o.state]));
    expect(await states(person('pty_mine'))).toEqual({ price: 'open', input: 'open' });
    expect(await states(person('pty_other'))).toEqual({ price: 'open', input: 'withheld' });
    expect(await states(person('pty_court', 'notary'))).toEqual({ price: 'withheld', input: 'withheld' });
    for (const role of ['regulator', 'audit-admin'])
      expect(await states(person(null, role))).toEqual({ price: 'open', input: 'open' });
    const entry = await receiptEntry(t.db, person('pty_mine'), id);
    for (const { name, salt, value } of await opened(person('pty_mine')))
      expect(checkOpening(entry, name, { salt: salt ?? '', value })).toBe('opened');
    const hidden = (await opened(person('pty_other'))).find((o) => o.name === 'input');
    expect(hidden).toMatchObject({ salt: null, value: null, commitment: expect.stringMatching(/^sha256:/) });
    await sql`delete from act_party where party_id = 'pty_other'`.execute(t.db);
  });

  it('opens nothing to whoever only holds the number of an unsigned act', async () => {
    const [unsigned = ''] = theirs;
    await sql`update act_log set scope = 'anonymous', party_id = null where id = ${unsigned.replace('rct_', 'act_')}`.execute(
      t.db,
    );
    const seen = await run('/receipts/:receiptId/openings', ANONYMOUS, { params: { receiptId: unsigned } });
    expect(seen).toMatchObject({ openings: [{ state: 'withheld' }, { state: 'withheld' }] });
    await sql`update act_log set scope = 'psn_1', party_id = 'pty_theirs' where id = ${unsigned.replace('rct_', 'act_')}`.execute(
      t.db,
    );
  });

  it('says of an erased opening when it was erased, and the entry stays provable', async () => {
    const id = mine[1] ?? '';
    await sql`update evidence_entry set sealed = sealed || '{"input": {"erasedAt": "2026-11-25T08:00:00.000Z"}}' where id = ${id}`.execute(
      t.db,
    );
    const seen = await run('/receipts/:receiptId/openings', person('pty_mine'), { params: { receiptId: id } });
    expect(seen).toMatchObject({
      openings: expect.arrayContaining([
        expect.objectContaining({ name: 'input', state: 'erased', erasedAt: '2026-11-25T08:00:00.000Z', value: null }),
        expect.objectContaining({ name: 'price', state: 'open' }),
      ]),
    });
    expect(await fsck(t.db, log.store)).toMatchObject({ ok: true });
  });

  it('is as if not there for a stranger', async () => {
    const id = theirs[0] ?? '';
    for (const actor of [person('pty_mine', 'buyer'), person(null), ANONYMOUS]) {
      await expect(receiptEntry(t.db, actor, id)).rejects.toThrow(Refused);
      await expect(receiptProof(t.db, actor, id)).rejects.toThrow(Refused);
      for (const path of ['/receipts/:receiptId', '/receipts/:receiptId/openings'])
        await expect(run(path, actor, { params: { receiptId: id } })).rejects.toThrow(Refused);
    }
    await expect(receiptEntry(t.db, person(null, 'regulator'), 'rct_00000000000000000000000000')).rejects.toThrow(
      Refused,
    );
    await expect(receiptEntry(t.db, person(null, 'regulator'), "rct_' or true")).rejects.toThrow(Refused);
  });
});
