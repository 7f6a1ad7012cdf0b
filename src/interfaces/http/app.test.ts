import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Actor, ANONYMOUS, anyone, type Kernel, read } from '../../kernel/acts/index.ts';
import { buildApp } from './app.ts';
import { KeptAnswers, versionInTag } from './kept.ts';

const LIMIT = 3;
const narrowed: Actor = {
  ...ANONYMOUS,
  kind: 'person',
  personId: 'psn_a',
  partyId: 'pty_a',
  roles: ['exchange'],
  scopes: ['order.place'],
};
const who = read({
  path: '/who',
  title: { zh: '是谁', en: 'Who' },
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({ roles: z.array(z.string()) }),
  run: async ({ actor }) => ({ roles: [...actor.roles] }),
});
const asked = { version: 1, runs: 0 };
const versioned = read({
  path: '/versioned',
  title: { zh: '有版本', en: 'With a version' },
  by: anyone(),
  params: z.object({}),
  query: z.object({ q: z.string().optional() }),
  output: z.object({ version: z.number(), said: z.string() }),
  version: async ({ actor }) =>
    actor.roles.includes('exchange') ? null : { subject: asked.version, state: `state ${asked.version}` },
  run: async ({ query }) => ({ version: asked.version, said: query.q ?? `run ${++asked.runs}`, secret: 'stays' }),
});
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp({
    kernel: { rulebook: { citation: (id: string) => ({ zh: id, en: id }) } } as unknown as Kernel,
    acts: [],
    reads: [who, versioned],
    version: 'test',
    authenticate: async (request) => {
      if (request.headers.authorization === 'nobody') return ANONYMOUS;
      return request.headers.authorization === 'wide' ? { ...narrowed, scopes: null } : narrowed;
    },
    extras: [],
    webRoot: null,
    ready: async () => true,
    rateLimitPerMinute: LIMIT,
    trustProxy: false,
  });
});
afterAll(() => app?.close());

const get = (url: string, remoteAddress: string, authorization = '') =>
  app.inject({ url, remoteAddress, headers: authorization ? { authorization } : {} });

it('counts requests by address: made-up credentials and spellings of the path open no new count', async () => {
  for (const key of ['a', 'b', 'c']) expect((await get('/v1/who', '10.0.0.1', key)).statusCode).toBe(200);
  expect((await get('/v1/who', '10.0.0.1', 'd')).statusCode).toBe(429);
  expect((await get('/%761/who', '10.0.0.1')).statusCode).toBe(429);
  expect((await get('/v1/who', '10.0.0.2')).statusCode).toBe(200);
});

it('takes a narrowed key for a stranger where anyone may look', async () => {
  expect((await get('/v1/who', '10.0.0.3')).json()).toEqual({ roles: [] });
  expect((await get('/v1/who', '10.0.0.3', 'wide')).json()).toEqual({ roles: ['exchange'] });
});

it('answers a read that knows its version with the answer it made before, until the version is another', async () => {
  let address = 10;
  const ask = (headers: Record<string, string> = { authorization: 'nobody' }, url = '/v1/versioned') =>
    app.inject({ url, remoteAddress: `10.0.1.${address++}`, headers });
  const first = await ask();
  expect(first.json()).toEqual({ version: 1, said: 'run 1' });
  expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'authorization, cookie' });
  const again = await ask();
  expect([again.body, again.headers.etag]).toEqual([first.body, first.headers.etag]);
  const same = await ask({ authorization: 'nobody', 'if-none-match': String(first.headers.etag) });
  expect([same.statusCode, same.body]).toEqual([304, '']);
  expect((await ask({ authorization: 'narrow' })).headers['cache-control']).toBe('no-store');
  expect((await ask(undefined, '/v1/versioned?q=other')).json()).toMatchObject({ said: 'other' });
  expect(asked.runs).toBe(1);

  asked.version = 2;
  const changed = await ask({ authorization: 'nobody', 'if-none-match': String(first.headers.etag) });
  expect([changed.statusCode, changed.json()]).toEqual([200, { version: 2, said: 'run 2' }]);
  expect(versionInTag(String(changed.headers.etag))).toBe(2);

  const unversioned = await ask({ authorization: 'wide' });
  expect(unversioned.json()).toEqual({ version: 2, said: 'run 3' });
  expect(unversioned.headers).toMatchObject({ etag: '"2"', 'cache-control': 'no-store' });
});

it('reads the version from an entity tag that a read gave, and from nothing else', () => {
  const tags = ['"3"', 'W/"3"', '3', '"3.xY-_9"', undefined, '*', '"x"', '"3.x y"', '"1e3"', '"-3"'];
  expect(tags.map(versionInTag)).toEqual([3, 3, 3, 3, ...Array.from({ length: 6 }, () => undefined)]);
});

it('keeps no more answers than it has room for, the latest used ones', () => {
  const kept = new KeptAnswers();
  const answer = (bytes: number) => ({ etag: '""', bytes: Buffer.alloc(bytes) });
  const quarter = 256 * 1024;
  kept.keep('too long', answer(quarter + 1));
  expect(kept.find('too long')).toBeUndefined();
  for (let n = 0; n < 64; n++) kept.keep(`answer ${n}`, answer(quarter));
  expect(kept.find('answer 0')).toBeDefined();
  kept.keep('one more', answer(quarter));
  expect([kept.find('answer 0'), kept.find('answer 1'), kept.find('one more')].map(Boolean)).toEqual([
    true,
    false,
    true,
  ]);
});

it('answers what is no HTTP request, such as raw Chinese in an address, with a problem that says what to do', async () => {
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await new Promise<string>((done, fail) => {
    let said = '';
    const socket = connect(Number(new URL(address).port), '127.0.0.1', () =>
      socket.write(Buffer.from('GET /v1/who?q=航班 HTTP/1.1\r\nHost: x\r\n\r\n')),
    );
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('end', () => done(said)).on('error', fail);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('application/problem+json');
  expect(answer).toContain('百分号编码');
});
