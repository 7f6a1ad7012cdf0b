import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A private folder (0700) of this process below `parent`, named after it; what dead processes left there is removed, so
 * that nothing decrypted outlives a crash longer than to the next start.
 */
export async function ownFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const pid = Number.parseInt(name, 10);
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const own = join(parent, `${process.pid}-${Date.now()}`);
  await mkdir(own, { mode: 0o700 });
  return own;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
