import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, runOnce } from 'graphile-worker';
import type { Pool } from 'pg';
import type { JobContext, Task } from './jobs.ts';

/** Failures of jobs show in what they left undone. */
const QUIET = new Logger(() => () => undefined);

/** @returns a function that runs every job that waits, in this process, and returns when each is struck off or put back */
export function jobsOf(pool: Pool, tasks: readonly Task[], context: JobContext): () => Promise<void> {
  const taskList = Object.fromEntries(
    tasks.map((t) => [t.name, (payload: unknown) => t.run(payload as Record<string, unknown>, context)]),
  );
  return async () => {
    do {
      await runOnce({ pgPool: pool, taskList, noHandleSignals: true, logger: QUIET });
    } while (await waiting(pool, tasks));
  };
}

/** `runOnce` does not wait for its last answers to the database; nor does it see what those answers let go on. */
async function waiting(pool: Pool, tasks: readonly Task[]): Promise<boolean> {
  for (;;) {
    const { rows } = await pool.query<{ locked: boolean; ready: boolean }>(
      `select coalesce(bool_or(j.locked_at is not null), false) as locked,
         coalesce(bool_or(j.locked_at is null and j.run_at <= now() and j.attempts < j.max_attempts and j.is_available), false) as ready
       from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = any($1)`,
      [tasks.map((t) => t.name)],
    );
    if (!rows[0]?.locked) return rows[0]?.ready === true;
    await sleep(5);
  }
}
