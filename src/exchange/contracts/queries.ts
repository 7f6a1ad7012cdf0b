import { sql } from 'kysely';
import { z } from 'zod';
import { type Party, partiesById } from '../../kernel/access/index.ts';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { Money, money } from '../../kernel/ledger/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { acts } from './acts.ts';
import { ORDER_STATES, type Order, orderLife, waitingOn } from './model.ts';
import { deliveries, getOrder, splitOf } from './orders.ts';
import { OrderId } from './shared.ts';
import { contractText, SplitPart, Terms } from './terms.ts';

/** Who sees every order: those who supervise or settle. */
const OVERSEERS = ['exchange', 'regulator', 'settlement-officer', 'audit-admin'];
export const oversees = (actor: Actor): boolean => actor.roles.some((r) => OVERSEERS.includes(r));

const Who = z.object({ id: z.string(), name: z.string() });
const Waiting = z.object({ partyId: z.string().nullable(), name: z.string(), what: TextSchema, dueAt: z.string() });

const OrderItem = z.object({
  id: z.string(),
  state: z.enum(ORDER_STATES),
  stateTitle: TextSchema,
  product: z.object({ id: z.string(), title: z.string(), kind: z.string(), version: z.number() }),
  buyer: Who,
  seller: Who,
  quantity: z.number(),
  total: Money,
  purpose: z.string(),
  placedAt: z.string(),
  version: z.number(),
  waitingFor: Waiting.nullable(),
});

const TimelineStep = z.object({
  act: z.string(),
  title: TextSchema,
  at: z.string(),
  party: Who.nullable(),
  receiptId: z.string(),
});

const Signature = z.object({
  side: z.enum(['buyer', 'seller']),
  partyId: z.string(),
  name: z.string(),
  at: z.string().nullable(),
});

const OrderDetail = OrderItem.extend({
  scenario: z.string(),
  terms: Terms,
  termsHash: z.string(),
  contract: z.object({ text: TextSchema, signatures: z.array(Signature) }),
  split: z.array(SplitPart),
  timeline: z.array(TimelineStep),
  delivery: z
    .object({
      id: z.string(),
      method: z.enum(['file', 'query']),
      state: z.enum(['live', 'expired', 'revoked', 'used-up']),
      deliveredAt: z.string(),
      validUntil: z.string(),
      callsLeft: z.number().nullable(),
    })
    .nullable(),
  clearing: z
    .object({ state: z.enum(['reserved', 'cleared', 'refunded']), clearedAt: z.string().nullable() })
    .nullable(),
  acceptedByDeadline: z.boolean(),
  reason: z.string().nullable(),
  resolution: z.string().nullable(),
  /** Acts this person may do now. */
  actions: z.array(z.string()),
});

/** Acts of other rooms that stand in an order's timeline. */
const OTHER_TITLES: Readonly<Record<string, Text>> = {
  'delivery.deliver': text('交付', 'Deliver'),
  'delivery.create-link': text('生成下载链接', 'Make a download link'),
  'delivery.query': text('查询调用', 'Query'),
  'delivery.revoke': text('撤销交付授权', 'Revoke the delivery'),
  'delivery.record-usage': text('记录下载用量', 'Record a download'),
  'clearing.clear': text('清算', 'Clear'),
};
const TIMELINE_MAX = 200;

const titleOf = (name: string): Text =>
  acts.find((a) => a.name === name)?.title ?? OTHER_TITLES[name] ?? text(name, name);

type Names = ReadonlyMap<string, Party>;
const who = (names: Names, id: string) => ({ id, name: names.get(id)?.name ?? id });

/** Who must act next, by name; of two who both must, the one who looks. */
function waitingFor(order: Order, names: Names, viewerPartyId: string | null): z.infer<typeof Waiting> | null {
  const waiting = waitingOn(order);
  if (!waiting) return null;
  const { buyer_party_id: buyer, seller_party_id: seller } = order;
  const dueAt = (order.due_at ?? order.placed_at).toISOString();
  const by = (id: string) => ({ partyId: id, name: who(names, id).name, what: waiting.what, dueAt });
  switch (waiting.who) {
    case 'buyer':
      return by(buyer);
    case 'seller':
      return by(seller);
    case 'both': {
      const name = `${who(names, buyer).name}、${who(names, seller).name}`;
      return { ...by(viewerPartyId === seller ? seller : buyer), name };
    }
    case 'exchange':
      return { partyId: null, name: '交易所', what: waiting.what, dueAt };
    case 'system':
      return { partyId: null, name: '系统', what: waiting.what, dueAt };
  }
}

function itemOf(order: Order, names: Names, viewer: string | null): z.infer<typeof OrderItem> {
  const { product } = order.terms;
  return {
    id: order.id,
    state: order.state,
    stateTitle: orderLife.title(order.state),
    product: { id: product.id, title: product.title, kind: product.kind, version: product.version },
    buyer: who(names, order.buyer_party_id),
    seller: who(names, order.seller_party_id),
    quantity: order.quantity,
    total: money(BigInt(order.total_fen)),
    purpose: order.purpose,
    placedAt: order.placed_at.toISOString(),
    version: order.version,
    waitingFor: waitingFor(order, names, viewer),
  };
}

/** Names of everybody in a page of orders. */
const namesOf = (q: Queryable, orders: readonly Order[]): Promise<Names> =>
  partiesById(
    q,
    orders.flatMap((o) => [o.buyer_party_id, o.seller_party_id]),
  );

/** Who takes a grant away: those who run or supervise the market (HS-5.15). */
const mayRevoke = (actor: Actor): boolean => actor.roles.some((r) => r === 'exchange' || r === 'regulator');

/** What the actor may do with an order in its present state. */
export function actionsOn(order: Order, actor: Actor): string[] {
  const buyer = order.buyer_party_id === actor.partyId;
  const seller = order.seller_party_id === actor.partyId;
  const can = (event: Parameters<typeof orderLife.next>[1]) => orderLife.next(order.state, event) !== undefined;
  const actions: string[] = [];
  if (can('sign') && ((buyer && !order.buyer_signed_at) || (seller && !order.seller_signed_at)))
    actions.push('contract.sign');
  if (can('pay') && buyer) actions.push('order.pay');
  if (can('deliver') && seller) actions.push('delivery.deliver');
  if (can('accept') && buyer) actions.push('order.accept');
  if (can('dispute') && (buyer || (seller && order.state === 'delivered'))) actions.push('order.dispute');
  if (can('cancel') && (buyer || seller)) actions.push('order.cancel');
  if (can('refund') && actor.roles.includes('exchange')) actions.push('order.resolve');
  return actions;
}

async function timelineOf(q: Queryable, subjects: readonly string[]): Promise<z.infer<typeof TimelineStep>[]> {
  const { rows } = await sql<{ id: string; name: string; at: Date; party_id: string | null }>`
    select id, name, at, party_id from act_log where subject = any(${subjects}::text[]) order by id limit ${TIMELINE_MAX}`.execute(
    q,
  );
  const names = await partiesById(
    q,
    rows.flatMap((r) => r.party_id ?? []),
  );
  return rows.map((row) => ({
    act: row.name,
    title: titleOf(row.name),
    at: row.at.toISOString(),
    party: row.party_id === null ? null : who(names, row.party_id),
    receiptId: row.id.replace('act_', 'rct_'),
  }));
}

export const reads: readonly Read[] = [
  read({
    path: '/orders',
    title: text('订单', 'Orders'),
    by: signedIn(),
    params: z.object({}),
    query: PageQuery.extend({
      side: z.enum(['buyer', 'seller']).optional(),
      state: z.enum(ORDER_STATES).optional(),
      productId: z.string().max(40).optional(),
    }),
    output: pageOf(OrderItem),
    run: async ({ db, actor, query }) => {
      const after = afterOf(query.cursor);
      const mine = actor.partyId ?? '';
      const rows = await db
        .selectFrom('trade_order')
        .selectAll()
        .$if(query.side !== undefined, (q) => q.where(`${query.side ?? 'buyer'}_party_id`, '=', mine))
        .$if(query.side === undefined && !oversees(actor), (q) =>
          q.where((e) => e.or([e('buyer_party_id', '=', mine), e('seller_party_id', '=', mine)])),
        )
        .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'placed'))
        .$if(query.productId !== undefined, (q) => q.where('product_id', '=', query.productId ?? ''))
        .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const names = await namesOf(db, rows);
      const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
      return { items: items.map((r) => itemOf(r, names, actor.partyId)), nextCursor };
    },
  }),
  read({
    path: '/orders/:orderId',
    title: text('订单详情', 'An order'),
    by: signedIn(),
    params: z.object({ orderId: OrderId }),
    query: z.object({}),
    output: OrderDetail,
    run: async ({ db, actor, params, at }) => {
      const order = await getOrder(db, params.orderId);
      const mine = order && [order.buyer_party_id, order.seller_party_id].some((id) => id === actor.partyId);
      if (!order || !(mine || oversees(actor))) throw notFound();
      const names = await namesOf(db, [order]);
      const delivery = await deliveries().summaryOf(db, order.id, at);
      const signature = (side: 'buyer' | 'seller') => {
        const { id, name } = who(names, order[`${side}_party_id`]);
        return { side, partyId: id, name, at: order[`${side}_signed_at`]?.toISOString() ?? null };
      };
      return {
        ...itemOf(order, names, actor.partyId),
        scenario: order.terms.scenario,
        terms: order.terms,
        termsHash: order.terms_hash,
        contract: { text: contractText(order.terms), signatures: [signature('buyer'), signature('seller')] },
        split: [...splitOf(order)],
        timeline: await timelineOf(db, delivery ? [order.id, delivery.id] : [order.id]),
        delivery: delivery && {
          ...delivery,
          deliveredAt: delivery.deliveredAt.toISOString(),
          validUntil: delivery.validUntil.toISOString(),
        },
        clearing: moneyStateOf(order),
        acceptedByDeadline: order.accepted_by_deadline,
        reason: order.reason,
        resolution: order.resolution,
        actions: [
          ...actionsOn(order, actor),
          ...(delivery?.state === 'live' && mayRevoke(actor) ? ['delivery.revoke'] : []),
        ],
      };
    },
  }),
];

/** Where the money of an order is. */
function moneyStateOf(order: Order): { state: 'reserved' | 'cleared' | 'refunded'; clearedAt: string | null } | null {
  if (order.state === 'cleared') return { state: 'cleared', clearedAt: order.cleared_at?.toISOString() ?? null };
  if (order.state === 'refunded') return { state: 'refunded', clearedAt: null };
  return order.paid_at ? { state: 'reserved', clearedAt: null } : null;
}

/** Figures of the market: what was cleared since a moment, and how many orders there are. */
export async function turnover(
  q: Queryable,
  since: Date,
): Promise<{ monthFen: number; totalFen: number; cleared: number; orders: number }> {
  const { rows } = await sql<{ month: number; total: number; cleared: number; orders: number }>`select
      coalesce(sum(total_fen) filter (where state = 'cleared' and cleared_at >= ${since}), 0)::int8 as month,
      coalesce(sum(total_fen) filter (where state = 'cleared'), 0)::int8 as total,
      count(*) filter (where state = 'cleared') as cleared, count(*) as orders from trade_order`.execute(q);
  const row = rows[0];
  return { monthFen: row?.month ?? 0, totalFen: row?.total ?? 0, cleared: row?.cleared ?? 0, orders: row?.orders ?? 0 };
}
