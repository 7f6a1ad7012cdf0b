import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ed25519Signer, parsePrivateKey, signNote } from '../note.ts';
import { diskTileStore, type TileStore } from '../store.ts';
import { cosigner } from '../witness/signer.ts';
import {
  checkLog,
  type LogSource,
  mirrorLog,
  SourceTrouble,
  storedLog,
  type Trust,
  trustInKeys,
  trustInPolicy,
  webLog,
} from './index.ts';
import { type MadeLog, madeLog } from './testing.ts';

const ORIGIN = 'log.example/mirrored';
const signer = ed25519Signer(ORIGIN, Buffer.alloc(32, 1));
const trust = trustInKeys(signer.vkey);
const entries = (from: number, count: number, mark = ''): Buffer[] =>
  Array.from({ length: count }, (_, i) => Buffer.from(`entry ${from + i}${mark}`));

let folder: string;
let target: TileStore;
let log: MadeLog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shuheng-mirror-'));
  target = diskTileStore(folder);
  log = madeLog(signer);
  await log.append(entries(0, 700));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mirrored = (source: LogSource = log, by: Trust = trust) => mirrorLog(source, target, by);
const sound = () => checkLog(storedLog(folder, target), trust);
const files = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((f) => f.isFile())
    .map((f) => join(f.parentPath, f.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.making'))
    .sort();

/** Another log of the same name and key: what a forked one looks like. */
async function otherLog(count: number, mark = ' changed'): Promise<MadeLog> {
  const other = madeLog(signer);
  await other.append([...entries(0, 10), ...entries(10, count - 10, mark)]);
  return other;
}

/** Serves files as any web server would. */
async function serve(
  content: ReadonlyMap<string, Buffer>,
  failing = 0,
): Promise<{ url: string; close: () => Promise<void> }> {
  let left = failing;
  const server: Server = createServer((request, response) => {
    const bytes = content.get((request.url ?? '').slice('/log/'.length));
    if (left-- > 0) response.writeHead(503).end('busy');
    else if (bytes) response.writeHead(200).end(bytes);
    else response.writeHead(404).end('none');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/log`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

it('makes the log that Tessera makes of the same entries and key, to the last byte of the checkpoint', async () => {
  // transparency-dev/tessera 1811ae1, testdata/build_log.sh and testdata/log/checkpoint.15 (Apache-2.0); a key for tests.
  const pair = parsePrivateKey(
    'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg',
  );
  if (!pair) throw new Error('the key cannot be read');
  const theirs = madeLog(pair);
  const words = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten';
  for (const word of words.split(' ')) await theirs.append([Buffer.from(word)]);
  expect(theirs.files.get('checkpoint')?.toString()).toBe(
    `example.com/log/testdata
15
rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=
`,
  );
  const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
  expect(await checkLog(theirs, trustInKeys(key))).toMatchObject({ ok: true, size: 15 });
});

describe('a mirror', () => {
  it('holds everything a reader needs, and is sound by itself', async () => {
    expect(await mirrored()).toMatchObject({ ok: true, origin: ORIGIN, before: 0, size: 700 });
    expect(await files()).toEqual([
      'README.md',
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/188',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/188',
      'vkey',
    ]);
    for (const [path, bytes] of log.files) expect((await readFile(join(folder, path))).equals(bytes), path).toBe(true);
    expect(await sound()).toMatchObject({ ok: true, origin: ORIGIN, size: 700 });
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(ORIGIN);
  });

  it('only adds what is new, and lets partial tiles go that are full by now', async () => {
    await mirrored();
    const first = await readFile(join(folder, 'tile', '0', '000'));
    await log.append(entries(700, 80));
    const asked: string[] = [];
    const watched: LogSource = {
      name: 'watched',
      get: (path) => {
        asked.push(path);
        return log.get(path);
      },
    };
    expect(await mirrored(watched)).toMatchObject({ ok: true, before: 700, size: 780 });
    expect(asked.filter((path) => /entries\/00[01]$/.test(path))).toEqual([]);
    expect(await files()).toEqual([
      'README.md',
      'checkpoint',
      ...['000', '001', '002', '003.p/12'].map((n) => `tile/0/${n}`),
      'tile/1/000.p/2',
      'tile/1/000.p/3',
      ...['000', '001', '002', '003.p/12'].map((n) => `tile/entries/${n}`),
      'vkey',
    ]);
    expect(await readFile(join(folder, 'tile', '0', '000'))).toEqual(first);
    expect(await sound()).toMatchObject({ ok: true, size: 780 });
    expect(await mirrored()).toMatchObject({ ok: true, before: 780, size: 780 });
  });

  it('comes from any web server, through hiccups, and a mirror can be mirrored', async () => {
    const server = await serve(log.files, 3);
    try {
      expect(await mirrored(webLog(server.url))).toMatchObject({ ok: true, size: 700 });
    } finally {
      await server.close();
    }
    const content = new Map<string, Buffer>();
    for (const path of await files()) content.set(path, await readFile(join(folder, path)));
    const again = await serve(content);
    const second = await mkdtemp(join(tmpdir(), 'shuheng-mirror-'));
    try {
      expect(await mirrorLog(webLog(again.url), diskTileStore(second), trust)).toMatchObject({ ok: true, size: 700 });
      expect(await readFile(join(second, 'checkpoint'))).toEqual(await readFile(join(folder, 'checkpoint')));
    } finally {
      await again.close();
      await rm(second, { recursive: true, force: true });
    }
  });

  it('takes the beginning of a full tile where the partial one has gone', async () => {
    const checkpoint = log.files.get('checkpoint') ?? Buffer.alloc(0);
    await log.append(entries(700, 100));
    expect(log.files.has('tile/entries/002.p/188')).toBe(false);
    const late: LogSource = { name: 'late', get: async (path) => (path === 'checkpoint' ? checkpoint : log.get(path)) };
    expect(await mirrored(late)).toMatchObject({ ok: true, size: 700 });
    expect(await sound()).toMatchObject({ ok: true, size: 700 });
  });

  it('stays where it was when a run is cut off, and goes on with the next', async () => {
    await mirrored();
    await log.append(entries(700, 2_000));
    const cut: LogSource = {
      name: 'cut',
      get: async (path) => {
        if (path === 'tile/entries/007') throw new SourceTrouble('connection lost');
        return log.get(path);
      },
    };
    await expect(mirrored(cut)).rejects.toThrow('connection lost');
    expect(await sound()).toMatchObject({ ok: true, size: 700 });
    expect(await mirrored()).toMatchObject({ ok: true, before: 700, size: 2_700 });
    expect(await sound()).toMatchObject({ ok: true, size: 2_700 });
  });

  it('says when nobody answers, or something that is no log does', async () => {
    await expect(mirrored(webLog('http://127.0.0.1:9/log'))).rejects.toThrow(SourceTrouble);
    const server = await serve(new Map([['checkpoint', Buffer.from('<html>hello</html>')]]));
    try {
      expect(await mirrored(webLog(server.url))).toMatchObject({ ok: false, refusal: 'unsigned' });
    } finally {
      await server.close();
    }
  });
});

describe('a monitor refuses', () => {
  const keptAsItWas = async (size = 700) => expect(await sound()).toMatchObject({ ok: true, size });

  it.each([500, 700, 1_400])('a forked log of %i entries, and keeps what it signed', async (size) => {
    await mirrored();
    const other = await otherLog(size);
    const report = await mirrored(other);
    expect(report).toMatchObject({ ok: false, refusal: 'forked' });
    if (report.ok) return;
    expect(report.says.en).toMatch(/forked/);
    expect(report.says.zh).toMatch(/分叉/);
    expect(await readFile(join(folder, report.kept ?? ''))).toEqual(other.files.get('checkpoint'));
    await keptAsItWas();
  });

  it('a log that shrank', async () => {
    await mirrored();
    const older = madeLog(signer);
    await older.append(entries(0, 300));
    expect(await mirrored(older)).toMatchObject({
      ok: false,
      refusal: 'shrunk',
      says: { en: expect.stringMatching(/300 entries, the mirror has 700/) },
    });
    await keptAsItWas();
  });

  it('another key, another name, and a signature that is not right', async () => {
    await mirrored();
    const stranger = madeLog(ed25519Signer(ORIGIN, Buffer.alloc(32, 2)));
    await stranger.append(entries(0, 800));
    const renamed = madeLog(ed25519Signer('log.example/other', Buffer.alloc(32, 1)));
    await renamed.append(entries(0, 800));
    const forged: LogSource = {
      name: 'forged',
      get: async (path) =>
        path === 'checkpoint' ? Buffer.from(String(log.files.get(path)).replace('\n700\n', '\n701\n')) : log.get(path),
    };
    for (const source of [stranger, renamed, forged])
      expect(await mirrored(source)).toMatchObject({ ok: false, refusal: 'unsigned' });
    await keptAsItWas();
  });

  it('a log without its quorum of witnesses, and takes it with them', async () => {
    const witness = cosigner('witness.example/w', Buffer.alloc(32, 7));
    const policy = trustInPolicy(Buffer.from(`log ${signer.vkey}\nwitness w ${witness.vkey}\nquorum w\n`));
    expect(await mirrored(log, policy)).toMatchObject({
      ok: false,
      refusal: 'unsigned',
      says: { en: expect.stringMatching(/fewer witnesses/) },
    });
    const note = String(log.files.get('checkpoint'));
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const cosigned = await signNote(text, [signer, witness]);
    log.files.set('checkpoint', Buffer.from(cosigned));
    expect(await mirrored(log, policy)).toMatchObject({ ok: true, size: 700 });
    expect(await readFile(join(folder, 'checkpoint'), 'utf8')).toBe(cosigned);
    expect(() => trustInPolicy(Buffer.from(`log ${signer.vkey}\nquorum w\n`))).toThrow(/line 2/);
  });

  it.each(['tile/0/001', 'tile/0/002.p/188', 'tile/1/000.p/2', 'tile/entries/000', 'tile/entries/002.p/188'])(
    'one flipped bit in %s, by name',
    async (path) => {
      const bytes = log.files.get(path) ?? Buffer.alloc(0);
      bytes[40] = (bytes[40] ?? 0) ^ 4;
      const report = await mirrored();
      expect(report).toMatchObject({ ok: false, refusal: 'broken' });
      // A changed entry shows where its hash was taken down.
      if (!report.ok) expect(report.says.en).toContain(path.replace('entries', '0'));
      expect(await target.get('checkpoint')).toBeUndefined();
    },
  );

  it.each(['tile/0/001', 'tile/entries/001', 'tile/1/000.p/2', 'checkpoint'])('a missing %s', async (path) => {
    log.files.delete(path);
    expect(await mirrored()).toMatchObject({
      ok: false,
      refusal: 'broken',
      says: { en: expect.stringContaining(path) },
    });
  });

  it('to call a log forked whose files are only damaged', async () => {
    await mirrored();
    await log.append(entries(700, 100));
    const bytes = log.files.get('tile/0/002') ?? Buffer.alloc(0);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    expect(await mirrored()).toMatchObject({
      ok: false,
      refusal: 'broken',
      says: { en: expect.stringContaining('tile/0/002') },
    });
    await keptAsItWas();
  });

  it('to go on from a mirror that is itself damaged', async () => {
    await mirrored();
    const path = join(folder, 'tile', '0', '002.p', '188');
    const bytes = await readFile(path);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await log.append(entries(700, 100));
    expect(await mirrored()).toMatchObject({ ok: false, refusal: 'mirror' });
    expect(await sound()).toMatchObject({ ok: false });
  });
});
