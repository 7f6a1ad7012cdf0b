import { z } from 'zod';
import { type Actor, notFound, refused } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import type { Order } from './model.ts';
import { lockOrder } from './orders.ts';

export const OrderId = idOf('ord', text('订单', 'Order'));
/** Parties that buy and sell. */
export const TRADERS = ['buyer', 'data-merchant', 'operating-unit', 'data-provider', 'broker'] as const;
const CLEARING_TASK = 'clearing.clear';

export const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
export const Reason = z.string().trim().min(1).max(1_000).meta(field('理由', 'Reason'));
export const JustOrder = z.object({ orderId: OrderId });
export const NewState = z.object({ orderId: z.string(), state: z.string() });

/** The job that pays out an accepted order. */
export const clearingJob = (orderId: string) => ({
  task: CLEARING_TASK,
  payload: { orderId },
  key: `${CLEARING_TASK}:${orderId}`,
});

/** Locks the order of one of these sides. @throws Refused for anybody else */
export async function lockMine(
  tx: Tx,
  actor: Actor,
  orderId: string,
  ...sides: readonly ('buyer' | 'seller')[]
): Promise<Order> {
  const order = await lockOrder(tx, orderId);
  refuseOthers(actor, order, ...sides);
  return order;
}

/** Strangers to the order learn nothing; the other side learns whose turn it is. */
export function refuseOthers(actor: Actor, order: Order, ...sides: readonly ('buyer' | 'seller')[]): void {
  const mine = sides.some((side) => actor.partyId !== null && order[`${side}_party_id`] === actor.partyId);
  if (!mine)
    throw order.buyer_party_id === actor.partyId || order.seller_party_id === actor.partyId
      ? otherSide(sides)
      : notFound();
}

export function otherSide(sides: readonly string[]) {
  const zh = sides[0] === 'buyer' ? '买方' : '卖方';
  return refused(
    'forbidden',
    'HS-1.2',
    text('不由本单位办理', 'Not for your side to do'),
    text(`此事由${zh}办理。`, `The ${sides[0]} does this.`),
    text(`请等待${zh}办理。`, `Wait for the ${sides[0]}.`),
  );
}

export const partiesOf = (order: Order) => [order.buyer_party_id, order.seller_party_id];
