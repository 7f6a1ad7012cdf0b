import { sql } from 'kysely';
import type { Task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { connectOrders } from '../clearing/index.ts';
import { addDownstream } from '../products/index.ts';
import { lockOrder, markCleared } from './orders.ts';
import { overdueTask } from './overdue.ts';

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
  cases: (productId) => sql`select from trade_order where product_id = ${productId}`,
});

connectOrders({
  lock: async (tx, orderId) => {
    const order = await lockOrder(tx, orderId);
    const { fee, split, publicData } = order.terms;
    return {
      id: order.id,
      state: order.state,
      productId: order.product_id,
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

export const tasks: readonly Task[] = [overdueTask];
