import { sql } from 'kysely';
import { refused } from '../../kernel/acts/index.ts';
import { type Queryable, send, type Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { ensureAccounts, stripeOf, type TransferInput, transfer } from '../../kernel/ledger/index.ts';
import { pg } from '../../kernel/postgres.ts';
import { cashAccountOf, EXCHANGE, FEE_ACCOUNT, type SplitLeg } from './model.ts';
import type { ClearingTable, StoredLeg } from './tables.ts';

export interface Reservation {
  readonly orderId: string;
  readonly buyerPartyId: string;
  /** Who gets how much; {@link EXCHANGE} as party is the fee. Legs of nothing are kept but move nothing. */
  readonly split: readonly SplitLeg[];
}

/**
 * Reserves the price of an order in the buyer's account, one pending transfer for each recipient: all or none.
 * @returns the id of the clearing, `clr_…`
 * @throws Refused HS-6.1 when the buyer's account does not cover it, HS-6.9 when the order is paid already
 */
export async function reserve(
  tx: Tx,
  actId: string,
  at: Date,
  { orderId, buyerPartyId, split }: Reservation,
): Promise<string> {
  const legs: StoredLeg[] = split.map(({ partyId, amountFen }) => ({
    partyId: partyId === EXCHANGE ? null : partyId,
    amountFen: amountFen.toString(),
    accountId: partyId === EXCHANGE ? stripeOf(FEE_ACCOUNT, orderId) : cashAccountOf(partyId),
  }));
  const total = split.reduce((sum, leg) => sum + leg.amountFen, 0n);
  const fee = split.reduce((sum, leg) => (leg.partyId === EXCHANGE ? sum + leg.amountFen : sum), 0n);
  const parties = [...new Set([buyerPartyId, ...legs.flatMap((l) => l.partyId ?? [])])];
  await ensureAccounts(tx, [
    ...parties.map((party) => ({ id: cashAccountOf(party), ownerPartyId: party, limited: true })),
    { id: stripeOf(FEE_ACCOUNT, orderId), ownerPartyId: null, limited: false },
  ]);
  const id = newId('clr');
  const statement = sql`with c as (
      insert into clearing (id, order_id, buyer_party_id, total_fen, fee_fen, legs, state, reserved_at, reserved_act)
      values (${id}, ${orderId}, ${buyerPartyId}, ${total.toString()}, ${fee.toString()}, ${JSON.stringify(legs)}::jsonb, 'reserved', ${at}, ${actId})
      returning id)
    insert into clearing_party (party_id, clearing_id) select p, c.id from c, unnest(${parties}::text[]) p`;
  await send(tx, statement.compile(tx), (error) => (isPaidAlready(error) ? notReserved(orderId) : error));
  await transfer(tx, actId, at, transfersOf({ order_id: orderId, buyer_party_id: buyerPartyId, legs }, 'hold'));
  return id;
}

/** Pays out what was reserved for an order, every leg. @throws Refused HS-6.9 when nothing is reserved for it (any more) */
export function release(
  tx: Tx,
  actId: string,
  at: Date,
  { orderId }: { readonly orderId: string },
): Promise<ClearingTable> {
  return close(tx, actId, at, orderId, 'cleared');
}

/** Frees what was reserved for an order in the buyer's account. @throws Refused HS-6.9 when nothing is reserved for it (any more) */
export function refund(
  tx: Tx,
  actId: string,
  at: Date,
  { orderId }: { readonly orderId: string },
): Promise<ClearingTable> {
  return close(tx, actId, at, orderId, 'refunded');
}

/**
 * Gives an order's price back to the buyer: frees it while it is reserved; after it was paid out, everyone who got a
 * share returns it, the exchange its fee. All or nothing.
 * @throws Refused HS-6.1 when an account does not cover what it must return, HS-6.9 when there is nothing to give back
 */
export async function giveBack(
  tx: Tx,
  actId: string,
  at: Date,
  { orderId }: { readonly orderId: string },
): Promise<ClearingTable> {
  const paidOut = await tx
    .updateTable('clearing')
    .set({ state: 'refunded', closed_at: at, closed_act: actId })
    .where('order_id', '=', orderId)
    .where('state', '=', 'cleared')
    .returningAll()
    .executeTakeFirst();
  if (!paidOut) return refund(tx, actId, at, { orderId });
  await transfer(tx, actId, at, returnsOf(paidOut));
  return paidOut;
}

/** What was paid out, the other way. */
function returnsOf({ order_id, buyer_party_id, legs }: ClearingTable): TransferInput[] {
  return legs.flatMap((leg, n) => {
    const amountFen = BigInt(leg.amountFen);
    if (amountFen === 0n) return [];
    return {
      id: `${order_id}:return:${n}`,
      debitAccountId: leg.accountId,
      creditAccountId: cashAccountOf(buyer_party_id),
      amountFen,
      kind: 'posted',
      code: leg.partyId === null ? 'fee.return' : 'order.return',
      reference: order_id,
    };
  });
}

async function close(
  tx: Tx,
  actId: string,
  at: Date,
  orderId: string,
  state: 'cleared' | 'refunded',
): Promise<ClearingTable> {
  const row = await tx
    .updateTable('clearing')
    .set({ state, closed_at: at, closed_act: actId })
    .where('order_id', '=', orderId)
    .where('state', '=', 'reserved')
    .returningAll()
    .executeTakeFirst();
  if (!row) throw notReserved(orderId);
  await transfer(tx, actId, at, transfersOf(row, state === 'cleared' ? 'release' : 'refund'));
  return row;
}

const KIND = { hold: 'pending', release: 'post', refund: 'void' } as const;

/** Ids are made from the order and the leg, so that a repeated call names the same transfers. */
function transfersOf(
  clearing: Pick<ClearingTable, 'order_id' | 'buyer_party_id' | 'legs'>,
  step: keyof typeof KIND,
): TransferInput[] {
  return clearing.legs.flatMap((leg, n) => {
    const amountFen = BigInt(leg.amountFen);
    if (amountFen === 0n) return [];
    return {
      id: `${clearing.order_id}:${step}:${n}`,
      debitAccountId: cashAccountOf(clearing.buyer_party_id),
      creditAccountId: leg.accountId,
      amountFen,
      kind: KIND[step],
      ...(step === 'hold' ? {} : { pendingId: `${clearing.order_id}:hold:${n}` }),
      code: leg.partyId === null ? `fee.${step}` : `order.${step}`,
      reference: clearing.order_id,
    };
  });
}

/** One clearing an order: the second meets the unique key. */
const isPaidAlready = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.constraint === 'clearing_order_id_key';

function notReserved(orderId: string) {
  return refused(
    'state',
    'HS-6.9',
    { zh: '该订单的款项不在可办理状态', en: 'The money of this order is not in a state for this' },
    {
      zh: `订单 ${orderId} 的款项已冻结、已清算、已退回或尚未支付。`,
      en: `The money of order ${orderId} is reserved, cleared or returned already, or was not paid.`,
    },
    { zh: '请查看该订单的清算记录。', en: "Look at the order's clearing." },
  );
}

export interface Clearing {
  readonly id: string;
  readonly orderId: string;
  readonly state: ClearingTable['state'];
  readonly totalFen: bigint;
  readonly feeFen: bigint;
  /** Null as party: the exchange's fee. */
  readonly legs: readonly { readonly partyId: string | null; readonly amountFen: bigint }[];
}

/** What was reserved and paid out for an order; undefined before it was paid. @param id of the order or of the clearing */
export async function clearingOf(q: Queryable, id: string): Promise<Clearing | undefined> {
  const row = await q
    .selectFrom('clearing')
    .selectAll()
    .where((e) => e.or([e('order_id', '=', id), e('id', '=', id)]))
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      orderId: row.order_id,
      state: row.state,
      totalFen: BigInt(row.total_fen),
      feeFen: BigInt(row.fee_fen),
      legs: row.legs.map((l) => ({ partyId: l.partyId, amountFen: BigInt(l.amountFen) })),
    }
  );
}
