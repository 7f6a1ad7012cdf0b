import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute } from '../../kernel/acts/index.ts';
import * as custody from '../../kernel/custody/index.ts';
import type { Answer } from './model.ts';
import { type SandboxWorld, sandboxWorld, tripsOf } from './testing.ts';

let w: SandboxWorld;
let projectId: string;
let grantId: string;
let available = false;

beforeAll(async () => {
  w = await sandboxWorld();
  projectId = await w.open();
  ({ grantId } = await w.grant(projectId));
  await w.t.jobs();
  available = (await w.executor.availability()).sql;
}, 180_000);
afterAll(() => w?.close());

type Told = Answer & { queryId: string; cached: boolean; budget: { usesLeft: number; cellsLeft: number } };
const ask = (text: string, by = w.operator, project = projectId) =>
  w.run('sandbox.query', by, { projectId: project, sql: text }) as unknown as Promise<Told>;
const refused = async (text: string, by = w.operator) =>
  (await w.refusal('sandbox.query', by, { projectId, sql: text })).violations.map((v) => v.rule);
const spent = async () => {
  const { rows } = await sql<{ uses: number; queries: number; taken: number; shapes: number; right: number }>`select
    (select coalesce(sum(uses), 0)::int from sandbox_spent) as uses, (select count(*)::int from sandbox_query) as queries,
    (select count(*)::int from resource_use) as taken, (select count(*)::int from sandbox_shape) as shapes,
    (select uses::int from resource_authorisation where id = ${w.authorisationId}) as right`.execute(w.t.db);
  return rows[0];
};

it('answers counts and means of enough people, and leaves its trace with the holder', async () => {
  expect(available).toBe(true);
  const told = await ask(
    'select line, count(*) as trips, count(distinct card) as people, avg(paid) as mean from trips group by line order by line',
  );
  expect(told.columns.map((c) => c.name)).toEqual(['line', 'trips', 'people', 'mean']);
  expect(told.rows.map((r) => r.slice(0, 3))).toEqual([
    ['L1', 200, 40],
    ['L2', 200, 40],
  ]);
  expect(told.budget.usesLeft).toBe(999);
  const { items } = (await w.look('/sandbox-uses', w.holder)) as { items: Record<string, unknown>[] };
  expect(items[0]).toMatchObject({ kind: 'query', madeId: told.queryId, alias: 'trips', state: 'answered' });
  expect(String(items[0]?.code)).toContain('group by line');
  const { rows } = await sql<{ id: string }>`
    select object_id as id from resource where id = ${w.resourceId}`.execute(w.t.db);
  const kept = await w.t.read(custody.reads, '/custody/:objectId', w.holder, { objectId: rows[0]?.id });
  expect(kept).toMatchObject({ uses: [{ by: '示例运营公司', subject: told.queryId }] });
  const seen = await w.look('/sandbox-queries/:queryId', w.holder, { queryId: told.queryId });
  expect(seen.rows).toEqual(told.rows);
  const stranger = await w.t.party('示例旁人公司', ['operating-unit']);
  await expect(w.look('/sandbox-queries/:queryId', stranger, { queryId: told.queryId })).rejects.toThrow('Not found');
  expect((await w.look('/sandbox-projects/:projectId/queries', w.operator, { projectId })).items).toHaveLength(1);
});

it('tells the same query again from the store and charges nothing', async () => {
  const before = await spent();
  const told = await ask(
    'SELECT line, count(*) AS trips, count(distinct card) AS people, avg(paid) AS mean FROM trips GROUP BY line ORDER BY line',
  );
  expect(told.cached).toBe(true);
  expect(await spent()).toEqual({ ...before, queries: (before?.queries ?? 0) + 1 });
});

it('suppresses the few rather than refuse, whatever they are', async () => {
  const told = await ask("select count(*) as trips from trips where fare > 8 and line = 'L1'");
  expect(told.rows).toHaveLength(1);
  const few = await ask('select fare, count(*) as trips from trips where fare >= 9 group by fare').catch(
    (e: Error) => e,
  );
  expect(few).toBeInstanceOf(Error);
});

describe('is refused', () => {
  it.each([
    ['a column that was not granted', 'select illness, count(*) from trips group by illness'],
    ['rows as they are', 'select * from trips'],
    ['the key', 'select card, count(*) from trips group by card'],
    ['an unknown table', 'select count(*) from people'],
    ['a file', "select count(*) from read_csv('/etc/passwd')"],
    ['a subquery', 'select count(*) from (select * from trips)'],
  ])('%s', async (_name, text) => {
    expect(await refused(text)).toEqual(['HS-22.1']);
  });

  it('what does not parse as one statement, by its class alone', async () => {
    for (const text of ['select count(*) from trips; select 1', 'selec 1', "select 'x"])
      expect(await refused(text)).toEqual(['HS-21.13']);
  });

  it('whoever is no member, or was not trained, before anything runs', async () => {
    expect(await refused('select count(*) from trips', w.colleague)).toEqual(
      expect.arrayContaining(['HS-21.3', 'HS-21.4', 'JN-17.1']),
    );
    const stranger = await w.t.party('示例外部公司', ['operating-unit']);
    expect((await w.refusal('sandbox.query', stranger, { projectId, sql: 'select 1' })).kind).toBe('not-found');
  });
});

describe('the right', () => {
  it('stops queries at once while it is suspended, withdrawn or used up, and names the article', async () => {
    const suspended = (on: boolean) =>
      sql`update resource_authorisation set suspended_at = ${on ? new Date() : null}, holds = ${on ? ['agreement'] : []}
        where id = ${w.authorisationId}`.execute(w.t.db);
    await suspended(true);
    expect(await refused('select count(*) as n from trips')).toEqual(expect.arrayContaining(['HS-16.1', 'JN-12.3']));
    await suspended(false);
    const usedUp = (yes: boolean) =>
      sql`update resource_authorisation set uses_max = case when ${yes} then uses end where id = ${w.authorisationId}`.execute(
        w.t.db,
      );
    await usedUp(true);
    expect(await refused('select count(*) as n from trips where fare > 1')).toEqual(
      expect.arrayContaining(['HS-16.3']),
    );
    await usedUp(false);
  });

  it('is asked again after the run: what ended meanwhile lets no answer out and charges nothing', async () => {
    const before = await spent();
    const ends = w.executor.openSql;
    const executor = w.executor as { openSql: typeof ends };
    executor.openSql = async (...args) => {
      const session = await ends(...args);
      if (args[0].length > 0)
        await sql`update resource_authorisation set suspended_at = now(), holds = '{agreement}' where id = ${w.authorisationId}`.execute(
          w.t.db,
        );
      return session;
    };
    try {
      expect(await refused('select count(*) as n from trips where fare > 2')).toEqual(['HS-16.1']);
    } finally {
      executor.openSql = ends;
      await sql`update resource_authorisation set suspended_at = null, holds = '{}' where id = ${w.authorisationId}`.execute(
        w.t.db,
      );
    }
    expect(await spent()).toEqual(before);
  });
});

it('counts under concurrency exactly what it told, and says when it is busy', async () => {
  const before = await spent();
  const texts = Array.from(
    { length: 10 },
    (_, i) => `select count(*) as n from trips where fare >= 3 and line = 'L${(i % 2) + 1}'`,
  );
  const outcomes = await Promise.all(
    texts.map((text) => execute(w.t.kernel, w.act('sandbox.query'), w.operator, { projectId, sql: text })),
  );
  const told = outcomes.filter((o) => o.ok);
  const busy = outcomes.filter((o) => !o.ok && o.refusal.kind === 'too-many');
  expect([told.length + busy.length, told.length > 0]).toEqual([10, true]);
  const fresh = told.filter((o) => o.ok && !(o.result as Told).cached).length;
  expect(fresh).toBeLessThanOrEqual(2);
  const after = await spent();
  expect((after?.uses ?? 0) - (before?.uses ?? 0)).toBe(fresh);
  expect((after?.right ?? 0) - (before?.right ?? 0)).toBe(fresh);
  expect((after?.queries ?? 0) - (before?.queries ?? 0)).toBe(told.length);
});

it('leaves neither answer nor charge when the process with the data dies in the middle', async () => {
  const before = await spent();
  const opens = w.executor.openSql;
  const executor = w.executor as { openSql: typeof opens };
  executor.openSql = async (files, limits, signal) =>
    opens(files, files.length > 0 ? { ...limits, wallMs: 1 } : limits, signal);
  try {
    expect(await refused('select count(*) as n from trips where fare > 4')).toEqual(['HS-21.13']);
  } finally {
    executor.openSql = opens;
  }
  expect(await spent()).toEqual(before);
});

it('stops when the grant is revoked or its uses are over', async () => {
  await sql`update sandbox_grant set policy = jsonb_set(policy, '{usesMax}', '1') where id = ${grantId}`.execute(
    w.t.db,
  );
  expect(await refused('select count(*) as n from trips where fare > 5')).toEqual(['HS-21.12']);
  await w.run('sandbox.revoke-grant', w.holder, { grantId, reason: '不再提供' });
  expect(await refused('select count(*) as n from trips')).toEqual(['HS-22.1']);
});

it('tells exact numbers of people from one revision of the data until the holder grants anew', async () => {
  const [first, second] = [await w.open(), await w.open()];
  const given = await w.grant(first);
  await w.grant(second);
  await w.t.jobs();
  const [question, other] = ['select count(*) as trips from trips where fare < 9', 'select count(*) as n from trips'];
  const told = await ask(question, w.operator, first);
  const datasetId = await w.t.dataset(w.holder, tripsOf(81));
  await w.run('resource.refresh', w.holder, { resourceId: w.resourceId, datasetId, findingsStatement: '测试数据' });
  await w.t.jobs();
  const before = await spent();
  for (const projectId of [first, second])
    for (const sql of [question, other])
      expect(
        (await w.refusal('sandbox.query', w.operator, { projectId, sql })).violations.map((v) => v.rule),
        `${projectId} ${sql}`,
      ).toEqual(['HS-22.44']);
  expect(await spent()).toEqual(before);
  const { tableList } = (await w.look('/sandbox-projects/:projectId', w.operator, { projectId: first })) as {
    tableList: unknown[];
  };
  expect(tableList).toMatchObject([{ newerData: true }]);
  await w.run('sandbox.revoke-grant', w.holder, { grantId: given.grantId, reason: '数据已更新' });
  await w.grant(first);
  await w.t.jobs();
  const again = await ask(question, w.operator, first);
  expect(Number(again.rows[0]?.[0])).toBeGreaterThan(Number(told.rows[0]?.[0]));
});

it('lets a party ask its own table without a right, and shows it in what is kept for it', async () => {
  await w.train(w.holder);
  const { projectId: own } = await w.run(
    'sandbox.open-project',
    w.holder,
    w.project({ memberIds: [w.holder.personId] }),
  );
  await w.grant(String(own), { authorisationId: null });
  await w.t.jobs();
  const told = await ask('select line, count(*) as trips from trips group by line', w.holder, String(own));
  const row = await w.t.db.selectFrom('resource').select('object_id').where('id', '=', w.resourceId).executeTakeFirst();
  const kept = await w.t.read(custody.reads, '/custody/:objectId', w.holder, { objectId: row?.object_id });
  expect(kept).toMatchObject({ uses: expect.arrayContaining([expect.objectContaining({ subject: told.queryId })]) });
  const { uses } = kept as { uses: { by: string; subject: string; what: { en: string } }[] };
  expect(uses.find((u) => u.subject === told.queryId)).toMatchObject({
    by: '示例公交公司',
    what: { en: expect.stringContaining('4 figures told') },
  });
});
