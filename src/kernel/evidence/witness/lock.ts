import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../../operator-error.ts';
import { codeOf } from '../durable.ts';

/** A process that was told to end may need a moment to let go. */
const TRIES = 50;
const WAIT_MS = 100;

/**
 * Takes a folder for this process alone. This is for a clear message; what keeps two processes from harm is that
 * records are numbered and made once (see store.ts).
 * @returns what lets go of it
 * @throws OperatorError naming the process that has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const own = `${process.pid} ${await startOf(process.pid)}\n`;
  let holder = '';
  for (let i = 0; i < TRIES; i++) {
    try {
      await writeFile(path, own, { flag: 'wx', mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    holder = await readFile(path, 'utf8').catch(() => '');
    // A file without content is just being written, or its writer died there; it is waited for like a holder.
    if (holder !== '' && !(await isRunning(holder))) await rm(path, { force: true });
    else await sleep(WAIT_MS);
  }
  if (holder === '') await rm(path, { force: true });
  throw new OperatorError(
    `${folder} 正由另一个见证进程使用（${holder.split(' ')[0] || '?'}）。Another witness process has ${folder} open: stop it first.`,
  );
}

/** The holder lives when there is a process of that number that started when the holder did. */
async function isRunning(holder: string): Promise<boolean> {
  const [pid, start] = holder.trim().split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return start === undefined || start === (await startOf(Number(pid)));
}

/** Start time in clock ticks since boot (proc(5)); '' where there is no such file, and then the number alone decides. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program, in brackets, may itself hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
