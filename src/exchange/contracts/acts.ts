import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, refused, role } from '../../kernel/acts/index.ts';
import { type Queryable, send } from '../../kernel/database/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import { Money, money } from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import { rightsBehind, rightsLive } from '../catalog/index.ts';
import { reserve } from '../clearing/index.ts';
import {
  complianceReviewed,
  freeForPublicUse,
  notOnNegativeList,
  openedDataCapped,
  priceBasisOf,
  priceWithinCap,
  tradedClass,
} from '../products/index.ts';
import { closingActs } from './closing.ts';
import { hashOf, type Order, orderLife } from './model.ts';
import { freezeTerms, loadOffer, loadParties } from './offer.ts';
import { dueAfter, lockTrade, moveOrder } from './orders.ts';
import {
  bothAdmitted,
  deliverable,
  deliveryAgreed,
  listedOnly,
  notOneself,
  personalInformationWatched,
  purposeAndQuantity,
  quantityWithinOrder,
  registeredBeforeTrade,
  signsWhatWasOrdered,
} from './rules.ts';
import { field, JustOrder, lockMine, NewState, OrderId, partiesOf, Reason, refuseOthers, TRADERS } from './shared.ts';

const ProductId = idOf('prd', text('产品', 'Product'));

export const placeOrder = act({
  name: 'order.place',
  title: text('下单', 'Place an order'),
  by: role(...TRADERS),
  input: z.object({
    productId: ProductId,
    quantity: z.number().int().min(1).max(1_000_000).meta(field('数量', 'Quantity')),
    purpose: z.string().trim().min(1).max(100).meta(field('使用用途', 'Purpose')),
    scenario: z.string().trim().min(1).max(1_000).meta(field('应用场景', 'Scenario')),
  }),
  output: z.object({ orderId: z.string(), termsHash: z.string(), total: Money }),
  rules: [
    listedOnly,
    deliverable,
    ...rightsLive,
    notOneself,
    bothAdmitted,
    tradedClass,
    purposeAndQuantity,
    quantityWithinOrder,
    notOnNegativeList,
    freeForPublicUse,
    priceWithinCap,
    openedDataCapped,
    complianceReviewed,
    personalInformationWatched,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const offer = await loadOffer(tx, input.productId, actor.partyId);
    const parties = await loadParties(tx, actor.partyId, offer);
    return {
      product: offer,
      useStopped: (await rightsBehind(tx, offer.id, offer.version, at)).stopped,
      kind: offer.kind,
      complianceOpinion: offer.complianceOpinion,
      grade: offer.grade,
      sector: offer.sector,
      // The list is held against what the product is and against what it is bought for.
      words: [offer.title, input.purpose, input.scenario].join(' '),
      ...parties,
      priceBasis: await priceBasisOf(tx, { id: offer.id, holderId: offer.sellerId }, at),
      pricing: { mode: offer.mode, amountFen: offer.unitFen, callsPerPackage: offer.callsPerPackage },
      quantity: input.quantity,
      totalFen: Number(offer.unitFen) * input.quantity,
      purpose: input.purpose,
    };
  },
  perform: async ({ tx, actor, input, facts, at }) => {
    const terms = freezeTerms(facts.product, facts, input, at);
    const termsHash = hashOf(terms);
    const orderId = newId('ord');
    const order = tx.insertInto('trade_order').values({
      id: orderId,
      product_id: facts.product.id,
      product_version: facts.product.version,
      object_id: facts.product.objectId ?? '',
      buyer_party_id: facts.buyer.id,
      seller_party_id: facts.seller.id,
      state: 'placed',
      quantity: input.quantity,
      purpose: input.purpose,
      terms: JSON.stringify(terms) as never,
      terms_hash: termsHash,
      total_fen: Number(terms.price.total.amountFen),
      placed_at: at,
      placed_by: actor.personId,
      due_at: dueAfter(orderLife.first, at),
    });
    await send(tx, order.compile());
    return { orderId, termsHash, total: terms.price.total };
  },
  // Who buys what is the buyer's trade secret. The hash of the terms is sealed too: terms can be guessed from the market.
  entry: ({ facts, input, result }) => ({
    subject: result.orderId,
    sealed: {
      termsHash: result.termsHash,
      product: facts.product.id,
      version: facts.product.version,
      seller: facts.seller.id,
      total: result.total,
      quantity: input.quantity,
      purpose: input.purpose,
      scenario: input.scenario,
    },
    parties: [facts.buyer.id, facts.seller.id],
  }),
});

export const signContract = act({
  name: 'contract.sign',
  title: text('签署合约', 'Sign the contract'),
  by: role(...TRADERS),
  input: z.object({
    orderId: OrderId,
    termsHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta(field('条款摘要（SHA-256）', 'Hash of the terms (SHA-256)')),
  }),
  output: NewState.extend({ signedBy: z.array(z.enum(['buyer', 'seller'])) }),
  rules: [signsWhatWasOrdered, bothAdmitted],
  facts: async ({ tx, actor, input }) => {
    const { order, ...sides } = await lockTrade(tx, input.orderId);
    refuseOthers(actor, order, 'buyer', 'seller');
    const side = order.buyer_party_id === actor.partyId ? ('buyer' as const) : ('seller' as const);
    orderLife.move(order.state, 'sign');
    if (order[`${side}_signed_at`]) throw signedAlready();
    return {
      order,
      side,
      termsHash: order.terms_hash,
      signedHash: input.termsHash,
      ...sides,
    };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, actor, facts: { order, side }, at }) => {
    const other = side === 'buyer' ? order.seller_signed_at : order.buyer_signed_at;
    const mine =
      side === 'buyer'
        ? { buyer_signed_at: at, buyer_signed_by: actor.personId }
        : { seller_signed_at: at, seller_signed_by: actor.personId };
    if (other === null) {
      const update = tx
        .updateTable('trade_order')
        .set((e) => ({ ...mine, version: e('version', '+', 1) }))
        .where('id', '=', order.id);
      await send(tx, update.compile());
      return { orderId: order.id, state: order.state, signedBy: [side] };
    }
    const state = await moveOrder(tx, order, 'sign', at, mine);
    return { orderId: order.id, state, signedBy: ['buyer' as const, 'seller' as const] };
  },
  entry: ({ facts: { order, side }, input }) => ({
    subject: order.id,
    sealed: { side, termsHash: input.termsHash },
    parties: partiesOf(order),
  }),
});

function signedAlready() {
  return refused(
    'state',
    'HS-5.4',
    text('本单位已签署', 'Your side has signed'),
    text('本单位已经签署过这份合约。', 'Your party signed this contract already.'),
    text('无需重复签署，请等待对方签署。', 'Nothing to do: wait for the other side.'),
  );
}

export const cancelOrder = act({
  name: 'order.cancel',
  title: text('取消订单', 'Cancel the order'),
  by: role(...TRADERS),
  input: z.object({ orderId: OrderId, reason: Reason }),
  output: NewState,
  facts: async ({ tx, actor, input }) => {
    const order = await lockMine(tx, actor, input.orderId, 'buyer', 'seller');
    orderLife.move(order.state, 'cancel');
    return { order };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, facts: { order }, input, at }) => {
    const state = await moveOrder(tx, order, 'cancel', at, { closed_at: at, reason: input.reason });
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order }, input }) => ({
    subject: order.id,
    sealed: { reason: input.reason },
    parties: partiesOf(order),
  }),
});

export const payOrder = act({
  name: 'order.pay',
  title: text('付款（交易所托管）', 'Pay into escrow'),
  by: role(...TRADERS),
  input: JustOrder,
  output: NewState.extend({ total: Money }),
  rules: [deliveryAgreed, registeredBeforeTrade, bothAdmitted],
  facts: async ({ tx, actor, input }) => {
    const { order, ...sides } = await lockTrade(tx, input.orderId);
    refuseOthers(actor, order, 'buyer');
    orderLife.move(order.state, 'pay');
    return {
      order,
      deliveryMethod: order.terms.delivery.method,
      signatures: [order.buyer_signed_at, order.seller_signed_at].filter((s) => s !== null).length,
      ...(await stagesOnRecord(tx, order)),
      ...sides,
    };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, facts: { order }, at, actId }) => {
    const state = await moveOrder(tx, order, 'pay', at, { paid_at: at });
    // Money last: others wait for the accounts from here to the commit.
    await reserve(tx, actId, at, {
      orderId: order.id,
      buyerPartyId: order.buyer_party_id,
      split: order.terms.split.map((part) => ({ partyId: part.partyId, amountFen: BigInt(part.amount.amountFen) })),
    });
    return { orderId: order.id, state, total: money(BigInt(order.total_fen)) };
  },
  entry: ({ facts: { order }, result }) => ({
    subject: order.id,
    sealed: { total: result.total },
    parties: partiesOf(order),
  }),
});

/** Whether the product's listing and the contract's signing stand in the log of acts. */
async function stagesOnRecord(q: Queryable, order: Order): Promise<{ registered: boolean; traded: boolean }> {
  const done = (name: string, subject: string) =>
    sql<boolean>`exists (select from act_log where subject = ${subject} and name = ${name})`;
  const { rows } = await sql<{ registered: boolean; traded: boolean }>`
    select ${done('product.list', order.product_id)} as registered, ${done('contract.sign', order.id)} as traded`.execute(
    q,
  );
  return rows[0] ?? { registered: false, traded: false };
}

export const acts: readonly Act[] = [placeOrder, signContract, cancelOrder, payOrder, ...closingActs];
