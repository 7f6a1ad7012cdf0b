import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchownSync, openSync, writeSync } from 'node:fs';
import { chmod, chown, copyFile, link, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receiver } from './process.ts';
import { IsolatedFailure, type LentFile } from './types.ts';

/** Names inside: a letter, then letters, digits, underscores; they stand in SQL and in paths. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const FOLDER_MODE = 0o750;
/** Readable for the group of the sandbox where the job has another account; never for everybody. */
const GROUP_MODE = 0o640;
const PRIVATE_MODE = 0o600;

/** A folder of one job. What is put into it later appears inside at once, which is how a process started ahead gets its data. */
export interface LendingFolder {
  readonly path: string;
  readonly lend: (files: readonly LentFile[]) => Promise<void>;
  /** Takes files that another process sends into a folder of this name; no more than `bytesMax` in all. */
  readonly receive: (name: string, bytesMax: number) => Promise<Receiver>;
  readonly remove: () => Promise<void>;
}

/** What columns are called when they are lent as files (inside/columns.mjs). */
const COLUMN_FILE = /^(meta\.json|\d{1,4}\.(values|missing|texts))$/;

/** @param gid group of the job's account; null where the job runs as this very user */
export async function lendingFolder(parent: string, gid: number | null): Promise<LendingFolder> {
  // Lower case letters and digits alone, as a cluster takes names.
  const job = join(parent, `job-${randomBytes(10).toString('hex')}`);
  await mkdir(job, { mode: FOLDER_MODE });
  if (gid !== null) await chown(job, 0, gid);
  const path = join(job, 'in');
  await mkdir(path, { mode: FOLDER_MODE });
  if (gid !== null) await chown(path, 0, gid);
  return {
    path,
    lend: async (files) => {
      for (const file of files) await lendFile(file, path, gid);
    },
    receive: async (name, bytesMax) => {
      const folder = join(path, name);
      await mkdir(folder, { mode: FOLDER_MODE });
      if (gid !== null) await chown(folder, 0, gid);
      let left = bytesMax;
      return (file, bytes) => {
        left -= bytes;
        if (!COLUMN_FILE.test(file) || left < 0)
          throw new IsolatedFailure('resource', 'the table is too large to lend');
        return receiveFile(join(folder, file), gid);
      };
    },
    remove: () => rm(job, { recursive: true, force: true }),
  };
}

export function checkNames(files: readonly LentFile[]): void {
  const names = new Set(files.map((file) => file.name.toLowerCase()));
  if (names.size !== files.length || files.some((file) => !NAME.test(file.name)))
    throw new IsolatedFailure('internal', 'names of lent files: letters, digits, underscores, each once');
}

function receiveFile(path: string, gid: number | null): (piece: Buffer | null) => void {
  const file = openSync(path, 'wx', gid === null ? PRIVATE_MODE : GROUP_MODE);
  if (gid !== null) fchownSync(file, 0, gid);
  return (piece) => {
    if (piece === null) closeSync(file);
    else for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
  };
}

/** A second name for the same bytes where both lie on one file system, so that lending costs nothing; else a copy. */
async function lendFile({ name, path }: LentFile, folder: string, gid: number | null): Promise<void> {
  const target = join(folder, name);
  const stat = await lstat(path).catch(() => null);
  if (!stat?.isFile()) throw new IsolatedFailure('internal', `no such file to lend as ${name}`);
  try {
    await link(path, target);
  } catch {
    await copyFile(path, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
  if (gid === null) return;
  await chown(target, 0, gid);
  await chmod(target, GROUP_MODE);
}
