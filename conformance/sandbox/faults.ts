import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Client, Problem } from '../../bench/client.ts';
import { type Exchange, isAlive, withDatabase } from '../../bench/exchange.ts';
import { signInAs } from '../../bench/trade.ts';

/** A kill comes at a random moment of this time after the first isolated process was seen. */
const KILL_WITHIN_MS = 1_000;
const START_MS_MAX = 15_000;
const SETTLE_MS_MAX = 180_000;
const GONE_MS_MAX = 60_000;
const PAIRS = 2;

export interface FaultsOptions {
  /** A small exchange that runs, and a second server of it that is stopped before the first is killed. */
  readonly running: Exchange;
  readonly second: Exchange;
  readonly kills: number;
  readonly say: (line: string) => void;
}
export interface FaultsReport {
  readonly kills: number;
  /** Queries that had been answered when their server was killed, and those done after the start. */
  readonly answeredBefore: number;
  readonly answeredAfter: number;
  /** Jobs that came to their review after all. */
  readonly reviewed: number;
  readonly rotations: number;
  /** The same query on two servers at once; and halves of a difference at once, of which one at most was told. */
  readonly together: number;
  readonly halves: number;
}

interface Told {
  readonly queryId: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly marks: readonly (readonly (string | null)[])[];
  readonly cached: boolean;
}
interface Place {
  readonly projectId: string;
  readonly holderId: string;
  readonly resourceId: string;
}

/**
 * Asks one party's sandbox on two servers at once, then kills a server with kill -9 while a query, a job and a rotation of the
 * holder's key run, and looks whether anything was told twice, charged twice, let out unreviewed or left running.
 * @returns what was seen, and the server that runs now
 * @throws Error with the first thing that was
 */
export async function runSandboxFaults({
  running,
  second,
  kills,
  say,
}: FaultsOptions): Promise<{ report: FaultsReport; running: Exchange }> {
  let exchange = running;
  const counted = { answeredBefore: 0, answeredAfter: 0, reviewed: 0, rotations: 0 };
  try {
    const operator = await signInAs(exchange, 'operating-unit');
    const security = await signInAs(exchange, 'security-admin');
    const database = exchange.databaseUrl('postgres');
    const place = await withDatabase(database, customersOf);
    const together = await onTwoServers(exchange, second, operator, place);
    say(`two servers: ${together.together} queries asked at once, ${together.halves} pairs of halves`);
    for (let n = 0; n < kills; n++) {
      const before = await withDatabase(database, (db) => usesOf(db, place));
      const query = { key: randomUUID(), input: { projectId: place.projectId, sql: ageQuery(n) } };
      const job = await operator.act<{ jobId: string }>('sandbox.submit', longJob(place));
      const asked = operator.act<Told>('sandbox.query', query.input, query.key).catch((error: unknown) => error);
      const rotation = security
        .act<{ rotationId: string }>('custody.rotate-keys', { partyId: place.holderId, reason: '示例轮换' })
        .catch((error: unknown) => error);
      await untilIsolated(exchange.pid);
      await sleep(Math.random() * KILL_WITHIN_MS);
      const inside = await isolatedBelow(exchange.pid);
      await exchange.kill();
      for (const answer of [await asked, await rotation])
        if (answer instanceof Problem) throw new Error(`refused before the kill: ${answer.message}`);
      counted[(await asked) instanceof Error ? 'answeredAfter' : 'answeredBefore']++;
      await untilGone(inside);
      exchange = await exchange.again();
      const again = await operator.act<Told>('sandbox.query', query.input, query.key);
      await withDatabase(database, async (db) => {
        await oneAnswer(db, query.key, again.result.queryId);
        await untilRotated(db);
        counted.rotations++;
        if ((await untilReviewed(db, operator, job.result.jobId)) === 'review') counted.reviewed++;
        // One for the query and one for the job, however often they were begun.
        const uses = (await usesOf(db, place)) - before;
        if (uses !== 2) throw new Error(`a query and a job were charged ${uses} uses`);
      });
      say(`kill ${n + 1}: ${inside.length} isolated processes ended with it`);
    }
    // A file wrapped by a new key still opens: the table is read anew by a server that has no copy of it.
    await operator.act('sandbox.query', { projectId: place.projectId, sql: ageQuery(kills) });
    return { report: { kills, ...counted, ...together }, running: exchange };
  } catch (error) {
    await exchange.kill();
    throw error;
  }
}

/** The planted table's project, its holder and resource. */
async function customersOf(db: pg.Client): Promise<Place> {
  const { rows } = await db.query<Place>(`select project_id as "projectId", holder_id as "holderId",
    resource_id as "resourceId" from sandbox_grant where alias = 'customers' and revoked_at is null limit 1`);
  const [place] = rows;
  if (place === undefined) throw new Error('the sample has no customers');
  return place;
}

const ageQuery = (n: number) => `select gender, count(*) as n from customers where age >= ${31 + n} group by gender`;

/** Some seconds long. */
const longJob = ({ projectId }: Place) => ({
  projectId,
  language: 'sql',
  code: 'select count(*) as n from customers c, range(60000) r where hash(c.age, r.range) % 7 = 1',
  output: { kind: 'table', columns: [{ name: 'n', type: 'integer' }], rowsMax: 5 },
});

/** One answer where the same is asked at once; where two differ by few people, one at most. */
async function onTwoServers(exchange: Exchange, second: Exchange, operator: Client, place: Place) {
  const there = new Client(second.url, operator.token);
  const ask = async (who: Client, sql: string): Promise<Told> =>
    (await who.act<Told>('sandbox.query', { projectId: place.projectId, sql })).result;
  const uses = () => withDatabase(exchange.databaseUrl('postgres'), (db) => usesOf(db, place));
  let [together, halves] = [0, 0];
  try {
    for (let pair = 0; pair < PAIRS; pair++) {
      const before = await uses();
      const sql = `select month, count(*) as n from customers where age < ${40 + pair} group by month`;
      const [a, b] = await Promise.all([ask(operator, sql), ask(there, sql)]);
      if (JSON.stringify([a.rows, a.marks]) !== JSON.stringify([b.rows, b.marks]))
        throw new Error('two servers told one query two answers');
      const charged = (await uses()) - before;
      if (a.cached === b.cached || charged !== 1)
        throw new Error(`one query asked on two servers was charged ${charged} times`);
      together++;
      const from = (day: number) => `select count(*) as n from customers where joined >= date '202${pair}-03-0${day}'`;
      const told = await Promise.all([ask(operator, from(1)), ask(there, from(3))]);
      if (told.every((one) => one.marks[0]?.[0] === null)) throw new Error('both halves of a difference were told');
      halves++;
    }
  } finally {
    await second.stop();
  }
  return { together, halves };
}

async function usesOf(db: pg.Client, { resourceId }: Place): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    'select coalesce(sum(uses), 0)::int as n from sandbox_spent where resource_id = $1',
    [resourceId],
  );
  return rows[0]?.n ?? 0;
}

/** A request with one key was done once, and its query stands once, however its server ended. */
async function oneAnswer(db: pg.Client, key: string, queryId: string): Promise<void> {
  const { rows } = await db.query<{ acts: number; queries: number }>(
    `select (select count(*)::int from act_log where idempotency_key = $1) as acts,
      (select count(*)::int from sandbox_query q where q.id = $2
        or (q.answer_key, q.audience_id) = (select answer_key, audience_id from sandbox_query where id = $2)) as queries`,
    [key, queryId],
  );
  if (rows[0]?.acts !== 1 || rows[0].queries !== 1)
    throw new Error(`a killed query stands ${rows[0]?.queries} times, by ${rows[0]?.acts} acts`);
}

async function untilRotated(db: pg.Client): Promise<void> {
  await until(async () => {
    const { rows } = await db.query('select 1 from key_rotation where done_at is null');
    return rows.length === 0 ? true : undefined;
  }, 'a rotation of keys was never done');
}

/** @returns the state in which the job came to rest; its content was nobody's to see before */
async function untilReviewed(db: pg.Client, operator: Client, jobId: string): Promise<string> {
  const state = await until(async () => {
    const job = await operator.get<{ state: string; content: unknown }>(`/sandbox-jobs/${jobId}`);
    if (job.content !== null) throw new Error('an output was seen before its review');
    return ['queued', 'running', 'checking'].includes(job.state) ? undefined : job.state;
  }, 'a job never came to rest');
  const { rows } = await db.query('select 1 from sandbox_output where job_id = $1', [jobId]);
  if (rows.length > 0) throw new Error('an output was let out without review');
  return state;
}

async function until<T>(look: () => Promise<T | undefined>, otherwise: string): Promise<T> {
  for (const end = Date.now() + SETTLE_MS_MAX; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(otherwise);
    await sleep(200);
  }
}

/** Processes of jobs and queries below a server: what it launched shut in. */
async function isolatedBelow(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && one > 1 && (parents.get(one) === pid || isBelow(parents.get(one)));
  const found: number[] = [];
  for (const one of parents.keys()) {
    if (!isBelow(one)) continue;
    const command = await readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '');
    if (/bwrap|\/inside\/|prlimit/.test(command)) found.push(one);
  }
  return found;
}

/** Until something runs shut in, or the query and the job are over already. */
async function untilIsolated(pid: number): Promise<void> {
  for (const end = Date.now() + START_MS_MAX; Date.now() < end; await sleep(20))
    if ((await isolatedBelow(pid)).length > 0) return;
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (const end = Date.now() + GONE_MS_MAX; pids.some(isAlive); await sleep(20))
    if (Date.now() > end) throw new Error(`isolated processes outlived their server: ${pids.filter(isAlive)}`);
}
