import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { codeOf, makeFolder, writeDurably } from './durable.ts';

/**
 * Where the log's public files lie: a folder by default, which any web server can serve as it is; an object store is
 * another implementation. Everything in it is derived from the database and can be made again.
 */
export interface TileStore {
  /** Durable and whole when it resolves; replaces what was there. */
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly get: (path: string) => Promise<Buffer | undefined>;
  /** All paths, in no order. */
  readonly list: () => Promise<string[]>;
  /** Removes everything below a folder; that it is not there is no error. */
  readonly removeFolder: (folder: string) => Promise<void>;
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
  return {
    put: async (path, bytes) => {
      await makeFolder(making);
      await writeDurably(place(path), bytes, making);
    },
    get: async (path) => {
      try {
        return await readFile(place(path));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
        throw error;
      }
    },
    list: async () => {
      try {
        const found = await readdir(root, { recursive: true, withFileTypes: true });
        const paths = found
          .filter((f) => f.isFile())
          .map((f) => relative(root, join(f.parentPath, f.name)).split(sep).join('/'));
        return paths.filter((path) => !path.startsWith(`${MAKING}/`));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    },
    removeFolder: (path) => rm(place(path), { recursive: true, force: true }),
  };
}
