import { partiesById } from '../../kernel/access/index.ts';
import { notFound } from '../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { rightsBehind } from '../catalog/index.ts';
import { getForOrder } from '../products/index.ts';
import { callsLeftOf, type Delivery } from './model.ts';

export async function getDelivery(q: Queryable, deliveryId: string): Promise<Delivery | undefined> {
  return q.selectFrom('delivery').selectAll().where('id', '=', deliveryId).executeTakeFirst();
}

/** @throws notFound when there is none */
export async function lockDelivery(tx: Tx, deliveryId: string): Promise<Delivery> {
  const row = await tx.selectFrom('delivery').selectAll().where('id', '=', deliveryId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** Whether the product or a side is suspended at this moment, and what the product is called. */
export async function standingOf(
  q: Queryable,
  trade: Pick<Delivery, 'product_id' | 'buyer_party_id' | 'seller_party_id'>,
) {
  const product = await getForOrder(q, trade.product_id);
  const parties = await partiesById(q, [trade.buyer_party_id, trade.seller_party_id]);
  return {
    productStopped: !product || (product.state === 'suspended' && product.suspendedBy !== 'holder'),
    buyerState: parties.get(trade.buyer_party_id)?.state ?? 'suspended',
    sellerState: parties.get(trade.seller_party_id)?.state ?? 'suspended',
    productTitle: product?.title ?? trade.product_id,
  };
}

/**
 * What the rules of a use look at: the grant itself, the standing of all involved, and the rights to the data behind it.
 * @returns beside them the ISO moment at which the first of all these ends by itself
 */
export async function grantFacts(q: Queryable, delivery: Delivery, at: Date) {
  const { stopped, until } = await rightsBehind(q, delivery.product_id, delivery.product_version, at);
  const validUntil = delivery.valid_until.toISOString();
  return {
    grant: { revoked: delivery.revoked_at !== null, validUntil, callsLeft: callsLeftOf(delivery) },
    standing: await standingOf(q, delivery),
    useStopped: stopped,
    endsAt: until !== null && until < validUntil ? until : validUntil,
  };
}

/** Ends the grant of an order for good; every request from now on is refused. */
export async function revokeFor(tx: Tx, orderId: string, reason: string, at: Date): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({ revoked_at: at, revoked_reason: reason })
    .where('order_id', '=', orderId)
    .where('revoked_at', 'is', null)
    .execute();
}
