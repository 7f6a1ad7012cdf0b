import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';
import { FRAME_BYTES, framesOf, SEALED_FRAME_BYTES, seal, sealedBytesOf, unseal } from './frames.ts';
import { keyProvider } from './keys.ts';
import { fileMasterKeys } from './master-keys.ts';

afterAll(removeTestFolders);

const key = randomBytes(32);
const id = 'obj_01';

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** A stream in pieces of odd sizes, as networks and disks give them. */
const inBits = (content: Buffer, size = 50_021): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
    })(),
  );

const sealAll = (content: Buffer, objectId = id) => collect(seal(inBits(content), key, objectId));
const openAll = (sealed: Buffer, bytes: number, objectId = id, withKey = key) =>
  collect(unseal(inBits(sealed, 70_001), withKey, objectId, bytes, { start: 0, end: bytes - 1 }));

describe('frames', () => {
  test.each([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES, 3 * FRAME_BYTES + 77])(
    '%i bytes come back',
    async (bytes) => {
      const content = randomBytes(bytes);
      const sealed = await sealAll(content);
      expect(sealed.length).toBe(sealedBytesOf(bytes));
      expect((await openAll(sealed, bytes)).equals(content)).toBe(true);
      if (bytes > 100) expect(sealed.includes(content.subarray(0, 32))).toBe(false);
    },
  );

  const content = randomBytes(3 * FRAME_BYTES + 500);

  test('any range can be read from its own frames', async () => {
    const sealed = await sealAll(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length - 1), fc.nat(content.length - 1), async (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        const from = Math.floor(start / FRAME_BYTES) * SEALED_FRAME_BYTES;
        const plain = await collect(unseal(inBits(sealed.subarray(from)), key, id, content.length, { start, end }));
        expect(plain.equals(content.subarray(start, end + 1))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('every flipped bit is found', async () => {
    const sealed = await sealAll(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(sealed);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await expect(openAll(damaged, content.length)).rejects.toMatchObject({ kind: 'damaged' });
      }),
      { numRuns: 40 },
    );
  });

  const frame = (sealed: Buffer, n: number) =>
    sealed.subarray(n * SEALED_FRAME_BYTES, Math.min((n + 1) * SEALED_FRAME_BYTES, sealed.length));
  const TAMPERED: readonly [string, (sealed: Buffer, other: Buffer) => Buffer, number?][] = [
    ['cut off at a frame', (s) => s.subarray(0, 3 * SEALED_FRAME_BYTES)],
    ['cut off at a frame, with a size to match', (s) => s.subarray(0, 3 * SEALED_FRAME_BYTES), 3 * FRAME_BYTES],
    ['cut off within a frame', (s) => s.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['frames swapped', (s) => Buffer.concat([frame(s, 1), frame(s, 0), s.subarray(2 * SEALED_FRAME_BYTES)])],
    [
      'a frame left out',
      (s) => Buffer.concat([frame(s, 0), s.subarray(2 * SEALED_FRAME_BYTES)]),
      2 * FRAME_BYTES + 500,
    ],
    ['a frame of another object', (s, o) => Buffer.concat([frame(o, 0), s.subarray(SEALED_FRAME_BYTES)])],
    ['the last frame early', (s) => Buffer.concat([frame(s, 3)]), 500],
  ];
  test.each(TAMPERED)('%s: found', async (_, tamper, bytes) => {
    const sealed = tamper(await sealAll(content), await sealAll(content, 'obj_02'));
    await expect(openAll(sealed, bytes ?? content.length)).rejects.toMatchObject({ kind: 'damaged' });
  });

  test('another key or another object opens nothing', async () => {
    const sealed = await sealAll(content);
    await expect(openAll(sealed, content.length, id, randomBytes(32))).rejects.toMatchObject({ kind: 'damaged' });
    await expect(openAll(sealed, content.length, 'obj_03')).rejects.toMatchObject({ kind: 'damaged' });
    expect(framesOf(0)).toBe(1);
  });
});

const keyIn = async (path: string, inUse: readonly string[] = []) => (await fileMasterKeys(path, inUse)).current();

describe('the key file', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await testFolder();
    path = join(folder, 'vault.key');
  });

  test('is made once, for its owner only, and stays the same', async () => {
    const [one, two] = await Promise.all([keyIn(path), keyIn(path)]);
    expect(one.id).toBe(two.id);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await keyIn(path, [one.id])).id).toBe(one.id);
    expect(await readFile(path, 'utf8')).not.toContain(one.id);
  });

  test('when it is gone, damaged or another one, the vault does not open', async () => {
    const { id: keyId } = await keyIn(path);
    await rm(path);
    await expect(keyIn(path, [keyId])).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/不见了.*is gone/s),
    });
    await expect(stat(path)).rejects.toThrow();
    await writeFile(path, 'short\n');
    await expect(keyIn(path, [keyId])).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/not a key/),
    });
    await rm(path);
    await keyIn(path, []);
    await expect(keyIn(path, [keyId])).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/not the one/),
    });
  });

  test('keeps every generation until it is forgotten, and only the newest wraps', async () => {
    const keys = await fileMasterKeys(path, []);
    const first = await keys.current();
    const wrapped = await first.wrap(randomBytes(32), 'x');
    const second = await keys.rotate();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    // Another process reads the same file.
    const other = await fileMasterKeys(path, [first.id, second.id]);
    expect((await other.current()).id).toBe(second.id);
    expect(await (await other.named(first.id)).unwrap(wrapped, 'x')).toHaveLength(32);
    expect(await keys.forgetAllBut([first.id])).toBe(0);
    expect(await keys.forgetAllBut([])).toBe(1);
    await expect(keys.named(first.id)).rejects.toThrow('is gone');
    await expect(fileMasterKeys(path, [first.id])).rejects.toMatchObject({ name: 'OperatorError' });
    expect(await readdir(folder)).toEqual(['vault.key']);
  });

  test('wraps a data key for one object only', async () => {
    const provider = keyProvider(randomBytes(32));
    const dataKey = randomBytes(32);
    const wrapped = await provider.wrap(dataKey, 'obj_1');
    expect((await provider.unwrap(wrapped, 'obj_1')).equals(dataKey)).toBe(true);
    await expect(provider.unwrap(wrapped, 'obj_2')).rejects.toThrow();
    await expect(keyProvider(randomBytes(32)).unwrap(wrapped, 'obj_1')).rejects.toThrow();
    expect((await provider.wrap(dataKey, 'obj_1')).equals(wrapped)).toBe(false);
  });
});
