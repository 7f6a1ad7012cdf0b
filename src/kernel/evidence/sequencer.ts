import pg from 'pg';
import { OperatorError } from '../database/index.ts';
import { BATCH_ENTRIES_MAX, EvidenceLog, type LogOptions } from './log.ts';

const LEADER_LOCK = 7_346_003;
/** Least time between two batches: under load many acts share one checkpoint and its fsyncs. */
const BATCH_INTERVAL_MS = 100;
/** While a backlog is worked off in full batches, the public log still moves this often. */
const PUBLISH_INTERVAL_MS = 1_000;
/** A new key, or the end of an old one, is looked for this often. */
const KEYS_INTERVAL_MS = 500;
const RETRY_MS = 1_000;
const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
export const DEFAULT_ORIGIN = 'shuheng.example/log';

export interface SequencerOptions extends Omit<LogOptions, 'origin'> {
  /** Connection URL of the database; the sequencer holds one connection of its own. */
  readonly url: string;
  readonly origin?: string;
  /** Told of each new kind of trouble; the sequencer goes on trying. */
  readonly onError?: (error: unknown) => void;
  /** Told after each publication. */
  readonly onPublished?: () => void;
  /** Pause before trying again to become leader, or after trouble. */
  readonly retryMs?: number;
}

export interface Sequencer {
  /** True while this process is the one that sequences. */
  readonly leading: () => boolean;
  /** Looks at the queue now rather than at the next tick; cheap, to be called after each commit. */
  readonly nudge: () => void;
  /** Takes a last batch, publishes, and lets go of leadership. */
  readonly stop: () => Promise<void>;
}

interface Term {
  readonly client: pg.Client;
  readonly log: EvidenceLog;
  readonly lost: () => boolean;
}

/**
 * Starts this process's sequencer. Of all processes on one database one leads, by a session lock on its own connection;
 * the others wait to take over. Even if two believed they lead, the compare-and-swap of the log state lets one win.
 * @throws OperatorError when this process would lead but the log must not go on (lost key, older database …)
 */
export async function startSequencer(options: SequencerOptions): Promise<Sequencer> {
  const alarm = makeAlarm();
  let stopping = false;
  let term = await takeOffice(options);

  const run = async (): Promise<void> => {
    let lastTrouble = '';
    while (!stopping) {
      try {
        term ??= await takeOffice(options);
        if (!term) {
          await alarm.pause(options.retryMs ?? RETRY_MS, () => stopping);
          continue;
        }
        await serve(term, alarm, () => stopping, options.onPublished);
        lastTrouble = '';
      } catch (error) {
        const trouble = error instanceof Error ? error.message : String(error);
        if (trouble !== lastTrouble) options.onError?.(error);
        lastTrouble = trouble;
        if (!stopping) await alarm.pause(options.retryMs ?? RETRY_MS, () => stopping);
      } finally {
        if (term) await term.client.end().catch(() => undefined);
        term = undefined;
      }
    }
  };
  const running = run();
  return {
    leading: () => term !== undefined,
    nudge: alarm.ring,
    stop: async () => {
      stopping = true;
      alarm.ring();
      await running;
    },
  };
}

/** @returns undefined when another process leads */
async function takeOffice({ url, origin = DEFAULT_ORIGIN, ...options }: SequencerOptions): Promise<Term | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    application_name: 'shuheng-sequencer',
  });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [LEADER_LOCK]);
    if (rows[0]?.leads) {
      // Few rows out of large tables, always: with statistics that lag behind a burst of entries the planner would read
      // whole tables for each batch.
      await client.query('set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off');
      return { client, log: await EvidenceLog.open(client, { ...options, origin }), lost: () => lost };
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

/** Leads until asked to stop. One batch at a time: while it is on its way to disk, the next one grows in the queue. */
async function serve(
  { log, lost }: Term,
  alarm: Alarm,
  stopping: () => boolean,
  onPublished: () => void = () => undefined,
): Promise<void> {
  let publishedAt = Date.now();
  let keysSeenAt = Date.now();
  onPublished();
  for (;;) {
    const last = stopping();
    const startedAt = Date.now();
    if (lost())
      throw new OperatorError(
        '与数据库的连接中断，日志编制暂停。The connection to the database broke; sequencing pauses.',
      );
    if (startedAt - keysSeenAt >= KEYS_INTERVAL_MS) {
      await log.turnKeys();
      keysSeenAt = startedAt;
    }
    const taken = await log.commit();
    const backlog = taken === BATCH_ENTRIES_MAX && !last;
    if (log.unpublished && (!backlog || Date.now() - publishedAt >= PUBLISH_INTERVAL_MS)) {
      await log.publish();
      publishedAt = Date.now();
      onPublished();
    }
    if (last) return;
    if (backlog) continue;
    // Entries that arrived during the batch wait out the interval; on a quiet log a nudge is answered at once.
    const rest = BATCH_INTERVAL_MS - (Date.now() - startedAt);
    if (taken > 0 && rest > 0) await alarm.sleep(rest, stopping);
    else await alarm.pause(BATCH_INTERVAL_MS, stopping);
  }
}

interface Alarm {
  readonly ring: () => void;
  /** Waits until rung, also if it rang since the last pause. */
  readonly pause: (timeoutMs: number, stopping: () => boolean) => Promise<void>;
  /** Waits the whole time; only stopping ends it. */
  readonly sleep: (timeoutMs: number, stopping: () => boolean) => Promise<void>;
}

function makeAlarm(): Alarm {
  let rung = false;
  let wake: () => void = () => undefined;
  const wait = (timeoutMs: number, over: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      wake = () => {
        if (over()) done();
      };
      wake();
    });
  return {
    ring: () => {
      rung = true;
      wake();
    },
    pause: async (timeoutMs, stopping) => {
      await wait(timeoutMs, () => rung || stopping());
      rung = false;
    },
    sleep: (timeoutMs, stopping) => wait(timeoutMs, stopping),
  };
}
