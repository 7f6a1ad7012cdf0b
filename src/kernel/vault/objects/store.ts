import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isFull, vaultFailures } from './failures.ts';

/** Where encrypted objects lie: a disk or an S3 service. Keys are object ids; contents never change. */
export interface BlobStore {
  /** All of it or nothing. @throws VaultFailure `full` */
  readonly put: (key: string, content: AsyncIterable<Buffer>) => Promise<void>;
  /** @param range inclusive. @throws VaultFailure `missing` */
  readonly open: (key: string, range?: { readonly start: number; readonly end: number }) => Promise<Readable>;
  /** Undefined when there is no such object. */
  readonly size: (key: string) => Promise<number | undefined>;
  readonly remove: (key: string) => Promise<void>;
  readonly list: () => AsyncIterable<{ readonly key: string; readonly modifiedAt: Date }>;
}

const FAN_OUT_CHARACTERS = 2;

/** Objects as files; written beside, flushed, then renamed, so that a crash or a full disk leaves nothing half-made. */
export async function diskStore(root: string): Promise<BlobStore> {
  const incoming = join(root, 'incoming');
  const objects = join(root, 'objects');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await mkdir(objects, { recursive: true, mode: 0o700 });
  // The end of an id is random, its beginning is the time: spread by the end.
  const folderOf = (key: string) => join(objects, key.slice(-FAN_OUT_CHARACTERS));
  const pathOf = (key: string) => join(folderOf(key), key);
  return {
    put: async (key, content) => {
      const making = join(incoming, `${process.pid}-${randomBytes(8).toString('hex')}`);
      try {
        const file = await open(making, 'wx', 0o600);
        try {
          for await (const chunk of content) await file.writeFile(chunk);
          await file.sync();
        } finally {
          await file.close();
        }
        await mkdir(folderOf(key), { recursive: true, mode: 0o700 });
        await rename(making, pathOf(key));
        await syncFolder(folderOf(key));
      } catch (error) {
        await rm(making, { force: true });
        throw isFull(error) ? vaultFailures.full() : error;
      }
    },
    open: async (key, range) => {
      if ((await sizeOf(pathOf(key))) === undefined) throw vaultFailures.missing(key);
      return createReadStream(pathOf(key), range ? { start: range.start, end: range.end } : {});
    },
    size: (key) => sizeOf(pathOf(key)),
    remove: (key) => rm(pathOf(key), { force: true }),
    list: async function* () {
      for (const folder of await readdir(objects)) {
        for (const key of await readdir(join(objects, folder))) {
          const found = await stat(join(objects, folder, key)).catch(() => undefined);
          if (found) yield { key, modifiedAt: found.mtime };
        }
      }
    },
  };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
