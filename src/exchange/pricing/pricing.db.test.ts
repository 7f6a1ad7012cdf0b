import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { openVault } from '../../kernel/vault/index.ts';
import { platform } from '../../platform.ts';
import { testOperation } from '../authorisation/testing.ts';
import { configureDelivery } from '../delivery/index.ts';
import { ANONYMOUS, refusedKind, rulesOf } from '../testing.ts';

const house = platform(loadRulebook());
type Party = Actor & { readonly partyId: string };
let o: Awaited<ReturnType<typeof testOperation>>;
let operator: Party;
let rival: Party;
let buyer: Party;
let priceAuthority: Party;
let resourceId: string;
let agreementId: string;
let industry: string;

const yuan = (amountFen: string) => ({ amountFen, currency: 'CNY' });
const refused = async (name: string, actor: Actor, input: unknown) =>
  rulesOf(await o.refusal(o.act(name), actor, input));

beforeAll(async () => {
  o = await testOperation(house);
  configureDelivery({ vault: await openVault({ db: o.db, dataFolder: o.folder }), linkKey: randomBytes(32) });
  operator = await o.party('示例数据运营公司', ['operating-unit']);
  rival = await o.party('示例另一运营公司', ['operating-unit']);
  buyer = await o.party('示例保险公司', ['buyer']);
  priceAuthority = await o.party('示例市发展改革委', ['price-authority']);
  const officer: Actor = { ...buyer, partyId: null, roles: ['settlement-officer'] };
  await o.run('account.deposit', officer, {
    partyId: buyer.partyId,
    amount: yuan('100000000'),
    bank: '示例银行',
    bankReference: 'PRICE-1',
  });
  resourceId = await o.resource('line,day,passengers\n1,2026-01-01,100\n2,2026-01-01,200\n');
  ({ agreementId } = await o.agreement(operator, [resourceId]));
  industry = await o.grant(operator, o.scenario(agreementId, resourceId));
});
afterAll(() => o?.end());

/** A product of the operating unit, built and assessed, at a price. */
async function product(priceFen: string, change: Record<string, unknown> = {}): Promise<string> {
  const { productId } = await o.run('product.draft', operator, {
    title: `客流指数${priceFen}`,
    kind: 'dataset',
    summary: '按线路的客流指数',
    scenario: '商铺保险定价',
    resourceIds: [resourceId],
    recipe: {
      resourceId,
      filters: [],
      groupBy: [],
      columns: ['line', 'passengers'].map((name) => ({ name, titleZh: name })),
    },
    pricing: { mode: 'one-off', price: yuan(priceFen) },
    terms: { purposes: ['研究'], validDays: 365, redistribution: false },
    supply: { updateFrequency: '每月', commitment: '每月更新' },
    offersTestData: true,
    shares: [
      { partyId: operator.partyId, basisPoints: 7000, reason: '产品加工' },
      { partyId: o.provider.partyId, basisPoints: 3000, reason: '数据提供' },
    ],
    ...change,
  });
  await o.jobs();
  for (const kind of ['compliance', 'quality'] as const)
    await o.db
      .insertInto('product_opinion')
      .values({
        assessment_id: `asm_${kind}${String(productId).slice(4)}`,
        product_id: String(productId),
        version: 1,
        kind,
        assessor_id: o.authority.partyId,
        conclusion: 'passed',
        statement: '通过',
        issued_at: new Date(),
      })
      .execute();
  await o.db.updateTable('product').set({ state: 'assessed' }).where('id', '=', String(productId)).execute();
  return String(productId);
}

const capFor = (productId: string, capFen: string, change: Record<string, unknown> = {}) => ({
  agreementId,
  productId,
  scenarioId: industry,
  cap: yuan(capFen),
  expectedQuantity: 10,
  basis: '按算力与人力投入测算',
  ...change,
});
async function setCap(productId: string, capFen: string, change: Record<string, unknown> = {}): Promise<string> {
  const { capId } = await o.run('price.propose-cap', operator, capFor(productId, capFen, change));
  await o.run('price.set-cap', o.authority, { capId, reason: '同意' });
  return String(capId);
}
const order = (productId: string) => ({ productId, quantity: 1, purpose: '研究', scenario: '选址研究' });
const basis = (productId: string, actor: Actor = ANONYMOUS) =>
  o.look('/products/:productId/price-basis', actor, { productId });

async function buy(productId: string): Promise<string> {
  const { orderId, termsHash } = await o.run('order.place', buyer, order(productId));
  for (const side of [buyer, operator]) await o.run('contract.sign', side, { orderId, termsHash });
  await o.run('order.pay', buyer, { orderId });
  await o.run('delivery.deliver', operator, { orderId });
  await o.run('order.accept', buyer, { orderId });
  await o.jobs();
  return String(orderId);
}

describe('the price of a product made under authorised operation', () => {
  it('needs a cap, is within it to the fen when listed and when ordered, and its basis is public', async () => {
    const productId = await product('50000');
    expect(await refusedKind(basis(productId))).toBe('not-found');
    expect(await refused('product.list', operator, { productId })).toEqual(['PPN-2.3']);
    expect(await refused('price.propose-cap', rival, capFor(productId, '50000'))).toEqual(['HS-1.4']);
    const { capId } = await o.run('price.propose-cap', operator, capFor(productId, '49999'));
    expect(await refused('price.set-cap', o.provider, { capId, reason: '同意' })).toEqual(['HS-1.4']);
    expect(await o.run('price.set-cap', o.authority, { capId, reason: '同意' })).toMatchObject({ trial: true });
    expect(await refused('product.list', operator, { productId })).toEqual(['PPN-2.3']);
    await setCap(productId, '50000');
    await o.run('product.list', operator, { productId });
    expect(await basis(productId)).toMatchObject({
      governed: true,
      chargeable: true,
      useClasses: ['industry'],
      price: yuan('50000'),
      cap: { amount: yuan('50000'), units: 1, trial: true, setBy: { id: o.authority.partyId } },
      receipts: [{ act: 'price.set-cap' }, { act: 'price.set-cap' }],
    });
    await o.run('order.place', buyer, order(productId));
    await setCap(productId, '49999');
    expect(await refused('order.place', buyer, order(productId))).toEqual(['PPN-2.3']);
    await setCap(productId, '50000');
    await o.run('order.place', buyer, order(productId));
  });

  it('is not within the cap of a licence when it is sold by calls instead', async () => {
    const productId = await product('50000');
    await setCap(productId, '50000');
    const pricing = { mode: 'per-call', price: yuan('4000000'), callsPerPackage: 100 };
    await o.run('product.revise', operator, { productId, pricing });
    await o.jobs();
    await o.db.updateTable('product').set({ state: 'assessed' }).where('id', '=', productId).execute();
    expect(await refused('product.list', operator, { productId })).toContain('PPN-2.3');
    expect(await basis(productId, operator)).toMatchObject({ cap: { mode: 'one-off' } });
  });

  it('is nothing where one of the data was given for welfare, though another right to it is for industry', async () => {
    const both = await o.resource('line,day,passengers\n1,2026-01-01,100\n2,2026-01-02,200\n', { title: '两用客流' });
    const under = await o.agreement(operator, [both]);
    const asked = { ...o.scenario(under.agreementId, both), title: '两用公益', useClass: 'public-welfare' };
    const welfare = await o.grant(operator, asked);
    const { id: authorisationId } = await o.db
      .selectFrom('resource_authorisation')
      .select('id')
      .where('scenario_id', '=', welfare)
      .executeTakeFirstOrThrow();
    const paid = await o.grant(operator, {
      ...o.scenario(under.agreementId, both),
      title: '两用产业',
      columns: ['line'],
    });
    const made = { resourceIds: [both], recipe: recipeOf(both), authorisationIds: [authorisationId] };
    const productId = await product('50000', made);
    await setCap(productId, '50000', { agreementId: under.agreementId, scenarioId: paid });
    expect(await refused('product.list', operator, { productId })).toContain('PPN-1.1');
  });

  it('is nothing where the data serve welfare, and such an order goes all the way', async () => {
    const welfare = await o.resource('line,day,passengers\n1,2026-01-01,100\n2,2026-01-02,200\n', {
      title: '公交客流',
    });
    const free = await o.agreement(operator, [welfare]);
    const scenarioId = await o.grant(operator, {
      ...o.scenario(free.agreementId, welfare),
      title: '公益出行研究',
      useClass: 'public-welfare',
    });
    const made = { resourceIds: [welfare], recipe: recipeOf(welfare) };
    const priced = await product('1', made);
    expect(await refused('product.list', operator, { productId: priced })).toEqual(['PPN-1.1']);
    expect(
      await refused('price.propose-cap', operator, {
        ...capFor(priced, '1'),
        agreementId: free.agreementId,
        scenarioId,
      }),
    ).toEqual(['PPN-1.1']);
    const productId = await product('0', made);
    await o.run('product.list', operator, { productId });
    expect(await basis(productId)).toMatchObject({ governed: true, chargeable: false, cap: null, price: yuan('0') });
    const orderId = await buy(productId);
    expect(
      await o.db.selectFrom('trade_order').select(['state', 'total_fen']).where('id', '=', orderId).executeTakeFirst(),
    ).toEqual({ state: 'cleared', total_fen: 0 });
  });

  it('rests on a granted application for the very data', async () => {
    const productId = await product('100');
    const other = await o.resource('line,day,passengers\n9,2026-01-01,1\n', { title: '停车数据' });
    const second = await o.agreement(operator, [other]);
    const scenarioId = await o.grant(operator, o.scenario(second.agreementId, other, { title: '停车指数' }));
    expect(await refused('price.propose-cap', operator, capFor(productId, '100', { scenarioId }))).toEqual(['PPN-1.1']);
    expect(
      await refused('price.propose-cap', operator, capFor(productId, '100', { agreementId: second.agreementId })),
    ).toEqual(['PPN-1.1']);
    const { capId } = await o.run('price.propose-cap', operator, capFor(productId, '100'));
    expect(await refused('price.withdraw-cap', rival, { capId })).toEqual(['HS-1.4']);
    await o.run('price.withdraw-cap', operator, { capId });
    expect(await refused('price.set-cap', o.authority, { capId, reason: '同意' })).toEqual(['PPN-2.2']);
    const again = await o.run('price.propose-cap', operator, capFor(productId, '100'));
    await o.run('price.refuse-cap', o.authority, { capId: again.capId, reason: '测算不足' });
    expect(await o.look('/price-caps', operator, {}, { id: again.capId })).toMatchObject({
      items: [{ state: 'refused', reason: '测算不足' }],
    });
    expect(await o.look('/price-caps', rival)).toEqual({ items: [], nextCursor: null });
  });
});

const recipeOf = (id: string) => ({
  resourceId: id,
  filters: [],
  groupBy: [],
  columns: ['line', 'passengers'].map((name) => ({ name, titleZh: name })),
});

describe('the allowed revenue', () => {
  const asked = (change: Record<string, unknown> = {}) => ({
    agreementId,
    priceAuthorityId: priceAuthority.partyId,
    periodFrom: '2026-01-01',
    periodUntil: '2027-01-01',
    costs: [
      { kind: 'platform', amount: yuan('60000'), note: '折旧表' },
      { kind: 'staff', amount: yuan('40000'), note: '工资表' },
    ],
    subsidy: yuan('20000'),
    profitBasisPoints: 1_000,
    tax: yuan('2000'),
    ...change,
  });

  it('is approved by both authorities, holds all caps together, is counted at the end, and its excess is deducted next', async () => {
    expect(await refused('price.propose-revenue', operator, asked({ profitBasisPoints: 1_001 }))).toEqual(['PPN-3.1']);
    expect(await refused('price.propose-revenue', operator, asked({ subsidy: yuan('100001') }))).toEqual(['PPN-3.1']);
    expect(await refused('price.propose-revenue', operator, asked({ periodUntil: '2026-12-31' }))).toEqual(['HS-17.5']);
    expect(await refused('price.propose-revenue', rival, asked())).toEqual(['HS-1.4']);
    const { revenueId } = await o.run('price.propose-revenue', operator, asked());
    expect(
      await refused('price.propose-revenue', operator, asked({ periodFrom: '2026-06-01', periodUntil: '2027-06-01' })),
    ).toEqual(['HS-17.5']);
    expect(await o.run('price.approve-revenue', o.authority, { revenueId, opinion: '同意' })).toMatchObject({
      state: 'asked',
      allowed: null,
    });
    expect(await refused('price.approve-revenue', o.authority, { revenueId, opinion: '同意' })).toEqual(['PPN-2.1']);
    // 100,000 − 20,000 = 80,000; 10 % is 8,000; with 2,000 of tax 90,000 fen.
    expect(await o.run('price.approve-revenue', priceAuthority, { revenueId, opinion: '同意' })).toMatchObject({
      state: 'approved',
      allowed: yuan('90000'),
    });

    const productId = await product('60000');
    const dear = await o.run('price.propose-cap', operator, capFor(productId, '45001', { expectedQuantity: 2 }));
    expect(await refused('price.set-cap', o.authority, { capId: dear.capId, reason: '同意' })).toEqual(['PPN-2.2']);
    await setCap(productId, '90000', { expectedQuantity: 1 });
    const other = await product('1');
    const more = await o.run('price.propose-cap', operator, capFor(other, '1', { expectedQuantity: 1 }));
    expect(await refused('price.set-cap', o.authority, { capId: more.capId, reason: '同意' })).toEqual(['PPN-2.2']);

    await o.run('product.list', operator, { productId });
    for (let n = 0; n < 2; n++) await buy(productId);
    await endPeriod(String(revenueId));
    // Two at 60,000 were cleared: 30,000 above the 90,000 allowed.
    expect(await o.look('/allowed-revenues', operator, {}, { id: revenueId })).toMatchObject({
      items: [{ revenue: yuan('120000'), excess: yuan('30000'), deducted: yuan('0'), profit: yuan('8000') }],
    });
    expect(await o.look('/allowed-revenues', rival)).toEqual({ items: [], nextCursor: null });

    const next = await o.run(
      'price.propose-revenue',
      operator,
      asked({ periodFrom: '2027-01-01', periodUntil: '2028-01-01' }),
    );
    expect(await o.look('/allowed-revenues', priceAuthority, {}, { id: next.revenueId })).toMatchObject({
      items: [{ deducted: yuan('30000'), allowed: yuan('60000') }],
    });
    await o.run('price.approve-revenue', priceAuthority, { revenueId: next.revenueId, opinion: '同意' });
    expect(
      await o.run('price.approve-revenue', o.authority, { revenueId: next.revenueId, opinion: '同意' }),
    ).toMatchObject({
      allowed: yuan('60000'),
    });
    const third = await o.run(
      'price.propose-revenue',
      operator,
      asked({ periodFrom: '2028-01-01', periodUntil: '2029-01-01' }),
    );
    expect(await o.look('/allowed-revenues', operator, {}, { id: third.revenueId })).toMatchObject({
      items: [{ deducted: yuan('0') }],
    });
    await o.run('price.refuse-revenue', priceAuthority, { revenueId: third.revenueId, reason: '过早' });
    const fourth = await o.run(
      'price.propose-revenue',
      operator,
      asked({ periodFrom: '2028-01-01', periodUntil: '2029-01-01' }),
    );
    expect(await refused('price.withdraw-revenue', rival, { revenueId: fourth.revenueId })).toEqual(['HS-1.4']);
    await o.run('price.withdraw-revenue', operator, { revenueId: fourth.revenueId });
  });

  it('is needed for a cap once a full year of operation is behind', async () => {
    await sql`update allowed_revenue set allowed_fen = null, deducted_fen = null, excess_fen = null`.execute(o.db);
    await sql`update operation_agreement set valid_from = now() - interval '13 months', filed_at = null where id = ${agreementId}`.execute(
      o.db,
    );
    const productId = await product('100');
    const { capId } = await o.run('price.propose-cap', operator, capFor(productId, '100'));
    expect(await refused('price.set-cap', o.authority, { capId, reason: '同意' })).toEqual(['PPN-2.4']);
  });

  /** The period of an approved revenue is over, and its job is due. */
  async function endPeriod(revenueId: string): Promise<void> {
    await sql`update allowed_revenue set period_until = now() where id = ${revenueId}`.execute(o.db);
    await sql`update graphile_worker._private_jobs set run_at = now() - interval '1 second' where payload::text like ${`%${revenueId}%`}`.execute(
      o.db,
    );
    await o.jobs();
  }
});
