import { createHash, randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import * as tus from 'tus-js-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Actor, execute } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { ingestDataset } from '../datasets/acts.ts';
import { removeTestFolders, testFolder } from '../testing.ts';
import type { Vault } from '../types.ts';
import { joinParts } from './parts.ts';
import { sweepUploads } from './store.ts';
import { person, uploadServer } from './testing.ts';

afterAll(removeTestFolders);

const ACTORS: Readonly<Record<string, Actor>> = {
  a: person('pty_a', ['data-provider']),
  b: person('pty_b', ['data-provider']),
};
const BYTES_MAX = 64 * 1024 ** 2;
const content = randomBytes(5 * 1024 ** 2 + 123);

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
  await database.db.deleteFrom('vault_quota').execute();
  await database.db.deleteFrom('upload').execute();
  dataFolder = await testFolder();
  await start();
});
afterEach(() => app.close());

const post = (headers: Record<string, string>) =>
  fetch(base, { method: 'POST', headers: { 'tus-resumable': '1.0.0', authorization: 'a', ...headers } });
const send = (url: string, offset: number, body: Buffer, authorization = 'a') =>
  fetch(url, {
    method: 'PATCH',
    headers: {
      ...{ 'tus-resumable': '1.0.0', authorization, 'upload-offset': String(offset) },
      'content-type': 'application/offset+octet-stream',
    },
    body,
  });
const look = (url: string, authorization = 'a') =>
  fetch(url, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0', authorization } });
const idOf = (url: string) => url.split('/').at(-1) ?? '';
const sha256 = (bytes: Buffer) => `sha256 ${createHash('sha256').update(bytes).digest('base64')}`;
const joinOf = (urls: readonly string[], headers: Record<string, string> = {}) =>
  post({ 'upload-concat': `final;${urls.join(' ')}`, ...headers });

async function begun(length: number, authorization = 'a'): Promise<string> {
  const answer = await post({ 'upload-concat': 'partial', 'upload-length': String(length), authorization });
  expect(answer.status).toBe(201);
  return `${base}/${idOf(answer.headers.get('location') ?? '')}`;
}

async function part(bytes: Buffer, authorization = 'a'): Promise<string> {
  const url = await begun(bytes.length, authorization);
  expect((await send(url, 0, bytes, authorization)).status).toBe(204);
  return url;
}

async function refusal(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as { violations: { rule: string }[] };
  return [answer.status, body.violations[0]?.rule ?? ''];
}

const inFolder = () => readdir(join(dataFolder, 'uploads'));
const [one, two, three] = [content.subarray(0, 1_000), content.subarray(1_000, 70_000), content.subarray(70_000)];

describe('with the real tus client', () => {
  const upload = (options: Partial<tus.UploadOptions>, begin: (client: tus.Upload) => void = () => undefined) =>
    new Promise<tus.Upload>((done, failed) => {
      const client = new tus.Upload(content, {
        endpoint: base,
        headers: { authorization: 'a' },
        metadata: { filename: '航班.csv', filetype: 'text/csv' },
        chunkSize: 200_000,
        parallelUploads: 4,
        retryDelays: [0, 50, 100, 200],
        onBeforeRequest: (request) => {
          if (request.getHeader('Upload-Concat')?.startsWith('final;'))
            request.setHeader('Upload-Checksum', sha256(content));
        },
        onSuccess: () => done(client),
        onError: failed,
        ...options,
      });
      begin(client);
      client.start();
    });

  test('a file arrives in four parts at once and is whole', async () => {
    const client = await upload({});
    const id = idOf(client.url ?? '');
    expect((await readFile(vault.uploadPath(id))).equals(content)).toBe(true);
    expect(await inFolder()).toEqual([id]);
    const rows = await database.db.selectFrom('upload').selectAll().execute();
    expect(rows).toMatchObject([{ id, name: '航班.csv', bytes: content.length, part: false }]);
    expect(rows[0]?.completed_at).not.toBeNull();
  });

  test('parts go on where they were after the client stopped and the server started again', async () => {
    let urls: string[] = [];
    const urlStorage: tus.UrlStorage = {
      addUpload: async (_, { parallelUploadUrls }) => {
        urls = (parallelUploadUrls ?? []).map(idOf);
        return 'key';
      },
      findAllUploads: async () => [],
      findUploadsByFingerprint: async () => [],
      removeUpload: async () => undefined,
    };
    await new Promise<void>((done, failed) => {
      const client = new tus.Upload(content, {
        ...{ endpoint: base, headers: { authorization: 'a' }, chunkSize: 200_000, parallelUploads: 4, onError: failed },
        ...{ urlStorage, fingerprint: async () => 'file' },
        onAfterResponse: (request) => {
          if (request.getMethod() === 'PATCH' && urls.length === 4) void client.abort().then(done);
        },
      });
      client.start();
    });
    await app.close();
    await start();
    const order = await Promise.all(urls.map(async (id) => ({ id, head: await look(`${base}/${id}`) })));
    const offsets = order.map(({ head }) => Number(head.headers.get('upload-offset')));
    expect(Math.max(...offsets)).toBeGreaterThan(0);
    expect(order.every(({ head }) => head.headers.get('upload-concat') === 'partial')).toBe(true);
    const asked: string[] = [];
    const client = await upload({ onAfterResponse: (request) => void asked.push(request.getMethod()) }, (next) =>
      next.resumeFromPreviousUpload({
        ...{ size: content.length, metadata: {}, creationTime: '', urlStorageKey: '', uploadUrl: null },
        parallelUploadUrls: urls.map((id) => `${base}/${id}`),
      }),
    );
    expect(asked.filter((method) => method === 'POST')).toHaveLength(1);
    expect((await readFile(vault.uploadPath(idOf(client.url ?? '')))).equals(content)).toBe(true);
  });
});

describe('joining', () => {
  test('the order is the sender’s, whichever part came first; asked again it answers the same', async () => {
    const last = await part(three);
    const first = await part(one);
    const middle = await part(two);
    const answer = await joinOf([first, middle, last], { 'upload-checksum': sha256(content) });
    expect(answer.status).toBe(201);
    const url = `${base}/${idOf(answer.headers.get('location') ?? '')}`;
    expect((await readFile(vault.uploadPath(idOf(url)))).equals(content)).toBe(true);
    const again = await joinOf([first, middle, last]);
    expect(again.headers.get('location')).toBe(answer.headers.get('location'));
    const head = await look(url);
    expect(head.headers.get('upload-length')).toBe(String(content.length));
    expect(head.headers.get('upload-concat')).toBe(
      `final;${[first, middle, last].map((u) => `/v1/uploads/${idOf(u)}`).join(' ')}`,
    );
    expect(await refusal(await send(url, content.length, Buffer.alloc(0)))).toEqual([403, 'HS-20.13']);
    for (const gone of [first, middle, last]) expect((await look(gone)).status).toBe(404);
  });

  test('a part twice, a part that is missing, one on its way, none, and too many are refused', async () => {
    const [a, b] = [await part(one), await part(two)];
    const half = await begun(10);
    expect(await refusal(await joinOf([a, b, a]))).toEqual([400, 'HS-20.13']);
    expect(await refusal(await joinOf([a, b, half]))).toEqual([409, 'HS-20.13']);
    expect((await joinOf([a, `${base}/upl_01arz3ndektsv4rrffq69g5fav`])).status).toBe(404);
    expect((await joinOf([])).status).toBe(400);
    expect((await joinOf([a, `${base}/../../etc/passwd`])).status).toBe(400);
    expect((await post({ 'upload-concat': 'partially', 'upload-length': '3' })).status).toBe(400);
    const whole = await post({ 'upload-length': '0' });
    expect((await joinOf([a, `${base}/${idOf(whole.headers.get('location') ?? '')}`])).status).toBe(404);
    const many = Array.from({ length: 17 }, (_, i) => `${base}/upl_${String(i).padStart(26, '0')}`);
    expect(await refusal(await joinOf(many))).toEqual([400, 'HS-20.13']);
    expect((await look(a)).status).toBe(200);
    expect(await readFile(vault.uploadPath(idOf(b)))).toEqual(two);
  });

  test('a digest that does not hold joins nothing; the parts stay and can be joined rightly', async () => {
    const [a, b] = [await part(one), await part(two)];
    const right = sha256(Buffer.concat([one, two]));
    expect(await refusal(await joinOf([b, a], { 'upload-checksum': right }))).toEqual([422, 'HS-20.14']);
    expect((await joinOf([a, b], { 'upload-checksum': 'md5 AAAA' })).status).toBe(400);
    expect((await joinOf([a, b], { 'upload-checksum': right })).status).toBe(201);
  });

  test('nobody joins, sees or ends the parts of another party', async () => {
    const [a, b] = [await part(one), await part(two)];
    const own = await part(one, 'b');
    expect((await joinOf([a, b], { authorization: 'b' })).status).toBe(404);
    expect((await joinOf([own, b], { authorization: 'b' })).status).toBe(404);
    expect((await joinOf([a, b], { authorization: 'x' })).status).toBe(401);
    expect((await look(a, 'b')).status).toBe(404);
    expect((await send(a, 0, one, 'b')).status).toBe(404);
    expect((await joinOf([a, b])).status).toBe(201);
    // The same list again, by the other party: what was joined of it is not theirs either.
    expect((await joinOf([a, b], { authorization: 'b' })).status).toBe(404);
  });

  test('two files at once from one part: one of them is made', async () => {
    const [a, b, c] = [await part(one), await part(two), await part(one)];
    const answers = await Promise.all([joinOf([a, b]), joinOf([c, b])]);
    expect([404, 409]).toContain(answers.find((r) => r.status !== 201)?.status);
    expect(answers.filter((r) => r.status === 201)).toHaveLength(1);
  });

  test('a join that broke in the middle of a part goes on from there', async () => {
    const urls = [await part(one), await part(two), await part(three)];
    const partIds = urls.map(idOf);
    const wanted = {
      ...{ partyId: 'pty_a', personId: null, name: 'x.csv', mediaType: 'text/csv', bytesMax: BYTES_MAX },
      ...{ partIds, sha256: undefined },
    };
    const broken: Vault = {
      ...vault,
      uploadPath: (id) => {
        if (id === partIds[1]) throw new Error('the power went');
        return vault.uploadPath(id);
      },
    };
    await expect(joinParts(database.db, broken, wanted)).rejects.toThrow('power');
    const row = await database.db.selectFrom('upload').select('id').where('part', '=', false).executeTakeFirstOrThrow();
    await appendFile(vault.uploadPath(row.id), two.subarray(0, 500));
    await app.close();
    await start();
    const head = await look(`${base}/${row.id}`);
    expect(head.headers.get('upload-offset')).toBe(String(content.length));
    expect((await readFile(vault.uploadPath(row.id))).equals(content)).toBe(true);
    expect(idOf((await joinOf(urls)).headers.get('location') ?? '')).toBe(row.id);
    expect(await inFolder()).toEqual([row.id]);
  });

  test('a part is no dataset', async () => {
    const kernel = { db: database.db, rulebook: loadRulebook() };
    const uploadId = idOf(await part(one));
    expect(await execute(kernel, ingestDataset, person('pty_a', ['data-provider']), { uploadId })).toMatchObject({
      ok: false,
      refusal: { violations: [{ rule: 'HS-3.4', fact: { en: 'This is a part of a file.' } }] },
    });
  });
});

describe('limits', () => {
  test('together the parts hold no more than one upload may', async () => {
    const urls = [await begun(BYTES_MAX), await begun(1)];
    await database.db.updateTable('upload').set({ completed_at: new Date() }).execute();
    expect(await refusal(await joinOf(urls))).toEqual([413, 'HS-3.1']);
  });

  test('the quota is asked while bytes arrive: what came is kept, and goes on when there is room', async () => {
    const body = Buffer.alloc(40 * 1024 ** 2, 7);
    const url = await begun(body.length);
    const quota = (bytes_max: number) =>
      database.db
        .insertInto('vault_quota')
        .values({ party_id: 'pty_a', bytes_max, objects_max: 100, reason: 'test', set_at: new Date() })
        .onConflict((c) => c.column('party_id').doUpdateSet({ bytes_max }))
        .execute();
    // Set after the head of the request was seen, before the 32nd MiB comes.
    const slow = new ReadableStream<Uint8Array>({
      async start(stream) {
        stream.enqueue(body.subarray(0, 1024));
        await expect.poll(async () => (await look(url)).headers.get('upload-offset')).toBe('1024');
        await quota(1_000);
        stream.enqueue(body.subarray(1024));
        stream.close();
      },
    });
    const answer = await fetch(url, {
      method: 'PATCH',
      headers: {
        ...{ 'tus-resumable': '1.0.0', authorization: 'a', 'upload-offset': '0' },
        'content-type': 'application/offset+octet-stream',
      },
      body: slow,
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    if (answer) expect(await refusal(answer)).toEqual([429, 'HS-20.12']);
    const at = Number((await look(url)).headers.get('upload-offset'));
    expect(at).toBeGreaterThanOrEqual(32 * 1024 ** 2);
    expect(at).toBeLessThan(body.length);
    expect(await refusal(await send(url, at, body.subarray(at)))).toEqual([429, 'HS-20.12']);
    await quota(body.length);
    expect((await send(url, at, body.subarray(at))).status).toBe(204);
    expect((await readFile(vault.uploadPath(idOf(url)))).equals(body)).toBe(true);
  });

  test('a party has so many parts waiting; joined, they count as one upload', async () => {
    const urls = await Promise.all(Array.from({ length: 64 }, () => part(one)));
    const more = await post({ 'upload-concat': 'partial', 'upload-length': '1' });
    expect(await refusal(more)).toEqual([429, 'HS-20.15']);
    expect((await joinOf(urls.slice(0, 16))).status).toBe(201);
    expect((await post({ 'upload-concat': 'partial', 'upload-length': '1' })).status).toBe(201);
  });

  test('the parts of a dead upload are swept, with a file that was half joined', async () => {
    await part(one);
    const joined = await joinOf([await part(one), await part(two)]);
    await begun(10);
    const kept = await part(three);
    await database.db
      .updateTable('upload')
      .set({ expires_at: sql<Date>`now() - interval '1 second'` })
      .where('id', '<>', idOf(kept))
      .execute();
    expect((await look(`${base}/${idOf(joined.headers.get('location') ?? '')}`)).status).toBe(404);
    await sweepUploads(database.db, vault);
    expect(await inFolder()).toEqual([idOf(kept)]);
    expect(await database.db.selectFrom('upload').select('id').execute()).toEqual([{ id: idOf(kept) }]);
  });
});
