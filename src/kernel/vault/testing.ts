import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of 2 MiB, or nothing where this user may not mount one. */
export async function smallDisk(): Promise<{ path: string; unmount: () => void } | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]);
  return mounted.status === 0 ? { path, unmount: () => spawnSync('umount', ['-l', path]) } : undefined;
}
