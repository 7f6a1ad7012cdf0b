import { sql } from 'kysely';
import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { act, execute, notFound, refused, SYSTEM, system } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { task } from '../../kernel/jobs.ts';
import { heldFor, Money, money } from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import { release } from './escrow.ts';
import { EXCHANGE, splitByShares } from './model.ts';
import { type OrderToClear, orderBook } from './orders.ts';
import {
  centralClearing,
  clearedByTheRules,
  providerGetsPart,
  publicDataOnExchange,
  splitAsPublished,
  stagesOnChain,
} from './rules.ts';

const OrderId = idOf('ord', text('订单编号', 'Order'));
export const ClearingId = idOf('clr', text('清算编号', 'Clearing'));
/** Acts whose evidence stands for a stage of the trade. */
const STAGES = {
  registration: ['product.list'],
  trade: ['order.place', 'contract.sign', 'order.pay'],
  delivery: ['delivery.deliver'],
} as const;
/** Roles of those whose data is public data. */
const PROVIDERS: readonly string[] = ['data-provider', 'data-authority'];

/** 清算: posts what was reserved for an accepted order to everyone it belongs to. */
export const clearOrder = act({
  name: 'clearing.clear',
  title: text('清算', 'Clear a trade'),
  by: system(),
  input: z.object({ orderId: OrderId }),
  output: z.object({ clearingId: ClearingId, total: Money, fee: Money }),
  rules: [splitAsPublished, clearedByTheRules, centralClearing, publicDataOnExchange, stagesOnChain, providerGetsPart],
  facts: async ({ tx, input }) => {
    const order = await orderBook().lock(tx, input.orderId);
    if (!order) throw notFound();
    if (order.state !== 'accepted') throw notAccepted(order);
    const row = await tx.selectFrom('clearing').selectAll().where('order_id', '=', order.id).executeTakeFirst();
    if (!row) throw notAccepted(order);
    const expected = splitByShares(order.totalFen, order.feeBasisPoints, order.shares);
    const parties = await partiesById(
      tx,
      row.legs.flatMap((l) => l.partyId ?? []),
    );
    const isProvider = (partyId: string | null) =>
      parties.get(partyId ?? '')?.roles.some((r) => PROVIDERS.includes(r)) ?? false;
    const providerFen = row.legs.reduce((sum, l) => (isProvider(l.partyId) ? sum + BigInt(l.amountFen) : sum), 0n);
    return {
      order: { id: order.id, state: 'accepted' as const },
      clearing: {
        totalFen: order.totalFen.toString(),
        heldFen: (await heldFor(tx, order.id)).toString(),
        legs: legsBeside(
          row.legs,
          expected.map((e) => ({
            partyId: e.partyId === EXCHANGE ? null : e.partyId,
            amountFen: e.amountFen.toString(),
          })),
        ),
      },
      publicData: order.publicData,
      providerFen: providerFen.toString(),
      chain: await stagesOf(tx, order),
      parties: row.legs.flatMap((l) => l.partyId ?? []),
      buyerPartyId: order.buyerPartyId,
    };
  },
  perform: async ({ tx, facts, actId, at }) => {
    await orderBook().markCleared(tx, facts.order, at);
    const row = await release(tx, actId, at, { orderId: facts.order.id });
    return { clearingId: row.id, total: money(BigInt(row.total_fen)), fee: money(BigInt(row.fee_fen)) };
  },
  entry: ({ facts, result }) => ({
    subject: facts.order.id,
    sealed: { clearing: result.clearingId, total: result.total, legs: facts.clearing.legs },
    parties: [facts.buyerPartyId, ...facts.parties],
  }),
});

interface Leg {
  readonly partyId: string | null;
  readonly amountFen: string;
}

/** Each leg beside what it should be; one that is missing or too many stands beside nothing, so that the rule sees it. */
function legsBeside(legs: readonly Leg[], expected: readonly Leg[]) {
  const paid = legs.map((leg, n) => {
    const twin = expected[n];
    return {
      partyId: leg.partyId,
      amountFen: leg.amountFen,
      expectedFen: twin?.partyId === leg.partyId ? twin.amountFen : '0',
    };
  });
  return [
    ...paid,
    ...expected.slice(legs.length).map((e) => ({ partyId: e.partyId, amountFen: '0', expectedFen: e.amountFen })),
  ];
}

/** How many evidence entries each stage of the trade left. */
async function stagesOf(
  tx: Tx,
  order: OrderToClear,
): Promise<{ registration: number; trade: number; delivery: number }> {
  const { rows } = await sql<{ name: string; n: string }>`select a.name, count(*)::text as n
    from act_log a join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)
    where (a.subject = ${order.productId} and a.name = any (${[...STAGES.registration]}::text[]))
       or (a.subject = ${order.id} and a.name = any (${[...STAGES.trade, ...STAGES.delivery]}::text[]))
    group by a.name`.execute(tx);
  const count = (names: readonly string[]) =>
    rows.reduce((sum, r) => (names.includes(r.name) ? sum + Number(r.n) : sum), 0);
  return { registration: count(STAGES.registration), trade: count(STAGES.trade), delivery: count(STAGES.delivery) };
}

function notAccepted(order: OrderToClear) {
  return refused(
    'state',
    'HS-6.9',
    text('订单不在可清算状态', 'The order is not in a state to be cleared'),
    text(
      `订单 ${order.id} 未验收、已清算或已退款。`,
      `Order ${order.id} is not accepted, cleared already or refunded.`,
    ),
    text('验收通过后系统自动清算，无需重复办理。', 'The system clears it once, after acceptance.'),
  );
}

/** Enqueued by the acceptance; repeated runs clear once. A refusal by a rule fails the job, so that it is tried and seen again. */
export const clearTask = task('clearing.clear', async (payload, { kernel }) => {
  const orderId = String(payload.orderId);
  const outcome = await execute(kernel, clearOrder, SYSTEM, { orderId }, { idempotencyKey: `clear ${orderId}` });
  if (outcome.ok || outcome.refusal.violations.every((v) => v.rule === 'HS-6.9')) return;
  throw new Error(`clearing ${orderId}: ${outcome.refusal.violations.map((v) => `${v.rule} ${v.fact.en}`).join('; ')}`);
});
