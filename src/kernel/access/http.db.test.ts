import fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSAL_STATUS, Refused } from '../acts/index.ts';
import { confirmSecondFactor, enrolSecondFactor } from './acts-own.ts';
import { actorOf, registerSessions } from './http.ts';
import { type AccessTest, accessTest, PASSWORD, resultOf } from './testing.ts';
import { totpCode } from './totp.ts';

let t: AccessTest;
let app: FastifyInstance;
let login: string;
beforeAll(async () => {
  t = await accessTest();
  app = fastify();
  app.setErrorHandler((error, _, reply) => {
    if (!(error instanceof Refused)) return reply.code(500).send({ message: String(error) });
    return reply.code(REFUSAL_STATUS[error.refusal.kind]).send(error.refusal);
  });
  await registerSessions(app, { db: t.db });
  // Stands for every act and read behind the guard.
  app.post('/v1/acts/:name', async (request) => actorOf(t.db, request));
  app.get('/v1/anything', async (request) => actorOf(t.db, request));
  login = (await t.person(await t.party(['buyer']), { roles: ['buyer'] })).login;
});
afterAll(async () => {
  await app.close();
  await t.database.drop();
});

const OURS = {
  'x-shuheng-csrf': '1',
  'sec-fetch-site': 'same-origin',
  origin: 'http://exchange.test',
  host: 'exchange.test',
};
const send = (method: InjectOptions['method'], url: string, headers: Record<string, string> = {}, payload?: object) =>
  app.inject({ method: method ?? 'GET', url, headers, ...(payload ? { payload } : {}) });

async function signIn(headers: Record<string, string> = {}) {
  const answer = await send('POST', '/v1/sessions', headers, { login, password: PASSWORD });
  expect(answer.statusCode).toBe(200);
  const cookie = answer.cookies.find((c) => c.name === 'shuheng_session');
  return { token: String(answer.json().token), cookie, pair: `shuheng_session=${cookie?.value}`, body: answer.json() };
}

describe('signing in over HTTP', () => {
  it('gives a token and a cookie that scripts and other sites do not get', async () => {
    const { token, cookie, body } = await signIn();
    expect(cookie).toMatchObject({ value: token, path: '/', httpOnly: true, sameSite: 'Lax' });
    expect(cookie?.secure).toBeUndefined();
    expect(body).toMatchObject({
      person: { login },
      party: { state: 'admitted' },
      roles: ['buyer'],
      secondFactor: false,
    });
    expect(new Date(body.expiresAt).getTime()).toBeGreaterThan(Date.now());
    const me = await send('GET', '/v1/me', { authorization: `Bearer ${token}` });
    expect(me.json()).toMatchObject({ person: { login }, roles: ['buyer'], mustSetUpSecondFactor: false });
    expect(me.headers['cache-control']).toBe('no-store');
    const current = await send('GET', '/v1/sessions/current', { authorization: `Bearer ${token}` });
    expect(current.json()).toEqual({ me: me.json() });
  });

  it('tells a page whether anybody is signed in without a fault', async () => {
    expect((await send('GET', '/v1/me')).statusCode).toBe(401);
    for (const headers of [{}, { authorization: 'Bearer nonsense' }, { cookie: 'shuheng_session=nonsense' }]) {
      const answer = await send('GET', '/v1/sessions/current', headers as Record<string, string>);
      expect([answer.statusCode, answer.json(), answer.headers['cache-control']]).toEqual([
        200,
        { me: null },
        'no-store',
      ]);
    }
  });

  it('marks the cookie Secure behind https', async () => {
    const secure = fastify();
    await registerSessions(secure, { db: t.db, publicUrl: 'https://exchange.test' });
    const answer = await secure.inject({ method: 'POST', url: '/v1/sessions', payload: { login, password: PASSWORD } });
    expect(answer.cookies[0]?.secure).toBe(true);
    await secure.close();
  });

  it.each([
    [401, { login: 'x', password: 'y' }],
    [400, {}],
    [400, { login: ['a'], password: 'y' }],
    [400, { login: 'x', password: 'y', totp: '12345' }],
    [400, { login: 'x', password: 'y'.repeat(300) }],
    [401, { login: '__proto__', password: 'constructor' }],
  ])('answers %i to %j', async (status, body) => {
    expect((await send('POST', '/v1/sessions', {}, body)).statusCode).toBe(status);
  });

  it('never keeps a token that was there before: the old one ends, the new one is new', async () => {
    const first = await signIn();
    const second = await signIn({ cookie: first.pair });
    expect(second.token).not.toBe(first.token);
    expect((await send('GET', '/v1/me', { cookie: first.pair })).statusCode).toBe(401);
    const chosen = `shs_${'A'.repeat(43)}`;
    const third = await signIn({ cookie: `shuheng_session=${chosen}` });
    expect(third.token).not.toBe(chosen);
    expect((await send('GET', '/v1/me', { authorization: `Bearer ${chosen}` })).statusCode).toBe(401);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('is refused from %s', async (_, headers) => {
    const answer = await send('POST', '/v1/sessions', headers, { login, password: PASSWORD });
    expect(answer.statusCode).toBe(403);
    expect(answer.cookies).toEqual([]);
  });
});

describe('a cookie', () => {
  it('acts only with the mark of our own pages', async () => {
    const { pair } = await signIn();
    const post = (headers: Record<string, string>) => send('POST', '/v1/acts/x.y', { cookie: pair, ...headers }, {});
    expect((await post(OURS)).json()).toMatchObject({ kind: 'person', roles: ['buyer'] });
    expect((await post({ 'x-shuheng-csrf': '1' })).statusCode).toBe(200);
    for (const forged of [
      {},
      { 'x-shuheng-csrf': '0' },
      { ...OURS, 'sec-fetch-site': 'cross-site' },
      { ...OURS, 'sec-fetch-site': 'same-site' },
      { ...OURS, origin: 'https://evil.example' },
      { ...OURS, origin: 'http://exchange.test.evil.example' },
      { ...OURS, origin: 'null' },
    ]) {
      const answer = await post(forged);
      expect(answer.statusCode).toBe(403);
      expect(answer.json().violations[0].rule).toBe('HS-1.20');
    }
  });

  it('reads without the mark, and a bearer token needs none', async () => {
    const { pair, token } = await signIn();
    expect((await send('GET', '/v1/anything', { cookie: pair, 'sec-fetch-site': 'none' })).json().kind).toBe('person');
    const byToken = await send(
      'POST',
      '/v1/acts/x.y',
      { authorization: `Bearer ${token}`, 'sec-fetch-site': 'cross-site' },
      {},
    );
    expect(byToken.json().kind).toBe('person');
  });

  it('does not lend itself to a request with another credential', async () => {
    const { pair } = await signIn();
    for (const authorization of ['Bearer nonsense', 'Basic eDp5', 'Bearer ', '']) {
      const answer = await send('POST', '/v1/acts/x.y', { cookie: pair, authorization, ...OURS }, {});
      expect(answer.json().kind).toBe('anonymous');
    }
  });

  it('ends with the session', async () => {
    const { pair, token } = await signIn();
    expect((await send('DELETE', '/v1/sessions/current', { cookie: pair })).statusCode).toBe(403);
    expect((await send('GET', '/v1/me', { cookie: pair })).statusCode).toBe(200);
    const out = await send('DELETE', '/v1/sessions/current', { cookie: pair, ...OURS });
    expect(out.statusCode).toBe(204);
    expect(out.cookies[0]).toMatchObject({ name: 'shuheng_session', value: '' });
    for (const headers of [{ cookie: pair }, { authorization: `Bearer ${token}` }]) {
      expect((await send('GET', '/v1/me', headers)).statusCode).toBe(401);
    }
    expect((await send('DELETE', '/v1/sessions/current')).statusCode).toBe(204);
  });
});

describe('the second factor shown later', () => {
  it('raises the session, and counts wrong codes as failed sign-ins', async () => {
    const person = await t.person(await t.party(['buyer']));
    const { actor } = await t.signIn(person.login);
    const { secret } = resultOf<{ secret: string }>(await t.run(enrolSecondFactor, actor, {}));
    resultOf(await t.run(confirmSecondFactor, actor, { code: totpCode(secret, new Date()) }));
    // As after a sign-in through an identity provider that asked for no second factor.
    await t.db
      .updateTable('session')
      .set({ second_factor: false })
      .where('id', '=', actor.credentialId ?? '')
      .execute();
    await t.db.updateTable('person').set({ totp_step: null }).where('id', '=', person.id).execute();
    const row = await t.db.selectFrom('session').select('id').where('person_id', '=', person.id).execute();
    expect(row).toHaveLength(1);
    const { openVouchedSession } = await import('./sessions.ts');
    const opened = await openVouchedSession(t.db, person.id, { secondFactor: false });
    const authorization = `Bearer ${opened.ok ? opened.token : ''}`;
    const show = (code: string) => send('POST', '/v1/sessions/current/second-factor', { authorization }, { code });
    expect((await show('000000')).statusCode).toBe(401);
    const right = await show(totpCode(secret, new Date()));
    expect(right.json()).toMatchObject({ secondFactor: true });
    expect((await show(totpCode(secret, new Date()))).statusCode).toBe(401);
    for (let i = 0; i < 4; i++) await show('000000');
    const { locked_until } = await t.db
      .selectFrom('person')
      .select('locked_until')
      .where('id', '=', person.id)
      .executeTakeFirstOrThrow();
    expect(locked_until).not.toBeNull();
    expect((await send('POST', '/v1/sessions/current/second-factor', {}, { code: '000000' })).statusCode).toBe(401);
  });
});
