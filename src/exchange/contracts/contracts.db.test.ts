import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../kernel/acts/index.ts';
import { kindOf, type Person, rulesOf, type TestTrade, testTrade } from '../delivery/testing.ts';

let t: TestTrade;
beforeAll(async () => {
  t = await testTrade();
});
afterAll(() => t?.close());

const order = (orderId: string, actor: Person) => t.read<Record<string, never>>('/orders/:orderId', actor, { orderId });
const available = async (partyId: string): Promise<number> => {
  const { rows } = await sql<{
    fen: number;
  }>`select coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::int8 as fen
    from ledger_account where owner_party_id = ${partyId}`.execute(t.db);
  return rows[0]?.fen ?? 0;
};
/** Moves an order's past, as if so many days had gone by. */
const age = (orderId: string, column: string, days: number) =>
  sql`update trade_order set ${sql.ref(column)} = ${sql.ref(column)} - make_interval(days => ${days}), due_at = due_at - make_interval(days => ${days})
    where id = ${orderId}`.execute(t.db);

describe('an order from placing to clearing', () => {
  it('freezes its terms, takes two signatures, holds the money, delivers, accepts and pays to the fen', async () => {
    const { buyer, seller, department } = t.people;
    const before = {
      buyer: await available(buyer.partyId),
      seller: await available(seller.partyId),
      department: await available(department.partyId),
    };
    const productId = await t.product({ priceFen: '10001' });
    const { orderId, termsHash } = await t.place(productId);
    await t.db.updateTable('product').set({ title: '改名后' }).where('id', '=', productId).execute();
    const seen = await t.read<{
      termsHash: string;
      terms: { product: { title: string } };
      contract: { text: { zh: string } };
      waitingFor: { dueAt: string; name: string };
    }>('/orders/:orderId', buyer, { orderId });
    expect(seen.termsHash).toBe(termsHash);
    expect(seen.terms.product.title).toBe('样例产品');
    expect(seen.contract.text.zh).toContain('¥100.01');
    expect(seen.waitingFor.name).toBe('样例保险、样例数商');
    await t.run('contract.sign', buyer, { orderId, termsHash });
    expect(await order(orderId, buyer)).toMatchObject({ state: 'placed', waitingFor: { name: '样例数商' } });
    await t.run('contract.sign', seller, { orderId, termsHash });
    await t.run('order.pay', buyer, { orderId });
    expect(await available(buyer.partyId)).toBe(before.buyer - 10_001);
    expect(await available(seller.partyId)).toBe(before.seller);
    await t.run('delivery.deliver', seller, { orderId });
    await t.run('order.accept', buyer, { orderId });
    await t.jobs();
    const done = await t.read<{
      state: string;
      waitingFor: null;
      clearing: { state: string };
      split: { partyId: string; amount: { amountFen: string } }[];
      timeline: { act: string; receiptId: string }[];
    }>('/orders/:orderId', seller, { orderId });
    expect(done).toMatchObject({ state: 'cleared', waitingFor: null, clearing: { state: 'cleared' } });
    const parts = done.split.map((p) => Number(p.amount.amountFen));
    expect(parts.reduce((a, b) => a + b)).toBe(10_001);
    expect(await available(department.partyId)).toBe(before.department + (parts[0] ?? 0));
    expect(await available(seller.partyId)).toBe(before.seller + (parts[1] ?? 0));
    expect(done.timeline.map((s) => s.act)).toEqual([
      'order.place',
      'contract.sign',
      'contract.sign',
      'order.pay',
      'delivery.deliver',
      'order.accept',
      'clearing.clear',
    ]);
    for (const step of done.timeline) expect(step.receiptId).toMatch(/^rct_/);
  });

  it('says who must act and by when in every waiting state', async () => {
    const { buyer, seller } = t.people;
    const { orderId, deliveryId } = await t.delivered(await t.product());
    expect(deliveryId).toMatch(/^dlv_/);
    for (const viewer of [buyer, seller]) {
      const seen = await t.read<{ waitingFor: { name: string; what: { zh: string; en: string }; dueAt: string } }>(
        '/orders/:orderId',
        viewer,
        { orderId },
      );
      expect(seen.waitingFor).toMatchObject({ name: '样例保险' });
      expect(Date.parse(seen.waitingFor.dueAt)).toBeGreaterThan(Date.now());
      expect(seen.waitingFor.what.zh).not.toBe('');
    }
  });
});

describe('what an order refuses', () => {
  it.each([
    ['a suspended product', { state: 'suspended' as const }, {}, ['HS-5.1']],
    ['a purpose outside the licence', {}, { purpose: '精准营销' }, ['GY-13.5']],
    ['two licences of a file', {}, { quantity: 2 }, ['GY-13.5']],
    ['core data', { grade: 'core' }, {}, ['BJ-15.6']],
    ['words of the negative list', {}, { scenario: '分析人脸图像' }, ['BJ-15.6']],
    ['a failed compliance review', { conclusion: 'failed' as const }, {}, ['GY-27.3']],
  ])('%s', async (_name, product, change, rules) => {
    const productId = await t.product(product);
    const input = { productId, quantity: 1, purpose: '行业研究', scenario: '研究', ...change };
    expect(rulesOf(await t.attempt('order.place', t.people.buyer, input))).toEqual(rules);
  });

  it('an amount that no ledger entry holds', async () => {
    const productId = await t.product({ kind: 'query-service', priceFen: '1000000000000' });
    const input = { productId, quantity: 2, purpose: '行业研究', scenario: '研究' };
    expect(rulesOf(await t.attempt('order.place', t.people.buyer, input))).toEqual(['HS-5.8']);
  });

  it('and keeps what was bought out of the public log', async () => {
    const productId = await t.product();
    const { orderId } = await t.delivered(productId);
    const { rows } = await sql<{ text: string }>`select convert_from(bytes, 'utf8') as text from evidence_entry
      where id in (select 'rct_' || substr(id, 5) from act_log where subject = ${orderId})`.execute(t.db);
    expect(rows.length).toBeGreaterThan(4);
    for (const { text } of rows) expect(text).not.toContain(productId);
  });

  it('more packages than one order holds', async () => {
    const productId = await t.product({ kind: 'query-service' });
    const input = { productId, quantity: 1_001, purpose: '行业研究', scenario: '研究' };
    expect(rulesOf(await t.attempt('order.place', t.people.buyer, input))).toEqual(['HS-5.8']);
  });

  it("one's own product, a draft of others, and a party that was suspended", async () => {
    const productId = await t.product();
    const input = { productId, quantity: 1, purpose: '行业研究', scenario: '研究' };
    expect(rulesOf(await t.attempt('order.place', t.people.seller, input))).toEqual(['HS-5.2']);
    const hidden = { ...input, productId: await t.product({ state: 'draft' }) };
    expect(kindOf(await t.attempt('order.place', t.people.buyer, hidden))).toBe('not-found');
    const late = await t.party('样例停业', ['buyer']);
    await t.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', late.partyId).execute();
    expect(rulesOf(await t.attempt('order.place', late, input))).toEqual(['GY-4.3']);
  });

  it('shows trades of personal information to the supervisor and lets them pass', async () => {
    const { orderId } = await t.place(await t.product({ containsPersonalInformation: true }));
    const { rows } = await sql`select rule_id from alert where subject = ${orderId}`.execute(t.db);
    expect(rows).toEqual([{ rule_id: 'GY-26.1' }]);
  });

  it('payment without money: nothing moves', async () => {
    const orderId = await t.signed(await t.product(), t.people.poor);
    expect(rulesOf(await t.attempt('order.pay', t.people.poor, { orderId }))).toEqual(['HS-6.1']);
    expect(await order(orderId, t.people.poor)).toMatchObject({ state: 'signed', clearing: null });
  });

  it('payment before both have signed, by state', async () => {
    const { orderId } = await t.place(await t.product());
    expect(kindOf(await t.attempt('order.pay', t.people.buyer, { orderId }))).toBe('state');
  });

  it('strangers, who learn nothing, and the wrong side', async () => {
    const { orderId, termsHash } = await t.place(await t.product());
    const { stranger, seller } = t.people;
    for (const [act, input] of [
      ['contract.sign', { orderId, termsHash }],
      ['order.cancel', { orderId, reason: '不要了' }],
      ['order.pay', { orderId }],
      ['order.accept', { orderId }],
      ['order.dispute', { orderId, reason: '不符' }],
      ['delivery.deliver', { orderId }],
    ] as const) {
      expect(kindOf(await t.attempt(act, stranger, input)), act).toBe('not-found');
    }
    expect(kindOf(await t.attempt('order.pay', seller, { orderId }))).toBe('forbidden');
    expect(kindOf(await t.attempt('delivery.deliver', t.people.buyer, { orderId }))).toBe('not-found');
    expect(kindOf(await t.attempt('order.accept-by-deadline', t.people.buyer, { orderId }))).toBe('forbidden');
    await expect(order(orderId, stranger)).rejects.toThrow('Not found');
  });
});

describe('signing', () => {
  it('refuses other terms and a second signature of one side', async () => {
    const { orderId, termsHash } = await t.place(await t.product());
    const { buyer } = t.people;
    expect(rulesOf(await t.attempt('contract.sign', buyer, { orderId, termsHash: 'f'.repeat(64) }))).toEqual([
      'HS-5.4',
    ]);
    await t.run('contract.sign', buyer, { orderId, termsHash });
    const again = await t.attempt('contract.sign', buyer, { orderId, termsHash });
    expect([kindOf(again), rulesOf(again)]).toEqual(['state', ['HS-5.4']]);
  });

  it('by both at once gives one signed contract', async () => {
    const { orderId, termsHash } = await t.place(await t.product());
    const both = [t.people.buyer, t.people.seller].map((actor) =>
      t.attempt('contract.sign', actor, { orderId, termsHash }),
    );
    expect((await Promise.all(both)).map(kindOf)).toEqual(['ok', 'ok']);
    expect(await order(orderId, t.people.buyer)).toMatchObject({ state: 'signed' });
  });

  it('and paying survive a double click', async () => {
    const { buyer } = t.people;
    const orderId = await t.signed(await t.product({ priceFen: '500' }));
    const before = await available(buyer.partyId);
    const clicks = await Promise.all(
      [1, 2, 3].map(() => t.attempt('order.pay', buyer, { orderId }, { idempotencyKey: `pay ${orderId}` })),
    );
    expect(new Set(clicks.map((o) => (o.ok ? o.receipt.id : kindOf(o)))).size).toBe(1);
    const another = await t.attempt('order.pay', buyer, { orderId });
    expect(kindOf(another)).toBe('state');
    expect(await available(buyer.partyId)).toBe(before - 500);
  });
});

describe('deadlines', () => {
  it('accept a delivery when the acceptance period is over, not before', async () => {
    const { orderId } = await t.delivered(await t.product());
    expect(rulesOf(await t.attempt('order.accept-by-deadline', SYSTEM, { orderId }))).toEqual(['CC-203.1']);
    await age(orderId, 'delivered_at', 8);
    expect(rulesOf(await t.attempt('order.dispute', t.people.buyer, { orderId, reason: '太晚' }))).toEqual(['HS-5.7']);
    await t.run('order.accept-by-deadline', SYSTEM, { orderId });
    await t.jobs();
    expect(await order(orderId, t.people.seller)).toMatchObject({ state: 'cleared', acceptedByDeadline: true });
  });

  it('let an order lapse that nobody signed, and one that nobody paid', async () => {
    const { orderId } = await t.place(await t.product());
    expect(rulesOf(await t.attempt('order.lapse', SYSTEM, { orderId }))).toEqual(['HS-5.5']);
    await age(orderId, 'placed_at', 8);
    await t.run('order.lapse', SYSTEM, { orderId });
    expect(await order(orderId, t.people.buyer)).toMatchObject({ state: 'cancelled', waitingFor: null });
    const unpaid = await t.signed(await t.product());
    await age(unpaid, 'buyer_signed_at', 8);
    await age(unpaid, 'seller_signed_at', 8);
    await t.run('order.lapse', SYSTEM, { orderId: unpaid });
  });

  it('are found by the repeated job: whatever is over, and nothing else', async () => {
    const inTime = await t.delivered(await t.product());
    const { orderId: unsigned } = await t.place(await t.product());
    const unpaid = await t.signed(await t.product());
    const { orderId: delivered } = await t.delivered(await t.product());
    await age(unsigned, 'placed_at', 8);
    await age(unpaid, 'buyer_signed_at', 8);
    await age(unpaid, 'seller_signed_at', 8);
    await age(delivered, 'delivered_at', 8);
    const refusals = () => sql`select from refusal`.execute(t.db).then((r) => r.rows.length);
    const before = await refusals();
    await t.task('contracts.overdue');
    await t.jobs();
    const states = await Promise.all(
      [inTime.orderId, unsigned, unpaid, delivered].map(async (id) => (await order(id, t.people.buyer)).state),
    );
    expect(states).toEqual(['delivered', 'cancelled', 'cancelled', 'cleared']);
    await t.task('contracts.overdue');
    expect(await refusals()).toBe(before);
  });

  it('that the law made longer meanwhile are not over, and nothing is refused for it', async () => {
    const { orderId } = await t.delivered(await t.product());
    await sql`update trade_order set due_at = now() - interval '1 day' where id = ${orderId}`.execute(t.db);
    await t.task('contracts.overdue');
    expect(await order(orderId, t.people.buyer)).toMatchObject({ state: 'delivered' });
  });
});

describe('disputes', () => {
  it('about a missing delivery wait until the seller is late', async () => {
    const orderId = await t.signed(await t.product());
    await t.run('order.pay', t.people.buyer, { orderId });
    expect(rulesOf(await t.attempt('order.dispute', t.people.buyer, { orderId, reason: '没有交付' }))).toEqual([
      'HS-5.6',
    ]);
    await age(orderId, 'paid_at', 4);
    await t.run('order.dispute', t.people.buyer, { orderId, reason: '没有交付' });
    const release = { orderId, decision: 'release', reason: '放款' };
    expect(kindOf(await t.attempt('order.resolve', t.people.exchange, release))).toBe('state');
  });

  it('end in a refund that frees the money and ends the grant', async () => {
    const { buyer, exchange, seller } = t.people;
    const before = await available(buyer.partyId);
    const { orderId, deliveryId } = await t.delivered(await t.product({ priceFen: '700' }));
    await t.run('order.dispute', buyer, { orderId, reason: '内容不符' });
    const refund = { orderId, decision: 'refund', reason: '经核实内容不符' };
    expect(kindOf(await t.attempt('order.resolve', seller, refund))).toBe('forbidden');
    expect(kindOf(await t.attempt('order.resolve', { ...exchange, secondFactor: false }, refund))).toBe('forbidden');
    await t.run('order.resolve', exchange, refund);
    expect(await available(buyer.partyId)).toBe(before);
    expect(await order(orderId, buyer)).toMatchObject({
      state: 'refunded',
      delivery: { state: 'revoked' },
      resolution: '经核实内容不符',
    });
    expect(rulesOf(await t.attempt('delivery.create-link', buyer, { deliveryId }))).toEqual(['GY-13.5']);
    expect(kindOf(await t.attempt('order.resolve', exchange, refund))).toBe('state');
  });

  it('end in a release that clears', async () => {
    const { orderId } = await t.delivered(await t.product());
    await t.run('order.dispute', t.people.buyer, { orderId, reason: '内容不符' });
    await t.run('order.resolve', t.people.exchange, { orderId, decision: 'release', reason: '经核实相符' });
    await t.jobs();
    expect(await order(orderId, t.people.buyer)).toMatchObject({ state: 'cleared' });
  });

  it('are not decided by a side of the trade', async () => {
    const both = { ...t.people.seller, roles: ['exchange'] };
    const { orderId } = await t.delivered(await t.product());
    await t.run('order.dispute', t.people.buyer, { orderId, reason: '内容不符' });
    const decision = { orderId, decision: 'release', reason: '自己决定' };
    expect(rulesOf(await t.attempt('order.resolve', both, decision))).toEqual(['SH-19.2']);
  });
});

it('pages the orders of a party and shows overseers all', async () => {
  const first = await t.read<{ items: { id: string }[]; nextCursor: string | null }>(
    '/orders',
    t.people.buyer,
    {},
    { limit: 3 },
  );
  expect(first.items).toHaveLength(3);
  const second = await t.read<{ items: { id: string }[] }>(
    '/orders',
    t.people.buyer,
    {},
    { limit: 3, cursor: first.nextCursor },
  );
  expect(first.items.map((o) => o.id)).not.toContain(second.items[0]?.id);
  expect((await t.read<{ items: unknown[] }>('/orders', t.people.stranger)).items).toEqual([]);
  expect(
    (await t.read<{ items: unknown[] }>('/orders', t.people.regulator, {}, { limit: 100 })).items.length,
  ).toBeGreaterThan(10);
});
