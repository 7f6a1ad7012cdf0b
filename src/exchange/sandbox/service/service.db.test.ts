import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../kernel/acts/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { rulesOf } from '../../testing.ts';
import { type Party, type SandboxWorld, sandboxWorld, soon } from '../testing.ts';

let w: SandboxWorld;
let buyer: Party;
let projectId: string;
let serviceId: string;
let productId: string;
let deliveryId: string;

const SQL =
  'select line, count(*) as trips, avg(paid) as mean from trips where fare >= :fare group by line order by line';
const fare = { name: 'fare', type: 'number', title: '最低票价', example: 2 };
const proposal = (change: Record<string, unknown> = {}) => ({
  ...{ projectId, title: '线路客流查询', summary: '按票价统计各线路的乘次和平均消费' },
  templates: [{ name: 'by_line', title: '各线路乘次', sql: SQL, parameters: [fare], ...change }],
});
const refused = async (name: string, actor: Actor, input: unknown) => rulesOf(await w.refusal(name, actor, input));
const call = (change: Record<string, unknown> = {}) => ({
  ...{ deliveryId, template: 'by_line', parameters: { fare: 2 } },
  ...change,
});

beforeAll(async () => {
  w = await sandboxWorld();
  buyer = await w.t.party('示例客运公司', ['buyer']);
  projectId = await w.open();
  await w.grant(projectId);
  await w.t.jobs();
}, 240_000);
afterAll(() => w?.close());

describe('a query service of the sandbox', () => {
  it('is proposed as templates of the closed grammar, and approved by who holds the data', async () => {
    const limit = { sql: 'select line, count(*) as n from trips group by line limit :fare' };
    expect(await refused('sandbox.propose-service', w.operator, proposal(limit))).toEqual(['HS-25.20']);
    const cards = { sql: 'select card, count(*) as n from trips where fare >= :fare group by card' };
    expect(await refused('sandbox.propose-service', w.operator, proposal(cards))).toEqual(['HS-22.1']);
    ({ serviceId } = (await w.run('sandbox.propose-service', w.operator, proposal())) as { serviceId: string });
    const approve = { serviceId, decision: 'approve' };
    expect((await w.refusal('sandbox.review-service', w.operator, approve)).kind).toBe('not-found');
    expect(await refused('sandbox.review-service', w.holder, { serviceId, decision: 'reject' })).toEqual(['HS-25.21']);
    expect(await w.run('sandbox.review-service', w.holder, approve)).toMatchObject({ state: 'approved' });
    await w.t.jobs();
    const { items } = (await w.look('/sandbox-services', w.operator, {}, { projectId })) as {
      items: { state: string; resourceId: string }[];
    };
    expect(items).toMatchObject([{ state: 'ready' }]);
    productId = await draft(items[0]?.resourceId ?? '');
  });

  it('is a product with its lineage, and tells buyers its templates', async () => {
    const page = (await w.look('/products/:productId', w.operator, { productId })) as {
      build: { state: string };
      lineage: { nodes: { kind: string }[]; edges: unknown[] };
    };
    expect(page.build.state).toBe('built');
    expect(page.lineage.nodes.map((n) => n.kind)).toEqual([
      'resource',
      'sandbox-service',
      'resource',
      'build',
      'product',
      'delivery',
    ]);
    expect(page.lineage.edges).toContainEqual({ from: w.resourceId, to: serviceId, label: '3' });
    const { templates } = await w.look('/query-services/:productId', buyer, { productId });
    expect(templates).toMatchObject([{ name: 'by_line', parameters: [fare] }]);
    expect(JSON.stringify(templates)).not.toContain('select');
  });

  it('answers a buyer in the sandbox, metered, with the buyer as audience', async () => {
    expect(await refused('delivery.query', buyer, call({ template: 'other' }))).toEqual(['HS-25.23']);
    expect(await refused('delivery.query', buyer, call({ parameters: { fare: '2' } }))).toEqual(['HS-25.23']);
    const told = await w.run('delivery.query', buyer, call());
    expect(told.columns).toMatchObject([{ name: 'line' }, { name: 'trips' }, { name: 'mean' }]);
    expect((told.rows as unknown[][]).map((r) => r[0])).toEqual(['L1', 'L2']);
    expect(told.callsLeft).toBe(4);
    // Asked again it is a call again, and nothing of the grant.
    const again = await w.run('delivery.query', buyer, call());
    expect(again).toMatchObject({ rows: told.rows, callsLeft: 3 });
    const { rows } = await sql<{ audience: string; calls: number; cached: number; uses: number; right: number }>`select
      (select string_agg(distinct audience, ',') from sandbox_allowance) as audience,
      (select count(*)::int from sandbox_service_call) as calls,
      (select count(*)::int from sandbox_service_call where cached) as cached,
      (select coalesce(sum(uses), 0)::int from sandbox_spent) as uses,
      (select uses::int from resource_authorisation where id = ${w.authorisationId}) as right`.execute(w.t.db);
    expect(rows[0]).toEqual({ audience: buyer.partyId, calls: 2, cached: 1, uses: 1, right: 1 });
    const seen = (await w.look('/sandbox-uses', w.holder, {}, { limit: 10 })) as {
      items: { kind: string; code: string }[];
    };
    expect(seen.items[0]).toMatchObject({ kind: 'service', code: SQL.replace(':fare', '2') });
  });

  it('tells nothing of too few', async () => {
    const high = await w.run('delivery.query', buyer, call({ parameters: { fare: 100 } }));
    expect((high.rows as unknown[]).length).toBe(0);
  });

  it('is answered only where the grant still is for the interactive lane', async () => {
    const lanes = (list: string[]) =>
      sql`update sandbox_grant set policy = jsonb_set(policy, '{lanes}', ${JSON.stringify(list)}::jsonb)`.execute(
        w.t.db,
      );
    await lanes(['airlock']);
    expect(await refused('delivery.query', buyer, call())).toEqual(['HS-25.23']);
    await lanes(['interactive', 'airlock']);
  });

  it('stops with the right behind it, before the answer leaves', async () => {
    await sql`update resource_authorisation set suspended_at = now(), holds = '{agreement}' where id = ${w.authorisationId}`.execute(
      w.t.db,
    );
    expect(await refused('delivery.query', buyer, call())).toContain('HS-16.1');
    await sql`update resource_authorisation set suspended_at = null, holds = '{}' where id = ${w.authorisationId}`.execute(
      w.t.db,
    );
    await sql`update sandbox_grant set revoked_at = now(), revoke_reason = '收回'`.execute(w.t.db);
    expect(await refused('delivery.query', buyer, call())).toContain('HS-16.1');
  });
});

/** Drafted by its act and built; put on the market and delivered as those rooms would leave it. */
async function draft(resourceId: string): Promise<string> {
  const { productId: made } = await w.run('product.draft', w.operator, {
    ...{
      title: '线路客流查询服务',
      kind: 'query-service',
      summary: '按次查询',
      scenario: '排班',
      resourceIds: [resourceId],
    },
    recipe: {
      ...{ resourceId, filters: [], groupBy: [] },
      columns: ['template', 'answers', 'parameters', 'columns'].map((name) => ({ name, titleZh: name })),
    },
    pricing: { mode: 'per-call', price: { amountFen: '100', currency: 'CNY' }, callsPerPackage: 5 },
    terms: { purposes: ['排班'], validDays: 30, redistribution: false },
    supply: { updateFrequency: '每月', commitment: '按月' },
    ...{ offersTestData: false, shares: [{ partyId: w.operator.partyId, basisPoints: 10_000, reason: '研发' }] },
  });
  await w.t.jobs();
  await sql`update product set state = 'listed' where id = ${String(made)}`.execute(w.t.db);
  deliveryId = newId('dlv');
  const row = {
    id: deliveryId,
    order_id: newId('ord'),
    product_id: String(made),
    product_version: 1,
    object_id: 'obj_x',
  };
  await w.t.db
    .insertInto('delivery')
    .values({
      ...row,
      ...{ seller_party_id: w.operator.partyId, buyer_party_id: buyer.partyId, method: 'query', purpose: '排班' },
      ...{ delivered_at: new Date(), valid_until: new Date(soon(20)), calls_limit: 5 },
    })
    .execute();
  return String(made);
}
