import { execFileSync } from 'node:child_process';

/**
 * Gives a new data folder the small sample that `npm test` has built once (`SHUHENG_SAMPLE_BUILT`), with its stopped
 * database; false without one, where whoever starts on the folder builds its own. Owners of files are kept: the database has
 * its own.
 */
export function copyBuiltSample(folder: string): boolean {
  const built = process.env.SHUHENG_SAMPLE_BUILT;
  if (!built) return false;
  execFileSync('cp', ['-a', `${built}/.`, folder]);
  return true;
}
