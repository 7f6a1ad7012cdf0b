import { sql } from 'kysely';
import { z } from 'zod';
import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { connectOrders } from '../clearing/index.ts';
import { addDownstream } from '../products/index.ts';
import { acceptByDeadline, lapseOrder } from './closing.ts';
import { deliveries, getOrder, lockOrder, markCleared } from './orders.ts';
import { DEADLINE_TASK } from './shared.ts';

export { acts } from './acts.ts';
export { type Order, type OrderState, orderLife, periodEnd, waitingOn } from './model.ts';
export {
  connectDeliveries,
  type DeliverySummary,
  getOrder,
  lockOrder,
  markCleared,
  markDelivered,
  splitOf,
} from './orders.ts';
export { actionsOn, oversees, reads, turnover } from './queries.ts';
export { GROUNDS, settleRevoked } from './revocation.ts';
export { deliveryAgreed } from './rules.ts';
export { OrderId, partiesOf, TRADERS } from './shared.ts';
export { contractText, SplitPart, Terms } from './terms.ts';

addDownstream({
  kind: 'order',
  title: text('订单', 'Orders'),
  count: async (q, productId) => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from trade_order where product_id = ${productId}`.execute(q);
    return rows[0]?.n ?? 0;
  },
});

connectOrders({
  lock: async (tx, orderId) => {
    const order = await lockOrder(tx, orderId);
    const { fee, split, publicData } = order.terms;
    const delivery = await deliveries().summaryOf(tx, orderId, order.delivered_at ?? order.placed_at);
    return {
      id: order.id,
      state: order.state,
      productId: order.product_id,
      deliveryId: delivery?.id ?? null,
      buyerPartyId: order.buyer_party_id,
      sellerPartyId: order.seller_party_id,
      totalFen: BigInt(order.total_fen),
      feeBasisPoints: fee.basisPoints,
      shares: split.filter((p) => p.role === 'holder'),
      publicData,
    };
  },
  markCleared,
});

/** What a deadline does, by state; in the other states a person decides and the clock only shows. */
const AT_DEADLINE = { placed: lapseOrder, signed: lapseOrder, delivered: acceptByDeadline } as const;

export const tasks: readonly Task[] = [
  task(DEADLINE_TASK, async (payload, { kernel }) => {
    const { orderId } = z.object({ orderId: z.string() }).parse(payload);
    const order = await getOrder(kernel.db, orderId);
    if (!order?.due_at) return;
    const act = Object.hasOwn(AT_DEADLINE, order.state)
      ? AT_DEADLINE[order.state as keyof typeof AT_DEADLINE]
      : undefined;
    if (!act) return;
    // Refused when the order moved meanwhile or the clock was set back: then the next deadline has its own job.
    await execute(kernel, act, SYSTEM, { orderId });
  }),
];
