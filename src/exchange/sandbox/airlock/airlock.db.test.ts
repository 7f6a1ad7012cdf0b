import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, SYSTEM } from '../../../kernel/acts/index.ts';
import { programOf } from '../../../kernel/programs.ts';
import { rightsBehind, suspendUse } from '../../catalog/index.ts';
import * as products from '../../products/index.ts';
import { refusedKind, rulesOf } from '../../testing.ts';
import { sandboxTasks } from '../../workbench/tasks-sandbox.ts';
import * as sandbox from '../index.ts';
import { named, type Person, type TestAirlock, testAirlock } from './testing.ts';

let t: TestAirlock;
const granted = new Map<string, Awaited<ReturnType<TestAirlock['grant']>>>();
beforeAll(async () => {
  t = await testAirlock();
  await t.grant(t.holder, 'sales');
}, 300_000);
afterAll(() => t?.close());

const BY_CITY = `select city, count(distinct _e) as people, avg(amount) as mean from sales group by city having count(distinct _e) >= 10`;
const OUTPUT = {
  kind: 'table',
  columns: [
    { name: 'city', type: 'text', role: 'group', from: { alias: 'sales', column: 'city' } },
    { name: 'people', type: 'integer', role: 'count' },
    { name: 'mean', type: 'decimal', decimals: 2 },
  ],
  rowsMax: 50,
};
const decide = (by: Person, jobId: string, decision = 'release', reason = '') =>
  t.x.run(named('sandbox.release'), by, { jobId, decision, reason });
const refusedDecision = async (by: Person, jobId: string, reason = '') =>
  rulesOf(await t.x.refusal(named('sandbox.release'), by, { jobId, decision: 'release', reason }));
const ran = async (code: string, output: Record<string, unknown> = OUTPUT, more = {}) => {
  const jobId = await t.submit(code, output, more);
  await t.x.jobs();
  return { jobId, ...(await t.job(jobId)) } as Record<string, unknown> & { jobId: string; state: string };
};
const objectsOf = async (jobId: string): Promise<number> =>
  (await t.x.db.selectFrom('vault_object').select('id').where('name', 'like', `${jobId}.%`).execute()).length;
const usesOf = async (jobId: string): Promise<number> =>
  (await t.x.db.selectFrom('sandbox_use').select('id').where('made_id', '=', jobId).execute()).length;

describe('an output', () => {
  it('is seen by nobody but the reviewer until every holder lets it go', async () => {
    const job = await ran(BY_CITY);
    expect(job).toMatchObject({ state: 'review', part: 'operator', content: null, differences: null, log: null });
    expect(
      (job.checks as { result: string; text: unknown }[]).every((c) => c.result === 'pass' && c.text === null),
    ).toBe(true);
    const seen = await t.job(job.jobId, t.holder);
    expect(seen).toMatchObject({ part: 'reviewer', code: BY_CITY, mayDecide: true });
    expect((seen.content as { rows: unknown[][] }).rows).toHaveLength(4);
    expect(await refusedKind(t.job(job.jobId, t.second))).toBe('not-found');
    expect(
      rulesOf(await t.x.refusal(named('sandbox.release'), t.operator, { jobId: job.jobId, decision: 'release' })),
    ).toEqual(['HS-1.4']);
    const waits = async (actor: Person) =>
      (await sandboxTasks(t.x.db, actor, 10)).filter((task) => task.subject === job.jobId).map((task) => task.act);
    expect([await waits(t.holder), await waits(t.second), await waits(t.operator)]).toEqual([
      ['sandbox.release'],
      [],
      [],
    ]);
    const { outputId } = await decide(t.holder, job.jobId);
    expect(await waits(t.holder)).toEqual([]);
    expect(outputId).toMatch(/^sbo_/);
    expect(await t.job(job.jobId)).toMatchObject({ state: 'released', outputId });
    expect(((await t.job(job.jobId)).content as { columns: unknown }).columns).toMatchObject([
      { name: 'city' },
      {},
      {},
    ]);
    expect(await refusedDecision(t.holder, job.jobId)).toEqual(['HS-23.27']);
    // The same again is compared with what was released: nothing differs; other amounts do.
    expect((await ran(BY_CITY)).state).toBe('review');
    const other = await ran(BY_CITY.replace('avg(amount)', 'avg(amount + 1)'));
    expect((await t.job(other.jobId, t.holder)).differences).toMatchObject([{ outputId, changed: 4, small: 0 }]);
    const fewer = await ran(BY_CITY.replace('group by', 'where _e > 4 group by'));
    const checks = (await t.job(fewer.jobId, t.holder)).checks as { check: string; result: string }[];
    expect(checks.find((c) => c.check === 'differences')?.result).toBe('fail');
    expect(await refusedDecision(t.holder, fewer.jobId)).toEqual(['HS-23.26']);
    await decide(t.holder, fewer.jobId, 'reject', '与已放行成果只差个别人，不能放行。');
    await t.x.jobs();
    expect(await objectsOf(fewer.jobId)).toBe(0);
    expect(await t.job(fewer.jobId, t.holder)).toMatchObject({ state: 'rejected', content: null });
  });

  it.each([
    ['rows as they are', 'select city, 10 as people, amount as mean from sales limit 20', 'checks'],
    ['a group of one', 'select city, count(distinct _e) as people, 1.0 as mean from sales group by city', 'checks'],
    ['a made-up group', "select 'u1-33' as city, 100 as people, 1.0 as mean from sales limit 1", 'checks'],
    ['too many rows', 'select city, 100 as people, 1.0 as mean from sales limit 51', 'rows'],
    ['a hidden column', 'select city, 100 as people, 1.0 as mean, amount from sales limit 1', 'columns'],
    ['not a number', "select city, 100 as people, 'nan'::double as mean from sales limit 1", 'type'],
    ['a formula', "select '=1+1' as city, 100 as people, 1.0 as mean from sales limit 1", 'domain'],
  ])('that is %s is rejected by the machine and removed', async (_, code, failure) => {
    const job = await ran(code);
    await t.x.jobs();
    expect(job).toMatchObject({ state: 'rejected', failure });
    expect(await objectsOf(job.jobId)).toBe(0);
    expect(await refusedDecision(t.holder, job.jobId)).toEqual(['HS-23.27']);
  });

  it('fails by its class alone; what the engine says is for the holder', async () => {
    const job = await ran('select city, 100 as people, error(amount::varchar) as mean from sales limit 1');
    expect(job).toMatchObject({ state: 'failed', log: null });
    expect(JSON.stringify(job)).not.toContain('.25');
    expect((await t.job(job.jobId, t.holder)).log).toContain('.25');
    expect((await ran('selec city from sales')).failure).toBe('syntax');
  });
});

describe('what is submitted', () => {
  const refused = async (input: Record<string, unknown>, by: Person = t.operator) =>
    rulesOf(
      await t.x.refusal(named('sandbox.submit'), by, {
        ...{ projectId: t.project, language: 'sql', code: BY_CITY, output: OUTPUT, ...input },
      }),
    );
  it('needs a trained member, a granted table and a sound declaration', async () => {
    expect(await refused({}, t.colleague)).toEqual(['HS-21.3', 'HS-21.4', 'JN-17.1']);
    expect(await refused({ code: 'select 1', output: { kind: 'metrics', names: ['x'] } })).toEqual(['HS-23.21']);
    expect(await refused({ inputs: ['sales', 'secret'] })).toEqual(['HS-23.21']);
    expect(await refused({ output: { ...OUTPUT, columns: [{ name: 'city', type: 'text' }] } })).toEqual(['HS-23.22']);
    expect(await refused({}, t.second)).toEqual(['HS-1.4']);
    expect(await refused({ projectId: `sbp_${'0'.repeat(26)}` })).toEqual(['HS-1.4']);
  });

  it('is the approved program where a grant is bound to programs', async () => {
    const code = 'select count(distinct _e) as n from bound';
    const output = { kind: 'metrics', names: ['n'] };
    granted.set('bound', await t.grant(t.holder, 'bound', { codeHashes: ['0'.repeat(64)] }));
    expect(await refused({ code, output })).toEqual(['HS-23.23']);
    const hash = (
      await t.x.refusal(named('sandbox.submit'), t.operator, { projectId: t.project, language: 'sql', code, output })
    ).violations[0]?.fact.en.match(/[0-9a-f]{64}/)?.[0];
    await sql`update sandbox_grant set policy = jsonb_set(policy, '{codeHashes}', ${JSON.stringify([hash])}::jsonb) where alias = 'bound'`.execute(
      t.x.db,
    );
    expect((await ran(code, output)).state).toBe('review');
    expect(await refused({ code: `${code} `, output })).toEqual(['HS-23.23']);
  });
});

describe('two holders', () => {
  it('both decide; at once they make one output, and one refusal ends it', async () => {
    granted.set('freight', await t.grant(t.second, 'freight'));
    const code = 'select (select count(distinct _e) from sales) as a, (select count(distinct _e) from freight) as b';
    const output = { kind: 'metrics', names: ['a', 'b'] };
    const job = await ran(code, output);
    expect(job.tables).toEqual(['freight', 'sales']);
    expect(job.log).toBeNull();
    const both = await Promise.all([decide(t.holder, job.jobId), decide(t.second, job.jobId)]);
    expect(both.map((d) => d.state).sort()).toEqual(['released', 'review']);
    expect(
      await t.x.db.selectFrom('sandbox_output').select('id').where('job_id', '=', job.jobId).execute(),
    ).toHaveLength(1);
    const again = await ran(code, output);
    await decide(t.holder, again.jobId);
    expect(await refusedDecision(t.holder, again.jobId)).toEqual(['HS-23.27']);
    await decide(t.second, again.jobId, 'reject', '本次用途与约定不符，不放行。');
    expect(await t.job(again.jobId)).toMatchObject({ state: 'rejected', outputId: null });
  });
});

describe('a machine that dies', () => {
  it('has its job run again, counted once; what it says late counts no more', async () => {
    const jobId = await t.submit(BY_CITY, OUTPUT);
    // A process that began and was killed: it holds the run, and never comes back.
    await t.x.run(named('sandbox.begin-job'), SYSTEM, { jobId, runId: 'dead' });
    expect(await usesOf(jobId)).toBe(1);
    await t.x.jobs();
    expect(await t.job(jobId)).toMatchObject({ state: 'review', attempts: 2 });
    expect(await usesOf(jobId)).toBe(1);
    expect(await objectsOf(jobId)).toBe(2);
    const late = await t.x.refusal(named('sandbox.fail-job'), SYSTEM, {
      jobId,
      runId: 'dead',
      failure: 'internal',
      logId: null,
    });
    expect(rulesOf(late)).toEqual(['HS-23.27']);
  });

  it('fails it once when it dies too often', async () => {
    const jobId = await t.submit(BY_CITY, OUTPUT);
    for (const runId of ['a', 'b', 'c']) await t.x.run(named('sandbox.begin-job'), SYSTEM, { jobId, runId });
    await t.x.jobs();
    expect(await t.job(jobId)).toMatchObject({ state: 'failed', failure: 'internal', attempts: 3 });
    expect(await usesOf(jobId)).toBe(1);
  });
});

const FOREVER =
  'select count(*) as n from sales a, sales b, sales c, sales d where a.amount + b.amount <> c.amount + d.amount';
const COUNT = { kind: 'metrics', names: ['n'] };
const running = async (jobId: string) => {
  for (let i = 0; i < 200; i++) {
    if ((await t.job(jobId)).state === 'running') return;
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error('it never ran');
};

const statOf = (pid: number | string) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
/** A process and all that it started, which outlive it where nothing ends them. */
async function familyOf(pid: number): Promise<{ pid: number; name: string }[]> {
  const all = await Promise.all((await readdir('/proc')).filter((p) => /^\d+$/.test(p)).map(statOf));
  const rows = all.flatMap((stat) => {
    const [, id, name, parent] = /^(\d+) \((.*)\) \S (\d+)/.exec(stat) ?? [];
    return id === undefined ? [] : [{ pid: Number(id), name: name ?? '', parent: Number(parent) }];
  });
  const family = new Set([pid]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const r of rows) if (family.has(r.parent)) family.add(r.pid);
  }
  return rows.filter((r) => family.has(r.pid));
}
/** Neither there nor a zombie that waits for its parent. */
const gone = async (pid: number): Promise<boolean> => /^$|\) Z /.test(await statOf(pid));

describe('a server that is killed', () => {
  it('leaves no process behind; another runs the job again, and it counts once', async () => {
    const own = join(t.x.folder, 'killed');
    await mkdir(own);
    const jobId = await t.submit(FOREVER, COUNT);
    const worker = programOf('./testing-worker', import.meta.url);
    const child = spawn(process.execPath, [...worker, t.x.url, t.x.folder, own, jobId], {
      stdio: 'ignore',
    });
    const until = async (what: () => Promise<boolean>) => {
      for (let i = 0; i < 1_200 && !(await what()); i++) await new Promise((go) => setTimeout(go, 100));
    };
    try {
      await until(async () => (await t.job(jobId)).state === 'running');
      const isolated = async () => (await familyOf(child.pid ?? 0)).filter((p) => p.name === 'bwrap');
      await until(async () => (await isolated()).length > 0);
      expect(await isolated()).not.toEqual([]);
      expect(await t.job(jobId)).toMatchObject({ state: 'running', attempts: 1 });
      const family = await familyOf(child.pid ?? 0);
      child.kill('SIGKILL');
      const left = async () => (await Promise.all(family.map((p) => gone(p.pid)))).filter((g) => !g).length;
      await until(async () => (await left()) === 0);
      expect(await left()).toBe(0);
      const jobs = t.x.jobs();
      await until(async () => (await t.job(jobId)).attempts === 2);
      await t.x.run(named('sandbox.cancel'), t.operator, { jobId });
      await jobs;
      expect(await t.job(jobId)).toMatchObject({ state: 'cancelled', attempts: 2, content: null });
      expect(await usesOf(jobId)).toBe(1);
      expect(await objectsOf(jobId)).toBe(0);
    } finally {
      child.kill('SIGKILL');
      // What fails here must not run for ever in the tests below.
      await execute(t.x.kernel, named('sandbox.cancel'), t.operator, { jobId });
    }
  });
});

describe('a job that runs', () => {
  it.each([
    ['right suspended', 'bound'],
    ['grant revoked', 'freight'],
  ])('is cut off within a second: %s', async (what, alias) => {
    const { grantId, agreementId } = granted.get(alias) ?? (await t.grant(t.second, alias));
    await sql`update sandbox_grant set policy = policy || '{"codeHashes": null}' where alias = ${alias}`.execute(
      t.x.db,
    );
    const jobId = await t.submit(FOREVER.replaceAll('sales', alias), COUNT);
    const jobs = t.x.jobs();
    await running(jobId);
    await new Promise((go) => setTimeout(go, 1_000));
    const at = Date.now();
    if (what === 'right suspended') await t.x.db.transaction().execute((tx) => suspendUse(tx, agreementId, new Date()));
    else await t.x.run(named('sandbox.revoke-grant'), t.second, { grantId, reason: '不再提供' });
    await jobs;
    expect(await t.job(jobId)).toMatchObject({ state: 'failed', failure: 'stopped' });
    // A look each half second and the kill: under a second, unless the machine is busy with other tests.
    const { ended_at } = await t.x.db
      .selectFrom('sandbox_job')
      .select('ended_at')
      .where('id', '=', jobId)
      .executeTakeFirstOrThrow();
    expect((ended_at?.getTime() ?? Number.POSITIVE_INFINITY) - at).toBeLessThan(3_000);
  });

  it('is cancelled; cancelled while it finishes, it is one or the other and never both', async () => {
    const jobId = await t.submit(FOREVER, COUNT);
    const jobs = t.x.jobs();
    await running(jobId);
    await t.x.run(named('sandbox.cancel'), t.operator, { jobId });
    await jobs;
    expect(await t.job(jobId)).toMatchObject({ state: 'cancelled', failure: 'cancelled' });
    const race = await t.submit(BY_CITY, OUTPUT);
    const racing = t.x.jobs();
    await running(race);
    await new Promise((go) => setTimeout(go, 300));
    const outcome = await execute(t.x.kernel, named('sandbox.cancel'), t.operator, { jobId: race });
    await racing;
    await t.x.jobs();
    const { state } = (await t.job(race)) as { state: string };
    expect(outcome.ok).toBe(state === 'cancelled');
    if (state === 'cancelled') expect(await objectsOf(race)).toBe(0);
  });
});

describe('a component', () => {
  it('becomes a product with its lineage, which stops with the rights behind it', async () => {
    const { agreementId, resourceId: source } = await t.grant(t.holder, 'rides');
    const job = await ran(BY_CITY.replace('sales', 'rides'), {
      ...OUTPUT,
      columns: OUTPUT.columns.map((c) => (c.from ? { ...c, from: { ...c.from, alias: 'rides' } } : c)),
    });
    const { outputId } = await decide(t.holder, job.jobId);
    const component = { outputId, title: '城市消费指标', summary: '各城市人数与平均消费' };
    expect(rulesOf(await t.x.refusal(named('sandbox.to-component'), t.second, component))).toEqual(['HS-1.4']);
    const { resourceId } = await t.x.run(named('sandbox.to-component'), t.operator, component);
    expect(rulesOf(await t.x.refusal(named('sandbox.to-component'), t.operator, component))).toEqual(['HS-23.30']);
    const draft = {
      ...{ title: '城市消费指数', kind: 'dataset', summary: '按城市汇总', scenario: '选址', resourceIds: [resourceId] },
      recipe: {
        resourceId,
        filters: [],
        groupBy: [],
        columns: ['city', 'mean'].map((name) => ({ name, titleZh: name })),
      },
      pricing: { mode: 'one-off', price: { amountFen: '100', currency: 'CNY' } },
      terms: { purposes: ['研究'], validDays: 30, redistribution: false },
      supply: { updateFrequency: '每月', commitment: '按月' },
      ...{ offersTestData: false, shares: [{ partyId: t.operator.partyId, basisPoints: 10_000, reason: '研发' }] },
    };
    const { productId } = await t.x.run(named('product.draft'), t.operator, draft);
    await t.x.jobs();
    const page = (await t.x.read(products.reads, '/products/:productId', t.operator, { productId })) as {
      build: { state: string; rows: number };
      lineage: { nodes: { id: string; kind: string }[]; edges: { from: string; to: string }[] };
    };
    expect(page.build).toMatchObject({ state: 'built', rows: 4 });
    expect(page.lineage.nodes.map((n) => n.kind)).toEqual(['resource', 'sandbox-job', 'resource', 'build', 'product']);
    const jobNode = job.jobId;
    expect(page.lineage.edges).toContainEqual({ from: source, to: jobNode, label: '2' });
    expect(page.lineage.edges).toContainEqual({ from: jobNode, to: resourceId, label: '' });
    const behind = () => rightsBehind(t.x.db, String(productId), 1, new Date());
    expect((await behind()).stopped).toBeNull();
    await t.x.db.transaction().execute((tx) => suspendUse(tx, agreementId, new Date()));
    expect((await behind()).stopped).toMatchObject({ state: 'suspended' });
    expect(rulesOf(await t.x.refusal(named('product.draft'), t.operator, draft))).toEqual(['HS-16.1', 'JN-12.3']);
  });
});

describe('the list', () => {
  it('shows the operator its jobs, a holder those on its data, and nobody else any', async () => {
    const list = async (by: Person, query = {}) =>
      ((await t.x.read(sandbox.reads, '/sandbox-jobs', by, {}, query)) as { items: unknown[] }).items.length;
    expect(await list(t.operator, { limit: 100 })).toBeGreaterThan(10);
    expect(await list(t.holder, { waiting: 'review' })).toBeGreaterThan(0);
    expect(await list(t.second)).toBe(3);
    expect(await list((await t.x.party('路人公司', ['buyer'])) as Person)).toBe(0);
  });
});
