import { constants } from 'node:fs';
import { chmod, chown, copyFile, link, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IsolatedFailure, type LentFile } from './types.ts';

/** Names inside: a letter, then letters, digits, underscores; they stand in SQL and in paths. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const FOLDER_MODE = 0o750;
/** Readable for the group of the sandbox where the job has another account; never for everybody. */
const GROUP_MODE = 0o640;

/** A folder of one job. What is put into it later appears inside at once, which is how a process started ahead gets its data. */
export interface LendingFolder {
  readonly path: string;
  readonly lend: (files: readonly LentFile[]) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** @param gid group of the job's account; null where the job runs as this very user */
export async function lendingFolder(parent: string, gid: number | null): Promise<LendingFolder> {
  const job = await mkdtemp(join(parent, 'job-'));
  const path = join(job, 'in');
  await mkdir(path, { mode: FOLDER_MODE });
  if (gid !== null) await chown(path, 0, gid);
  return {
    path,
    lend: async (files) => {
      for (const file of files) await lendFile(file, path, gid);
    },
    remove: () => rm(job, { recursive: true, force: true }),
  };
}

export function checkNames(files: readonly LentFile[]): void {
  const names = new Set(files.map((file) => file.name.toLowerCase()));
  if (names.size !== files.length || files.some((file) => !NAME.test(file.name)))
    throw new IsolatedFailure('internal', 'names of lent files: letters, digits, underscores, each once');
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
