import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enqueue } from './acts/execute.ts';
import { openDatabase } from './database/index.ts';
import { type TestDatabase, testDatabase } from './database/testing.ts';
import { type Jobs, startJobs, task } from './jobs.ts';

let database: TestDatabase;
const context = {} as never;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function until(look: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('waited too long');
    await sleep(20);
  }
}

it('does at once what a dead process left locked, and leaves alone what a living one works on', async () => {
  const { pool, close } = openDatabase(database.url);
  const done: string[] = [];
  let finish: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let living: Jobs | undefined;
  let second: Jobs | undefined;
  try {
    living = await startJobs(pool, [task('slow', () => slow.then(() => void done.push('slow')))], context);
    await enqueue(database.db, { task: 'slow', payload: {} });
    const lockedBy = async (name: string) => {
      const { rows } = await sql<{
        by: string | null;
      }>`select locked_by as by from graphile_worker.jobs where task_identifier = ${name}`.execute(database.db);
      return rows[0]?.by ?? null;
    };
    await until(async () => (await lockedBy('slow')) !== null);
    const holder = await lockedBy('slow');

    // As a kill -9 leaves it: locked under a name nobody answers for.
    await enqueue(database.db, { task: 'orphan', payload: {} });
    await sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-dead', attempts = 1
      where id = (select id from graphile_worker.jobs where task_identifier = 'orphan')`.execute(database.db);
    second = await startJobs(
      pool,
      [task('orphan', async () => void done.push('orphan')), task('slow', async () => void done.push('twice'))],
      context,
    );
    await until(() => done.includes('orphan'));
    expect(await lockedBy('slow')).toBe(holder);
    finish();
    await until(() => done.includes('slow'));
    expect(done).toEqual(['orphan', 'slow']);
  } finally {
    finish();
    await second?.stop();
    await living?.stop();
    await close();
  }
});

it('begins anew when the database refuses what its own runner asks', async () => {
  const { pool, close } = openDatabase(database.url);
  const done: unknown[] = [];
  await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$`.execute(
    database.db,
  );
  await sql`create trigger refuse before delete on graphile_worker._private_jobs for each row execute function refuse()`.execute(
    database.db,
  );
  const jobs = await startJobs(pool, [task('note', async ({ n }) => void done.push(n))], context);
  try {
    await enqueue(database.db, { task: 'note', payload: { n: 1 } });
    await until(() => done.includes(1));
    await sleep(500);
    await sql`drop trigger refuse on graphile_worker._private_jobs`.execute(database.db);
    await enqueue(database.db, { task: 'note', payload: { n: 2 } });
    await until(() => done.includes(2));
  } finally {
    await jobs.stop();
    await close();
  }
});

it('keeps the hours of a repeated task in the database, so that of several processes one begins it', async () => {
  const { pool, close } = openDatabase(database.url);
  const both = await Promise.all(
    [1, 2].map(() => startJobs(pool, [task('hourly', async () => undefined, { cron: '0 * * * *' })], context)),
  );
  const known = async () =>
    (await sql`select from graphile_worker._private_known_crontabs where identifier = 'hourly'`.execute(database.db))
      .rows.length;
  await until(async () => (await known()) > 0);
  expect(await known()).toBe(1);
  for (const jobs of both) await jobs.stop();
  await close();
});
