import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface SmallDisk {
  readonly path: string;
  /** @param megabytes in all */
  readonly grow: (megabytes: number) => boolean;
  readonly unmount: () => void;
}

/** A disk of 2 MiB, or nothing where this user may not mount one. */
export async function smallDisk(): Promise<SmallDisk | undefined> {
  const path = await testFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]);
  if (mounted.status !== 0) return undefined;
  return {
    path,
    grow: (megabytes) => spawnSync('mount', ['-o', `remount,size=${megabytes}m`, path]).status === 0,
    unmount: () => spawnSync('umount', ['-l', path]),
  };
}

const made: string[] = [];

/** A folder of a test, gone after {@link removeTestFolders}. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-test-'));
  made.push(folder);
  return folder;
}

/** For `afterAll` of every file that makes folders. */
export async function removeTestFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}
