import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { codeOf, type DurableFile, makeFolder, writeAllDurably } from './durable.ts';

/**
 * Where the log's public files lie: a folder by default, which any web server can serve as it is, or a bucket of an S3
 * service (`store-s3.ts`). Everything in it is derived from the database and can be made again.
 */
export interface TileStore {
  /** Durable and whole when it resolves; replaces what was there. */
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Several files in no order; all durable when it resolves. Cheaper than one by one. */
  readonly putAll: (files: readonly DurableFile[]) => Promise<void>;
  readonly get: (path: string) => Promise<Buffer | undefined>;
  /** All paths, in no order; memory holds one folder or one page of them. */
  readonly list: () => AsyncIterable<string>;
  /** Removes everything below a folder; that it is not there is no error. */
  readonly removeFolder: (folder: string) => Promise<void>;
}

/** The store of an installation: `address` on S3, or the folder `log/` beside its other data. */
export async function openTileStore(dataFolder: string, address?: string): Promise<TileStore> {
  if (!address) return diskTileStore(join(dataFolder, 'log'));
  // Loaded on demand: the client library is large, and most logs lie on disk.
  const { s3TileStore } = await import('./store-s3.ts');
  return s3TileStore(address);
}

const MAKING = '.making';

export function diskTileStore(folder: string): TileStore {
  const root = resolve(folder);
  const making = join(root, MAKING);
  const place = (path: string): string => {
    const target = resolve(root, path);
    if (!target.startsWith(root + sep)) throw new RangeError(`${path} leads out of the log folder`);
    return target;
  };
  const putAll = async (files: readonly DurableFile[]) => {
    await makeFolder(making);
    await writeAllDurably(
      files.map(({ path, bytes }) => ({ path: place(path), bytes })),
      making,
    );
  };
  return {
    put: (path, bytes) => putAll([{ path, bytes }]),
    putAll,
    get: async (path) => {
      try {
        return await readFile(place(path));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
        throw error;
      }
    },
    list: () => walk(root, ''),
    removeFolder: (path) => rm(place(path), { recursive: true, force: true }),
  };
}

async function* walk(root: string, below: string): AsyncGenerator<string> {
  const found = await readdir(join(root, below), { withFileTypes: true }).catch((error: unknown) => {
    // A partial form may be removed between being seen and being looked into.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const one of found) {
    const path = below === '' ? one.name : `${below}/${one.name}`;
    if (path === MAKING) continue;
    if (one.isDirectory()) yield* walk(root, path);
    else if (one.isFile()) yield path;
  }
}
