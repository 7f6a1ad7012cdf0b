import { sql } from 'kysely';
import { notFound } from '../../kernel/acts/index.ts';
import { type Queryable, send, type Tx } from '../../kernel/database/index.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { ACCEPTANCE_DAYS, CLEARING_DAYS, DELIVERY_DAYS, MEDIATION_DAYS, PAY_DAYS, SIGN_DAYS } from './deadlines.ts';
import { type Order, type OrderState, type OrderTable, orderLife, periodEnd } from './model.ts';
import type { SplitPart } from './terms.ts';

/** What contracts needs of deliveries; delivery imports contracts, so it connects itself when it is loaded. */
export interface Deliveries {
  readonly summaryOf: (q: Queryable, orderId: string, at: Date) => Promise<DeliverySummary | null>;
  /** Ends the grant of an order, if it has one. */
  readonly revokeFor: (tx: Tx, orderId: string, reason: string, at: Date) => Promise<void>;
}

export interface DeliverySummary {
  readonly id: string;
  readonly method: 'file' | 'query';
  readonly state: 'live' | 'expired' | 'revoked' | 'used-up';
  readonly deliveredAt: Date;
  readonly validUntil: Date;
  readonly callsLeft: number | null;
}

let connected: Deliveries | undefined;

export function connectDeliveries(deliveries: Deliveries): void {
  connected = deliveries;
}

/** @throws Error when delivery was not loaded: a fault of the wiring */
export function deliveries(): Deliveries {
  if (!connected) throw new Error('no deliveries are connected to contracts');
  return connected;
}

const DAYS = {
  placed: SIGN_DAYS,
  signed: PAY_DAYS,
  paid: DELIVERY_DAYS,
  delivered: ACCEPTANCE_DAYS,
  accepted: CLEARING_DAYS,
  disputed: MEDIATION_DAYS,
  cleared: null,
  refunded: null,
  cancelled: null,
} as const;

/** When whoever must act in a state has to have acted; null where nobody must. */
export function dueAfter(state: OrderState, at: Date): Date | null {
  const days = DAYS[state];
  return days === null ? null : periodEnd(at, valueAt(days, at).value);
}

export async function getOrder(q: Queryable, orderId: string): Promise<Order | undefined> {
  return q.selectFrom('trade_order').selectAll().where('id', '=', orderId).executeTakeFirst();
}

/** Locks the order for the rest of the transaction. @throws notFound when there is none */
export async function lockOrder(tx: Tx, orderId: string): Promise<Order> {
  const row = await tx.selectFrom('trade_order').selectAll().where('id', '=', orderId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** A party to a trade as the register of parties knows it now. */
export interface Side {
  readonly id: string;
  readonly name: string;
  readonly uscc: string;
  readonly state: string;
}

const sideOf = (column: 'buyer_party_id' | 'seller_party_id') => sql<Side>`(
  select jsonb_build_object('id', p.id, 'name', p.name, 'uscc', p.uscc, 'state', p.state)
    from party p where p.id = ${sql.ref(`o.${column}`)})`;

/** Locks the order and looks both its sides up, in one statement. @throws notFound when there is none */
export async function lockTrade(tx: Tx, orderId: string): Promise<{ order: Order; buyer: Side; seller: Side }> {
  const row = await tx
    .selectFrom('trade_order as o')
    .selectAll('o')
    .select([sideOf('buyer_party_id').as('buyer'), sideOf('seller_party_id').as('seller')])
    .where('o.id', '=', orderId)
    .forUpdate('o')
    .executeTakeFirst();
  if (!row) throw notFound();
  const { buyer, seller, ...order } = row;
  return { order, buyer, seller };
}

/** Who gets what of an order's price, as frozen in its terms. */
export const splitOf = (order: Order): readonly SplitPart[] => order.terms.split;

type Change = Partial<Omit<OrderTable, 'id' | 'version' | 'state' | 'accepted_by_deadline'>> & {
  readonly accepted_by_deadline?: boolean;
};

/** Moves a locked order by an event of its life and sets the next deadline. @throws Refused for an illegal move */
export async function moveOrder(
  tx: Tx,
  order: Pick<Order, 'id' | 'state'>,
  event: Parameters<typeof orderLife.move>[1],
  at: Date,
  change: Change = {},
): Promise<OrderState> {
  const state = orderLife.move(order.state, event);
  const update = tx
    .updateTable('trade_order')
    .set({ ...change, state, due_at: dueAfter(state, at), version: sql<number>`version + 1` })
    .where('id', '=', order.id);
  await send(tx, update.compile());
  return state;
}

/** Paid → delivered: the acceptance period begins. */
export async function markDelivered(tx: Tx, order: Order, at: Date): Promise<void> {
  await moveOrder(tx, order, 'deliver', at, { delivered_at: at });
}

/** Accepted → cleared: the money is with the rights holders. The caller holds the lock. @throws Refused when it is not accepted */
export async function markCleared(tx: Tx, order: Pick<Order, 'id' | 'state'>, at: Date): Promise<void> {
  await moveOrder(tx, order, 'clear', at, { cleared_at: at, closed_at: at });
}
