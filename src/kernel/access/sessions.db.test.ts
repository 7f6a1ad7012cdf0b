import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../acts/index.ts';
import { confirmSecondFactor, createKey, enrolSecondFactor } from './acts-own.ts';
import { authenticate, SETTING_UP } from './authenticate.ts';
import { createPerson, endSessions } from './people.ts';
import { newSessionToken } from './secrets.ts';
import { closeSession, openSession } from './sessions.ts';
import { sweep } from './sweep.ts';
import { type AccessTest, accessTest, PASSWORD, resultOf } from './testing.ts';
import { totpCode } from './totp.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

let t: AccessTest;
beforeAll(async () => {
  t = await accessTest();
});
afterAll(() => t.database.drop());

async function enrolled(partyRoles: readonly string[], personalRoles: readonly string[] = []) {
  const party = await t.party(partyRoles);
  const person = await t.person(party, { roles: partyRoles, personalRoles });
  const { actor, token } = await t.signIn(person.login);
  const { secret } = resultOf<{ secret: string }>(await t.run(enrolSecondFactor, actor, {}));
  resultOf(await t.run(confirmSecondFactor, actor, { code: totpCode(secret, new Date()) }));
  return { ...person, party, secret, token };
}

describe('signing in', () => {
  it('gives the roles the party is admitted to, and the personal ones', async () => {
    const party = await t.party(['buyer']);
    const { login, id } = await t.person(party, { roles: ['buyer', 'data-merchant'], personalRoles: ['party-admin'] });
    const { actor } = await t.signIn(`  ${login.toUpperCase()} `);
    expect(actor).toMatchObject({ kind: 'person', personId: id, partyId: party, scopes: null, secondFactor: false });
    expect([...actor.roles].sort()).toEqual(['buyer', 'party-admin']);
  });

  it('gives an applicant no role of the party', async () => {
    const party = await t.party(['buyer'], 'applied');
    const { login } = await t.person(party, { roles: ['buyer'], personalRoles: ['party-admin'] });
    expect((await t.signIn(login)).actor.roles).toEqual(['party-admin']);
  });

  it('says the same for an unknown login, a wrong password, a locked and a closed account', async () => {
    const party = await t.party(['buyer']);
    const [wrong, locked, closed] = [await t.person(party), await t.person(party), await t.person(party)];
    const at = new Date();
    await t.db
      .updateTable('person')
      .set({ locked_until: later(at, HOUR_MS) })
      .where('id', '=', locked.id)
      .execute();
    await t.db.updateTable('person').set({ disabled_at: at }).where('id', '=', closed.id).execute();
    const answers = [
      await openSession(t.db, { login: 'nobody-here', password: PASSWORD }, at),
      await openSession(t.db, { login: wrong.login, password: 'not the password' }, at),
      await openSession(t.db, { login: locked.login, password: PASSWORD }, at),
      await openSession(t.db, { login: closed.login, password: PASSWORD }, at),
    ];
    expect(answers.every((a) => !a.ok)).toBe(true);
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
  });

  it('does the same work for an unknown login as for a wrong password', async () => {
    const partyId = await t.party(['buyer']);
    const login = 'real-cost';
    await t.db
      .transaction()
      .execute((tx) => createPerson(tx, { partyId, login, displayName: 'x', password: PASSWORD, at: new Date() }));
    const cost = async (name: string) => {
      const before = process.cpuUsage();
      await openSession(t.db, { login: name, password: 'not the password' });
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const [unknown, wrong] = [await cost('nobody-at-all'), await cost(login)];
    // Hashing costs at least 60 ms of processor time here; without the dummy hash the unknown login costs a few.
    expect(unknown / wrong).toBeGreaterThan(0.3);
    expect(unknown / wrong).toBeLessThan(3);
  });

  it('locks after five failures, for a quarter of an hour, also for the right password', async () => {
    const { login } = await t.person(await t.party(['buyer']));
    const at = new Date();
    for (let i = 0; i < 5; i++) expect((await openSession(t.db, { login, password: 'no' }, at)).ok).toBe(false);
    expect((await openSession(t.db, { login, password: PASSWORD }, later(at, 14 * MINUTE_MS))).ok).toBe(false);
    expect((await openSession(t.db, { login, password: PASSWORD }, later(at, 15 * MINUTE_MS + 1))).ok).toBe(true);
  });

  it('forgets failures after a success, and counts anew after a lock has run out', async () => {
    const { login } = await t.person(await t.party(['buyer']));
    const at = new Date();
    for (let i = 0; i < 4; i++) await openSession(t.db, { login, password: 'no' }, at);
    await t.signIn(login, undefined, at);
    for (let i = 0; i < 4; i++) await openSession(t.db, { login, password: 'no' }, at);
    await t.signIn(login, undefined, at);
    for (let i = 0; i < 5; i++) await openSession(t.db, { login, password: 'no' }, at);
    const after = later(at, 16 * MINUTE_MS);
    await openSession(t.db, { login, password: 'no' }, after);
    expect((await t.signIn(login, undefined, after)).actor.kind).toBe('person');
  });

  it('lets several right sign-ins at once succeed, and of many wrong ones none slip past the lock', async () => {
    const { login, id } = await t.person(await t.party(['buyer']));
    const right = await Promise.all(Array.from({ length: 8 }, () => openSession(t.db, { login, password: PASSWORD })));
    expect(right.every((r) => r.ok)).toBe(true);
    await Promise.all(Array.from({ length: 12 }, () => openSession(t.db, { login, password: 'no' })));
    const { failed_attempts } = await t.db
      .selectFrom('person')
      .select('failed_attempts')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(failed_attempts).toBe(5);
  });

  it('throttles an address that fails too often, whatever the login', async () => {
    const at = new Date();
    const address = '192.0.2.77';
    await t.db
      .insertInto('sign_in')
      .values(
        Array.from({ length: 100 }, (_, i) => ({
          id: `sgn_${i}`,
          at,
          person_id: null,
          address,
          method: 'password',
          outcome: 'unknown',
        })),
      )
      .execute();
    const { login } = await t.person(await t.party(['buyer']));
    const refused = await openSession(t.db, { login, password: PASSWORD, address }, later(at, MINUTE_MS));
    expect(refused.ok ? '' : refused.refusal.kind).toBe('too-many');
    expect((await openSession(t.db, { login, password: PASSWORD, address }, later(at, 16 * MINUTE_MS))).ok).toBe(true);
  });

  it('keeps a log without what was typed', async () => {
    await openSession(t.db, { login: 'my-password-by-mistake', password: 'secret-words', address: '192.0.2.9' });
    const rows = await t.db.selectFrom('sign_in').selectAll().where('address', '=', '192.0.2.9').execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/my-password|secret-words/);
  });

  it('tells someone of a suspended party why, but only with the right password', async () => {
    const party = await t.party(['buyer'], 'suspended');
    const { login } = await t.person(party);
    const wrong = await openSession(t.db, { login, password: 'no' });
    const right = await openSession(t.db, { login, password: PASSWORD });
    expect(wrong.ok ? '' : wrong.refusal.kind).toBe('unauthenticated');
    expect(right.ok ? '' : right.refusal.kind).toBe('forbidden');
  });

  it.each([
    ['SQL', "' or 1=1 --"],
    ['a NUL', 'a\u0000b'],
    ['too long', '𠮷'.repeat(500)],
    ['empty', ''],
  ])('survives a hostile login: %s', async (_, login) => {
    expect((await openSession(t.db, { login, password: "'; drop table person; --" })).ok).toBe(false);
  });
});

describe('second factor', () => {
  it('is set up first: until then a regulator can do nothing else', async () => {
    const party = await t.party(['regulator']);
    const { login } = await t.person(party, { roles: ['regulator'] });
    const { actor, token } = await t.signIn(login);
    expect(actor.scopes).toEqual(SETTING_UP);
    const denied = await t.run(createKey, actor, { title: 'x', scopes: null, validDays: 1 });
    expect(denied.ok ? '' : denied.refusal.kind).toBe('forbidden');
    const { secret } = resultOf<{ secret: string }>(await t.run(enrolSecondFactor, actor, {}));
    const wrong = await t.run(confirmSecondFactor, actor, { code: '000000' });
    expect(wrong.ok).toBe(false);
    resultOf(await t.run(confirmSecondFactor, actor, { code: totpCode(secret, new Date()) }));
    const now = await authenticate(t.db, { bearer: token });
    expect(now).toMatchObject({ scopes: null, secondFactor: true, roles: ['regulator'] });
  });

  it('is asked for once enrolled, and each code opens one session', async () => {
    const { login, secret } = await enrolled(['regulator']);
    const missing = await openSession(t.db, { login, password: PASSWORD });
    expect(missing.ok ? '' : missing.refusal.violations[0]?.rule).toBe('HS-1.10');
    const at = later(new Date(), MINUTE_MS);
    const totp = totpCode(secret, at);
    expect((await t.signIn(login, totp, at)).actor.secondFactor).toBe(true);
    const replayed = await openSession(t.db, { login, password: PASSWORD, totp }, at);
    expect(replayed.ok ? '' : replayed.refusal.violations[0]?.rule).toBe('HS-1.11');
  });

  it('lets one of two through who show the same code at once', async () => {
    const { login, secret } = await enrolled(['regulator']);
    const at = later(new Date(), MINUTE_MS);
    const totp = totpCode(secret, at);
    const both = await Promise.all([1, 2].map(() => openSession(t.db, { login, password: PASSWORD, totp }, at)));
    expect(both.filter((b) => b.ok)).toHaveLength(1);
  });

  it('cannot be replaced without showing it, and is stored sealed', async () => {
    const { id, secret } = await enrolled(['regulator']);
    const actor = { ...ANONYMOUS, kind: 'person' as const, personId: id, roles: ['regulator'] };
    const outcome = await t.run(enrolSecondFactor, actor, {});
    expect(outcome.ok ? [] : outcome.refusal.violations.map((v) => v.rule)).toEqual(['HS-1.11']);
    const row = await t.db.selectFrom('person').select('totp_secret').where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.totp_secret?.includes(secret)).toBe(false);
    const { rows } = await t.database.pool.query(
      'select result::text || sealed::text as text from act_log a join evidence_entry e on substr(e.id, 5) = substr(a.id, 5)',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('a session', () => {
  it('ends when idle for half an hour, and after twelve hours in any case', async () => {
    const { login } = await t.person(await t.party(['buyer']));
    const at = new Date();
    const { token } = await t.signIn(login, undefined, at);
    const kind = async (ms: number) => (await authenticate(t.db, { bearer: token }, later(at, ms))).kind;
    expect(await kind(29 * MINUTE_MS)).toBe('person');
    expect(await kind(58 * MINUTE_MS)).toBe('person');
    expect(await kind(89 * MINUTE_MS)).toBe('anonymous');
    await t.db
      .updateTable('session')
      .set({ last_seen_at: later(at, 12 * HOUR_MS) })
      .where('opened_at', '=', at)
      .execute();
    expect(await kind(12 * HOUR_MS - 1000)).toBe('person');
    expect(await kind(12 * HOUR_MS)).toBe('anonymous');
  });

  it('is touched at most once a minute', async () => {
    const { login, id } = await t.person(await t.party(['buyer']));
    const at = new Date();
    const { token } = await t.signIn(login, undefined, at);
    const seen = async () =>
      (await t.db.selectFrom('session').select('last_seen_at').where('person_id', '=', id).executeTakeFirstOrThrow())
        .last_seen_at;
    await authenticate(t.db, { bearer: token }, later(at, 59_000));
    expect(await seen()).toEqual(at);
    await authenticate(t.db, { bearer: token }, later(at, 61_000));
    expect(await seen()).toEqual(later(at, 61_000));
  });

  it('is gone once closed, its person disabled, its party suspended, or its sessions ended', async () => {
    const party = await t.party(['buyer']);
    const open = async () => {
      const person = await t.person(party);
      return { ...person, ...(await t.signIn(person.login)) };
    };
    const [a, b, c, d] = [await open(), await open(), await open(), await open()];
    await closeSession(t.db, a.token);
    await closeSession(t.db, a.token);
    await closeSession(t.db, 'no such token');
    await t.db.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', b.id).execute();
    await t.db.transaction().execute((tx) => endSessions(tx, c.id, new Date()));
    for (const token of [a.token, b.token, c.token])
      expect(await authenticate(t.db, { bearer: token })).toEqual(ANONYMOUS);
    expect((await authenticate(t.db, { bearer: d.token })).kind).toBe('person');
    await t.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', party).execute();
    expect(await authenticate(t.db, { bearer: d.token })).toEqual(ANONYMOUS);
  });

  it('is stored as a hash, and only the server chooses its token', async () => {
    const { login } = await t.person(await t.party(['buyer']));
    const { token } = await t.signIn(login);
    const rows = await t.db.selectFrom('session').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
    const hash = rows.find((r) => r.token_hash)?.token_hash.toString('base64url') ?? '';
    for (const bad of ['', 'x', newSessionToken(), token.slice(0, -1), `${token}a`, `shs_${hash}`, "shs_' or 1=1"]) {
      expect(await authenticate(t.db, { bearer: bad })).toEqual(ANONYMOUS);
    }
  });

  it('needs the mark of our own pages when it comes as a cookie', async () => {
    const { login } = await t.person(await t.party(['buyer']));
    const { token } = await t.signIn(login);
    expect((await authenticate(t.db, { cookie: token, csrf: true })).kind).toBe('person');
    expect((await authenticate(t.db, { cookie: token, csrf: false })).kind).toBe('anonymous');
    expect((await authenticate(t.db, { cookie: token })).kind).toBe('anonymous');
  });

  it('leaves no more than fifty living ones to a person', async () => {
    const { login, id } = await t.person(await t.party(['buyer']));
    const at = new Date();
    const { token } = await t.signIn(login, undefined, at);
    await sql`insert into session (id, token_hash, person_id, opened_at, last_seen_at, expires_at, second_factor, method)
      select id || g, sha256(convert_to(id || g, 'UTF8')), person_id, opened_at, last_seen_at, expires_at, second_factor, method
      from session, generate_series(1, 60) g where person_id = ${id}`.execute(t.db);
    const fresh = await t.signIn(login, undefined, later(at, 1000));
    const { living } = await t.db
      .selectFrom('session')
      .select((e) => e.fn.countAll<number>().as('living'))
      .where('person_id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    expect(living).toBe(50);
    expect((await authenticate(t.db, { bearer: token }, later(at, 2000))).kind).toBe('anonymous');
    expect((await authenticate(t.db, { bearer: fresh.token }, later(at, 2000))).kind).toBe('person');
  });

  it('goes a month after its end; sign-in records stay half a year', async () => {
    const { login, id } = await t.person(await t.party(['buyer']));
    const at = new Date();
    await t.signIn(login, undefined, at);
    const count = async () =>
      (await t.db.selectFrom('session').select('id').where('person_id', '=', id).execute()).length;
    const records = async () =>
      (await t.db.selectFrom('sign_in').select('id').where('person_id', '=', id).execute()).length;
    await sweep(t.db, later(at, 30 * 24 * HOUR_MS));
    expect([await count(), await records()]).toEqual([1, 1]);
    await sweep(t.db, later(at, 31 * 24 * HOUR_MS));
    expect([await count(), await records()]).toEqual([0, 1]);
    await sweep(t.db, later(at, 185 * 24 * HOUR_MS));
    expect(await records()).toBe(0);
  });
});
