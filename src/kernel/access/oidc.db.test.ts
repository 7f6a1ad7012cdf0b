import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSAL_STATUS, Refused } from '../acts/index.ts';
import { registerSessions } from './http.ts';
import { type AccessTest, accessTest } from './testing.ts';

const CLIENT = { clientId: 'shuheng', clientSecret: 'client-secret-for-tests' };

interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly preferred_username?: string;
}

let t: AccessTest;
let app: FastifyInstance;
let ours: string;
let idp: Server;
let issuer: string;
/** What the provider says of its accounts. */
const accounts = new Map<string, Claims>();

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const port = portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function application(issuerUrl: string): Promise<FastifyInstance> {
  const made = fastify();
  made.setErrorHandler((error, _, reply) => {
    if (!(error instanceof Refused)) return reply.code(500).send({ message: String(error) });
    return reply.code(REFUSAL_STATUS[error.refusal.kind]).send(error.refusal);
  });
  await registerSessions(made, { db: t.db, oidc: { issuer: issuerUrl, ...CLIENT } });
  return made;
}

async function startProvider(port: number): Promise<Server> {
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${ours}/v1/sessions/oidc/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub, ...accounts.get(sub) }) }),
    pkce: { required: () => true },
    cookies: { keys: ['test'] },
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** A browser as far as this flow needs one: follows redirects, keeps cookies by origin, fills the provider's forms. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    const cookie = [...jar].map(([k, v]) => `${k}=${v}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value) jar.set(name, value);
      else if (name !== undefined) jar.delete(name);
    }
    return response;
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#jars.get(origin)?.get(name);
  }

  /** Goes on until it comes back to our callback; the answer is the callback's address, not yet visited. */
  async throughProvider(start: string, account: string): Promise<string> {
    let url = start;
    for (let i = 0; i < 12; i++) {
      const response = await this.fetch(url);
      const location = response.headers.get('location');
      if (location) {
        url = new URL(location, url).href;
        if (url.startsWith(`${ours}/v1/sessions/oidc/callback`)) return url;
        continue;
      }
      const page = await response.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      if (!action) throw new Error(`no form at ${url}: ${response.status} ${page.slice(0, 300)}`);
      const prompt = page.includes('name="login"') ? 'login' : 'consent';
      const body = new URLSearchParams(prompt === 'login' ? { prompt, login: account, password: 'x' } : { prompt });
      const sent = await this.fetch(new URL(action, url).href, { method: 'POST', body });
      url = new URL(sent.headers.get('location') ?? '', url).href;
    }
    throw new Error('too many redirects');
  }
}

beforeAll(async () => {
  t = await accessTest();
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  // Ours starts while the provider is still down.
  app = await application(issuer);
  await app.listen({ port: 0, host: '127.0.0.1' });
  ours = `http://127.0.0.1:${portOf(app.server as Server)}`;
});
afterAll(async () => {
  idp?.closeAllConnections();
  idp?.close();
  await app.close();
  await t.database.drop();
});

async function signIn(account: string, browser = new Browser(), query = '') {
  const callback = await browser.throughProvider(`${ours}/v1/sessions/oidc${query}`, account);
  return { browser, callback, answer: await browser.fetch(callback) };
}

async function me(browser: Browser) {
  return (await browser.fetch(`${ours}/v1/me`)).json() as Promise<Record<string, unknown>>;
}

describe('sign-in through an identity provider', () => {
  it('says so when the provider is down, and works as soon as it is up', async () => {
    const down = await fetch(`${ours}/v1/sessions/oidc`, { redirect: 'manual' });
    expect(down.status).toBe(401);
    expect(JSON.stringify(await down.json())).toContain('HS-1.21');
    expect(await (await fetch(`${ours}/v1/sessions/methods`)).json()).toEqual({ password: true, oidc: true });

    idp = await startProvider(Number(new URL(issuer).port));
    const person = await t.person(await t.party(['buyer']), { roles: ['buyer'], email: 'Zhang.San@example.cn' });
    accounts.set('sub-1', { email: 'zhang.san@EXAMPLE.cn', email_verified: true });
    const { browser, answer } = await signIn('sub-1', new Browser(), '?returnTo=/orders');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/orders');
    expect(await me(browser)).toMatchObject({ person: { id: person.id }, roles: ['buyer'], secondFactor: false });
    expect(browser.cookie(ours, 'shuheng_oidc')).toBeUndefined();
  });

  it('keeps the first link, whatever the provider says later', async () => {
    const person = await t.person(await t.party(['buyer']), { email: 'li.si@example.cn' });
    accounts.set('sub-2', { email: 'li.si@example.cn', email_verified: true });
    await signIn('sub-2');
    accounts.set('sub-2', { email: 'somebody.else@example.cn', email_verified: true });
    const { browser } = await signIn('sub-2');
    expect(await me(browser)).toMatchObject({ person: { id: person.id } });
    // A second subject that claims the same address does not get the person.
    accounts.set('sub-3', { email: 'li.si@example.cn', email_verified: true });
    expect((await signIn('sub-3')).answer.status).toBe(403);
  });

  it('links by login, but not by an e-mail nobody verified', async () => {
    const person = await t.person(await t.party(['buyer']), { email: 'wang.wu@example.cn' });
    accounts.set('sub-4', { email: 'wang.wu@example.cn', email_verified: false });
    expect((await signIn('sub-4')).answer.status).toBe(403);
    accounts.set('sub-4', { preferred_username: person.login.toUpperCase() });
    expect(await me((await signIn('sub-4')).browser)).toMatchObject({ person: { id: person.id } });
  });

  it('creates nobody', async () => {
    const before = await t.db.selectFrom('person').select('id').execute();
    accounts.set('stranger', { email: 'stranger@example.cn', email_verified: true, preferred_username: 'stranger' });
    const { answer, browser } = await signIn('stranger');
    expect(answer.status).toBe(403);
    expect(browser.cookie(ours, 'shuheng_session')).toBeUndefined();
    expect(await t.db.selectFrom('person').select('id').execute()).toHaveLength(before.length);
  });

  it('does not open what is closed, and leaves a regulator to set the second factor up', async () => {
    const closed = await t.person(await t.party(['buyer']), { email: 'closed@example.cn' });
    await t.db.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', closed.id).execute();
    accounts.set('closed', { email: 'closed@example.cn', email_verified: true });
    expect((await signIn('closed')).answer.status).toBe(401);
    await t.person(await t.party(['regulator']), { roles: ['regulator'], email: 'regulator@example.cn' });
    accounts.set('regulator', { email: 'regulator@example.cn', email_verified: true });
    expect(await me((await signIn('regulator')).browser)).toMatchObject({ mustSetUpSecondFactor: true });
  });

  it('takes an answer once, in the browser that asked, unchanged', async () => {
    await t.person(await t.party(['buyer']), { email: 'once@example.cn' });
    accounts.set('once', { email: 'once@example.cn', email_verified: true });
    const victim = new Browser();
    const callback = await victim.throughProvider(`${ours}/v1/sessions/oidc`, 'once');
    // Another browser: no pending sign-in there (login CSRF).
    expect((await new Browser().fetch(callback)).status).toBe(401);
    // Another pending sign-in: its state differs.
    const other = new Browser();
    await other.fetch(`${ours}/v1/sessions/oidc`);
    expect((await other.fetch(callback)).status).toBe(401);
    expect((await victim.fetch(callback)).status).toBe(303);
    expect((await victim.fetch(callback)).status).toBe(401);
    for (const query of ['', '?code=x&state=y', '?error=access_denied', '?code[]=1']) {
      const browser = new Browser();
      await browser.fetch(`${ours}/v1/sessions/oidc`);
      expect((await browser.fetch(`${ours}/v1/sessions/oidc/callback${query}`)).status).toBe(401);
    }
  });

  it('is not offered where no provider is set', async () => {
    const plain = fastify();
    await registerSessions(plain, { db: t.db });
    expect((await plain.inject('/v1/sessions/methods')).json()).toEqual({ password: true, oidc: false });
    expect((await plain.inject('/v1/sessions/oidc')).statusCode).toBe(404);
    await plain.close();
  });
});
