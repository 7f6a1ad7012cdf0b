import { z } from 'zod';
import { getParty, partiesById } from '../../kernel/access/index.ts';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  role,
  signedIn,
} from '../../kernel/acts/index.ts';
import {
  type Balance,
  balanceOf,
  balances,
  Money,
  money,
  SignedMoney,
  statement,
  trialBalance,
} from '../../kernel/ledger/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { PartyId, WithdrawalId } from './accounts.ts';
import { ClearingId } from './clear.ts';
import { BANK_ACCOUNT, cashAccountOf, FEE_ACCOUNT, withdrawalLife } from './model.ts';

const PartyRef = z.object({ id: PartyId, name: z.string() });
const AccountId = z
  .string()
  .regex(/^[\w:-]{3,100}$/)
  .meta({ title: '账户', 'x-title-en': 'Account', 'x-id': 'account' });

/** Who sees every account: those who settle, and those who supervise. */
const seesAll = (actor: Actor): boolean =>
  actor.kind === 'system' ||
  actor.roles.some((r) => ['exchange', 'regulator', 'settlement-officer', 'audit-admin'].includes(r));

const Account = z.object({
  id: AccountId,
  title: TextSchema,
  owner: PartyRef.nullable(),
  balance: SignedMoney,
  /** Reserved for payments and withdrawals under way. */
  reserved: Money,
  available: SignedMoney,
  /** Reserved by others for this account. */
  incoming: Money,
  entries: z.number().int(),
});

function titleOf(accountId: string, ownerName: string | undefined): Text {
  if (accountId === FEE_ACCOUNT) return text('交易服务费', 'Trading fees of the exchange');
  if (accountId === BANK_ACCOUNT) return text('结算银行存款', 'Deposits at the settlement bank');
  return text(`${ownerName ?? accountId}　资金账户`, `Cash account of ${ownerName ?? accountId}`);
}

const signed = (fen: bigint) => ({ amountFen: fen.toString(), currency: 'CNY' as const });

function accountItem(b: Balance, names: ReadonlyMap<string, { name: string }>): z.infer<typeof Account> {
  const name = names.get(b.ownerPartyId ?? '')?.name;
  return {
    id: b.accountId,
    title: titleOf(b.accountId, name),
    owner: b.ownerPartyId === null ? null : { id: b.ownerPartyId, name: name ?? b.ownerPartyId },
    balance: signed(b.balanceFen),
    reserved: money(b.reservedFen),
    available: signed(b.availableFen),
    incoming: money(b.incomingFen),
    entries: b.entries,
  };
}

/** An account that was never used stands with nothing in it. */
const empty = (partyId: string): Balance => ({
  accountId: cashAccountOf(partyId),
  ownerPartyId: partyId,
  balanceFen: 0n,
  reservedFen: 0n,
  availableFen: 0n,
  incomingFen: 0n,
  debitsPostedFen: 0n,
  creditsPostedFen: 0n,
  entries: 0,
});

const accounts = read({
  path: '/accounts',
  title: text('资金账户', 'Accounts'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ partyId: PartyId.optional() }),
  output: pageOf(Account),
  run: async ({ db, actor, query }) => {
    const owner = seesAll(actor) ? query.partyId : (actor.partyId ?? undefined);
    if (!seesAll(actor) && (owner === undefined || (query.partyId && query.partyId !== owner))) throw notFound();
    const after = afterOf(query.cursor);
    const found = await balances(db, {
      limit: query.limit + 1,
      ...(owner ? { owner } : {}),
      ...(after ? { after } : {}),
    });
    const rows = owner && !after && found.length === 0 && (await getParty(db, owner)) ? [empty(owner)] : found;
    const names = await partiesById(
      db,
      rows.flatMap((r) => r.ownerPartyId ?? []),
    );
    return page(
      rows.map((r) => accountItem(r, names)),
      query.limit,
      (a) => a.id,
    );
  },
});

/** What a line of a statement is for, seen from the account it stands on. */
function purposeOf(code: string, deltaFen: bigint): Text {
  switch (code) {
    case 'deposit':
      return text('入金', 'Deposit');
    case 'withdrawal':
      return text('出金', 'Withdrawal');
    case 'order.release':
      return deltaFen < 0n
        ? text('支付订单价款', 'Payment of an order')
        : text('订单收益分配', 'Share in the income of an order');
    case 'fee.release':
      return text('交易服务费', 'Trading fee');
    case 'order.return':
      return deltaFen < 0n
        ? text('授权撤销，退还订单收益', 'Share returned after a revocation')
        : text('授权撤销，收回订单价款', 'Price of an order returned after a revocation');
    case 'fee.return':
      return text('授权撤销，退还交易服务费', 'Trading fee returned after a revocation');
    default:
      return text(code, code);
  }
}

const statements = read({
  path: '/statements',
  title: text('账户明细', 'Statement'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ accountId: AccountId }),
  output: pageOf(
    z.object({
      id: z.string(),
      at: z.iso.datetime(),
      purpose: TextSchema,
      amount: SignedMoney,
      /** After this line; of a striped account the balance of its stripe. */
      balanceAfter: SignedMoney,
      counterparty: TextSchema,
      /** Order, deposit or withdrawal it belongs to. */
      reference: z.string(),
      receiptId: z.string(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    const account = await balanceOf(db, query.accountId);
    const own = query.accountId === cashAccountOf(actor.partyId ?? '');
    if (!own && (!seesAll(actor) || !account)) throw notFound();
    const { items, nextCursor } = await statement(db, query.accountId, { limit: query.limit, cursor: query.cursor });
    const partyOf = (accountId: string) => /^party:(pty_\w+):cash$/.exec(accountId)?.[1];
    const names = await partiesById(
      db,
      items.flatMap((i) => partyOf(i.counterAccountId) ?? []),
    );
    return {
      items: items.map((i) => {
        const party = partyOf(i.counterAccountId);
        const group = i.counterAccountId.replace(/:\d$/, '');
        const name = party && names.get(party)?.name;
        return {
          id: `${i.accountId}:${i.version}`,
          at: i.at.toISOString(),
          purpose: purposeOf(i.code, i.deltaFen),
          amount: signed(i.deltaFen),
          balanceAfter: signed(i.balanceAfterFen),
          counterparty: name ? text(name, name) : titleOf(group, undefined),
          reference: i.reference,
          receiptId: i.actId.replace('act_', 'rct_'),
        };
      }),
      nextCursor,
    };
  },
});

const Fen = z.string().regex(/^-?\d+$/);

const trial = read({
  path: '/ledger/trial-balance',
  title: text('试算平衡', 'Trial balance'),
  by: role('audit-admin', 'regulator'),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({ accountId: AccountId, title: TextSchema, debitsFen: Fen, creditsFen: Fen, balanceFen: Fen }),
  ).extend({
    debitsFen: Fen,
    creditsFen: Fen,
    pendingDebitsFen: Fen,
    pendingCreditsFen: Fen,
    balanced: z.boolean(),
    accounts: z.number().int(),
  }),
  run: async ({ db, query }) => {
    const sums = await trialBalance(db);
    const after = afterOf(query.cursor);
    const rows = await balances(db, { limit: query.limit + 1, ...(after ? { after } : {}) });
    const names = await partiesById(
      db,
      rows.flatMap((r) => r.ownerPartyId ?? []),
    );
    const items = rows.map((r) => ({
      accountId: r.accountId,
      title: titleOf(r.accountId, names.get(r.ownerPartyId ?? '')?.name),
      debitsFen: r.debitsPostedFen.toString(),
      creditsFen: r.creditsPostedFen.toString(),
      balanceFen: r.balanceFen.toString(),
    }));
    return {
      debitsFen: sums.debitsPostedFen.toString(),
      creditsFen: sums.creditsPostedFen.toString(),
      pendingDebitsFen: sums.debitsPendingFen.toString(),
      pendingCreditsFen: sums.creditsPendingFen.toString(),
      balanced: sums.debitsPostedFen === sums.creditsPostedFen && sums.debitsPendingFen === sums.creditsPendingFen,
      accounts: sums.accounts,
      ...page(items, query.limit, (i) => i.accountId),
    };
  },
});

const clearings = read({
  path: '/clearings',
  title: text('清算记录', 'Clearings'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({
    orderId: z
      .string()
      .regex(/^ord_[0-9a-z]{26}$/)
      .optional(),
    state: z.enum(['reserved', 'cleared', 'refunded']).optional(),
  }),
  output: pageOf(
    z.object({
      id: ClearingId,
      orderId: z.string(),
      state: z.enum(['reserved', 'cleared', 'refunded']),
      stateTitle: TextSchema,
      buyer: PartyRef,
      total: Money,
      fee: Money,
      legs: z.array(z.object({ party: PartyRef.nullable(), title: TextSchema, amount: Money })),
      reservedAt: z.iso.datetime(),
      closedAt: z.iso.datetime().nullable(),
      receiptIds: z.array(z.string()),
    }),
  ),
  run: async ({ db, actor, query }) => {
    if (!seesAll(actor) && !actor.partyId) return { items: [], nextCursor: null };
    const rows = await db
      .selectFrom('clearing as c')
      .selectAll('c')
      .$if(!seesAll(actor), (q) =>
        q.innerJoin('clearing_party as p', 'p.clearing_id', 'c.id').where('p.party_id', '=', actor.partyId ?? ''),
      )
      .$if(query.orderId !== undefined, (q) => q.where('c.order_id', '=', query.orderId ?? ''))
      .$if(query.state !== undefined, (q) => q.where('c.state', '=', query.state ?? 'reserved'))
      .where('c.id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('c.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const names = await partiesById(
      db,
      rows.flatMap((r) => [r.buyer_party_id, ...r.legs.flatMap((l) => l.partyId ?? [])]),
    );
    const ref = (id: string) => ({ id, name: names.get(id)?.name ?? id });
    const items = rows.map((r) => ({
      id: r.id,
      orderId: r.order_id,
      state: r.state,
      stateTitle: CLEARING_STATES[r.state],
      buyer: ref(r.buyer_party_id),
      total: money(BigInt(r.total_fen)),
      fee: money(BigInt(r.fee_fen)),
      legs: r.legs.map((l) => ({
        party: l.partyId === null ? null : ref(l.partyId),
        title: l.partyId === null ? text('交易服务费', 'Trading fee') : text(ref(l.partyId).name, ref(l.partyId).name),
        amount: money(BigInt(l.amountFen)),
      })),
      reservedAt: r.reserved_at.toISOString(),
      closedAt: r.closed_at?.toISOString() ?? null,
      receiptIds: [r.reserved_act, r.closed_act].flatMap((a) => a?.replace('act_', 'rct_') ?? []),
    }));
    return page(items, query.limit, (c) => c.id);
  },
});

const CLEARING_STATES: Readonly<Record<'reserved' | 'cleared' | 'refunded', Text>> = {
  reserved: text('托管中', 'in escrow'),
  cleared: text('已清算', 'cleared'),
  refunded: text('已退款', 'refunded'),
};

const withdrawals = read({
  path: '/withdrawals',
  title: text('出金申请', 'Withdrawals'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ state: z.enum(['requested', 'approved', 'refused']).optional() }),
  output: pageOf(
    z.object({
      id: WithdrawalId,
      party: PartyRef,
      amount: Money,
      bankAccount: z.string(),
      state: z.enum(['requested', 'approved', 'refused']),
      stateTitle: TextSchema,
      requestedAt: z.iso.datetime(),
      decidedAt: z.iso.datetime().nullable(),
      reason: z.string().nullable(),
      /** The one who reads asked for it, so another must decide. */
      requestedByMe: z.boolean(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    if (!seesAll(actor) && !actor.partyId) return { items: [], nextCursor: null };
    const rows = await db
      .selectFrom('withdrawal')
      .selectAll()
      .$if(!seesAll(actor), (q) => q.where('party_id', '=', actor.partyId ?? ''))
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'requested'))
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const names = await partiesById(
      db,
      rows.map((r) => r.party_id),
    );
    // Whoever pays it out needs the whole number; whoever only supervises does not.
    const seesNumber = (partyId: string) => actor.partyId === partyId || actor.roles.includes('settlement-officer');
    const items = rows.map((r) => ({
      id: r.id,
      party: { id: r.party_id, name: names.get(r.party_id)?.name ?? r.party_id },
      amount: money(BigInt(r.amount_fen)),
      bankAccount: seesNumber(r.party_id) ? r.bank_account : `…${r.bank_account.slice(-4)}`,
      state: r.state,
      stateTitle: withdrawalLife.title(r.state),
      requestedAt: r.requested_at.toISOString(),
      decidedAt: r.decided_at?.toISOString() ?? null,
      reason: r.reason,
      requestedByMe: r.requested_by === actor.personId,
    }));
    return page(items, query.limit, (w) => w.id);
  },
});

export const reads: readonly Read[] = [accounts, statements, trial, clearings, withdrawals];
