import { z } from 'zod';
import { type Act, act, refused, role, system } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';
import { refund } from '../clearing/index.ts';
import {
  acceptancePeriodOver,
  decidedInTime,
  deliveryOverdue,
  disputeInTime,
  signAndPayPeriodOver,
} from './deadlines.ts';
import { type Order, orderLife } from './model.ts';
import { deliveries, lockOrder, lockTrade, moveOrder } from './orders.ts';
import { neutralMediator } from './rules.ts';
import {
  clearingJob,
  field,
  JustOrder,
  lockMine,
  NewState,
  OrderId,
  otherSide,
  partiesOf,
  Reason,
  TRADERS,
} from './shared.ts';

export const acceptOrder = act({
  name: 'order.accept',
  title: text('验收', 'Accept the delivery'),
  by: role(...TRADERS),
  input: JustOrder,
  output: NewState,
  facts: async ({ tx, actor, input }) => {
    const order = await lockMine(tx, actor, input.orderId, 'buyer');
    orderLife.move(order.state, 'accept');
    return { order };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, facts: { order }, at, enqueue }) => {
    const state = await moveOrder(tx, order, 'accept', at, { accepted_at: at });
    enqueue(clearingJob(order.id));
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order } }) => ({ subject: order.id, parties: partiesOf(order) }),
});

const acceptanceOf = (order: Order) => ({ deliveredAt: order.delivered_at?.toISOString() ?? null });

export const acceptByDeadline = act({
  name: 'order.accept-by-deadline',
  title: text('逾期视为验收通过', 'Accepted because the time is over'),
  by: system(),
  input: JustOrder,
  output: NewState,
  rules: [acceptancePeriodOver],
  facts: async ({ tx, input }) => {
    const order = await lockOrder(tx, input.orderId);
    orderLife.move(order.state, 'accept');
    return { order, ...acceptanceOf(order) };
  },
  perform: async ({ tx, facts: { order }, at, enqueue }) => {
    const state = await moveOrder(tx, order, 'accept', at, { accepted_at: at, accepted_by_deadline: true });
    enqueue(clearingJob(order.id));
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order } }) => ({ subject: order.id, parties: partiesOf(order) }),
});

/** Since when it waits for the signatures, or for the payment. */
function waitingSince(order: Order) {
  const signed = Math.max(order.buyer_signed_at?.getTime() ?? 0, order.seller_signed_at?.getTime() ?? 0);
  const since = order.state === 'placed' ? order.placed_at : new Date(signed);
  return { state: order.state, since: since.toISOString() };
}

export const lapseOrder = act({
  name: 'order.lapse',
  title: text('逾期失效', 'Lapse of an order nobody signed or paid'),
  by: system(),
  input: JustOrder,
  output: NewState,
  rules: [signAndPayPeriodOver],
  facts: async ({ tx, input }) => {
    const order = await lockOrder(tx, input.orderId);
    orderLife.move(order.state, 'cancel');
    return { order, ...waitingSince(order) };
  },
  perform: async ({ tx, facts: { order }, at }) => {
    const state = await moveOrder(tx, order, 'cancel', at, {
      closed_at: at,
      reason: '逾期未签署或未付款 / not signed or paid in time',
    });
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order } }) => ({ subject: order.id, parties: partiesOf(order) }),
});

export const disputeOrder = act({
  name: 'order.dispute',
  title: text('提出异议', 'Dispute'),
  by: role(...TRADERS),
  input: z.object({ orderId: OrderId, reason: Reason }),
  output: NewState,
  rules: [deliveryOverdue, disputeInTime],
  facts: async ({ tx, actor, input }) => {
    // The seller, too, may ask the exchange to decide, once there is a delivery to disagree about.
    const order = await lockMine(tx, actor, input.orderId, 'buyer', 'seller');
    if (order.state !== 'delivered' && order.buyer_party_id !== actor.partyId) throw otherSide(['buyer']);
    orderLife.move(order.state, 'dispute');
    return {
      order,
      state: order.state,
      paidAt: order.paid_at?.toISOString() ?? null,
      deliveredAt: order.delivered_at?.toISOString() ?? null,
    };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, actor, facts: { order }, input, at }) => {
    const state = await moveOrder(tx, order, 'dispute', at, {
      disputed_by: actor.partyId,
      disputed_at: at,
      reason: input.reason,
    });
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order }, input }) => ({
    subject: order.id,
    sealed: { reason: input.reason },
    parties: partiesOf(order),
  }),
});

export const resolveDispute = act({
  name: 'order.resolve',
  title: text('争议处理', 'Decide a dispute'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    orderId: OrderId,
    decision: z.enum(['release', 'refund']).meta(field('处理决定', 'Decision')),
    reason: Reason,
  }),
  output: NewState,
  rules: [neutralMediator, decidedInTime],
  facts: async ({ tx, actor, input }) => {
    const { order, ...sides } = await lockTrade(tx, input.orderId);
    orderLife.move(order.state, input.decision);
    if (input.decision === 'release' && !order.delivered_at) throw nothingDelivered();
    return {
      order,
      ...sides,
      mediatorId: actor.partyId,
      disputedAt: (order.disputed_at ?? order.placed_at).toISOString(),
    };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, facts: { order }, input, at, actId, enqueue }) => {
    if (input.decision === 'release') {
      const state = await moveOrder(tx, order, 'release', at, { accepted_at: at, resolution: input.reason });
      enqueue(clearingJob(order.id));
      return { orderId: order.id, state };
    }
    await refund(tx, actId, at, { orderId: order.id });
    await deliveries().revokeFor(tx, order.id, input.reason, at);
    const state = await moveOrder(tx, order, 'refund', at, { closed_at: at, resolution: input.reason });
    return { orderId: order.id, state };
  },
  entry: ({ facts: { order }, input }) => ({
    subject: order.id,
    sealed: { decision: input.decision, reason: input.reason },
    parties: partiesOf(order),
  }),
});

function nothingDelivered() {
  return refused(
    'state',
    'HS-5.3',
    text('尚未交付，不能放款', 'Nothing was delivered'),
    text('该订单没有交付，款项不能划给卖方。', 'There is no delivery, so the money cannot go to the seller.'),
    text('请决定退款，或待卖方交付后再处理。', 'Decide for a refund, or wait for the delivery.'),
  );
}

export const closingActs: readonly Act[] = [acceptOrder, acceptByDeadline, lapseOrder, disputeOrder, resolveDispute];

/** The act of the system when an order's time is over; undefined while it is not, and where a person decides. */
export function actWhenOver(order: Order, at: Date): Act | undefined {
  const isOver = ({ decision }: { decision: { outcome: string } }) => decision.outcome === 'ok';
  if (order.state === 'delivered')
    return isOver(acceptancePeriodOver.evaluate(acceptanceOf(order), at)) ? acceptByDeadline : undefined;
  if (order.state === 'placed' || order.state === 'signed')
    return isOver(signAndPayPeriodOver.evaluate(waitingSince(order), at)) ? lapseOrder : undefined;
  return undefined;
}
