import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalExecutor } from './local.ts';
import { outcomeOf, TEST_LIMITS, testFolder } from './testing.ts';
import { attemptProgram, attempts, type Bait, BOMBS, SQL_ATTEMPTS } from './testing-attacks.ts';
import { IsolatedFailure, type LentFile, type Limits } from './types.ts';
import { treeOf } from './watchdog.ts';

const SECRET = 'of-the-server-alone';
const place = testFolder();
const executor = await openLocalExecutor({ folder: join(place.folder, 'sandbox'), warm: 0, jobsMax: 16 });
const here = await executor.availability();
let listener: Server;
let bait: Bait;
let lent: LentFile;

beforeAll(async () => {
  process.env.ATTEMPT_SECRET = SECRET;
  const file = join(place.folder, 'secret');
  writeFileSync(file, SECRET);
  listener = createServer((socket) => socket.end());
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  bait = { port: typeof address === 'object' && address ? address.port : 0, secret: SECRET, file };
  lent = await place.database('t1', `select '${SECRET}' as name`);
});

afterAll(async () => {
  delete process.env.ATTEMPT_SECRET;
  listener.close();
  await executor.stop();
  place.remove();
});

const limits: Limits = { ...TEST_LIMITS, wallMs: 4_000, cpuSeconds: 2, diskBytes: 16 * 1024 ** 2 };

/** Everything this process started and what descends from it, by its command. */
const running = (): string[] =>
  treeOf(process.pid).flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bwrap') ? [`${pid}`] : [];
    } catch {
      return [];
    }
  });

describe.runIf(here.python)('a hostile program', { timeout: 120_000 }, () => {
  const python = (code: string, given = limits) =>
    executor.run({ language: 'python', code, inputs: [lent], rowsMax: 0, filesMax: 3 }, given);

  it('gets nothing of what it tries', async () => {
    const list = attempts(bait);
    const program = attemptProgram(list, '/out/result.json');
    const { files } = await python(program, { ...TEST_LIMITS, wallMs: 60_000 });
    const found = JSON.parse(files.get('result.json')?.toString() ?? '{}') as Record<string, boolean>;
    expect(Object.keys(found)).toHaveLength(list.length);
    expect(list.filter((_, i) => found[i]).map(({ name }) => name)).toEqual([]);
  });

  it('is stopped when it takes too much, and nothing of it stays', async () => {
    const ends = await Promise.all(
      BOMBS.map(async ({ name, code, refused }) => {
        const outcome = await outcomeOf(python(`folder = '/out'\n${code}`));
        return outcome === 'resource' || refused ? null : `${name}: ${outcome}`;
      }),
    );
    expect(ends.filter((end) => end !== null)).toEqual([]);
    expect(running()).toEqual([]);
  });
});

describe.runIf(here.sql)('hostile SQL', { timeout: 120_000 }, () => {
  it('is refused or stopped, and tells nothing but a class', async () => {
    const answered: string[] = [];
    let session = await executor.openSql([lent], TEST_LIMITS);
    for (const { name, sql } of SQL_ATTEMPTS) {
      const text = sql.replaceAll('{file}', bait.file).replaceAll('{port}', `${bait.port}`);
      const error = await Promise.race([
        session.rows(text, 10).then(
          () => null,
          (e: unknown) => e,
        ),
        new Promise((done) => setTimeout(done, 1_500, new IsolatedFailure('resource'))),
      ]);
      if (!(error instanceof IsolatedFailure)) answered.push(name);
      else expect(error.message).toBe(error.kind);
      if (error instanceof IsolatedFailure && error.kind === 'resource') {
        await session.close();
        session = await executor.openSql([lent], TEST_LIMITS);
      }
    }
    expect(answered).toEqual([]);
    const [[path] = []] = (await session.rows("select path from duckdb_databases() where database_name = 't1'", 1))
      .rows;
    expect(path).toBe('/in/t1');
    await session.close();
    expect(running()).toEqual([]);
  });
});
