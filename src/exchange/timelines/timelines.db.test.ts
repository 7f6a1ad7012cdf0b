import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, ANONYMOUS } from '../../kernel/acts/index.ts';
import { type TestTrade, testTrade } from '../delivery/testing.ts';
import { refusedKind } from '../testing.ts';
import { reads } from './index.ts';

interface Shown {
  readonly subject: { readonly title: string };
  readonly stages: readonly { readonly stage: string; readonly events: number; readonly subjects: { id: string }[] }[];
  readonly items: readonly {
    readonly act: string;
    readonly subject: { readonly id: string };
    readonly party: { readonly name: string } | null;
    readonly mine: boolean;
    readonly at: string;
  }[];
  readonly nextCursor: string | null;
  readonly truncated: boolean;
}

let t: TestTrade;
let productId: string;
let orderId: string;
let deliveryId: string;
beforeAll(async () => {
  t = await testTrade();
  productId = await t.product();
  ({ orderId, deliveryId } = await t.delivered(productId));
  // A trade of somebody else in the same product.
  await t.run('account.deposit', t.people.exchange, {
    partyId: t.people.poor.partyId,
    amount: { amountFen: '100000000', currency: 'CNY' },
    bankReference: 'TEST-0002',
  });
  await t.signed(productId, t.people.poor);
});
afterAll(() => t?.close());

async function see(actor: Actor, subjectId: string, query: unknown = {}): Promise<Shown> {
  const [read] = reads;
  if (!read) throw new Error('there is no read');
  const asked = {
    db: t.db,
    actor,
    params: read.params.parse({ subjectId }),
    query: read.query.parse(query),
    at: new Date(),
  };
  return read.output.parse(await read.run(asked as never)) as Shown;
}

const acts = (shown: Shown): string[] => shown.items.map((e) => e.act).reverse();
const stage = (shown: Shown, name: string) => shown.stages.find((s) => s.stage === name);

describe('the life of a product', () => {
  it('shows the public what the public log says itself, and nothing of its trades', async () => {
    const shown = await see(ANONYMOUS, productId);
    expect(acts(shown)).toEqual(['product.list']);
    expect(shown.items[0]).toMatchObject({ mine: false, subject: { id: productId } });
    expect(stage(shown, 'trade')).toMatchObject({ events: 0, subjects: [] });
    expect(acts(await see(t.people.stranger, productId))).toEqual(['product.list']);
  });

  it('shows a buyer its own trade to the end, and not that of another', async () => {
    const shown = await see(t.people.buyer, productId, { limit: 100 });
    expect(acts(shown)).toEqual([
      'product.list',
      'order.place',
      'contract.sign',
      'contract.sign',
      'order.pay',
      'delivery.deliver',
    ]);
    expect(stage(shown, 'trade')?.subjects.map((s) => s.id)).toEqual([orderId]);
    expect(stage(shown, 'delivery')).toMatchObject({ events: 1 });
    expect(shown.items.filter((e) => e.mine).map((e) => e.party?.name)).toContain('样例保险');
  });

  it('shows the seller and the supervisor all of it', async () => {
    for (const actor of [t.people.seller, t.people.regulator]) {
      const shown = await see(actor, productId, { limit: 100 });
      expect(stage(shown, 'trade')?.subjects).toHaveLength(2);
      expect(shown.items.length).toBe(9);
    }
  });

  it('turns its pages without a gap or a repetition, and keeps to a station', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const shown: Shown = await see(t.people.regulator, productId, { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...shown.items.map((e) => `${e.act} ${e.at} ${e.subject.id}`));
      cursor = shown.nextCursor;
    } while (cursor);
    const whole = await see(t.people.regulator, productId, { limit: 100 });
    expect(seen).toEqual(whole.items.map((e) => `${e.act} ${e.at} ${e.subject.id}`));
    expect(acts(await see(t.people.buyer, productId, { stage: 'delivery' }))).toEqual(['delivery.deliver']);
  });
});

describe('the life of a trade', () => {
  it('runs from the product it is about to its delivery, from wherever one looks', async () => {
    for (const id of [orderId, deliveryId]) {
      const shown = await see(t.people.buyer, id, { limit: 100 });
      expect(acts(shown)).toContain('product.list');
      expect(acts(shown)).toContain('delivery.deliver');
      expect(shown.subject.title).toBe('样例产品');
    }
    // The seller's other trade is not this one's life.
    const shown = await see(t.people.seller, orderId, { limit: 100 });
    expect(stage(shown, 'trade')?.subjects.map((s) => s.id)).toEqual([orderId]);
  });

  it('is as if not there for others', async () => {
    for (const actor of [ANONYMOUS, t.people.stranger, t.people.poor])
      for (const id of [orderId, deliveryId, `ord_${'0'.repeat(26)}`, `cer_${'0'.repeat(26)}`])
        expect(await refusedKind(see(actor, id))).toBe('not-found');
  });

  it('is nothing for what has no life', async () => {
    const [read] = reads;
    for (const id of ['pty_01kb0000000000000000000000', 'prd_1', '', '../x'])
      expect(read?.params.safeParse({ subjectId: id }).success).toBe(false);
  });
});

describe('a product nobody listed', () => {
  it('is nothing to a stranger', async () => {
    const draft = await t.product({ state: 'draft' });
    await t.db
      .deleteFrom('act_log' as never)
      .where('subject' as never, '=', draft as never)
      .execute();
    expect(await refusedKind(see(t.people.stranger, draft))).toBe('not-found');
  });
});
