import { Logger, type Runner, run } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Kernel } from './acts/index.ts';
import type { Vault } from './vault/index.ts';

/** What a job may use. Jobs change state through acts, as the system. */
export interface JobContext {
  readonly kernel: Kernel;
  readonly vault: Vault;
}

/** Work after the commit: leased from PostgreSQL, retried with growing pauses, so it must be repeatable. */
export interface Task {
  readonly name: string;
  readonly run: (payload: Readonly<Record<string, unknown>>, context: JobContext) => Promise<void>;
}

export const task = (name: string, run: Task['run']): Task => ({ name, run });

const CONCURRENCY = 3;
const POLL_MS = 1_000;

/** Starts this process's share of the work; `stop()` of the answer finishes running jobs first. */
export function startJobs(pool: Pool, tasks: readonly Task[], context: JobContext): Promise<Runner> {
  return run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (level === 'error')
        process.stderr.write(`${JSON.stringify({ level, source: 'jobs', message: message.slice(0, 500) })}\n`);
    }),
    taskList: Object.fromEntries(
      tasks.map((t) => [t.name, (payload: unknown) => t.run((payload ?? {}) as Record<string, unknown>, context)]),
    ),
  });
}
