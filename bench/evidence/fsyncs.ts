import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @returns calls of fsync and fdatasync by these processes during `work`; undefined without strace, or the right to use it */
export async function countFsyncs(pids: readonly number[], work: () => Promise<void>): Promise<number | undefined> {
  const words = ['-f', '-c', '-e', 'trace=fsync,fdatasync', ...pids.flatMap((pid) => ['-p', String(pid)])];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const failed = once(strace, 'error').then(() => false);
  const ended = once(strace, 'exit').then(() => false);
  const attached = new Promise<boolean>((resolve) => {
    strace.stderr.on('data', () => {
      if (said.split(' attached').length > pids.length) resolve(true);
    });
  });
  if (!(await Promise.race([attached, failed, ended]))) return undefined;
  await work();
  strace.kill('SIGINT');
  await ended;
  // "% time  seconds  usecs/call  calls  [errors]  syscall"
  const calls = [...said.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+f(?:data)?sync$/gm)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
