import type { JobRequest } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { giveBack } from '../clearing/index.ts';
import { type Order, type OrderState, orderLife } from './model.ts';
import { moveOrder } from './orders.ts';
import { clearingJob } from './shared.ts';

/** Why a paid grant is taken away: decides where the price goes (HS-5.15). */
export const GROUNDS = ['buyer-breach', 'not-the-buyer'] as const;
export type Ground = (typeof GROUNDS)[number];

export interface Revocation {
  readonly order: Order;
  readonly ground: Ground;
  readonly reason: string;
  readonly actId: string;
  readonly at: Date;
  readonly enqueue: (job: JobRequest) => void;
}

/**
 * Moves an order whose grant was revoked, and its money with it: back to the buyer, whether it is still reserved or paid
 * out already; or, when the buyer broke the terms, on to the rights holders as if it had been accepted.
 * @throws Refused HS-6.1 when the account of someone who was paid does not cover what must go back
 */
export async function settleRevoked(
  tx: Tx,
  { order, ground, reason, actId, at, enqueue }: Revocation,
): Promise<OrderState> {
  if (ground === 'not-the-buyer') {
    await giveBack(tx, actId, at, { orderId: order.id });
    return moveOrder(tx, order, 'revoke', at, { closed_at: at, resolution: reason });
  }
  const event = orderLife.next(order.state, 'release') ? 'release' : 'accept';
  // Accepted or cleared: the money is on its way or there.
  if (orderLife.next(order.state, event) === undefined) return order.state;
  const state = await moveOrder(tx, order, event, at, { accepted_at: at, resolution: reason });
  enqueue(clearingJob(order.id));
  return state;
}
