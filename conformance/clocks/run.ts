import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, run as runWorker } from 'graphile-worker';
import { sql } from 'kysely';
import type pg from 'pg';
import {
  type Exchange,
  endPostgres,
  freePort,
  isAlive,
  postmasterPid,
  startExchange,
  withDatabase,
} from '../../bench/exchange.ts';
import { dataGovernance, operation } from '../../src/exchange/authorisation/procedure.ts';
import { createParty } from '../../src/kernel/access/index.ts';
import { enqueue, type JobRequest } from '../../src/kernel/acts/index.ts';
import { moveCase, openCase } from '../../src/kernel/cases/index.ts';
import { type Database, openDatabase, type Tx } from '../../src/kernel/database/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { text } from '../../src/kernel/text.ts';

/** One case in so many is before the public: its clock moves it on; all others escalate. */
const MOVES_ONE_IN = 5;
const BATCH = 100;
/** What happens to the machine's clock after each kill, in turn. */
const JUMPS: readonly (string | undefined)[] = [undefined, '1 hour', undefined, '-5 seconds'];
const SETTLE_MS_MAX = 900_000;
const BARE_TASK = 'bare';
const WORKERS = 3;
/** As many are measured without kills. */
const MEASURED_MAX = 1_000;

export interface ClocksOptions {
  readonly clocks: number;
  readonly kills: number;
  readonly fromSources: boolean;
  readonly say: (line: string) => void;
}

export interface ClocksReport {
  readonly clocks: number;
  readonly kills: number;
  readonly databaseKills: number;
  readonly jumps: number;
  /** Fired between one kill and the next, in order: every kill came in the middle. */
  readonly firedAtKills: readonly number[];
  readonly escalated: number;
  readonly moved: number;
  /** A thousand of them when nobody kills, and as many bare jobs right after. */
  readonly perSecond: { readonly clocks: number; readonly bare: number };
}

export class Broken extends Error {
  override name = 'Broken';
}

interface Parties {
  readonly authority: string;
  readonly provider: string;
  readonly operator: string;
}

/**
 * Opens so many cases whose clocks are over at the same moment, kills the program (and every second time its database)
 * while they fire, sets its clock forward and back meanwhile, and counts what each clock did.
 */
export async function runClocks({ clocks, kills, fromSources, say }: ClocksOptions): Promise<ClocksReport> {
  const folder = await mkdtemp(join(tmpdir(), 'shuheng-clocks-'));
  const options = { folder, fromSources, sample: 'none' as const, port: await freePort() };
  let exchange: Exchange = await startExchange(options);
  let databaseKills = 0;
  let jumps = 0;
  const firedAtKills: number[] = [];
  try {
    const inside = async <T>(work: (db: Database) => Promise<T>): Promise<T> => {
      const { db, close } = openDatabase(exchange.databaseUrl('postgres'));
      try {
        return await work(db);
      } finally {
        await close();
      }
    };
    const outside = <T>(work: (db: pg.Client) => Promise<T>) => withDatabase(exchange.databaseUrl('postgres'), work);

    await inside((db) => openCases(db, clocks));
    say(`${clocks} cases open, their clocks far away`);
    await outside(allDueNow);
    for (let n = 1; n <= kills; n++) {
      await untilFired(outside, Math.floor((clocks * n) / (kills + 1)));
      await exchange.kill();
      const by = JUMPS[n % JUMPS.length];
      if (by !== undefined) {
        await outside((db) => jump(db, by));
        jumps++;
      }
      if (n % 2 === 0) {
        await killPostgres(folder);
        databaseKills++;
      }
      exchange = await exchange.again();
      firedAtKills.push(await outside(firedSoFar));
      say(`kill ${n}${n % 2 === 0 ? ' with the database' : ''}: ${firedAtKills.at(-1)} had fired, ready again`);
    }
    await untilFired(outside, clocks);
    const { escalated, moved } = await outside((db) => checkOnce(db, clocks));
    say(`every clock fired once: ${escalated} escalations, ${moved} moves`);
    const measured = Math.min(clocks, MEASURED_MAX);
    const perSecond = await measure(inside, outside, exchange, clocks, measured, say);
    await outside((db) => checkOnce(db, clocks + measured));
    await exchange.stop();
    return { clocks, kills, databaseKills, jumps, firedAtKills, escalated, moved, perSecond };
  } finally {
    await exchange.kill();
    await endPostgres(folder);
    if (!process.env.KEEP_FOLDER) await rm(folder, { recursive: true, force: true });
  }
}

async function openCases(db: Database, count: number): Promise<void> {
  const parties = await db.transaction().execute(madeParties);
  const announcementId = await db.transaction().execute((tx) => announcement(tx, parties));
  for (let done = 0; done < count; done += BATCH)
    await db.transaction().execute(async (tx) => {
      for (let i = done; i < Math.min(done + BATCH, count); i++)
        await (i % MOVES_ONE_IN === 0 ? beforeThePublic(tx, parties, announcementId) : toBeGoverned(tx, parties));
    });
}

async function madeParties(tx: Tx): Promise<Parties> {
  const made = async (name: string, role: string) =>
    (
      await createParty(tx, {
        name,
        uscc: `91${newId('x').slice(-16).toUpperCase()}`,
        requestedRoles: [role],
        roles: [role],
        state: 'admitted',
        at: new Date(),
      })
    ).id;
  return {
    authority: await made('示例市大数据局', 'data-authority'),
    provider: await made('示例市交通局', 'data-provider'),
    operator: await made('示例运营公司', 'operating-unit'),
  };
}

async function announcement(tx: Tx, { authority }: Parties): Promise<string> {
  const id = newId('anp');
  await sql`insert into operation_announcement (id, authoriser_id, authority_id, mode, title, scope, conditions, criteria,
      requirements, pass_score, resource_ids, published_at, apply_until)
    values (${id}, ${authority}, ${authority}, 'comprehensive', '交通数据', '交通', '依法设立', '[]', '无', 60, '{}', now(), now() + interval '1 day')`.execute(
    tx,
  );
  return id;
}

/** As an act has it: jobs are written with what they belong to. */
async function moment(tx: Tx, work: (m: { at: Date; enqueue: (job: JobRequest) => void }) => Promise<void>) {
  const jobs: JobRequest[] = [];
  await work({ at: new Date(), enqueue: (job) => jobs.push(job) });
  for (const job of jobs) await enqueue(tx, job);
}

const toBeGoverned = (tx: Tx, { authority, provider, operator }: Parties) =>
  moment(tx, async (m) => {
    await openCase(
      tx,
      {
        procedure: dataGovernance,
        subjectId: newId('gvd'),
        title: text('数据治理', 'Data governance'),
        parts: { applicant: [operator], provider: [provider], authority: [authority] },
      },
      m,
    );
  });

/** An application whose notice is open: its clock lets the system move it on and draft an agreement. */
const beforeThePublic = (tx: Tx, { authority, operator }: Parties, announcementId: string) =>
  moment(tx, async (m) => {
    const applicationId = newId('apl');
    let row = await openCase(
      tx,
      {
        procedure: operation,
        subjectId: applicationId,
        title: text('授权运营', 'Authorised operation'),
        parts: { applicant: [operator], authoriser: [authority], authority: [authority] },
      },
      m,
    );
    await sql`insert into operation_application (id, announcement_id, party_id, case_id, statement, applied_at)
      values (${applicationId}, ${announcementId}, ${operator}, ${row.id}, '申请', now())`.execute(tx);
    for (const event of ['accept', 'all-scored', 'conclude'])
      row = await moveCase(tx, { procedure: operation, row, event }, m);
  });

/** The one moment at which all of them are over. */
async function allDueNow(db: pg.Client): Promise<void> {
  await db.query('begin');
  await db.query(`update case_clock set due_at = now(), warn_at = null where state = 'running'`);
  await db.query(
    `update case_file f set due_at = k.due_at from case_clock k where k.case_id = f.id and k.state = 'running'`,
  );
  await db.query(`update graphile_worker._private_jobs set run_at = now() where key like 'clock clk_% due'`);
  await db.query(`delete from graphile_worker._private_jobs where key like 'clock clk_% warn'`);
  await db.query('commit');
}

/**
 * The machine's clock set forward (or back) by so much while the program is dead, seen from the clocks that have not fired:
 * all their times move the other way, and those of their jobs.
 */
async function jump(db: pg.Client, by: string): Promise<void> {
  await db.query(
    `with clocks as (update case_clock set due_at = due_at - $1::interval where state = 'running')
     update graphile_worker._private_jobs set run_at = run_at - $1::interval where key like 'clock clk_%'`,
    [by],
  );
}

const FIRED = ['case.escalate', 'application.end-publicity'];
const firedSoFar = async (db: pg.Client): Promise<number> =>
  Number((await db.query('select count(*) as n from act_log where name = any($1)', [FIRED])).rows[0]?.n);

async function untilFired(
  outside: <T>(work: (db: pg.Client) => Promise<T>) => Promise<T>,
  wanted: number,
): Promise<void> {
  const end = Date.now() + SETTLE_MS_MAX;
  await outside(async (db) => {
    for (;;) {
      const fired = await firedSoFar(db);
      if (fired >= wanted) return;
      if (Date.now() > end) throw new Broken(`${fired} of ${wanted} clocks fired in ${SETTLE_MS_MAX} ms`);
      await sleep(20);
    }
  });
}

async function killPostgres(folder: string): Promise<void> {
  const pid = await postmasterPid(folder);
  if (!pid || !isAlive(pid)) return;
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(5);
}

/** @throws Broken with the first clock that fired twice, not at all, or only in part */
async function checkOnce(db: pg.Client, clocks: number): Promise<{ escalated: number; moved: number }> {
  const none = async (what: string, statement: string) => {
    const { rows } = await db.query(`${statement} limit 1`);
    if (rows[0]) throw new Broken(`${what}: ${JSON.stringify(rows[0])}`);
  };
  await none(
    'a clock still runs that is over',
    `select id, name, due_at from case_clock where state = 'running' and due_at <= now()`,
  );
  await none(
    'a case escalated more or less than once',
    `select f.id, count(a.id) as acts from case_file f left join act_log a on a.subject = f.id and a.name = 'case.escalate'
      where f.procedure = 'data-governance' group by f.id having count(a.id) <> 1`,
  );
  await none(
    'an alert or a notification too many or too few',
    `select f.id, (select count(*) from alert l where l.subject = f.id) as alerts,
            (select count(*) from notification n where n.case_id = f.id) as told
       from case_file f where f.procedure = 'data-governance'
        and ((select count(*) from alert l where l.subject = f.id) <> 1 or (select count(*) from notification n where n.case_id = f.id) <> 1)`,
  );
  await none(
    'an application moved on more or less than once, or without its one agreement',
    `select p.id, f.state, count(distinct a.id) as acts, count(distinct g.id) as agreements
       from operation_application p join case_file f on f.id = p.case_id
       left join act_log a on a.subject = p.id and a.name = 'application.end-publicity'
       left join operation_agreement g on g.application_id = p.id
      group by p.id, f.state having count(distinct a.id) <> 1 or count(distinct g.id) <> 1 or f.state <> 'agreeing'`,
  );
  await none(
    'an act without evidence',
    `select a.id from act_log a left join evidence_entry e on e.id = 'rct_' || substr(a.id, 5) where e.id is null`,
  );
  const count = async (name: string) =>
    Number((await db.query('select count(*) as n from act_log where name = $1', [name])).rows[0]?.n);
  const [escalated, moved] = [await count('case.escalate'), await count('application.end-publicity')];
  if (escalated + moved !== clocks) throw new Broken(`${escalated} and ${moved} acts for ${clocks} clocks`);
  return { escalated, moved };
}

/** How fast they fire when nobody kills, beside as many bare jobs of the same worker that write one row each. */
async function measure(
  inside: <T>(work: (db: Database) => Promise<T>) => Promise<T>,
  outside: <T>(work: (db: pg.Client) => Promise<T>) => Promise<T>,
  exchange: Exchange,
  before: number,
  clocks: number,
  say: (line: string) => void,
): Promise<{ clocks: number; bare: number }> {
  await inside((db) => openCases(db, clocks));
  await outside(async (db) => {
    await db.query('begin');
    await db.query(
      `update case_clock set due_at = now(), warn_at = null where state = 'running' and name <> 'agreement'`,
    );
    await db.query(`update graphile_worker._private_jobs j set run_at = now() from case_clock k
      where k.state = 'running' and k.name <> 'agreement' and j.key = 'clock ' || k.id || ' due'`);
    await db.query('commit');
  });
  const started = performance.now();
  await untilFired(outside, before + clocks);
  const perSecond = clocks / ((performance.now() - started) / 1_000);
  const bare = await bareJobs(exchange, clocks);
  say(`fired ${perSecond.toFixed(0)} clocks a second; bare jobs ${bare.toFixed(0)} a second`);
  return { clocks: perSecond, bare };
}

async function bareJobs(exchange: Exchange, count: number): Promise<number> {
  const { pool, close } = openDatabase(exchange.databaseUrl('postgres'));
  try {
    await pool.query('create table bare_fired (id int primary key, at timestamptz not null)');
    await pool.query(
      `select graphile_worker.add_job('${BARE_TASK}', json_build_object('id', n)) from generate_series(1, ${count}) n`,
    );
    const started = performance.now();
    const runner = await runWorker({
      pgPool: pool,
      concurrency: WORKERS,
      noHandleSignals: true,
      preset: {
        worker: {
          localQueue: { size: 8, refetchDelay: { durationMs: 50, threshold: WORKERS } },
          completeJobBatchDelay: 50,
        },
      },
      logger: new Logger(() => () => undefined),
      taskList: {
        [BARE_TASK]: async (payload) => {
          await pool.query('insert into bare_fired values ($1, now())', [(payload as { id: number }).id]);
        },
      },
    });
    for (;;) {
      const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from bare_fired');
      if ((rows[0]?.n ?? 0) >= count) break;
      await sleep(20);
    }
    const seconds = (performance.now() - started) / 1_000;
    await runner.stop();
    return count / seconds;
  } finally {
    await close();
  }
}
