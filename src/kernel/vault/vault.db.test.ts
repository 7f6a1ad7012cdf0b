import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { testBucket } from '../testing-s3.ts';
import { FRAME_BYTES, SEALED_FRAME_BYTES } from './objects/frames.ts';
import { removeTestFolders, smallDisk, testFolder } from './testing.ts';
import type { Vault } from './types.ts';
import { openVault } from './vault.ts';

afterAll(removeTestFolders);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const meta = { ownerPartyId: 'pty_a', name: 'a.bin', mediaType: 'application/octet-stream' };
const content = randomBytes(5 * FRAME_BYTES + 123);

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function folderWithVault(objectStore?: string): Promise<{ vault: Vault; dataFolder: string }> {
  const dataFolder = await testFolder();
  for (const table of ['vault_object', 'vault_owner_key'] as const) await database.db.deleteFrom(table).execute();
  return {
    vault: await openVault({ db: database.db, dataFolder, ...(objectStore ? { objectStore } : {}) }),
    dataFolder,
  };
}

async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name));
}

/** What holds of every store. */
async function behavesAsAVault(vault: Vault): Promise<void> {
  const info = await vault.put(Readable.from([content.subarray(0, 1000), content.subarray(1000)]), meta);
  expect(info).toMatchObject({
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ownerPartyId: 'pty_a',
  });
  expect(await vault.info(info.id)).toEqual(info);
  expect((await bytesOf(await vault.open(info.id))).equals(content)).toBe(true);
  for (const [start, end] of [
    [0, 0],
    [FRAME_BYTES - 1, FRAME_BYTES],
    [70_000, 200_000],
    [content.length - 1, content.length - 1],
  ] as const) {
    expect((await bytesOf(await vault.open(info.id, { start, end }))).equals(content.subarray(start, end + 1))).toBe(
      true,
    );
  }
  for (const range of [
    { start: 0, end: content.length },
    { start: -1, end: 3 },
    { start: 5, end: 4 },
  ]) {
    await expect(vault.open(info.id, range)).rejects.toThrow(RangeError);
  }
  const path = await vault.withFile(info.id, async (lent) => {
    expect((await stat(lent)).mode & 0o777).toBe(0o600);
    expect((await readFile(lent)).equals(content)).toBe(true);
    return lent;
  });
  await expect(stat(path)).rejects.toThrow();
  const empty = await vault.put(Readable.from([]), meta);
  expect(empty.bytes).toBe(0);
  expect((await bytesOf(await vault.open(empty.id))).length).toBe(0);
  await expect(vault.put(Readable.from([content]), { ...meta, bytesMax: 1000 })).rejects.toThrow(RangeError);
  const broken = Readable.from(
    (async function* () {
      yield content.subarray(0, 100_000);
      throw new Error('the source broke');
    })(),
  );
  await expect(vault.put(broken, meta)).rejects.toThrow('the source broke');
  await vault.remove(info.id);
  expect(await vault.info(info.id)).toBeUndefined();
  await expect(vault.open(info.id)).rejects.toMatchObject({ kind: 'missing' });
}

describe('on disk', () => {
  test('keeps and gives objects', async () => {
    const { vault, dataFolder } = await folderWithVault();
    await behavesAsAVault(vault);
    // One empty object is left; what failed left nothing.
    expect(await filesUnder(join(dataFolder, 'vault'))).toHaveLength(1);
  });

  test('nothing plain and nothing open to others', async () => {
    const { vault, dataFolder } = await folderWithVault();
    await vault.put(Readable.from(['这是一个不应以明文出现的句子'.repeat(1000)]), meta);
    for (const path of await filesUnder(dataFolder)) {
      expect((await stat(path)).mode & 0o077, path).toBe(0);
      expect((await readFile(path)).includes('明文')).toBe(false);
    }
    for (const folder of ['vault', 'vault/work', 'vault/objects', 'uploads'])
      expect((await stat(join(dataFolder, folder))).mode & 0o077).toBe(0);
  });

  test('damage on the disk is never given out', async () => {
    const { vault, dataFolder } = await folderWithVault();
    const { id } = await vault.put(Readable.from([content]), meta);
    const path = (await filesUnder(join(dataFolder, 'vault'))).find((f) => f.endsWith(id)) ?? '';
    const sealed = await readFile(path);
    const flipped = Buffer.from(sealed);
    flipped[2 * SEALED_FRAME_BYTES + 9] = (flipped[2 * SEALED_FRAME_BYTES + 9] ?? 0) ^ 1;
    await writeFile(path, flipped);
    expect((await bytesOf(await vault.open(id, { start: 0, end: FRAME_BYTES }))).length).toBe(FRAME_BYTES + 1);
    await expect(vault.open(id).then(bytesOf)).rejects.toMatchObject({ kind: 'damaged' });
    await expect(vault.withFile(id, async () => 'lent')).rejects.toMatchObject({ kind: 'damaged' });
    await writeFile(path, sealed.subarray(0, 2 * SEALED_FRAME_BYTES));
    await expect(vault.open(id, { start: 0, end: 10 })).rejects.toMatchObject({ kind: 'damaged' });
    await rm(path);
    await expect(vault.open(id)).rejects.toMatchObject({ kind: 'missing' });
  });

  test('a full disk is said clearly and leaves nothing half-made', async ({ skip }) => {
    const disk = await smallDisk();
    if (!disk) return skip('no small disk can be mounted here');
    try {
      for (const table of ['vault_object', 'vault_owner_key'] as const) await database.db.deleteFrom(table).execute();
      const vault = await openVault({ db: database.db, dataFolder: disk.path });
      const small = await vault.put(Readable.from([content.subarray(0, 100_000)]), meta);
      const failure = vault.put(Readable.from([randomBytes(3 * 1024 ** 2)]), meta);
      await expect(failure).rejects.toMatchObject({
        name: 'VaultFailure',
        kind: 'full',
        text: { zh: expect.stringMatching(/存储空间不足/) },
      });
      expect((await filesUnder(join(disk.path, 'vault'))).map((f) => f.slice(-30))).toEqual([small.id]);
      expect((await bytesOf(await vault.open(small.id))).length).toBe(100_000);
    } finally {
      disk.unmount();
    }
  });

  test('a reader who goes away leaves no file open', async () => {
    const { vault } = await folderWithVault();
    const { id } = await vault.put(Readable.from([content]), meta);
    const openFiles = async () => {
      const links = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return links.filter((link) => link.endsWith(id)).length;
    };
    for (let i = 0; i < 20; i++) {
      const stream = await vault.open(id);
      if (i % 2 === 0) await once(stream, 'readable');
      stream.destroy();
    }
    await expect.poll(openFiles).toBe(0);
    expect((await bytesOf(await vault.open(id))).equals(content)).toBe(true);
  });

  test('opens again with its key, and not without it', async () => {
    const { vault, dataFolder } = await folderWithVault();
    const { id } = await vault.put(Readable.from([content]), meta);
    const again = await openVault({ db: database.db, dataFolder });
    expect((await bytesOf(await again.open(id))).equals(content)).toBe(true);
    await rm(join(dataFolder, 'vault.key'));
    await expect(openVault({ db: database.db, dataFolder })).rejects.toMatchObject({ name: 'OperatorError' });
  });

  test('a start clears away what a crash left, and nothing else', async () => {
    const { vault, dataFolder } = await folderWithVault();
    const { id } = await vault.put(Readable.from([content]), meta);
    const objects = join(dataFolder, 'vault', 'objects', 'zz');
    await mkdir(objects, { recursive: true });
    const [old, young] = [join(objects, 'obj_oldzz'), join(objects, 'obj_youngzz')];
    for (const path of [old, young]) await writeFile(path, 'x');
    await utimes(old, 1, 1);
    const dead = 2 ** 22 + 1;
    await mkdir(join(dataFolder, 'vault', 'work', `${dead}-abc`));
    await writeFile(join(dataFolder, 'vault', 'incoming', `${dead}-def`), 'half');
    await mkdir(join(dataFolder, 'vault', 'work', '1-alive'));
    const staged = join(dataFolder, 'uploads', 'upl_gone');
    await writeFile(staged, 'x');
    await utimes(staged, 1, 1);
    await openVault({ db: database.db, dataFolder });
    const left = await readdir(join(dataFolder, 'vault'), { recursive: true });
    expect(left.filter((name) => name.includes('-'))).toEqual(['work/1-alive']);
    expect(left.some((name) => name.includes('oldzz'))).toBe(false);
    expect(left.some((name) => name.includes('youngzz'))).toBe(true);
    expect(await readdir(join(dataFolder, 'uploads'))).toEqual([]);
    expect((await bytesOf(await vault.open(id))).equals(content)).toBe(true);
  });
});

describe('on S3', () => {
  let bucket: Awaited<ReturnType<typeof testBucket>>;
  let address = '';

  beforeAll(async () => {
    bucket = await testBucket('vault-bucket');
    address = `${bucket.address}&prefix=house/`;
  });
  afterAll(() => bucket.drop());

  test('keeps and gives objects', async () => {
    const { vault } = await folderWithVault(address);
    await behavesAsAVault(vault);
  });

  test('large objects go in parts, and ranges are read out of them', async () => {
    const { vault } = await folderWithVault(address);
    const large = randomBytes(20 * 1024 ** 2 + 7);
    const { id } = await vault.put(Readable.from([large]), meta);
    expect(
      (await bytesOf(await vault.open(id, { start: 17_000_000, end: 17_100_000 }))).equals(
        large.subarray(17_000_000, 17_100_001),
      ),
    ).toBe(true);
    expect((await bytesOf(await vault.open(id))).equals(large)).toBe(true);
  });

  test('an address that is wrong, or a bucket that is not there, stops the start with one sentence', async () => {
    for (const wrong of [
      '/tmp/x',
      's3://',
      address.replace('vault-bucket', 'no-bucket'),
      's3://vault-bucket?endpoint=http://127.0.0.1:9',
    ]) {
      await expect(folderWithVault(wrong)).rejects.toMatchObject({ name: 'OperatorError' });
    }
  });
});
