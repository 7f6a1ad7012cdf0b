import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from './root.ts';

/**
 * What Node is given to start a program of ours, named by its path beside the caller without an ending: the compiled one
 * where the caller is compiled, else the source. `npm test` compiles first and says so (`SHUHENG_BUILT=1`), since a
 * source takes a new process half a second of processor time to translate.
 */
export function programOf(name: string, caller: string): string[] {
  const path = fileURLToPath(new URL(name, caller));
  // A module loaded by a loader's own call carries a query.
  if (!new URL(caller).pathname.endsWith('.ts')) return [`${path}.js`];
  if (process.env.SHUHENG_BUILT === '1') return [join(ROOT, 'dist', `${relative(ROOT, path)}.js`)];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, `${path}.ts`];
}
