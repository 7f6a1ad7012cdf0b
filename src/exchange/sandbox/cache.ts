import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sandboxSetting } from './setting.ts';

const IDLE_MS = 10 * 60_000;
const LOOK_MS = 60_000;
/** Decrypted copies kept at once; the ones longest unused go first. */
const BYTES_MAX = 20 * 1024 ** 3;

interface Copy {
  readonly path: string;
  readonly bytes: number;
  readonly ready: Promise<void>;
  usedAt: number;
}

const copies = new Map<string, Copy>();

/** What is here, or on its way. */
export const cachedKeys = (): readonly string[] => [...copies.keys()];
let sweeping: NodeJS.Timeout | undefined;

/**
 * A decrypted copy of a prepared table in a private folder (0700), kept while it is used and ten minutes longer. Whoever
 * lends it to a process links or copies it at once: it may go at any time after.
 */
export async function cached(objectId: string, bytes: number): Promise<string> {
  const found = copies.get(objectId);
  const copy = found ?? begin(objectId, bytes);
  copy.usedAt = Date.now();
  try {
    await copy.ready;
  } catch (error) {
    copies.delete(objectId);
    throw error;
  }
  await makeRoom(objectId);
  return copy.path;
}

function begin(objectId: string, bytes: number): Copy {
  const path = join(sandboxSetting().folder, `${objectId}.db`);
  const copy: Copy = { path, bytes, ready: decrypt(objectId, path), usedAt: Date.now() };
  copies.set(objectId, copy);
  sweeping ??= setInterval(() => void sweep(), LOOK_MS).unref();
  return copy;
}

async function decrypt(objectId: string, path: string): Promise<void> {
  const { vault, folder } = sandboxSetting();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const making = `${path}.making`;
  await pipeline(await vault.open(objectId), createWriteStream(making, { mode: 0o600 }));
  await rename(making, path);
}

async function forget(key: string): Promise<void> {
  const copy = copies.get(key);
  copies.delete(key);
  if (copy) await rm(copy.path, { force: true });
}

async function sweep(now = Date.now()): Promise<void> {
  for (const [key, { usedAt }] of [...copies]) if (now - usedAt > IDLE_MS) await forget(key);
}

async function makeRoom(keep: string): Promise<void> {
  let bytes = [...copies.values()].reduce((sum, c) => sum + c.bytes, 0);
  for (const [key, copy] of [...copies].sort(([, a], [, b]) => a.usedAt - b.usedAt)) {
    if (bytes <= BYTES_MAX) return;
    if (key === keep) continue;
    bytes -= copy.bytes;
    await forget(key);
  }
}

/** Removes every decrypted copy of this process. */
export async function clearCopies(): Promise<void> {
  clearInterval(sweeping);
  sweeping = undefined;
  for (const key of [...copies.keys()]) await forget(key);
}
