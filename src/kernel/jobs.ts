import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker';
import type { Pool, PoolClient } from 'pg';
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
  /** Runs by itself at these times (crontab(5), UTC), once for all processes of a database. */
  readonly cron?: string;
}

export const task = (name: string, run: Task['run'], repeated: Pick<Task, 'cron'> = {}): Task => ({
  name,
  run,
  ...repeated,
});

const CONCURRENCY = 3;
/** Jobs fetched at once; more than run at once, so that small ones need no look each. */
const FETCHED = 8;
/** After a look that found few, so long until the next: under load many jobs share one look. */
const LOOK_MS = 50;
/** Jobs done within this time are struck off together; one struck off too late is repeatable. */
const DONE_MS = 50;
const POLL_MS = 1_000;

/** How often this process looks for jobs that a dead one left locked. */
const TAKE_OVER_MS = 15_000;
/** Prefix of the names that stand for living processes among the advisory locks. */
const LEASE = 'jobs ';

export interface Jobs {
  /** Finishes running jobs first. */
  readonly stop: () => Promise<void>;
}

/** Starts this process's share of the work. */
export async function startJobs(pool: Pool, tasks: readonly Task[], context: JobContext): Promise<Jobs> {
  const lease = holdLease(pool);
  const events = new EventEmitter() as WorkerEvents;
  events.on('pool:create', ({ workerPool }) => {
    if ('id' in workerPool) lease.name(String(workerPool.id));
  });
  const begin = () => beginRunner(pool, tasks, context, events);
  let runner: Runner | undefined = await begin();
  let stopping = false;
  const watching = (async () => {
    while (!stopping) {
      await runner?.promise.catch(() => undefined);
      runner = undefined;
      if (stopping) return;
      // It gives up when the database refuses one of its own statements; the process would live on without doing any work.
      complain('the runner of the jobs ended; another begins');
      await sleep(RESTART_MS, undefined, { ref: false });
      if (!stopping) runner = await begin().catch(() => undefined);
    }
    await runner?.stop().catch(() => undefined);
  })();
  return {
    stop: async () => {
      stopping = true;
      await runner?.stop().catch(() => undefined);
      await watching;
      await lease.end();
    },
  };
}

const RESTART_MS = 1_000;
const complain = (message: string) =>
  process.stderr.write(`${JSON.stringify({ level: 'error', source: 'jobs', message: message.slice(0, 500) })}\n`);

function beginRunner(pool: Pool, tasks: readonly Task[], context: JobContext, events: WorkerEvents): Promise<Runner> {
  return run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    preset: {
      worker: {
        localQueue: { size: FETCHED, refetchDelay: { durationMs: LOOK_MS, threshold: CONCURRENCY } },
        completeJobBatchDelay: DONE_MS,
        failJobBatchDelay: DONE_MS,
      },
    },
    noHandleSignals: true,
    parsedCronItems: parseCronItems(
      tasks.flatMap((t) => (t.cron ? [{ task: t.name, match: t.cron, identifier: t.name }] : [])),
    ),
    events,
    logger: new Logger(() => (level, message) => {
      if (level === 'error') complain(message);
    }),
    taskList: Object.fromEntries(
      tasks.map((t) => [t.name, (payload: unknown) => t.run((payload ?? {}) as Record<string, unknown>, context)]),
    ),
  });
}

/**
 * graphile-worker leaves the jobs of a killed process locked for four hours. So each process holds a session lock on the
 * name it locks jobs with, as long as it lives; whoever gets the lock of another name knows that its process is dead, and
 * frees its jobs.
 */
function holdLease(pool: Pool): { name: (id: string) => void; end: () => Promise<void> } {
  let own: string | undefined;
  let client: PoolClient | undefined;
  /** The name this session holds the lock of. */
  let held: string | undefined;
  let running: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    if (own === undefined) return;
    try {
      if (!client) {
        const taken = await pool.connect();
        client = taken;
        held = undefined;
        taken.once('error', () => {
          if (client !== taken) return;
          client = undefined;
          taken.release(true);
        });
      }
      if (held !== own) {
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [LEASE + own]);
        held = own;
      }
      await client.query(
        `select graphile_worker.force_unlock_workers(array_agg(id))
           from (select distinct locked_by as id from graphile_worker.jobs where locked_by <> $1) w
          where pg_try_advisory_xact_lock(hashtextextended($2 || id, 0))`,
        [own, LEASE],
      );
    } catch {
      // The database is away; the next look begins anew.
    }
  };
  const lookSoon = () => {
    running = running.then(look);
  };
  const timer = setInterval(lookSoon, TAKE_OVER_MS);
  timer.unref();
  return {
    name: (id) => {
      own = id;
      lookSoon();
    },
    end: async () => {
      clearInterval(timer);
      await running;
      client?.release(true);
      client = undefined;
    },
  };
}
