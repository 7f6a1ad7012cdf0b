import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../kernel/acts/index.ts';
import * as custody from '../../../kernel/custody/index.ts';
import { rulesOf } from '../../testing.ts';
import { type Party, type SandboxWorld, sandboxWorld, tripsOf } from '../testing.ts';

let w: SandboxWorld;
let buyer: Party;
let exchange: Party;
let projectId: string;
let serviceId: string;
let resourceId: string;
let productId: string;
let grantId: string;
let orderId: string;
let deliveryId: string;

const SQL =
  'select line, count(*) as trips, avg(paid) as mean from trips where fare >= :fare group by line order by line';
/** As proposed, else after the dictionary of the source. */
const COLUMNS = [
  { name: 'line', type: 'text', titleZh: 'line', titleEn: 'line', unit: null },
  { name: 'trips', type: 'integer', titleZh: '乘次', titleEn: 'Number of records', unit: '次' },
  { name: 'mean', type: 'double', titleZh: '平均paid', titleEn: 'Mean paid', unit: null },
];
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
  ({ grantId } = await w.grant(projectId));
  await w.t.jobs();
  exchange = await w.t.party('示例交易所', ['exchange', 'settlement-officer']);
  await deposit(buyer);
}, 240_000);
afterAll(() => w?.close());

describe('a query service of the sandbox', () => {
  it('is proposed as templates of the closed grammar, and approved by who holds the data', async () => {
    const limit = { sql: 'select line, count(*) as n from trips group by line limit :fare' };
    expect(await refused('sandbox.propose-service', w.operator, proposal(limit))).toEqual(['HS-25.20']);
    const cards = { sql: 'select card, count(*) as n from trips where fare >= :fare group by card' };
    expect(await refused('sandbox.propose-service', w.operator, proposal(cards))).toEqual(['HS-22.1']);
    const titled = (name: string) => proposal({ columns: [{ name, titleZh: '乘次', unit: '次' }] });
    expect(await refused('sandbox.propose-service', w.operator, titled('rides'))).toEqual(['HS-25.26']);
    ({ serviceId } = (await w.run('sandbox.propose-service', w.operator, titled('trips'))) as { serviceId: string });
    const approve = { serviceId, decision: 'approve' };
    expect((await w.refusal('sandbox.review-service', w.operator, approve)).kind).toBe('not-found');
    expect(await refused('sandbox.review-service', w.holder, { serviceId, decision: 'reject' })).toEqual(['HS-25.21']);
    expect(await w.turns(w.holder)).toEqual([`sandbox.review-service ${serviceId}`]);
    expect(await w.run('sandbox.review-service', w.holder, approve)).toMatchObject({ state: 'approved' });
    expect(await w.turns(w.holder)).toEqual([]);
    await w.t.jobs();
    const { items } = (await w.look('/sandbox-services', w.operator, {}, { projectId })) as {
      items: { state: string; resourceId: string }[];
    };
    expect(items).toMatchObject([{ state: 'ready' }]);
    resourceId = items[0]?.resourceId ?? '';
    productId = await offer(product(resourceId, [share(w.holder, 3_000), share(w.operator, 7_000)]));
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
    ]);
    expect(page.lineage.edges).toContainEqual({ from: w.resourceId, to: serviceId, label: '3' });
    const { templates } = await w.look('/query-services/:productId', buyer, { productId });
    expect(templates).toMatchObject([{ name: 'by_line', parameters: [fare], columns: COLUMNS }]);
    expect(JSON.stringify(templates)).not.toContain('select');
  });

  it('is sold as calls, never as a file of its templates', async () => {
    const file = { ...product(resourceId, [share(w.operator, 10_000)]), kind: 'dataset' };
    expect(await refused('product.draft', w.operator, file)).toEqual(['HS-25.24']);
  });

  it('owes a share to the public body behind it, though the operator holds the service', async () => {
    await sql`update resource set public_data = true, opening = 'conditional' where id = ${w.resourceId}`.execute(
      w.t.db,
    );
    const without = await w.run('product.draft', w.operator, product(resourceId, [share(w.operator, 10_000)]));
    expect(await refused('product.list', w.operator, { productId: without.productId })).toContain('GY-1.4');
    await sql`update resource set public_data = false where id = ${w.resourceId}`.execute(w.t.db);
  });

  it('is bought like any product', async () => {
    ({ orderId, deliveryId } = await buy());
    const order = await w.look('/orders/:orderId', buyer, { orderId });
    expect(order).toMatchObject({ state: 'delivered' });
  });

  it('answers a buyer in the sandbox, metered, with the buyer as audience', async () => {
    expect(await refused('delivery.query', buyer, call({ template: 'other' }))).toEqual(['HS-25.23']);
    expect(await refused('delivery.query', buyer, call({ parameters: { fare: '2' } }))).toEqual(['HS-25.23']);
    const told = await w.run('delivery.query', buyer, call());
    expect(told.columns).toEqual(COLUMNS);
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

  it('rests with the right behind it, before the answer leaves', async () => {
    await sql`update resource_authorisation set suspended_at = now(), holds = '{agreement}' where id = ${w.authorisationId}`.execute(
      w.t.db,
    );
    expect(await refused('delivery.query', buyer, call())).toContain('HS-16.1');
    await sql`update resource_authorisation set suspended_at = null, holds = '{}' where id = ${w.authorisationId}`.execute(
      w.t.db,
    );
  });

  it('answers from the data it was registered with until its seller refreshes it, and a buyer from the same ones', async () => {
    const again = { serviceId };
    expect(await refused('sandbox.refresh-service', w.operator, again)).toEqual(['HS-25.27']);
    const datasetId = await w.t.dataset(w.holder, tripsOf(90));
    const findingsStatement = '测试数据，不涉及任何人';
    await w.run('resource.refresh', w.holder, { resourceId: w.resourceId, datasetId, findingsStatement });
    expect(await listed()).toMatchObject({ revision: { number: 1 }, newer: ['乘车记录'] });
    expect((await w.refusal('sandbox.refresh-service', w.holder, again)).kind).toBe('not-found');
    await sql`update resource set grade = 'important' where id = ${w.resourceId}`.execute(w.t.db);
    expect(await refused('sandbox.refresh-service', w.operator, again)).toEqual(['HS-25.29']);
    await sql`update resource set grade = 'general' where id = ${w.resourceId}`.execute(w.t.db);
    expect(await w.run('sandbox.refresh-service', w.operator, again)).toMatchObject({ revision: 2 });
    await w.t.jobs();
    expect(await listed()).toMatchObject({ revision: { number: 2 }, newer: [] });
    // Who was told of the people of before stays with them; who comes now is told of those of now.
    const trips = ({ rows }: Record<string, unknown>) => (rows as number[][]).reduce((sum, r) => sum + Number(r[1]), 0);
    expect(trips(await w.run('delivery.query', buyer, call()))).toBe(355);
    const late = await w.t.party('示例另一客运公司', ['buyer']);
    await deposit(late);
    const next = await buy(late);
    expect(trips(await w.run('delivery.query', late, call({ deliveryId: next.deliveryId })))).toBe(400);
    const since = async (who: Actor) =>
      ((await w.look('/query-services/:productId', who, { productId })) as { keptSince: string | null }).keptSince;
    expect([await since(buyer), await since(late)]).toEqual([expect.any(String), null]);
    // Who holds the data sees each call under what it was answered from.
    const seen = async (version: string) => {
      const { rows } = await sql<{ id: string }>`select d.object_id as id from dataset d join resource r on true
        where r.id = ${w.resourceId} and d.party_id = ${w.holder.partyId} and (d.id = r.dataset_id) = ${version === 'new'}`.execute(
        w.t.db,
      );
      const kept = await w.t.read(custody.reads, '/custody/:objectId', w.holder, { objectId: rows[0]?.id });
      return (kept as { uses: unknown[] }).uses.length;
    };
    expect([await seen('old'), await seen('new')]).toEqual([4, 1]);
    const { rows } = await sql<{ files: number; mine: number; data: number }>`select
      (select count(*)::int from sandbox_prepared where grant_id = ${grantId}) as files,
      (select count(distinct objects)::int from sandbox_service_call where buyer_id = ${buyer.partyId}) as mine,
      (select count(distinct objects)::int from sandbox_service_call) as data`.execute(w.t.db);
    expect(rows[0]).toEqual({ files: 2, mine: 1, data: 2 });
  });

  it('is settled to the fen, also for what its data’s holder has of it', async () => {
    await w.run('order.accept', buyer, { orderId });
    await w.t.jobs();
    const { rows } = await sql<{ state: string; legs: { partyId: string; amountFen: string }[] }>`select o.state, c.legs
      from trade_order o join clearing c on c.order_id = o.id where o.id = ${orderId}`.execute(w.t.db);
    expect(rows[0]?.state).toBe('cleared');
    const legs = rows[0]?.legs ?? [];
    expect(legs.reduce((sum, leg) => sum + Number(leg.amountFen), 0)).toBe(Number(PRICE.amountFen));
    expect(legs.map((leg) => leg.partyId)).toEqual(expect.arrayContaining([w.holder.partyId, w.operator.partyId]));
  });

  it('stops with the grant behind it, and the money of what cannot be used goes back', async () => {
    const next = await buy();
    await w.run('sandbox.revoke-grant', w.holder, { grantId, reason: '数据不再提供' });
    for (const one of [deliveryId, next.deliveryId])
      expect(await refused('delivery.query', buyer, call({ deliveryId: one }))).toContain('HS-16.1');
    const of = { orderId: next.orderId };
    await w.run('order.dispute', buyer, { ...of, reason: '服务不能调用' });
    const decided = { ...of, decision: 'refund', reason: '数据来源终止' };
    expect(await w.run('order.resolve', exchange, decided)).toMatchObject({ state: 'refunded' });
  });
});

const product = (of: string, shares: readonly unknown[]) => ({
  ...{ title: '线路客流查询服务', kind: 'query-service', summary: '按次查询', scenario: '按客流安排班次' },
  resourceIds: [of],
  recipe: {
    ...{ resourceId: of, filters: [], groupBy: [] },
    columns: ['template', 'answers', 'parameters', 'columns'].map((name) => ({ name, titleZh: name })),
  },
  pricing: { mode: 'per-call', price: PRICE, callsPerPackage: 5 },
  terms: { purposes: ['排班'], validDays: 30, redistribution: false },
  supply: { updateFrequency: '每月', commitment: '按月' },
  ...{ offersTestData: true, shares },
});

/** Drafted, built, assessed and listed by who does each, as any product is. */
async function offer(draft: ReturnType<typeof product>): Promise<string> {
  const { productId: made } = await w.run('product.draft', w.operator, draft);
  const id = String(made);
  await w.t.jobs();
  for (const kind of ['compliance', 'quality'] as const) {
    const assessor = await w.t.party(`示例${kind}评估机构`, [`${kind}-assessor`]);
    const ask = { productId: id, kind, assessorId: assessor.partyId };
    const { assessmentId } = await w.run('assessment.request', w.operator, ask);
    await w.t.jobs();
    const { items } = (await w.look('/assessment-checklists/:kind', assessor, { kind })) as {
      items: { item: string }[];
    };
    await w.run('assessment.issue', assessor, {
      ...{ assessmentId, conclusion: 'passed', statement: '经核查，结论如上。' },
      checklist: items.map(({ item }) => ({ item, answer: 'yes' })),
    });
  }
  await w.run('product.list', w.operator, { productId: id });
  return id;
}

const listed = async () =>
  ((await w.look('/sandbox-services', w.operator, {}, { projectId })) as { items: unknown[] }).items[0];
const deposit = ({ partyId }: Party) =>
  w.run('account.deposit', exchange, {
    ...{ partyId, amount: { ...PRICE, amountFen: '10000' }, bankReference: `TEST-${partyId.slice(-6)}` },
  });

const PRICE = { amountFen: '1000', currency: 'CNY' };
const share = ({ partyId }: Party, basisPoints: number) => ({ partyId, basisPoints, reason: '约定' });

/** Ordered, signed by both sides, paid and delivered. */
async function buy(by: Party = buyer): Promise<{ orderId: string; deliveryId: string }> {
  const order = { productId, quantity: 1, purpose: '排班', scenario: '安排早晚班次' };
  const { orderId, termsHash } = await w.run('order.place', by, order);
  for (const side of [by, w.operator]) await w.run('contract.sign', side, { orderId, termsHash });
  await w.run('order.pay', by, { orderId });
  const { deliveryId } = await w.run('delivery.deliver', w.operator, { orderId });
  return { orderId: String(orderId), deliveryId: String(deliveryId) };
}
