import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOf } from '../../programs.ts';
import { checkNote, type NoteKey, parseCheckpoint, parseKey, parseNote } from '../verify/index.ts';
import { originHash } from './store.ts';
import { memoryLog, requestOf, scratch } from './testing.ts';

/** Witnesses as processes of their own, over HTTP, killed at any moment. */
const CHILD = programOf('./testing-child', import.meta.url);
const log = memoryLog({ size: 2_000 });
const forked = memoryLog({ size: 2_000, forkedAt: 5 });

let place: Awaited<ReturnType<typeof scratch>>;
const children = new Set<ChildProcess>();
beforeEach(async () => {
  place = await scratch();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await place.drop();
});

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: NoteKey;
}

function launch(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [...CHILD, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

const usual = (): string[] => [
  '--listen',
  '127.0.0.1:0',
  '--store',
  join(place.folder, 'store'),
  '--log',
  log.key.vkey,
  '--name',
  'regulator.example/witness',
];

async function start(environment: Record<string, string> = {}, more: readonly string[] = []): Promise<Running> {
  const child = launch([...usual(), ...more], environment);
  const [, vkey, url] = await lineOf(child, /^witness \S+ (\S+) (\S+)$/m);
  const key = parseKey(vkey ?? '');
  if (!key || !url) throw new Error('the witness did not introduce itself');
  return { child, url, key };
}

function lineOf(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = '';
    let complaint = '';
    child.stderr?.on('data', (part) => {
      complaint += part;
    });
    child.stdout?.on('data', (part) => {
      said += part;
      const found = pattern.exec(said);
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${said}${complaint}`)));
  });
}

const gone = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code)));

const post = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/add-checkpoint`, { method: 'POST', body, signal: AbortSignal.timeout(20_000) });

async function servedSize(url: string): Promise<number> {
  const response = await fetch(`${url}/${originHash(log.key.name)}/checkpoint`);
  if (response.status === 404) return 0;
  return Number(parseCheckpoint(parseNote(await response.text())?.text ?? '')?.size ?? -1n);
}

describe('killed with -9', () => {
  it('between any two of its steps, it never goes back and never cosigns a fork', { timeout: 170_000 }, async () => {
    let answered = 0;
    let steps = 0;
    let died = true;
    for (let at = 1; died; at++) {
      died = false;
      for (const before of ['1', '0']) {
        const { child, url, key } = await start({ KILL_AT: String(at), KILL_BEFORE: before });
        const size = await servedSize(url);
        expect(size, `at ${at}`).toBeGreaterThanOrEqual(answered);
        const next = size + 3;
        const response = await post(url, await log.request(size, next)).catch(() => undefined);
        if (response) {
          expect(response.status).toBe(200);
          const note = parseNote((await log.checkpoint(next)) + (await response.text()));
          expect(note && checkNote(note, key)).toBe('signed');
          answered = next;
        } else died = true;
        // What it may have recorded without saying so still binds it: no other history is cosigned.
        child.kill('SIGKILL');
        await gone(child);
        steps++;
      }
    }
    expect(steps).toBeGreaterThan(8);
    const last = await start();
    const size = await servedSize(last.url);
    expect(size).toBeGreaterThanOrEqual(answered);
    for (const older of [0, size - 3, size]) {
      const answer = await post(last.url, await forked.request(older, size + 3));
      expect([409, 422]).toContain(answer.status);
    }
    expect((await post(last.url, await log.request(size, size + 1))).status).toBe(200);
  });

  it('at random moments of a stream of submissions', { timeout: 170_000 }, async () => {
    let answered = 0;
    const cosigned: number[] = [];
    for (let round = 0; round < 8; round++) {
      const { child, url } = await start();
      const size = await servedSize(url);
      expect(size).toBeGreaterThanOrEqual(answered);
      const killer = sleep(30 + ((round * 67) % 200)).then(() => child.kill('SIGKILL'));
      for (let at = size; ; at++) {
        const response = await post(url, await log.request(at, at + 1)).catch(() => undefined);
        if (!response) break;
        if (response.status === 429) continue;
        expect(response.status).toBe(200);
        answered = at + 1;
        cosigned.push(at + 1);
      }
      await killer;
      await gone(child);
    }
    expect(cosigned).toEqual([...new Set(cosigned)].sort((a, b) => a - b));
    const last = await start();
    expect(await servedSize(last.url)).toBeGreaterThanOrEqual(answered);
  });
});

describe('the process', () => {
  it('refuses a second one on its store, and lets it in afterwards', { timeout: 60_000 }, async () => {
    const first = await start();
    const second = launch(usual());
    const complaint = new Promise<string>((resolve) => second.stderr?.once('data', (part) => resolve(String(part))));
    expect(await complaint).toContain('Another witness process');
    expect(await gone(second)).toBe(1);
    first.child.kill('SIGTERM');
    expect(await gone(first.child)).toBe(0);
    const third = await start();
    expect(third.key.vkey).toBe(first.key.vkey);
  });

  it('ends with who started it, when asked to', { timeout: 60_000 }, async () => {
    const { child } = await start({}, ['--until-stdin-ends']);
    child.stdin?.destroy();
    expect(await gone(child)).toBe(0);
  });

  it('answers every method and path as it should, and no body without end', { timeout: 60_000 }, async () => {
    const { url } = await start();
    const status = async (path: string, init?: RequestInit) => (await fetch(url + path, init)).status;
    const hash = originHash(log.key.name);
    expect(await status('/add-checkpoint')).toBe(405);
    expect(await status('/add-checkpoint', { method: 'PUT', body: 'x' })).toBe(405);
    expect(await status('/add-checkpoint', { method: 'POST', body: 'x' })).toBe(400);
    expect(await status('/add-checkpoint/', { method: 'POST', body: 'x' })).toBe(404);
    expect(await status('/')).toBe(404);
    expect(await status(`/${hash}/checkpoint`)).toBe(404);
    expect(await status(`/${hash.toUpperCase()}/checkpoint`)).toBe(404);
    expect(await status('/../store/witness.key')).toBe(404);
    const endless = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'x'.repeat(600_000) }).catch(
      () => undefined,
    );
    if (endless) expect(endless.status).toBe(413);
    const good = await post(url, await log.request(0, 9));
    expect([good.status, good.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const stale = await post(url, await log.request(0, 9));
    expect([stale.status, stale.headers.get('content-type'), await stale.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '9\n',
    ]);
    const served = await fetch(`${url}/${hash}/checkpoint`);
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await status(`/${hash}/checkpoint`, { method: 'POST' })).toBe(405);
    expect(await status(`/${hash}/checkpoint`, { method: 'HEAD' })).toBe(200);
    const many = await Promise.all(Array.from({ length: 120 }, () => status(`/${hash}/checkpoint`)));
    expect(many).toContain(429);
  });

  it('exports evidence of a split view, which anyone can check with the log’s key', { timeout: 60_000 }, async () => {
    const { child, url } = await start();
    await post(url, await log.request(0, 100));
    expect((await post(url, requestOf(100, [], await forked.checkpoint(100)))).status).toBe(422);
    expect(await readdir(join(place.folder, 'store', 'misbehaviour'))).toHaveLength(1);
    child.kill('SIGTERM');
    await gone(child);
    const exported = launch(['export', '--store', join(place.folder, 'store')]);
    let text = '';
    exported.stdout?.on('data', (part) => {
      text += part;
    });
    expect(await gone(exported)).toBe(0);
    const file = join(place.folder, 'cases.json');
    await writeFile(file, text);
    const check = launch(['check', file, '--log', log.key.vkey]);
    const said = await lineOf(check, /1 cases, 1 proven/);
    expect(said).toBeTruthy();
    expect(await gone(check)).toBe(1);
    const stranger = launch(['check', file, '--log', memoryLog({ seed: 50, size: 1 }).key.vkey]);
    await lineOf(stranger, /1 cases, 0 proven/);
    expect(await gone(stranger)).toBe(0);
  });

  it.each([
    [['--listen', 'nowhere'], 2, '--listen'],
    [['--listen', ':0'], 2, '--store'],
    [['--listen', ':0', '--store', 'x'], 2, '--log'],
    [['--listen', ':0', '--store', 'x', '--log', 'none'], 2, 'ENOENT'],
    [['walk'], 2, 'walk'],
    [['--lisen', ':0'], 2, '--lisen'],
    [['check', '/dev/null', '--log', log.key.vkey], 2, '/dev/null'],
    [['--help'], 0, 'tlog-witness'],
  ])('%j ends with %i', async (args, code, word) => {
    const child = launch(args);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part) => {
        said += part;
      });
    expect(await gone(child)).toBe(code);
    expect(said).toContain(word);
    expect(said).not.toContain('    at ');
  });
});
