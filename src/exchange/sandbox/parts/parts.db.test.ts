import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IsolatedFailure, openLocalExecutor, type SandboxExecutor } from '../../../kernel/isolation/index.ts';
import { limitsAt } from '../lane.ts';
import type { Part } from '../model.ts';
import { configureSandbox, sandboxSetting } from '../setting.ts';
import { openTestEngine } from '../sql/testing.ts';
import { type SandboxWorld, sandboxWorld } from '../testing.ts';
import { HELD_MAX } from './held.ts';
import { giveUp, handIn, nameOf, renewLease, takePart } from './leases.ts';
import { pauseAfter } from './limits.ts';
import { runParts } from './run.ts';
import { answerKey, sealAnswer } from './seal.ts';
import { openRuns } from './session.ts';
import type { Peopled } from './turns.ts';
import { type PartWorker, startPartWorker } from './worker.ts';

let w: SandboxWorld;
let projectId: string;
let file: () => Promise<string>;
let parts: readonly Part[];
const workers: PartWorker[] = [];
const executors: SandboxExecutor[] = [];

vi.setConfig({ testTimeout: 180_000 });

/** The engine without its walls, whose start would be most of the time. */
const inThisProcess: SandboxExecutor['openSql'] = async (files) => {
  const engine = await openTestEngine();
  for (const { name, path } of files) await engine.connection.run(`attach '${path}' as ${name} (read_only)`);
  return {
    parse: engine.parse,
    rows: async (text) => ({ columns: [], rows: await engine.rows(text) }),
    close: async () => engine.close(),
  };
};

/** 400 trips of eighty people, kept in three parts. */
beforeAll(async () => {
  w = await sandboxWorld();
  configureSandbox({ ...sandboxSetting(), parts: { fromRows: 1, rows: 150 } });
  projectId = await w.open();
  const { grantId } = await w.grant(projectId);
  await w.t.jobs();
  ({ file, parts } = await w.prepare(grantId));
  for (const name of ['one', 'other'])
    executors.push(await openLocalExecutor({ folder: join(w.t.folder, name), warm: 0, jobsMax: 1 + HELD_MAX }));
}, 180_000);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await Promise.all(executors.map((executor) => executor.stop()));
  await w?.close();
});

const waiting = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sandbox_part_run`.execute(w.t.db);
  return rows[0]?.n;
};
const run = (statements: readonly string[], endsAt = Date.now() + 20_000) =>
  runParts({ parts, attached: 't1', statements, rowsMax: 10, limits: limitsAt(new Date()), key: answerKey(), endsAt });
const NOTHING = { held: [], here: [] };
const COUNT = 'select count(*), count(distinct "_e") from "t1"."main"."data"';
const total = (answers: Awaited<ReturnType<typeof run>>) =>
  answers.map((rows) => (rows[0]?.[0] ?? []).map(Number)).reduce((sum, row) => sum.map((n, i) => n + (row[i] ?? 0)));

describe('before any worker runs', () => {
  it('nobody answers, the query ends with its clock and leaves nothing behind', async () => {
    expect(parts).toHaveLength(3);
    await expect(run([COUNT], Date.now() + 300)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await waiting()).toBe(0);
  });

  it('a part of a worker that is dead is taken by another, and what the first one says later is ignored', async () => {
    const asked = run([COUNT]);
    asked.catch(() => undefined);
    await expect.poll(waiting).toBe(3);
    const first = await takePart(w.t.db, NOTHING, 3);
    if (first === null) throw new Error('nothing to take');
    // Leases run out when nobody renews them; the dead worker's is made to at once.
    await sql`update sandbox_part_run set leased_until = now() - interval '1 second' where id = ${first.id}`.execute(
      w.t.db,
    );
    const others = await Promise.all([1, 2, 3].map(() => takePart(w.t.db, NOTHING, 3)));
    const second = others.find((part) => part?.id === first.id);
    expect(second?.fence).toBe(first.fence + 1);
    // Those of the living are renewed; here nothing may depend on how fast this machine is.
    await sql`update sandbox_part_run set leased_until = now() + interval '1 minute'`.execute(w.t.db);
    expect(await takePart(w.t.db, NOTHING, 3)).toBeNull();
    expect(await renewLease(w.t.db, first)).toBe(false);
    const late = sealAnswer([[[999, 999]]], first.answerTo, nameOf(first));
    expect(await handIn(w.t.db, first, late)).toBe(false);
    for (const part of others) {
      if (part === null) throw new Error('a part was not taken');
      expect(await renewLease(w.t.db, part)).toBe(true);
      expect(await handIn(w.t.db, part, sealAnswer([[[part.place, 1]]], part.answerTo, nameOf(part)))).toBe(true);
    }
    expect(total(await asked)).toEqual([3, 3]);
    expect(await waiting()).toBe(0);
  });

  it('a part that workers fail on is tried again after a pause, and no more often than may be', async () => {
    const outcome = run([COUNT]).catch((error: IsolatedFailure) => error);
    await expect.poll(waiting).toBe(3);
    await sql`delete from sandbox_part_run where place > 0`.execute(w.t.db);
    const attempts: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const part = await vi.waitUntil(() => takePart(w.t.db, NOTHING, 3), { timeout: 60_000 });
      attempts.push(performance.now());
      await giveUp(w.t.db, part, 'internal', 3);
      expect(await takePart(w.t.db, NOTHING, 3)).toBeNull();
    }
    const [first = 0, second = 0, third = 0] = attempts;
    expect(second - first).toBeGreaterThan(pauseAfter(1, new Date(), 0));
    expect(third - second).toBeGreaterThan(pauseAfter(2, new Date(), 0));
    expect(await outcome).toMatchObject({ kind: 'internal' });
    expect(await waiting()).toBe(0);
  });

  it('an answer that is of another part, or sealed to nobody, ends the query as failed', async () => {
    const asked = run([COUNT]);
    const outcome = asked.catch((error: IsolatedFailure) => error);
    await expect.poll(waiting).toBe(3);
    const part = await takePart(w.t.db, NOTHING, 3);
    if (part === null) throw new Error('nothing to take');
    const wrong = sealAnswer([[[1, 1]]], part.answerTo, nameOf({ ...part, place: part.place + 1 }));
    await handIn(w.t.db, part, wrong);
    expect(await outcome).toMatchObject({ kind: 'internal' });
    expect(await waiting()).toBe(0);
  });
});

describe('with two workers', () => {
  beforeAll(() => {
    for (const executor of executors) workers.push(startPartWorker({ places: 1, executor }));
  });

  it('every row and every person is in one part', async () => {
    expect(total(await run([COUNT]))).toEqual([400, 80]);
  });

  it('a worker that breaks gives the part back; what the data do to a query ends it with the class of its failure', async () => {
    const executor = executors[0] as { openSql: SandboxExecutor['openSql'] };
    const opens = executor.openSql;
    let broken = 0;
    executor.openSql = async (...args) => {
      if (broken++ === 0) throw new IsolatedFailure('internal', 'the process died');
      return opens(...args);
    };
    try {
      expect(total(await run([COUNT]))).toEqual([400, 80]);
    } finally {
      executor.openSql = opens;
    }
    expect(broken).toBeGreaterThan(0);
    await expect(run([`select error('x') from "t1"."main"."data"`])).rejects.toMatchObject({ kind: 'data' });
  });

  it('cancels what still runs when the clock is over', async () => {
    const endless = 'select count(*) from range(100000000000), "t1"."main"."data"';
    await expect(run([endless], Date.now() + 1_500)).rejects.toMatchObject({ kind: 'resource' });
    expect(await waiting()).toBe(0);
    await sleep(1_500);
    expect(total(await run([COUNT]))).toEqual([400, 80]);
  });

  it('runs a statement of one large table in parts and any other on the whole', async () => {
    const other = { attached: 't2', file, parts: [], peopled: null };
    const limits = { ...limitsAt(new Date()), wallMs: 120_000 };
    const data = openRuns([{ attached: 't1', file, parts, peopled: null }, other], limits);
    try {
      const found = await data.each(
        [COUNT, COUNT.replace('t1', 't2'), 'select count(*) from "t1"."main"."data", "t2"."main"."data"'],
        10,
      );
      expect(found.map((runs) => runs.length)).toEqual([3, 1, 1]);
      expect(found[2]?.[0]?.[0]?.map(Number)).toEqual([160_000]);
    } finally {
      await data.close();
    }
  });

  it('reads a table of many people in turns, in smaller ones where memory is not enough', async () => {
    const executor = sandboxSetting().executor as { openSql: SandboxExecutor['openSql'] };
    const opens = executor.openSql;
    for (const one of executors) (one as { openSql: SandboxExecutor['openSql'] }).openSql = inThisProcess;
    const peopled: Peopled = { rows: 40_000_000, entities: 80 };
    const statements: string[] = [];
    executor.openSql = async (...args) => {
      const session = await inThisProcess(...args);
      const rows = async (text: string, limit: number) => {
        statements.push(text);
        if (statements.length === 3) throw new IsolatedFailure('resource', 'Out of Memory Error: failed to allocate');
        return session.rows(text, limit);
      };
      return { ...session, rows };
    };
    try {
      for (const shared of [[], parts]) {
        const data = openRuns([{ attached: 't1', file, parts: shared, peopled }], limitsAt(new Date()));
        const [runs = []] = await data.each([COUNT], 10);
        await data.close();
        expect(total(runs.map((rows) => [rows]))).toEqual([400, 80]);
        // Ten turns of all, or four of each of the parts; the third failed, and all were cut in half.
        expect(runs).toHaveLength(shared.length === 0 ? 20 : 12);
      }
      expect(statements).toHaveLength(3 + 20);
    } finally {
      executor.openSql = opens;
    }
  });

  it('answers queries of the lane as the whole table does, history and all', async () => {
    const QUERIES = [
      'select line, count(*) as trips, count(distinct card) as people, avg(paid) as mean from trips group by line',
      'select count(*) as n, sum(paid) as s from trips where fare >= 3',
      "select sum(paid) as s from trips where line = 'L1' and fare between 2 and 8",
    ];
    const answers = async (project: string) => {
      const told = [];
      for (const text of QUERIES) {
        const { rows, marks, suppressed } = await w.run('sandbox.query', w.operator, { projectId: project, sql: text });
        told.push({ rows, marks, suppressed });
      }
      return told;
    };
    for (const executor of [w.executor, ...executors])
      (executor as { openSql: SandboxExecutor['openSql'] }).openSql = inThisProcess;
    const inParts = await answers(projectId);
    const inTurns = 40_000_000;
    for (const rows of [400, inTurns]) {
      await sql`update sandbox_prepared set parts = '[]', rows = ${rows}`.execute(w.t.db);
      for (const table of ['sandbox_query', 'sandbox_told_cell', 'sandbox_shape', 'sandbox_answer'])
        await sql.raw(`truncate ${table} cascade`).execute(w.t.db);
      expect(await answers(projectId)).toEqual(inParts);
    }
  });
});
