import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Outcome } from '../../acts/index.ts';
import { invitePerson } from '../acts-people.ts';
import { authenticate } from '../authenticate.ts';
import { type AccessTest, accessTest, resultOf, rulesOf } from '../testing.ts';
import { declineErasure, erasePerson, requestErasure } from './acts.ts';
import { erasureRequests } from './reads.ts';
import { configureRetention } from './setting.ts';

let t: AccessTest;
let party: string;
let admin: Actor;
let person: { id: string; login: string };

beforeAll(async () => {
  t = await accessTest();
  configureRetention({ acts: ['order.place'], tables: [] });
});
afterAll(async () => {
  configureRetention({ acts: [], tables: [] });
  await t.database.drop();
});
beforeEach(async () => {
  party = await t.party(['buyer']);
  const manager = await t.person(party, { personalRoles: ['party-admin'] });
  admin = { ...(await t.signIn(manager.login)).actor, secondFactor: true };
  person = await t.person(party, { roles: ['buyer'], email: `who-${party}@plant.example` });
});

const erase = (actor = admin, more: object = {}): Promise<Outcome> =>
  t.run(erasePerson, actor, { personId: person.id, reason: '本人申请', ...more });
const acted = (name: string, ago: string) =>
  sql`insert into act_log (id, name, at, party_id, person_id, subject, scope, input_hash, result, decisions)
    values (${`act_${name}_${person.id}`}, ${name}, now() - ${ago}::interval, ${party}, ${person.id}, 'x', 'x', ''::bytea, '{}', '[]')`.execute(
    t.db,
  );
const requests = async (actor: Actor) =>
  (
    (await erasureRequests.run({ db: t.db, actor, params: {}, query: { limit: 50 }, at: new Date() } as never)) as {
      items: { personId: string; state: string; mine: boolean; answer: string | null; reason: string | null }[];
    }
  ).items;

describe('a request', () => {
  it('is the person’s own, one at a time, to be answered in thirty days', async () => {
    const { actor } = await t.signIn(person.login);
    const { dueAt } = resultOf<{ dueAt: string }>(await t.run(requestErasure, actor, { reason: '不再任职' }));
    expect(Math.round((Date.parse(dueAt) - Date.now()) / 86_400_000)).toBe(30);
    expect(rulesOf(await t.run(requestErasure, actor, {}))).toEqual(['HS-10.50']);
    expect(await requests(actor)).toMatchObject([
      { personId: person.id, mine: true, state: 'open', reason: '不再任职' },
    ]);
    expect(await requests(admin)).toMatchObject([{ personId: person.id, mine: false }]);
    const other = await t.person(await t.party(['buyer']), { personalRoles: ['party-admin'] });
    expect(await requests((await t.signIn(other.login)).actor)).toEqual([]);
  });

  it('is declined with a reason that the person reads; nobody declines what was not asked', async () => {
    const { actor } = await t.signIn(person.login);
    const decline = () => t.run(declineErasure, admin, { personId: person.id, reason: '交易记录保存期未满' });
    expect(rulesOf(await decline())).toEqual(['HS-10.51']);
    await t.run(requestErasure, actor, {});
    resultOf(await decline());
    expect(await requests(actor)).toMatchObject([{ state: 'declined', answer: '交易记录保存期未满' }]);
  });

  it('is done once the person is erased, without the person’s words', async () => {
    const { actor } = await t.signIn(person.login);
    await t.run(requestErasure, actor, { reason: '请删除' });
    resultOf(await erase());
    expect(await requests(admin)).toMatchObject([{ state: 'done', reason: null }]);
  });
});

describe('erasing', () => {
  it('takes account, sessions and keys, and leaves an id of nobody that no act finds any more', async () => {
    const { token } = await t.signIn(person.login);
    resultOf(await erase());
    const { rows } = await sql<Record<string, unknown>>`select * from person where id = ${person.id}`.execute(t.db);
    expect(rows[0]).toMatchObject({
      login: person.id,
      display_name: '［已删除］',
      email: null,
      roles: [],
      personal_roles: [],
    });
    const { rows: sessions } = await sql`select 1 from session where person_id = ${person.id}`.execute(t.db);
    expect(sessions).toEqual([]);
    await expect(t.signIn(person.login)).rejects.toThrow();
    expect(await authenticate(t.db, { bearer: token })).toMatchObject({ kind: 'anonymous' });
    expect(await erase()).toMatchObject({ refusal: { kind: 'not-found' } });
    // The login is free again.
    resultOf(await t.run(invitePerson, admin, { login: person.login, displayName: '新人', roles: ['buyer'] }));
  });

  it.each<[string, () => Promise<Outcome>, unknown]>([
    [
      'a stranger',
      () => erase({ ...admin, kind: 'anonymous', personId: null, partyId: null, roles: [] }),
      { refusal: { kind: 'unauthenticated' } },
    ],
    ['a person without the role', () => erase({ ...admin, roles: ['buyer'] }), { refusal: { kind: 'forbidden' } }],
    ['one factor', () => erase({ ...admin, secondFactor: false }), { refusal: { violations: [{ rule: 'HS-1.3' }] } }],
    [
      'oneself',
      () => t.run(erasePerson, { ...admin, personId: person.id }, { personId: person.id, reason: '本人' }),
      { refusal: { violations: [{ rule: 'HS-1.13' }] } },
    ],
    [
      'the administrator of another party',
      async () => erase({ ...admin, partyId: await t.party(['buyer']) }),
      { refusal: { kind: 'not-found' } },
    ],
    ['no ground', () => erase(admin, { reason: ' ' }), { refusal: { kind: 'invalid' } }],
    [
      'a word of two letters as a mark of the person',
      () => erase(admin, { also: ['我们'] }),
      { refusal: { kind: 'invalid' } },
    ],
  ])('is refused to %s', async (_, attempt, answer) => {
    expect(await attempt()).toMatchObject(answer as object);
    const { rows } = await sql<{
      erased_at: Date | null;
    }>`select erased_at from person where id = ${person.id}`.execute(t.db);
    expect(rows[0]?.erased_at).toBeNull();
  });

  it('waits for the end of the time the law keeps records of trades, and names it', async () => {
    await acted('order.place', '2 years');
    const outcome = await erase();
    expect(rulesOf(outcome)).toEqual(['PIPL-47.1']);
    expect(JSON.stringify(outcome)).toMatch(/交易记录依法保存 3 年，至 20\d\d-\d\d-\d\d 期满/);
    await sql`update act_log set at = at - interval '2 years' where person_id = ${person.id}`.execute(t.db);
    resultOf(await erase());
  });

  it('of acts that are no trade waits for nothing', async () => {
    await acted('demand.publish', '1 day');
    resultOf(await erase());
  });

  it('keeps out of its own record what it erases', async () => {
    resultOf(await erase(admin, { reason: `样例人员 ${person.login} 申请，电话 13977318642`, also: ['13977318642'] }));
    const { rows } = await sql<{ text: string }>`select e.sealed::text || a.result::text as text from evidence_entry e
      join act_log a on a.id = 'act_' || substr(e.id, 5) where a.name = 'access.erase-person' order by e.id desc limit 1`.execute(
      t.db,
    );
    expect(rows[0]?.text).toContain('［已删除］ ［已删除］ 申请，电话 ［已删除］');
    expect(rows[0]?.text).not.toContain(person.login);
    expect(rows[0]?.text).not.toContain('13977318642');
  });

  it('leaves others of the same name alone, and what only looks alike', async () => {
    const twin = await t.person(await t.party(['buyer']), { roles: ['buyer'] });
    await sql`insert into refusal (id, act_name, party_id, kind, title, violations)
      values (${`rfs_1${party}`}, 'a.b', ${party}, 'rule', '{"zh":"样例人员"}', '[]'),
             (${`rfs_2${party}`}, 'a.b', 'pty_other', 'rule', '{"zh":"样例人员"}', '[]')`.execute(t.db);
    resultOf(await erase());
    const { rows } = await sql<{
      zh: string;
    }>`select title->>'zh' as zh from refusal where id like ${`%${party}`} order by id`.execute(t.db);
    expect(rows.map((r) => r.zh)).toEqual(['［已删除］', '样例人员']);
    const { rows: twins } = await sql<{
      display_name: string;
    }>`select display_name from person where id = ${twin.id}`.execute(t.db);
    expect(twins[0]?.display_name).toBe('样例人员');
  });
});
