import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Actor, ANONYMOUS, anyone, type Kernel, read } from '../../kernel/acts/index.ts';
import { buildApp } from './app.ts';

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
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp({
    kernel: { rulebook: { citation: (id: string) => ({ zh: id, en: id }) } } as unknown as Kernel,
    acts: [],
    reads: [who],
    version: 'test',
    authenticate: async (request) =>
      request.headers.authorization === 'wide' ? { ...narrowed, scopes: null } : narrowed,
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
