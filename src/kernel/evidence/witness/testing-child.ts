/**
 * A witness process that kills itself (-9) at one of its own file operations: `KILL_AT=<n>` counts them from the first
 * request on, `KILL_BEFORE=1` before the operation instead of after it.
 */
import files from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env.KILL_AT ?? Number.POSITIVE_INFINITY);
const before = process.env.KILL_BEFORE === '1';
let asked = false;
let done = 0;

for (const name of ['open', 'link', 'rm', 'readdir', 'mkdir', 'readFile'] as const) {
  const original = files[name] as (...args: unknown[]) => Promise<unknown>;
  const counted = async (...args: unknown[]): Promise<unknown> => {
    if (!asked) return original(...args);
    done++;
    if (done === killAt && before) process.kill(process.pid, 'SIGKILL');
    const result = await original(...args);
    if (done === killAt) process.kill(process.pid, 'SIGKILL');
    return result;
  };
  Object.assign(files, { [name]: counted });
}
const { createServer } = http;
Object.assign(http, {
  createServer: (listener: http.RequestListener) =>
    createServer((request, response) => {
      if (request.method === 'POST') asked = true;
      listener(request, response);
    }),
});
syncBuiltinESMExports();

await import('./main.ts');
