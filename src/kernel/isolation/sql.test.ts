import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLocalExecutor } from './local.ts';
import { outcomeOf, TEST_LIMITS, testFolder } from './testing.ts';
import type { LentFile } from './types.ts';

const place = testFolder();
// Nobody else may search it, as a root's home.
chmodSync(place.folder, 0o700);
const executor = await openLocalExecutor({ folder: join(place.folder, 'sandbox'), warm: 1 });
const here = await executor.availability();
let lent: LentFile;

afterAll(async () => {
  await executor.stop();
  place.remove();
});

/** Elsewhere the executor says that it is not available, and why. */
describe.runIf(here.sql)('an SQL session', { timeout: 60_000 }, () => {
  const inSession = async <T>(
    use: (session: Awaited<ReturnType<typeof executor.openSql>>) => Promise<T>,
    limits = TEST_LIMITS,
  ): Promise<T> => {
    lent ??= await place.database(
      't1',
      "select range::BIGINT as id, 'n' || (range % 3) as name, (range / 4)::DECIMAL(10,2) as amount, range % 2 = 0 as even, date '2024-01-31' as day, timestamp '2024-01-31 08:00:00' as at, range::UBIGINT as _e from range(1000)",
    );
    const session = await executor.openSql([lent], limits);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  };

  it('answers cells as the platform has them', async () => {
    const answer = await inSession((s) =>
      s.rows('select *, sum(id) over () as total, [1, 2] as list from t1.data order by id', 2),
    );
    expect(answer.columns.map((c) => `${c.name} ${c.type}`)).toEqual([
      'id integer',
      'name text',
      'amount decimal',
      'even boolean',
      'day date',
      'at timestamp',
      '_e integer',
      'total integer',
      'list text',
    ]);
    expect(answer.rows).toEqual([
      [0, 'n0', '0.00', true, '2024-01-31', '2024-01-31T08:00:00', 0, 499_500, '[1,2]'],
      [1, 'n1', '0.25', false, '2024-01-31', '2024-01-31T08:00:00', 1, 499_500, '[1,2]'],
    ]);
  });

  it('gives the tree of exactly one SELECT', async () => {
    await inSession(async (s) => {
      const tree = (await s.parse("select 'a\\' or 1=1 --' from t1.data where id = 1")) as { statements: unknown[] };
      expect(tree.statements).toHaveLength(1);
      for (const text of ['', 'selec', 'select 1; select 2', 'drop table t1.data', 'set threads = 1', 'pragma version'])
        expect(await outcomeOf(s.parse(text))).toBe('syntax');
    });
  });

  it('names the class of a failure and keeps the session', async () => {
    await inSession(async (s) => {
      const cases = [
        ['selec', 'syntax'],
        ['select nothing from t1.data', 'syntax'],
        ['select 1; select 2', 'syntax'],
        ['set threads = 1', 'policy'],
        ["select * from read_csv('/etc/passwd')", 'policy'],
        ['select cast(name as int) from t1.data', 'data'],
        ["select repeat('x', 2000000000)", 'resource'],
        ['select * from t1.data a, t1.data b, t1.data c', 'answered'],
      ] as const;
      for (const [sql, kind] of cases) expect([sql, await outcomeOf(s.rows(sql, 3))]).toEqual([sql, kind]);
    });
  });

  it('leaves nothing behind, and what was lent closed to others', async () => {
    await inSession((s) => s.rows('select 1', 1));
    expect(statSync(lent.path).mode & 0o007).toBe(0);
    // One is started ahead; it has been lent nothing yet.
    const runs = join(place.folder, 'sandbox', 'runs');
    for (const run of readdirSync(runs)) expect(readdirSync(join(runs, run, 'in'))).toEqual([]);
  });

  it('is killed by its clock and by its caller', async () => {
    const forever = 'select count(*) from range(10000000000) a, range(10000000000) b where a.range + b.range = 7';
    const started = Date.now();
    await inSession(async (s) => expect(await outcomeOf(s.rows(forever, 1))).toBe('resource'), {
      ...TEST_LIMITS,
      wallMs: 1_000,
    });
    const stop = new AbortController();
    const session = await executor.openSql([lent], TEST_LIMITS, stop.signal);
    const answer = outcomeOf(session.rows(forever, 1));
    stop.abort();
    expect(await answer).toBe('cancelled');
    await session.close();
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});
