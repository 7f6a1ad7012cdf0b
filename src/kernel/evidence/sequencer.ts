import { OperatorError } from '../operator-error.ts';
import { pg } from '../postgres.ts';
import { BATCH_ENTRIES_MAX, EvidenceLog, type LogOptions } from './log.ts';

const LEADER_LOCK = 7_346_003;
/** Least time between two batches: under load many acts share one checkpoint and its fsyncs. */
const BATCH_INTERVAL_MS = 100;
/** While a backlog is worked off in full batches, the public log still moves this often. */
const PUBLISH_INTERVAL_MS = 1_000;
/** New keys, the end of old ones and new cosignatures are looked for this often. */
const LOOK_INTERVAL_MS = 500;
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
  readonly clients: readonly pg.Client[];
  readonly log: EvidenceLog;
  readonly publication: Publication;
  readonly lost: () => boolean;
}

/**
 * Starts this process's sequencer. Of all processes on one database one leads, by a session lock on its own connection;
 * the others wait to take over. Even if two believed they lead, the compare-and-swap of the log state lets one win.
 * @throws OperatorError when this process would lead but the log must not go on (lost key, older database …), or stands
 * by but could not take over: better known at the start than when the leader is gone
 */
export async function startSequencer(options: SequencerOptions): Promise<Sequencer> {
  const { retryMs = RETRY_MS } = options;
  const alarm = makeAlarm();
  const complain = onceEach(options.onError);
  let stopping = false;
  let term = await takeOffice(options, complain);
  if (!term) await refuseMisfit(options);

  const run = async (): Promise<void> => {
    while (!stopping) {
      try {
        term ??= await takeOffice(options, complain);
        if (!term) {
          await alarm.pause(retryMs, () => stopping);
          continue;
        }
        await serve(term, alarm, () => stopping);
        complain(undefined);
      } catch (error) {
        complain(error);
        if (!stopping) await alarm.pause(retryMs, () => stopping);
      } finally {
        if (term) await end(term.clients);
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

/** Tells of each trouble when it is new; `undefined` says that all is well again. */
function onceEach(tell: (error: unknown) => void = () => undefined): (error: unknown) => void {
  let last = '';
  return (error) => {
    const trouble = error === undefined ? '' : error instanceof Error ? error.message : String(error);
    if (error !== undefined && trouble !== last) tell(error);
    last = trouble;
  };
}

/** @returns undefined when another process leads */
async function takeOffice(options: SequencerOptions, complain: (error: unknown) => void): Promise<Term | undefined> {
  const { url, origin = DEFAULT_ORIGIN, onPublished, retryMs = RETRY_MS } = options;
  let lost = false;
  const clients = [connection(url, 'shuheng-sequencer'), connection(url, 'shuheng-publisher')] as const;
  for (const client of clients) {
    client.on('error', () => {
      lost = true;
    });
  }
  const [client, publisher] = clients;
  try {
    await client.connect();
    const { rows } = await client.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [LEADER_LOCK]);
    if (rows[0]?.leads) {
      await publisher.connect();
      for (const one of clients) await one.query(FEW_ROWS);
      const log = await EvidenceLog.open(client, { ...options, origin, publisher });
      const publication = new Publication(log, { onPublished, complain, retryMs });
      await log.publish().then(onPublished, (error: unknown) => {
        // Damage is for the operator; a store in trouble is tried again.
        if (error instanceof OperatorError) throw error;
        complain(error);
      });
      return { clients, log, publication, lost: () => lost };
    }
  } catch (error) {
    await end(clients);
    throw error;
  }
  await end(clients);
  return undefined;
}

/**
 * The publication of a log beside its commits, one at a time. A store that is full or does not answer holds up what is
 * public, not what is sequenced: it is tried again until it is well.
 */
class Publication {
  readonly #log: EvidenceLog;
  readonly #options: PublicationOptions;
  #current: Promise<void> | undefined;
  #notBefore = 0;

  constructor(log: EvidenceLog, options: PublicationOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Publishes, or brings new cosignatures to the checkpoint file when all is public; unless it is at it, or failed just now. */
  begin(): void {
    if (this.#current || now() < this.#notBefore) return;
    this.#current = this.#work().finally(() => {
      this.#current = undefined;
    });
  }

  /** Waits for the one that runs. */
  async settle(): Promise<void> {
    await this.#current;
  }

  async #work(): Promise<void> {
    const { onPublished, complain, retryMs } = this.#options;
    try {
      if (this.#log.unpublished) {
        await this.#log.publish();
        onPublished?.();
      } else {
        await this.#log.refreshCheckpoint();
      }
      complain(undefined);
    } catch (error) {
      complain(error);
      this.#notBefore = now() + retryMs;
    }
  }
}

interface PublicationOptions {
  readonly onPublished: (() => void) | undefined;
  readonly complain: (error: unknown) => void;
  readonly retryMs: number;
}

async function refuseMisfit({ url, origin = DEFAULT_ORIGIN, ...options }: SequencerOptions): Promise<void> {
  const client = connection(url, 'shuheng-standby');
  try {
    await client.connect();
    await EvidenceLog.refuseMisfit(client, { ...options, origin });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(
      `另一进程正在编制这个数据库的存证日志，而本进程接替不了它：${error.message} Another process sequences the evidence log of this database, and this one could not take over.`,
    );
  } finally {
    await end([client]);
  }
}

/**
 * Few rows out of large tables, always: with statistics that lag behind a burst of entries the planner would read whole
 * tables for each batch.
 */
const FEW_ROWS = 'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off';

const connection = (url: string, name: string): pg.Client =>
  new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    application_name: name,
  });

async function end(clients: readonly pg.Client[]): Promise<void> {
  for (const client of clients) await client.end().catch(() => undefined);
}

/** Milliseconds that only ever grow: no change of the machine's clock makes a batch wait. */
const now = (): number => performance.now();

/**
 * Leads until asked to stop. One batch at a time: while it is on its way to disk, the next one grows in the queue. While
 * a backlog is worked off, what was committed is published beside the next batches.
 */
async function serve(term: Term, alarm: Alarm, stopping: () => boolean): Promise<void> {
  try {
    await lead(term, alarm, stopping);
  } finally {
    // Nothing of this term is still being written when the next one begins.
    await term.publication.settle();
  }
}

async function lead({ log, publication, lost }: Term, alarm: Alarm, stopping: () => boolean): Promise<void> {
  let publishedAt = now();
  let lookedAt = now();
  for (;;) {
    const last = stopping();
    const startedAt = now();
    if (lost())
      throw new OperatorError(
        '与数据库的连接中断，日志编制暂停。The connection to the database broke; sequencing pauses.',
      );
    if (startedAt - lookedAt >= LOOK_INTERVAL_MS) {
      await log.turnKeys();
      if (!log.unpublished) publication.begin();
      lookedAt = startedAt;
    }
    const taken = await log.commit();
    const backlog = taken === BATCH_ENTRIES_MAX && !last;
    if (!backlog) await publication.settle();
    if (log.unpublished && (!backlog || now() - publishedAt >= PUBLISH_INTERVAL_MS)) {
      publication.begin();
      publishedAt = now();
      if (!backlog) await publication.settle();
    }
    if (last) return;
    if (backlog) continue;
    // Entries that arrived during the batch wait out the interval; on a quiet log a nudge is answered at once.
    const rest = BATCH_INTERVAL_MS - (now() - startedAt);
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
