import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { eachOf } from './each.ts';

/** Files on their way to disk at once: concurrent fsyncs share the journal's commits. */
const FILES_AT_ONCE = 8;

export interface DurableFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Makes a folder and everything above it survive a power cut. */
export async function makeFolder(folder: string, mode = 0o755): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode });
  if (first === undefined) return;
  // Each new folder is a line in its parent: sync from the innermost up to the one that was already there.
  const top = dirname(resolve(first));
  for (let at = dirname(resolve(folder)); at.length >= top.length; at = dirname(at)) {
    await syncFolder(at);
    if (at === top) break;
  }
}

/**
 * Writes a file that is whole or not there, also after a kill or a power cut: temporary file, fsync, rename, fsync of
 * the folder.
 * @param making a folder on the same file system for files in the making
 */
export async function writeDurably(path: string, bytes: Uint8Array, making: string, mode = 0o644): Promise<void> {
  await writeAllDurably([{ path, bytes }], making, mode);
}

/**
 * Several files in the manner of {@link writeDurably}; when it resolves all are durable. Each folder is synced once,
 * after the last file was renamed into it. After an error some may be there and some not, each of them whole.
 */
export async function writeAllDurably(files: readonly DurableFile[], making: string, mode = 0o644): Promise<void> {
  const folders = new Set(files.map((file) => dirname(file.path)));
  for (const folder of folders) await makeFolder(folder);
  await eachOf(files, FILES_AT_ONCE, async ({ path, bytes }) => {
    const temporary = join(making, randomBytes(12).toString('hex'));
    try {
      await writeSynced(temporary, bytes, mode);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });
  for (const folder of folders) await syncFolder(folder);
}

/**
 * A file in the manner of {@link writeDurably} that must not be there yet. Of any number of writers, in any number of
 * processes, one wins: making a link is an atomic "compare with nothing, and set".
 * @returns false when the file was there already
 */
export async function createDurably(path: string, bytes: Uint8Array, making: string, mode = 0o644): Promise<boolean> {
  const temporary = join(making, randomBytes(12).toString('hex'));
  try {
    await writeSynced(temporary, bytes, mode);
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  await syncFolder(dirname(path));
  return true;
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some systems cannot sync a folder; there the rename itself is all one gets.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes(codeOf(error))) throw error;
  } finally {
    await handle?.close();
  }
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
