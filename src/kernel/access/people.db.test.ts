import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, ANONYMOUS, SYSTEM } from '../acts/index.ts';
import { changePassword, createKey, endSession, enrolSecondFactor, revokeKey } from './acts-own.ts';
import {
  disablePerson,
  enablePerson,
  invitePerson,
  resetPassword,
  resetSecondFactor,
  setRoles,
  unlockPerson,
} from './acts-people.ts';
import { authenticate } from './authenticate.ts';
import { bootstrap, bootstrapAct } from './bootstrap.ts';
import { keys, people, sessions, signIns } from './queries.ts';
import { openSession } from './sessions.ts';
import { type AccessTest, accessTest, PASSWORD, resultOf, rulesOf } from './testing.ts';
import { totpCode } from './totp.ts';

const USCC = '9111000071093123XX';

let t: AccessTest;
let exchange: string;
const administrators: Record<string, Actor> = {};
const idOf = (name: string) => administrators[name]?.personId ?? '';
const admin = (name: string): Actor => administrators[name] ?? ANONYMOUS;

beforeAll(async () => {
  t = await accessTest();
  const made = await bootstrap(t.kernel, { name: '样例数据交易所', uscc: USCC });
  exchange = made?.partyId ?? '';
  for (const { login, password, totpSecret } of made?.accounts ?? []) {
    const outcome = await openSession(t.db, { login, password, totp: totpCode(totpSecret, new Date()) });
    if (!outcome.ok) throw new Error(login);
    administrators[login] = outcome.identity.actor;
  }
});
afterAll(() => t.database.drop());

async function ask(what: typeof people, actor: Actor, query: object = {}) {
  const answer = await what.run({
    db: t.db,
    actor,
    params: {} as never,
    query: what.query.parse(query) as never,
    at: new Date(),
  });
  return what.output.parse(answer) as { items: Record<string, unknown>[]; nextCursor: string | null };
}

async function partyWithAdmin(roles: readonly string[]) {
  const party = await t.party(roles);
  const person = await t.person(party, { roles, personalRoles: ['party-admin'] });
  return { party, ...person, ...(await t.signIn(person.login)) };
}

const kindOf = (outcome: Awaited<ReturnType<AccessTest['run']>>) => (outcome.ok ? 'ok' : outcome.refusal.kind);

describe('setting up', () => {
  it('makes the exchange and its three administrators once, with evidence and without secrets in it', async () => {
    expect(Object.keys(administrators).sort()).toEqual(['audit-admin', 'security-admin', 'system-admin']);
    for (const [name, actor] of Object.entries(administrators)) {
      expect(actor).toMatchObject({ roles: [name], secondFactor: true, scopes: null, partyId: exchange });
    }
    expect(await bootstrap(t.kernel, { name: '另一家', uscc: USCC })).toBeUndefined();
    const { rows } = await t.database.pool.query("select name, result from act_log where name = 'access.bootstrap'");
    expect(rows).toEqual([{ name: 'access.bootstrap', result: { partyId: exchange, sample: false } }]);
  });

  it('is not for anybody but the system, and not with a wrong code', async () => {
    expect(kindOf(await t.run(bootstrapAct, admin('security-admin'), { name: 'x', uscc: USCC }))).toBe('forbidden');
    expect(kindOf(await t.run(bootstrapAct, ANONYMOUS, { name: 'x', uscc: USCC }))).toBe('unauthenticated');
    expect(kindOf(await t.run(bootstrapAct, SYSTEM, { name: 'x', uscc: '9111000071093123XY' }))).toBe('invalid');
  });
});

describe('a party administrator', () => {
  it('invites people into the own party, with roles the party is admitted to', async () => {
    const a = await partyWithAdmin(['buyer']);
    const input = { login: `new-${a.id}`, displayName: '新人', roles: ['buyer'] };
    const { personId, initialPassword } = resultOf<{ personId: string; initialPassword: string }>(
      await t.run(invitePerson, a.actor, input),
    );
    const outcome = await openSession(t.db, { login: input.login, password: initialPassword });
    expect(outcome.ok && outcome.identity.actor).toMatchObject({ personId, partyId: a.party, roles: ['buyer'] });
    expect(kindOf(await t.run(invitePerson, a.actor, input))).toBe('conflict');
    for (const displayName of ['', 'a\u0000b', '姓\n名', 'x'.repeat(81)]) {
      expect(kindOf(await t.run(invitePerson, a.actor, { ...input, login: 'odd-name', displayName }))).toBe('invalid');
    }
    expect(rulesOf(await t.run(invitePerson, a.actor, { ...input, login: 'other-1', roles: ['regulator'] }))).toEqual([
      'HS-1.14',
    ]);
    expect(
      rulesOf(await t.run(invitePerson, a.actor, { ...input, login: 'other-2', roles: ['security-admin'] })),
    ).toEqual(['HS-1.15', 'HS-1.14']);
    const { rows } = await t.database.pool.query('select result::text from act_log');
    expect(JSON.stringify(rows)).not.toContain(initialPassword);
  });

  it('finds nobody of another party', async () => {
    const [a, b] = [await partyWithAdmin(['buyer']), await partyWithAdmin(['buyer'])];
    const key = resultOf<{ keyId: string }>(
      await t.run(createKey, b.actor, { title: 'x', scopes: null, validDays: 1 }),
    );
    const personId = b.id;
    const absent = 'psn_00000000000000000000000000';
    for (const subject of [personId, absent]) {
      expect(kindOf(await t.run(setRoles, a.actor, { personId: subject, roles: [] }))).toBe('not-found');
      for (const act of [disablePerson, enablePerson, unlockPerson, resetPassword, resetSecondFactor]) {
        expect(kindOf(await t.run(act, a.actor, { personId: subject }))).toBe('not-found');
      }
    }
    const input = { partyId: b.party, login: 'spy-1', displayName: 'x', roles: [] };
    expect(kindOf(await t.run(invitePerson, a.actor, input))).toBe('not-found');
    expect(kindOf(await t.run(revokeKey, a.actor, { keyId: key.keyId }))).toBe('not-found');
    expect(kindOf(await t.run(endSession, a.actor, { sessionId: b.actor.credentialId }))).toBe('not-found');
    expect((await ask(people, a.actor)).items.map((p) => p.id)).toEqual([a.id]);
    await expect(ask(people, a.actor, { partyId: b.party })).rejects.toMatchObject({ refusal: { kind: 'not-found' } });
    expect((await ask(keys, a.actor)).items).toEqual([]);
    expect((await ask(sessions, a.actor)).items).toHaveLength(1);
    expect((await ask(signIns, a.actor)).items.every((s) => s.personId === a.id)).toBe(true);
  });

  it('does not change the own roles or account', async () => {
    const a = await partyWithAdmin(['buyer']);
    expect(rulesOf(await t.run(setRoles, a.actor, { personId: a.id, roles: ['buyer'] }))).toEqual(['HS-1.13']);
    expect(rulesOf(await t.run(disablePerson, a.actor, { personId: a.id }))).toEqual(['HS-1.13']);
    expect(rulesOf(await t.run(resetPassword, a.actor, { personId: a.id }))).toEqual(['HS-1.13']);
  });

  it('ends every session and key of somebody disabled, at once and for good', async () => {
    const a = await partyWithAdmin(['buyer']);
    const person = await t.person(a.party, { roles: ['buyer'] });
    const { token, actor } = await t.signIn(person.login);
    const { key } = resultOf<{ key: string }>(
      await t.run(createKey, actor, { title: 'x', scopes: null, validDays: 1 }),
    );
    expect((await authenticate(t.db, { bearer: key })).kind).toBe('person');
    resultOf(await t.run(disablePerson, a.actor, { personId: person.id }));
    expect(kindOf(await t.run(disablePerson, a.actor, { personId: person.id }))).toBe('state');
    for (const bearer of [token, key]) expect(await authenticate(t.db, { bearer })).toEqual(ANONYMOUS);
    resultOf(await t.run(enablePerson, a.actor, { personId: person.id }));
    for (const bearer of [token, key]) expect(await authenticate(t.db, { bearer })).toEqual(ANONYMOUS);
    expect((await t.signIn(person.login)).actor.roles).toEqual(['buyer']);
  });

  it('unlocks, and gives a new password that ends what was open', async () => {
    const a = await partyWithAdmin(['buyer']);
    const person = await t.person(a.party);
    const { token } = await t.signIn(person.login);
    expect(kindOf(await t.run(unlockPerson, a.actor, { personId: person.id }))).toBe('state');
    for (let i = 0; i < 5; i++) await openSession(t.db, { login: person.login, password: 'no' });
    expect((await ask(people, a.actor, { q: person.login })).items[0]?.state).toBe('locked');
    resultOf(await t.run(unlockPerson, a.actor, { personId: person.id }));
    const { actor } = await t.signIn(person.login);
    const { key } = resultOf<{ key: string }>(
      await t.run(createKey, actor, { title: 'x', scopes: null, validDays: 1 }),
    );
    const { initialPassword } = resultOf<{ initialPassword: string }>(
      await t.run(resetPassword, a.actor, { personId: person.id }),
    );
    for (const bearer of [token, key]) expect((await authenticate(t.db, { bearer })).kind).toBe('anonymous');
    expect((await openSession(t.db, { login: person.login, password: PASSWORD })).ok).toBe(false);
    expect((await openSession(t.db, { login: person.login, password: initialPassword })).ok).toBe(true);
  });

  it('takes a role away with effect on the very next request', async () => {
    const a = await partyWithAdmin(['buyer', 'broker']);
    const person = await t.person(a.party, { roles: ['buyer', 'broker'] });
    const { token } = await t.signIn(person.login);
    resultOf(await t.run(setRoles, a.actor, { personId: person.id, roles: ['broker', 'party-admin', 'broker'] }));
    expect([...(await authenticate(t.db, { bearer: token })).roles].sort()).toEqual(['broker', 'party-admin']);
  });
});

describe('the three administrators', () => {
  it('are never one person', async () => {
    const security = admin('security-admin');
    const person = await t.person(exchange);
    const give = (roles: string[]) => t.run(setRoles, security, { personId: person.id, roles });
    expect(rulesOf(await give(['system-admin', 'audit-admin']))).toEqual(['HS-1.12']);
    expect(rulesOf(await give(['audit-admin', 'party-admin']))).toEqual(['HS-1.12']);
    expect(
      rulesOf(
        await t.run(setRoles, security, { personId: idOf('audit-admin'), roles: ['audit-admin', 'system-admin'] }),
      ),
    ).toEqual(['HS-1.12']);
    resultOf(await give(['settlement-officer', 'exchange']));
  });

  it('do not change their own roles', async () => {
    const outcome = await t.run(setRoles, admin('security-admin'), {
      personId: idOf('security-admin'),
      roles: ['security-admin', 'settlement-officer'],
    });
    expect(rulesOf(outcome)).toEqual(['HS-1.13']);
  });

  it('remain: the last of a post is neither disabled nor moved, a second one may be', async () => {
    const security = admin('security-admin');
    const personId = idOf('audit-admin');
    expect(rulesOf(await t.run(disablePerson, security, { personId }))).toEqual(['HS-1.18']);
    expect(rulesOf(await t.run(setRoles, security, { personId, roles: [] }))).toEqual(['HS-1.18']);
    const second = await t.person(exchange, { personalRoles: ['audit-admin'] });
    resultOf(await t.run(disablePerson, security, { personId: second.id }));
    expect(rulesOf(await t.run(disablePerson, security, { personId }))).toEqual(['HS-1.18']);
  });

  it('keep apart: audit manages nobody, system grants nothing and touches no administrator', async () => {
    const personId = (await t.person(exchange)).id;
    for (const act of [setRoles, disablePerson, resetPassword]) {
      expect(kindOf(await t.run(act, admin('audit-admin'), { personId, roles: [] }))).toBe('forbidden');
    }
    const system = admin('system-admin');
    expect(kindOf(await t.run(setRoles, system, { personId, roles: ['exchange'] }))).toBe('forbidden');
    const input = { login: 'opened-by-system', displayName: '新人', roles: [] as string[] };
    expect(rulesOf(await t.run(invitePerson, system, { ...input, roles: ['exchange'] }))).toEqual(['HS-1.15']);
    resultOf(await t.run(invitePerson, system, input));
    for (const act of [disablePerson, resetPassword, resetSecondFactor]) {
      expect(rulesOf(await t.run(act, system, { personId: idOf('security-admin') }))).toContain('HS-1.15');
    }
  });

  it('cannot be managed by a party administrator of the exchange', async () => {
    const person = await t.person(exchange, { personalRoles: ['party-admin'] });
    const { actor } = await t.signIn(person.login);
    expect(rulesOf(await t.run(resetPassword, actor, { personId: idOf('security-admin') }))).toEqual(['HS-1.15']);
    expect(rulesOf(await t.run(setRoles, actor, { personId: idOf('security-admin'), roles: [] }))).toContain('HS-1.15');
  });

  it('reach everybody where security is concerned, and read what is theirs', async () => {
    const a = await partyWithAdmin(['buyer']);
    const security = admin('security-admin');
    expect((await ask(people, security, { partyId: a.party })).items.map((p) => p.id)).toEqual([a.id]);
    const first = await ask(people, security, { limit: 2 });
    const next = await ask(people, security, { limit: 2, cursor: first.nextCursor });
    expect(new Set([...first.items, ...next.items].map((p) => p.id)).size).toBe(4);
    resultOf(await t.run(endSession, security, { sessionId: a.actor.credentialId }));
    expect((await authenticate(t.db, { bearer: a.token })).kind).toBe('anonymous');
    expect((await ask(signIns, admin('audit-admin'))).items.some((s) => s.personId === a.id)).toBe(true);
    expect((await ask(signIns, admin('system-admin'))).items.every((s) => s.personId === idOf('system-admin'))).toBe(
      true,
    );
    const weak: Actor = { ...security, secondFactor: false };
    expect(rulesOf(await t.run(disablePerson, weak, { personId: a.id }))).toEqual(['HS-1.15']);
  });
});

describe('an API key', () => {
  it('works until revoked or expired, within its scopes, and never on credentials', async () => {
    const a = await partyWithAdmin(['buyer']);
    const make = async (scopes: string[] | null) =>
      resultOf<{ keyId: string; key: string }>(
        await t.run(createKey, a.actor, { title: '对账', scopes, validDays: 2 }),
      );
    const [narrow, wide] = [await make(['order.*', 'read.orders']), await make(null)];
    const byNarrow = await authenticate(t.db, { bearer: narrow.key });
    const byWide = await authenticate(t.db, { bearer: wide.key });
    expect(byNarrow).toMatchObject({ personId: a.id, scopes: ['order.*', 'read.orders'], secondFactor: false });
    const invite = { login: 'by-key-1', displayName: 'x', roles: [] };
    expect(kindOf(await t.run(invitePerson, byNarrow, invite))).toBe('forbidden');
    expect(kindOf(await t.run(invitePerson, byWide, invite))).toBe('ok');
    expect(rulesOf(await t.run(createKey, byWide, { title: 'x', scopes: null, validDays: 1 }))).toEqual(['HS-1.17']);
    expect(rulesOf(await t.run(changePassword, byWide, { current: PASSWORD, next: 'another password 1' }))).toContain(
      'HS-1.17',
    );
    expect(rulesOf(await t.run(enrolSecondFactor, byWide, {}))).toEqual(['HS-1.17']);

    const stored = await t.db.selectFrom('api_key').selectAll().where('id', '=', wide.keyId).executeTakeFirstOrThrow();
    expect(JSON.stringify(stored)).not.toContain(wide.key.slice(4));
    expect(stored.last_used_day).toMatch(/^\d{4}-\d\d-\d\d$/);
    resultOf(await t.run(revokeKey, a.actor, { keyId: narrow.keyId }));
    expect(kindOf(await t.run(revokeKey, a.actor, { keyId: narrow.keyId }))).toBe('state');
    expect(await authenticate(t.db, { bearer: narrow.key })).toEqual(ANONYMOUS);
    expect(await authenticate(t.db, { bearer: wide.key }, new Date(Date.now() + 2 * 86_400_000))).toEqual(ANONYMOUS);
    expect(await authenticate(t.db, { cookie: wide.key, csrf: true })).toEqual(ANONYMOUS);
    expect((await ask(keys, a.actor)).items.map((k) => k.state).sort()).toEqual(['living', 'revoked']);
  });

  it.each([[['*']], [['order']], [['order.*.x']], [['Order.place']], [[]], [["order.place' --"]]])(
    'refuses the scopes %j',
    async (scopes) => {
      const a = await partyWithAdmin(['buyer']);
      expect(kindOf(await t.run(createKey, a.actor, { title: 'x', scopes, validDays: 1 }))).toBe('invalid');
    },
  );

  it('is refused beyond a year', async () => {
    const a = await partyWithAdmin(['buyer']);
    expect(rulesOf(await t.run(createKey, a.actor, { title: 'x', scopes: null, validDays: 366 }))).toEqual(['HS-1.17']);
  });
});

describe('a password', () => {
  it('is changed by whoever knows it, and ends the other sessions', async () => {
    const a = await partyWithAdmin(['buyer']);
    const other = await t.signIn(a.login);
    const next = 'a fresh long phrase';
    expect(rulesOf(await t.run(changePassword, a.actor, { current: 'wrong', next }))).toEqual(['HS-1.24']);
    for (const bad of ['short', 'x'.repeat(129), `my ${a.login} rules`, PASSWORD]) {
      expect(rulesOf(await t.run(changePassword, a.actor, { current: PASSWORD, next: bad }))).toEqual(['HS-1.16']);
    }
    resultOf(await t.run(changePassword, a.actor, { current: PASSWORD, next }));
    expect((await authenticate(t.db, { bearer: a.token })).kind).toBe('person');
    expect((await authenticate(t.db, { bearer: other.token })).kind).toBe('anonymous');
    expect((await openSession(t.db, { login: a.login, password: next })).ok).toBe(true);
    const { rows } = await t.database.pool.query('select result::text, decisions::text from act_log');
    const sealed = await t.database.pool.query('select sealed::text, convert_from(bytes, $1) from evidence_entry', [
      'UTF8',
    ]);
    expect(JSON.stringify([rows, sealed.rows])).not.toContain(next);
  });
});

describe('guessing a password with a session that is not one’s own', () => {
  const next = 'a fresh long phrase';
  const guess = (actor: Actor, current: string) => t.run(changePassword, actor, { current, next });

  it('locks the account as failed sign-ins do, both ways counted together', async () => {
    const a = await partyWithAdmin(['buyer']);
    const person = await t.person(a.party);
    const { actor } = await t.signIn(person.login);
    for (let i = 0; i < 3; i++) expect(rulesOf(await guess(actor, `guess ${i}`))).toEqual(['HS-1.24']);
    await openSession(t.db, { login: person.login, password: 'guess' });
    expect((await ask(people, a.actor, { q: person.login })).items[0]?.state).toBe('active');
    expect(rulesOf(await guess(actor, 'guess 5'))).toEqual(['HS-1.24']);
    expect((await ask(people, a.actor, { q: person.login })).items[0]?.state).toBe('locked');
    // From here on the right password is not even looked at.
    expect(rulesOf(await guess(actor, PASSWORD))).toEqual(['HS-1.8']);
    expect((await openSession(t.db, { login: person.login, password: PASSWORD })).ok).toBe(false);
    resultOf(await t.run(unlockPerson, a.actor, { personId: person.id }));
    expect((await ask(people, a.actor, { q: person.login })).items[0]?.state).toBe('active');
    resultOf(await guess(actor, PASSWORD));
    expect((await openSession(t.db, { login: person.login, password: next })).ok).toBe(true);
  });

  it('is forgotten after a right sign-in and when the time of the lock is over', async () => {
    const a = await partyWithAdmin(['buyer']);
    for (let i = 0; i < 4; i++) await guess(a.actor, 'no');
    const { actor } = await t.signIn(a.login);
    for (let i = 0; i < 5; i++) await guess(actor, 'no');
    const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    expect((await openSession(t.db, { login: a.login, password: PASSWORD }, later(14))).ok).toBe(false);
    expect((await openSession(t.db, { login: a.login, password: PASSWORD }, later(16))).ok).toBe(true);
  });

  it('stops guesses that come all at once, too', async () => {
    const a = await partyWithAdmin(['buyer']);
    const outcomes = await Promise.all(Array.from({ length: 15 }, (_, i) => guess(a.actor, `guess ${i}`)));
    const looked = outcomes.filter((o) => rulesOf(o).includes('HS-1.24')).length;
    expect(looked).toBeGreaterThanOrEqual(5);
    expect(looked).toBeLessThan(15);
  });
});

describe('strangers', () => {
  it('can do none of it', async () => {
    const input = { personId: 'psn_00000000000000000000000000' };
    for (const act of [disablePerson, enablePerson, unlockPerson, resetPassword, resetSecondFactor]) {
      expect(kindOf(await t.run(act, ANONYMOUS, input))).toBe('unauthenticated');
    }
    expect(kindOf(await t.run(changePassword, ANONYMOUS, { current: 'a', next: 'b' }))).toBe('unauthenticated');
  });
});
