import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import * as tus from 'tus-js-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { removeTestFolders, smallDisk, testFolder } from '../testing.ts';
import type { Vault } from '../types.ts';
import { stageFile, sweepUploads } from './store.ts';
import { person, uploadServer } from './testing.ts';

afterAll(removeTestFolders);

const ACTORS: Readonly<Record<string, Actor>> = {
  a: person('pty_a', ['data-provider']),
  b: person('pty_b', ['data-merchant']),
  regulator: person('pty_c', ['regulator']),
  narrow: { ...person('pty_a', ['data-provider']), scopes: ['order.place'] },
};
const BYTES_MAX = 256 * 1024 ** 2;

let database: TestDatabase;
let dataFolder = '';
let vault: Vault;
let app: FastifyInstance;
let base = '';

async function start(): Promise<void> {
  ({ vault, app, base } = await uploadServer(database.db, dataFolder, { bytesMax: BYTES_MAX, actors: ACTORS }));
}

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.deleteFrom('upload').execute();
  dataFolder = await testFolder();
  await start();
});
afterEach(() => app.close());

const HEADERS = { 'tus-resumable': '1.0.0', authorization: 'a' };
const create = (length: number | string, headers: Record<string, string> = {}) =>
  fetch(base, { method: 'POST', headers: { ...HEADERS, 'upload-length': String(length), ...headers } });
const send = (url: string, offset: number, body: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'PATCH',
    headers: {
      ...HEADERS,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      ...headers,
    },
    body,
  });
const ask = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'HEAD', headers: { ...HEADERS, ...headers } });
const offsetAt = async (url: string) => Number((await ask(url)).headers.get('upload-offset'));
async function begun(length: number, authorization = 'a'): Promise<{ url: string; id: string }> {
  const answer = await create(length, { authorization });
  expect(answer.status).toBe(201);
  const id = answer.headers.get('location')?.split('/').at(-1) ?? '';
  return { url: `${base}/${id}`, id };
}

describe('with the real tus client', () => {
  const content = randomBytes(9 * 1024 ** 2 + 321);

  function upload(options: Partial<tus.UploadOptions>): Promise<tus.Upload> {
    return new Promise((done, failed) => {
      const client = new tus.Upload(content, {
        endpoint: base,
        headers: { authorization: 'a' },
        metadata: { filename: '航班/数据 2024.csv', filetype: 'text/csv' },
        retryDelays: [0, 50, 100, 200],
        onSuccess: () => done(client),
        onError: failed,
        ...options,
      });
      client.start();
    });
  }

  test.each([
    ['in one piece', {}],
    ['in pieces', { chunkSize: 1_000_003 }],
  ])('a file arrives %s', async (_, options) => {
    const told: number[] = [];
    const client = await upload({ ...options, onProgress: (sent) => told.push(sent) });
    const id = client.url?.split('/').at(-1) ?? '';
    const path = vault.uploadPath(id);
    expect((await readFile(path)).equals(content)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(told.at(-1)).toBe(content.length);
    const row = await database.db.selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      party_id: 'pty_a',
      name: '数据 2024.csv',
      media_type: 'text/csv',
      bytes: content.length,
    });
    expect(row.completed_at).not.toBeNull();
  });

  test('an upload goes on where it was after the client stopped and the server started again', async () => {
    const half = await new Promise<string>((done, failed) => {
      const client = new tus.Upload(content, {
        endpoint: base,
        headers: { authorization: 'a' },
        chunkSize: 1024 ** 2,
        onError: failed,
        onChunkComplete: (_, accepted) => {
          if (accepted > content.length / 3) void client.abort().then(() => done(client.url ?? ''));
        },
      });
      client.start();
    });
    await app.close();
    await start();
    const url = `${base}/${half.split('/').at(-1)}`;
    expect(await offsetAt(url)).toBeGreaterThan(content.length / 3);
    await upload({ uploadUrl: url });
    expect((await readFile(vault.uploadPath(url.split('/').at(-1) ?? ''))).equals(content)).toBe(true);
  });

  test('a terminated upload is gone', async () => {
    const client = await upload({});
    await client.abort(true);
    expect((await ask(client.url ?? '')).status).toBe(404);
    expect(await readdir(join(dataFolder, 'uploads'))).toEqual([]);
  });
});

describe('the protocol', () => {
  test('says what it can', async () => {
    const answer = await fetch(base, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('tus-version')).toBe('1.0.0');
    expect(answer.headers.get('tus-extension')).toBe('creation,expiration,termination,concatenation');
    expect(answer.headers.get('tus-max-size')).toBe(String(BYTES_MAX));
  });

  test('an empty file is complete when it is created', async () => {
    const { id } = await begun(0);
    expect(
      (await database.db.selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirstOrThrow()).completed_at,
    ).not.toBeNull();
  });

  test.each([
    ['no version', { 'tus-resumable': '' }, '5', 412],
    ['another version', { 'tus-resumable': '0.2.2' }, '5', 412],
    ['no length', {}, '', 400],
    ['a negative length', {}, '-5', 400],
    ['a length that is no number', {}, '1e3', 400],
    ['too large', {}, String(BYTES_MAX + 1), 413],
    ['nobody', { authorization: 'x' }, '5', 401],
    ['a regulator', { authorization: 'regulator' }, '5', 403],
    ['a key for something else', { authorization: 'narrow' }, '5', 403],
    ['endless metadata', { 'upload-metadata': `filename ${'A'.repeat(5_000)}` }, '5', 400],
  ])('creation is refused: %s', async (_, headers, length, status) => {
    const answer = await create(length, headers);
    expect(answer.status).toBe(status);
    expect(await readdir(join(dataFolder, 'uploads'))).toEqual([]);
    expect(await database.db.selectFrom('upload').selectAll().execute()).toEqual([]);
  });

  test('names cannot leave the folder', async () => {
    for (const name of ['../../etc/passwd', '..\\..\\x\\passwd', '/etc/passwd', 'a\u0000/passwd']) {
      const answer = await create(1, {
        'upload-metadata': `filename ${Buffer.from(name).toString('base64')},filetype ${Buffer.from('<script>').toString('base64')}`,
      });
      const id = answer.headers.get('location')?.split('/').at(-1) ?? '';
      expect(
        await database.db
          .selectFrom('upload')
          .select(['name', 'media_type'])
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      ).toEqual({
        name: 'passwd',
        media_type: 'application/octet-stream',
      });
    }
  });

  test('offsets are checked, content types too', async () => {
    const { url } = await begun(10);
    expect((await send(url, 0, '12345')).status).toBe(204);
    expect((await send(url, 0, '12345')).status).toBe(409);
    expect((await send(url, 6, '1234')).status).toBe(409);
    expect((await send(url, 5, '1', { 'upload-offset': '' })).status).toBe(409);
    expect((await send(url, 5, '67890', { 'content-type': 'application/octet-stream' })).status).toBe(415);
    expect((await send(url, 5, '678901')).status).toBe(413);
    expect(await offsetAt(url)).toBe(5);
    const last = await send(url, 5, '67890');
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, '10']);
    expect((await send(url, 10, '')).status).toBe(204);
  });

  test('a body of unknown length that is too long changes nothing', async () => {
    const { url, id } = await begun(10);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024)) });
    const answer = fetch(url, {
      method: 'PATCH',
      headers: { ...HEADERS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    await answer.then(
      (r) => expect(r.status).toBe(413),
      () => undefined,
    );
    await expect.poll(() => readFile(vault.uploadPath(id)).then((b) => b.length)).toBe(0);
  });

  test('only the uploader’s party sees it', async () => {
    const { url } = await begun(10);
    for (const [authorization, status] of [
      ['b', 404],
      ['regulator', 403],
      ['x', 401],
    ] as const) {
      expect((await ask(url, { authorization })).status).toBe(status);
      expect((await send(url, 0, '1', { authorization })).status).toBe(status);
      expect((await fetch(url, { method: 'DELETE', headers: { ...HEADERS, authorization } })).status).toBe(status);
    }
    expect((await ask(`${base}/upl_01arz3ndektsv4rrffq69g5fav`)).status).toBe(404);
    expect((await ask(`${base}/..%2f..%2fvault.key`)).status).toBe(404);
    expect(await offsetAt(url)).toBe(0);
  });

  /** Sends the head of a PATCH and part of its body, then waits. */
  function slowPatch(id: string, length: number) {
    const { port } = new URL(base);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `PATCH /v1/uploads/${id} HTTP/1.1\r\nhost: x\r\nauthorization: a\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: ${length}\r\n\r\n12345`,
    );
    return socket;
  }

  test('two senders at once: the second is refused, the first goes on', async () => {
    const { url, id } = await begun(10);
    const first = slowPatch(id, 10);
    await expect.poll(() => offsetAt(url)).toBe(5);
    const second = await send(url, 5, '67890');
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ kind: 'conflict' });
    expect((await fetch(url, { method: 'DELETE', headers: HEADERS })).status).toBe(409);
    first.write('abcde');
    await expect.poll(() => offsetAt(url)).toBe(10);
    first.destroy();
    expect(await readFile(vault.uploadPath(id), 'utf8')).toBe('12345abcde');
  });

  test('what arrived before the connection broke is kept', async () => {
    const { url, id } = await begun(10);
    const socket = slowPatch(id, 10);
    await expect.poll(() => offsetAt(url)).toBe(5);
    socket.destroy();
    await expect.poll(() => send(url, 5, '67890').then((r) => r.status)).toBe(204);
    expect(await readFile(vault.uploadPath(id), 'utf8')).toBe('1234567890');
  });

  test('a full disk is said clearly; what arrived is kept and the rest can follow', async ({ skip }) => {
    const disk = await smallDisk();
    if (!disk) return skip('no small disk can be mounted here');
    try {
      await app.close();
      dataFolder = disk.path;
      await start();
      const { url } = await begun(4 * 1024 ** 2);
      const answer = await send(url, 0, randomBytes(4 * 1024 ** 2));
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ violations: [{ rule: 'HS-3.6' }] });
      expect(await offsetAt(url)).toBeGreaterThan(1024 ** 2);
    } finally {
      disk.unmount();
    }
  });
});

describe('limits over time and parties', () => {
  test('a party has a quota of its own', async () => {
    await Promise.all(Array.from({ length: 20 }, () => begun(1)));
    const refusedOne = await create(1);
    expect(refusedOne.status).toBe(429);
    expect(await refusedOne.json()).toMatchObject({ violations: [{ rule: 'HS-3.2' }] });
    await begun(1, 'b');
    const answers = await Promise.all(Array.from({ length: 30 }, () => create(1, { authorization: 'b' })));
    expect(answers.filter((a) => a.status === 201)).toHaveLength(19);
  });

  test('an expired upload is gone, and swept away', async () => {
    const { url, id } = await begun(10);
    expect(new Date((await ask(url)).headers.get('upload-expires') ?? '').getTime()).toBeGreaterThan(
      Date.now() + 23 * 3_600_000,
    );
    const { id: kept } = await begun(10);
    await database.db
      .updateTable('upload')
      .set({ expires_at: sql<Date>`now() - interval '1 second'` })
      .where('id', '=', id)
      .execute();
    expect((await ask(url)).status).toBe(404);
    await sweepUploads(database.db, vault);
    expect(await readdir(join(dataFolder, 'uploads'))).toEqual([kept]);
    expect((await database.db.selectFrom('upload').select('id').execute()).map((r) => r.id)).toEqual([kept]);
  });

  test('a file of this machine becomes a complete upload', async () => {
    const path = join(dataFolder, '天气.csv');
    await writeFile(path, 'a\n1\n');
    const id = await stageFile(database.db, vault, { path, partyId: 'pty_a' });
    expect(await readFile(vault.uploadPath(id), 'utf8')).toBe('a\n1\n');
    const row = await database.db.selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ name: '天气.csv', bytes: 4 });
    expect(row.completed_at).not.toBeNull();
  });
});

test('memory does not grow with the upload', async () => {
  const total = 256 * 1024 ** 2;
  const { url } = await begun(total);
  const piece = Buffer.alloc(1024 ** 2, 7);
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let highest = 0;
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < total; sent += piece.length) {
        highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
        yield piece;
      }
    })(),
  );
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { ...HEADERS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
    body: Readable.toWeb(body),
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(204);
  expect(highest).toBeLessThan(96 * 1024 ** 2);
});
