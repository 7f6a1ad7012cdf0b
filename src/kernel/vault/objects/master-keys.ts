import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../../operator-error.ts';
import { KEY_BYTES } from './frames.ts';
import { type KeyProvider, keyProvider } from './keys.ts';

/** Generations of the master key that are alive at once. */
const GENERATIONS_MAX = 32;

/**
 * The master keys that are alive, the newest of which wraps. A key management service or a hardware module takes the
 * place of the file behind this interface.
 */
export interface MasterKeys {
  /** The newest; read again each time, since another process may have rotated. */
  readonly current: () => Promise<KeyProvider>;
  /** @throws Error when that generation is gone */
  readonly named: (id: string) => Promise<KeyProvider>;
  /** Makes a new generation, which wraps from now on; the others stay alive. */
  readonly rotate: () => Promise<KeyProvider>;
  /** Forgets every generation that is neither named nor the newest. @returns how many are forgotten */
  readonly forgetAllBut: (ids: readonly string[]) => Promise<number>;
}

/**
 * Master keys in a file (0600), one of 64 hex digits a line, the newest last; made at the first start and never again once
 * something is encrypted. A change is written beside, flushed and renamed: after kill -9 the file is the old or the new one.
 * @param keysInUse ids of the master keys something is wrapped with
 * @throws OperatorError when the file is gone, unreadable or lacks a key in use
 */
export async function fileMasterKeys(path: string, keysInUse: readonly string[]): Promise<MasterKeys> {
  if ((await readKeys(path)) === undefined) {
    if (keysInUse.length > 0) {
      throw new OperatorError(
        `密钥文件 ${path} 不见了，已加密的文件无法读取；请从备份恢复该文件。The key file ${path} is gone and objects are encrypted with it; restore it from the backup.`,
      );
    }
    await createKey(path);
  }
  const known = new Map<string, KeyProvider>();
  const load = async (): Promise<readonly string[]> => {
    const keys = (await readKeys(path)) ?? [];
    known.clear();
    for (const key of keys) {
      const provider = keyProvider(Buffer.from(key, 'hex'));
      known.set(provider.id, provider);
    }
    return keys;
  };
  await load();
  if (keysInUse.some((id) => !known.has(id))) {
    throw new OperatorError(
      `密钥文件 ${path} 不是加密现有文件所用的密钥；请从备份恢复原来的密钥。The key in ${path} is not the one the objects are encrypted with; restore the right one.`,
    );
  }
  const newest = async (): Promise<KeyProvider> => {
    await load();
    const provider = [...known.values()].at(-1);
    if (!provider) throw new Error(`there is no key in ${path}`);
    return provider;
  };
  return {
    current: newest,
    named: async (id) => {
      if (!known.has(id)) await load();
      const provider = known.get(id);
      if (!provider) throw new Error(`the master key ${id} is gone`);
      return provider;
    },
    rotate: async () => {
      const keys = await load();
      if (keys.length >= GENERATIONS_MAX) throw new Error(`${path} holds ${keys.length} keys already`);
      await replace(path, [...keys, randomBytes(KEY_BYTES).toString('hex')]);
      return newest();
    },
    forgetAllBut: async (ids) => {
      const keys = await load();
      const named = [...known.keys()];
      const kept = keys.filter((_, i) => i === keys.length - 1 || ids.includes(named[i] ?? ''));
      if (kept.length < keys.length) await replace(path, kept);
      await load();
      return keys.length - kept.length;
    },
  };
}

/** One provider that never changes, for tests and for keepers that rotate by themselves. */
export const singleMasterKey = (provider: KeyProvider): MasterKeys => ({
  current: async () => provider,
  named: async () => provider,
  rotate: async () => provider,
  forgetAllBut: async () => 0,
});

async function readKeys(path: string): Promise<readonly string[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const keys = text.trim().split(/\s+/);
  if (keys.length === 0 || keys.some((key) => !/^[0-9a-f]{64}$/i.test(key))) {
    throw new OperatorError(
      `密钥文件 ${path} 内容有误；请从备份恢复。The key file ${path} is not a key; restore it from the backup.`,
    );
  }
  return keys;
}

async function writeNew(path: string, keys: readonly string[]): Promise<string> {
  const making = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(making, 'wx', 0o600);
  try {
    await file.writeFile(`${keys.join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return making;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
}

async function replace(path: string, keys: readonly string[]): Promise<void> {
  await rename(await writeNew(path, keys), path);
  await syncFolder(path);
}

/** Of two that start at once only one makes it. */
async function createKey(path: string): Promise<void> {
  const making = await writeNew(path, [randomBytes(KEY_BYTES).toString('hex')]);
  try {
    await link(making, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(making, { force: true });
  }
  await syncFolder(path);
}
