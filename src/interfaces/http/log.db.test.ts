import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS, type Kernel } from '../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../kernel/database/testing.ts';
import {
  diskTileStore,
  fsck,
  openTileStore,
  settled,
  startSequencer,
  type TileStore,
} from '../../kernel/evidence/index.ts';
import { checkLog, mirrorLog, ownLog, storedLog, trustInKeys, webLog } from '../../kernel/evidence/mirror/index.ts';
import { testLog, writeManyEntries } from '../../kernel/evidence/testing.ts';
import { testBucket } from '../../kernel/testing-s3.ts';
import { buildApp } from './app.ts';
import { logRoutes } from './log.ts';

const FIRST = 300;
const SIZE = 700;
const IMMUTABLE = 'public, max-age=31536000, immutable';

function appOn(t: TestDatabase, store: TileStore): Promise<FastifyInstance> {
  const kernel = { db: t.db, rulebook: { citation: (id: string) => ({ zh: id, en: id }) } } as unknown as Kernel;
  return buildApp({
    kernel,
    acts: [],
    reads: [],
    version: 'test',
    authenticate: async () => ANONYMOUS,
    extras: [(a) => logRoutes(a, kernel, store)],
    webRoot: null,
    ready: async () => true,
    rateLimitPerMinute: 1_000,
    trustProxy: false,
  });
}

describe.each(['disk', 'S3'] as const)('the public files of the log, on %s', (where) => {
  let t: TestDatabase;
  let log: Awaited<ReturnType<typeof testLog>>;
  let bucket: Awaited<ReturnType<typeof testBucket>>;
  let address: string | undefined;
  let app: FastifyInstance;
  /** Another process: a store and a pool of its own on the same place and database. */
  let other: FastifyInstance;
  let earlyBundle: Buffer;

  beforeAll(async () => {
    t = await testDatabase();
    log = await testLog();
    bucket = await testBucket('log-bucket');
    address = where === 'S3' ? `${bucket.address}&prefix=public/` : undefined;
    const store = await openTileStore(log.folder, address);
    app = await appOn(t, store);
    other = await appOn(t, await openTileStore(log.folder, address));
    const sequencer = await startSequencer({ url: t.url, store, keys: log.keys, origin: 'log.example/http' });
    await writeManyEntries(t.db, FIRST);
    await settled(t.db);
    earlyBundle = (await get('tile/entries/001.p/44')).rawPayload;
    await writeManyEntries(t.db, SIZE - FIRST);
    await settled(t.db);
    await sequencer.stop();
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await t.drop();
    await log.drop();
    await bucket.drop();
  });

  const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: `/log/${path}`, headers });

  it('gives the checkpoint for a second, tiles for ever, to any page', async () => {
    const checkpoint = await get('checkpoint');
    expect(checkpoint.statusCode).toBe(200);
    expect(checkpoint.body).toMatch(/^log\.example\/http\n700\n/);
    expect(checkpoint.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(checkpoint.headers['cache-control']).toBe('public, max-age=1');
    const tile = await get('tile/0/001');
    expect(tile.rawPayload).toHaveLength(8_192);
    expect(tile.headers['content-type']).toBe('application/octet-stream');
    expect(tile.headers['cache-control']).toBe(IMMUTABLE);
    for (const answer of [checkpoint, tile]) expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('answers HEAD with the length and no body, and a known tag with 304', async () => {
    const full = await get('tile/0/001');
    const head = await get('tile/0/001', {}, 'HEAD');
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '8192']);
    expect(head.headers.etag).toBe(full.headers.etag);
    const tag = String(full.headers.etag);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get('tile/0/001', { 'if-none-match': known });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
      expect(again.headers['cache-control']).toBe(IMMUTABLE);
    }
    expect((await get('tile/0/001', { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect((await get('tile/0/000')).headers.etag).not.toBe(tag);
  });

  it('compresses bundles for whoever takes it, under a tag of its own', async () => {
    const plain = await get('tile/entries/001');
    const zipped = await get('tile/entries/001', { 'accept-encoding': 'br, gzip;q=0.5' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers.vary).toBe('accept-encoding');
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    expect(gunzipSync(zipped.rawPayload).equals(plain.rawPayload)).toBe(true);
    expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    expect((await get('tile/entries/001', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBe(
      undefined,
    );
    expect((await get('tile/0/001', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
  });

  it('still gives a partial tile after the full one took its place', async () => {
    const bundle = await get('tile/entries/001.p/44');
    expect(bundle.statusCode).toBe(200);
    expect(bundle.rawPayload.equals(earlyBundle)).toBe(true);
    const hashes = await get('tile/0/001.p/77');
    expect(hashes.rawPayload.equals((await get('tile/0/001')).rawPayload.subarray(0, 77 * 32))).toBe(true);
  });

  it.each([
    'tile/0/003',
    'tile/0/002.p/189',
    'tile/0/002.p/0',
    'tile/0/002.p/256',
    'tile/1/000',
    'tile/0/2',
    'tile/00/000',
    'tile/0/x000/001',
    'tile/8/000.p/1',
    'tile/data/000',
    'tile/entries/999',
    'tile',
    'tile/',
    'tile/0/../../log.key',
    'tile/0/%2e%2e/%2e%2e/log.key',
    '..%2flog.key',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    'log.key',
    '.making/x',
    'checkpoint%00',
    'checkpoint.bak',
    'x'.repeat(300),
  ])('knows no %s', async (path) => {
    const answer = await get(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).not.toContain('PRIVATE');
  });

  it('is the same from another process, and sound', async () => {
    for (const path of ['checkpoint', 'vkey', 'tile/0/000', 'tile/1/000.p/2', 'tile/entries/002.p/188']) {
      const [one, two] = [await get(path), await other.inject({ url: `/log/${path}` })];
      expect(one.statusCode, path).toBe(200);
      expect(two.rawPayload.equals(one.rawPayload), path).toBe(true);
    }
    const store = await openTileStore(log.folder, address);
    expect(await fsck(t.db, store)).toMatchObject({ ok: true, size: SIZE, files: 8 });
    const paths: string[] = [];
    for await (const path of store.list()) paths.push(path);
    expect(paths.sort()).toEqual([
      'checkpoint',
      ...['000', '001', '002.p/188'].map((n) => `tile/0/${n}`),
      // Not full yet, so both stay.
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      ...['000', '001', '002.p/188'].map((n) => `tile/entries/${n}`),
    ]);
  });

  it('can be mirrored over HTTP and from the database, to the same files', async () => {
    const url = await other.listen({ port: 0, host: '127.0.0.1' });
    const trust = trustInKeys((await get('vkey')).body);
    const mirrors = [diskTileStore(join(log.folder, 'm1')), diskTileStore(join(log.folder, 'm2'))] as const;
    const store = await openTileStore(log.folder, address);
    expect(await mirrorLog(webLog(`${url}/log`), mirrors[0], trust)).toMatchObject({ ok: true, size: SIZE });
    expect(await mirrorLog(ownLog(t.db, store), mirrors[1], trust)).toMatchObject({ ok: true, size: SIZE });
    for await (const path of mirrors[0].list()) {
      if (path !== 'README.md') expect(await mirrors[1].get(path), path).toEqual(await mirrors[0].get(path));
    }
    expect(await checkLog(storedLog('mirror', mirrors[0]), trust)).toMatchObject({ ok: true, size: SIZE });
  });

  it('goes on from the database when the files are gone, and puts them back at the next start', async () => {
    const store = await openTileStore(log.folder, address);
    const before = await get('tile/0/001');
    if (where === 'disk') await rm(join(log.logFolder, 'tile', '0'), { recursive: true });
    else await store.removeFolder('tile/0');
    expect((await get('tile/0/001')).rawPayload.equals(before.rawPayload)).toBe(true);
    expect(await fsck(t.db, store)).toMatchObject({ ok: false });
    const sequencer = await startSequencer({ url: t.url, store, keys: log.keys, origin: 'log.example/http' });
    await sequencer.stop();
    expect(await fsck(t.db, store)).toMatchObject({ ok: true });
  });
});

describe('a bucket as it stands', () => {
  it('serves the log with its own rules of caching; a store that does not answer does not stop the reads', async () => {
    const t = await testDatabase();
    const log = await testLog();
    const bucket = await testBucket('open-bucket');
    try {
      const store = await openTileStore(log.folder, bucket.address);
      const sequencer = await startSequencer({ url: t.url, store, keys: log.keys, origin: 'log.example/bucket' });
      await writeManyEntries(t.db, 260);
      await settled(t.db);
      await sequencer.stop();
      const app = await appOn(t, store);
      const fromServer = await app.inject({ url: '/log/tile/0/000' });
      for (const [path, type, cache] of [
        ['checkpoint', 'text/plain; charset=utf-8', 'public, max-age=1'],
        ['tile/0/000', 'application/octet-stream', IMMUTABLE],
        ['tile/entries/001.p/4', 'application/octet-stream', IMMUTABLE],
      ] as const) {
        const answer = await fetch(`${bucket.url}/${path}`);
        expect(answer.status, path).toBe(200);
        expect(answer.headers.get('content-type')).toBe(type);
        expect(answer.headers.get('cache-control')).toBe(cache);
      }
      await bucket.drop();
      const answer = await app.inject({ url: '/log/tile/0/000' });
      expect(answer.statusCode).toBe(200);
      expect(answer.rawPayload.equals(fromServer.rawPayload)).toBe(true);
      await app.close();
    } finally {
      await t.drop();
      await log.drop();
    }
  });
});
