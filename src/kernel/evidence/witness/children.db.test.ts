import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePolicy } from '../verify/index.ts';
import { keepWitnesses } from './children.ts';
import { originHash } from './store.ts';
import { memoryLog, scratch } from './testing.ts';

/** The sample's witnesses: started with the exchange, up while it is, and gone when it is. */
const log = memoryLog({ size: 50 });
let place: Awaited<ReturnType<typeof scratch>>;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  place = await scratch();
});
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
  await place.drop();
});

async function until<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  for (let i = 0; i < 1_000; i++) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`never: ${what}`);
}

const children = () =>
  ['a', 'b'].map((name) => ({ name, keyName: `${name}.example/w`, folder: join(place.folder, name) }));

/** Numbers of the processes that run a witness on a folder of this test. */
async function pids(): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = /^\d+$/.test(name) ? await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '') : '';
    if (command.includes(`--store\0${place.folder}`)) found.push(Number(name));
  }
  return found;
}

const answers = async (line: string, body: string): Promise<number> => {
  const url = line.split(' ')[3] ?? '';
  return (await fetch(`${url}/add-checkpoint`, { method: 'POST', body })).status;
};

describe('witnesses as children', () => {
  it('are up again after a kill, with their key, their memory and their address', { timeout: 120_000 }, async () => {
    let lines: readonly string[] = [];
    let keys = [log.key.vkey];
    const stop = keepWitnesses({
      children: children(),
      wanted: () => true,
      logKeys: async () => keys,
      onLines: async (now) => {
        lines = now;
      },
      onError: () => undefined,
    });
    undo.push(stop);
    const [first = ''] = await until(() => (lines.length === 2 ? lines : undefined), 'both are up');
    expect(parsePolicy(`${lines.join('\n')}\nquorum b\n`).policy?.witnesses.map((w) => w.name)).toEqual(['a', 'b']);
    expect(await answers(first, await log.request(0, 20))).toBe(200);
    for (const pid of await pids()) process.kill(pid, 'SIGKILL');
    const status = await until(
      () =>
        log
          .request(20, 30)
          .then((body) => answers(first, body))
          .catch(() => undefined),
      'up again',
    );
    expect(status).toBe(200);
    expect(lines[0]).toBe(first);
    // A log that changes its key: both are started again with the old and the new.
    const before = await pids();
    keys = [log.key.vkey, memoryLog({ origin: log.key.name, seed: 60, size: 1 }).key.vkey];
    await until(async () => {
      const now = await pids();
      return now.length === 2 && !now.some((pid) => before.includes(pid));
    }, 'started with the new key');
    const hash = originHash(log.key.name);
    const served = await until(
      () => fetch(`${first.split(' ')[3]}/${hash}/checkpoint`).catch(() => undefined),
      'serves',
    );
    expect((await served.text()).split('\n')[1]).toBe('30');
    await stop();
    expect(await pids()).toEqual([]);
  });

  it('end when who started them is killed, and the next start has them again', { timeout: 120_000 }, async () => {
    const parent = (): ChildProcess => {
      const program = `
        import { keepWitnesses } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'children.ts')).href)};
        keepWitnesses({ children: ${JSON.stringify(children())}, wanted: () => true,
          logKeys: async () => [${JSON.stringify(log.key.vkey)}],
          onLines: async (lines) => { process.stdout.write(lines.join('|') + '\\n'); },
          onError: (error) => { process.stderr.write(String(error) + '\\n'); } });`;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      undo.push(() => child.kill('SIGKILL'));
      return child;
    };
    const said = (child: ChildProcess) =>
      new Promise<string>((resolve) => child.stdout?.once('data', (part) => resolve(String(part).trim())));
    const first = parent();
    const lines = (await said(first)).split('|');
    expect(await answers(lines[0] ?? '', await log.request(0, 20))).toBe(200);
    first.kill('SIGKILL');
    // No pause: the old ones may still be ending when the new ones start.
    const second = parent();
    const again = (await said(second)).split('|');
    expect(again.map((line) => line.split(' ')[2])).toEqual(lines.map((line) => line.split(' ')[2]));
    expect(await answers(again[0] ?? '', await log.request(0, 30))).toBe(409);
    await until(async () => (await pids()).length === 2, 'no orphan is left');
    second.kill('SIGKILL');
    await until(async () => (await pids()).length === 0, 'all are gone');
  });
});
