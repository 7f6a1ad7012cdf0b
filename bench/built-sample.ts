import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const LOOK_MS = 100;
/** What nothing ever wakes: to wait for a file without an event loop. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/**
 * Gives a new data folder the small sample that `npm test` builds once (`SHUHENG_SAMPLE_BUILT`), with its stopped database,
 * as soon as it stands; false without one, where whoever starts on the folder builds its own. Owners of files are kept: the
 * database has its own.
 * @throws Error when it could not be built
 */
export function copyBuiltSample(folder: string): boolean {
  const built = process.env.SHUHENG_SAMPLE_BUILT;
  if (!built) return false;
  while (!existsSync(built)) {
    if (existsSync(`${built}.failed`)) throw new Error('the sample of the tests could not be built');
    Atomics.wait(NEVER, 0, 0, LOOK_MS);
  }
  execFileSync('cp', ['-a', `${built}/.`, folder]);
  return true;
}
