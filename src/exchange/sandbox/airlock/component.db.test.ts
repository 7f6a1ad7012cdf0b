import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../kernel/ids.ts';
import { rulesOf } from '../../testing.ts';
import { type SandboxWorld, sandboxWorld } from '../testing.ts';

let w: SandboxWorld;
let resourceId: string;
let productId: string;

const CODE =
  'select line, count(distinct _e) as people, avg(paid) as mean from trips group by line having count(distinct _e) >= 10';
const OUTPUT = {
  kind: 'table',
  columns: [
    { name: 'line', type: 'text', role: 'group', from: { alias: 'trips', column: 'line' } },
    { name: 'people', type: 'integer', role: 'count' },
    { name: 'mean', type: 'decimal', decimals: 2 },
  ],
  rowsMax: 10,
};
const listing = async () => rulesOf(await w.refusal('product.list', w.operator, { productId }));

/** A component of the operator's, released by the holder of what it was made of, and a product of it. */
beforeAll(async () => {
  w = await sandboxWorld();
  const projectId = await w.open();
  await w.grant(projectId);
  await w.t.jobs();
  const submitted = { projectId, language: 'sql', code: CODE, output: OUTPUT };
  const { jobId } = await w.run('sandbox.submit', w.operator, submitted);
  await w.t.jobs();
  const { outputId } = await w.run('sandbox.release', w.holder, { jobId, decision: 'release', reason: '' });
  const component = { outputId, title: '线路客流指标', summary: '各线路人数和平均消费' };
  resourceId = String((await w.run('sandbox.to-component', w.operator, component)).resourceId);
  const drafted = await w.run('product.draft', w.operator, {
    ...{ title: '线路客流指数', kind: 'dataset', summary: '按线路汇总', scenario: '排班', resourceIds: [resourceId] },
    recipe: {
      ...{ resourceId, filters: [], groupBy: [] },
      columns: ['line', 'mean'].map((name) => ({ name, titleZh: name })),
    },
    pricing: { mode: 'one-off', price: { amountFen: '100', currency: 'CNY' } },
    terms: { purposes: ['排班'], validDays: 30, redistribution: false },
    supply: { updateFrequency: '每月', commitment: '按月' },
    ...{ offersTestData: true, shares: [{ partyId: w.operator.partyId, basisPoints: 10_000, reason: '研发' }] },
  });
  productId = String(drafted.productId);
  await w.t.jobs();
}, 240_000);
afterAll(() => w?.close());

it('is registered as the operator’s own, and hides none of what it was made of', async () => {
  const page = await w.look('/products/:productId', w.operator, { productId });
  expect(page).toMatchObject({ build: { state: 'built', rows: 2 } });
  // Nothing but the assessments stands against it so far.
  const asked = await listing();
  for (const rule of ['DPR-23.1', 'GY-1.4', 'PPN-1.1', 'PPN-2.3']) expect(asked).not.toContain(rule);
});

it('is not assessed by who holds its source', async () => {
  await sql`update party set roles = roles || '{compliance-assessor}' where id in (${w.holder.partyId}, ${w.operator.partyId})`.execute(
    w.t.db,
  );
  const by = async (assessorId: string) =>
    rulesOf(await w.refusal('assessment.request', w.operator, { productId, kind: 'compliance', assessorId }));
  expect(await by(w.holder.partyId)).toEqual(['GY-21.1']);
  expect(await by(w.operator.partyId)).toEqual(['GY-21.1']);
  const third = await w.t.party('示例评估机构', ['compliance-assessor']);
  await w.run('assessment.request', w.operator, { productId, kind: 'compliance', assessorId: third.partyId });
});

it('stays off the market while a registry remarks a limit on its source', async () => {
  const registry = newId('reg');
  await sql`insert into registry (id, name, kinds, number_format, basis, recognised_at)
    values (${registry}, '示例登记机构', '{data-rights}', 'SJ9', '示例', now())`.execute(w.t.db);
  const limit = (restriction: string) =>
    sql`insert into imported_certificate (id, party_id, registry_id, kind, number, title, holder_name, holder_uscc, subject_id,
        rights, issued_on, file_id, file_sha256, state, restriction, imported_at, imported_act)
      values (${newId('imp')}, ${w.holder.partyId}, ${registry}, 'data-rights', 'SJ1', '乘车记录', '示例公交公司', '', ${w.resourceId},
        '{hold}', '2026-01-01', 'fil', '00', 'recognised', ${restriction}, now(), 'act')`.execute(w.t.db);
  await limit('preservation');
  expect(await listing()).toContain('DPR-23.1');
  await sql`update imported_certificate set restriction = 'none'`.execute(w.t.db);
  expect(await listing()).not.toContain('DPR-23.1');
});

it('owes the public body behind it a share', async () => {
  await sql`update resource set public_data = true, opening = 'conditional' where id = ${w.resourceId}`.execute(w.t.db);
  expect(await listing()).toContain('GY-1.4');
  await sql`update resource set public_data = false where id = ${w.resourceId}`.execute(w.t.db);
});

it('is priced as the use of its source under authorised operation allows', async () => {
  // The application alone matters here; the procedure before it has tests of its own.
  await sql`alter table data_scenario drop constraint data_scenario_agreement_id_fkey,
    drop constraint data_scenario_case_id_fkey`.execute(w.t.db);
  const scenarioId = newId('scn');
  await sql`insert into data_scenario (id, agreement_id, case_id, operator_id, resource_id, title, scenario, feasibility, value,
      purpose, columns, valid_until, asked_at)
    values (${scenarioId}, 'agr', 'cas', ${w.operator.partyId}, ${w.resourceId}, '', '', '', '', '', '{}', now(), now())`.execute(
    w.t.db,
  );
  await sql`update resource_authorisation set scenario_id = ${scenarioId} where id = ${w.authorisationId}`.execute(
    w.t.db,
  );
  const use = (useClass: string) => sql`update data_scenario set use_class = ${useClass}`.execute(w.t.db);
  await use('industry');
  expect(await listing()).toContain('PPN-2.3');
  await use('public-welfare');
  const free = await listing();
  expect(free).toContain('PPN-1.1');
  expect(free).not.toContain('PPN-2.3');
});
