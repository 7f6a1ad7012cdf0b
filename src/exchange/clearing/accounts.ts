import { sql } from 'kysely';
import { z } from 'zod';
import { getParty } from '../../kernel/access/index.ts';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import {
  balanceOf,
  ensureAccounts,
  fenOf,
  Money,
  money,
  PositiveMoney,
  stripeOf,
  transfer,
} from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import { BANK_ACCOUNT, cashAccountOf, withdrawalLife } from './model.ts';
import { creditedOnce, creditedToAdmitted, decidedByAnother } from './rules.ts';

export const PartyId = idOf('pty', text('单位', 'Party'));
export const WithdrawalId = idOf('wdr', text('出金编号', 'Withdrawal'));
const DepositId = idOf('dps', text('入金编号', 'Deposit'));
/** The bank an operator settles through, when it has only one. */
const FIRST_BANK = 'settlement-bank';

const cash = (partyId: string) => ({ id: cashAccountOf(partyId), ownerPartyId: partyId, limited: true });
const bank = (reference: string) => ({ id: stripeOf(BANK_ACCOUNT, reference), ownerPartyId: null, limited: false });

async function availableOf(tx: Tx, partyId: string): Promise<Money> {
  return money((await balanceOf(tx, cashAccountOf(partyId)))?.availableFen ?? 0n);
}

/** 入金: money that arrived at the settlement bank is credited to a party, once for each bank reference. */
const deposit = act({
  name: 'account.deposit',
  title: text('登记入金', 'Credit a deposit'),
  by: role('settlement-officer'),
  secondFactor: true,
  input: z.object({
    partyId: PartyId,
    amount: PositiveMoney,
    bankReference: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[0-9A-Za-z-]{4,64}$/)
      .meta({ title: '银行流水号', 'x-title-en': 'Bank reference' }),
    bank: z
      .string()
      .trim()
      .min(1)
      .toLowerCase()
      .max(60)
      .default(FIRST_BANK)
      .meta({ title: '结算银行', 'x-title-en': 'Settlement bank' }),
  }),
  output: z.object({ depositId: DepositId, available: Money }),
  rules: [creditedToAdmitted, creditedOnce],
  facts: async ({ tx, input }) => {
    const party = await getParty(tx, input.partyId);
    if (!party) throw notFound();
    // Two officers with the same statement line: the second waits here and then sees the first.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`deposit ${input.bank} ${input.bankReference}`}, 0))`.execute(
      tx,
    );
    const before = await tx
      .selectFrom('bank_deposit')
      .select('id')
      .where('bank', '=', input.bank)
      .where('bank_reference', '=', input.bankReference)
      .executeTakeFirst();
    return {
      party: { name: party.name, state: party.state },
      bankReference: input.bankReference,
      creditedBefore: before !== undefined,
    };
  },
  perform: async ({ tx, input, actId, at }) => {
    const depositId = newId('dps');
    const amountFen = fenOf(input.amount);
    await tx
      .insertInto('bank_deposit')
      .values({
        id: depositId,
        party_id: input.partyId,
        amount_fen: Number(amountFen),
        bank: input.bank,
        bank_reference: input.bankReference,
        at,
        act_id: actId,
      })
      .execute();
    await ensureAccounts(tx, [cash(input.partyId), bank(depositId)]);
    await transfer(tx, actId, at, [
      {
        id: `${depositId}:credit`,
        debitAccountId: bank(depositId).id,
        creditAccountId: cash(input.partyId).id,
        amountFen,
        kind: 'posted',
        code: 'deposit',
        reference: depositId,
      },
    ]);
    return { depositId, available: await availableOf(tx, input.partyId) };
  },
  entry: ({ input, result }) => ({
    subject: result.depositId,
    sealed: {
      creditedParty: input.partyId,
      amount: input.amount,
      bank: input.bank,
      bankReference: input.bankReference,
    },
    parties: [input.partyId],
  }),
});

/** 申请出金: the amount is reserved at once, so that it cannot be spent twice while the request waits. */
const requestWithdrawal = act({
  name: 'account.request-withdrawal',
  title: text('申请出金', 'Ask for a withdrawal'),
  by: role('party-admin'),
  input: z.object({
    amount: PositiveMoney,
    bankAccount: z
      .string()
      .trim()
      .min(8)
      .max(100)
      .meta({ title: '收款银行账户', 'x-title-en': 'Bank account to pay to' }),
  }),
  output: z.object({ withdrawalId: WithdrawalId, available: Money }),
  facts: async ({ actor }) => {
    if (!actor.partyId || !actor.personId) throw notFound();
    return { partyId: actor.partyId, personId: actor.personId };
  },
  perform: async ({ tx, input, facts, actId, at }) => {
    const withdrawalId = newId('wdr');
    const amountFen = fenOf(input.amount);
    await tx
      .insertInto('withdrawal')
      .values({
        id: withdrawalId,
        party_id: facts.partyId,
        amount_fen: Number(amountFen),
        bank_account: input.bankAccount,
        state: withdrawalLife.first,
        requested_at: at,
        requested_by: facts.personId,
        decided_at: null,
        decided_by: null,
        reason: null,
      })
      .execute();
    await ensureAccounts(tx, [cash(facts.partyId), bank(withdrawalId)]);
    await transfer(tx, actId, at, [withdrawalTransfer(withdrawalId, facts.partyId, amountFen, 'pending')]);
    return { withdrawalId, available: await availableOf(tx, facts.partyId) };
  },
  entry: ({ input, result }) => ({
    subject: result.withdrawalId,
    sealed: { amount: input.amount, bankAccount: input.bankAccount },
  }),
});

function withdrawalTransfer(
  withdrawalId: string,
  partyId: string,
  amountFen: bigint,
  kind: 'pending' | 'post' | 'void',
) {
  return {
    id: `${withdrawalId}:${kind === 'pending' ? 'hold' : 'decision'}`,
    debitAccountId: cash(partyId).id,
    creditAccountId: bank(withdrawalId).id,
    amountFen,
    kind,
    ...(kind === 'pending' ? {} : { pendingId: `${withdrawalId}:hold` }),
    code: 'withdrawal',
    reference: withdrawalId,
  };
}

const Decided = z.object({ withdrawalId: WithdrawalId, state: z.enum(['approved', 'refused']) });

async function toDecide(tx: Tx, withdrawalId: string, decidedBy: string | null) {
  const row = await tx
    .selectFrom('withdrawal')
    .selectAll()
    .where('id', '=', withdrawalId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return {
    id: row.id,
    partyId: row.party_id,
    amountFen: String(row.amount_fen),
    state: row.state,
    requestedBy: row.requested_by,
    decidedBy,
  };
}
type ToDecide = Awaited<ReturnType<typeof toDecide>>;

async function decide(
  c: { tx: Tx; facts: ToDecide; actId: string; at: Date },
  event: 'approve' | 'refuse',
  reason: string | null,
): Promise<z.infer<typeof Decided>> {
  const { tx, facts, actId, at } = c;
  withdrawalLife.move(facts.state, event);
  const state = event === 'approve' ? 'approved' : 'refused';
  await tx
    .updateTable('withdrawal')
    .set({ state, decided_at: at, decided_by: facts.decidedBy, reason })
    .where('id', '=', facts.id)
    .execute();
  const kind = event === 'approve' ? 'post' : 'void';
  await transfer(tx, actId, at, [withdrawalTransfer(facts.id, facts.partyId, BigInt(facts.amountFen), kind)]);
  return { withdrawalId: facts.id, state };
}

/** 批准出金: posts the reserved amount; another person than the one who asked. */
const approveWithdrawal = act({
  name: 'account.approve-withdrawal',
  title: text('批准出金', 'Approve a withdrawal'),
  by: role('settlement-officer'),
  secondFactor: true,
  input: z.object({ withdrawalId: WithdrawalId }),
  output: Decided,
  rules: [decidedByAnother],
  facts: ({ tx, actor, input }) => toDecide(tx, input.withdrawalId, actor.personId),
  perform: (c) => decide(c, 'approve', null),
  entry: ({ facts }) => ({
    subject: facts.id,
    sealed: { decision: 'approved', amountFen: facts.amountFen },
    parties: [facts.partyId],
  }),
});

/** 驳回出金: frees the reserved amount, with the reason. */
const refuseWithdrawal = act({
  name: 'account.refuse-withdrawal',
  title: text('驳回出金', 'Refuse a withdrawal'),
  by: role('settlement-officer'),
  secondFactor: true,
  input: z.object({
    withdrawalId: WithdrawalId,
    reason: z
      .string()
      .trim()
      .min(2)
      .max(500)
      .default('未说明 / not stated')
      .meta({ title: '驳回理由', 'x-title-en': 'Reason' }),
  }),
  output: Decided,
  rules: [decidedByAnother],
  facts: ({ tx, actor, input }) => toDecide(tx, input.withdrawalId, actor.personId),
  perform: (c) => decide(c, 'refuse', c.input.reason),
  entry: ({ input, facts }) => ({
    subject: facts.id,
    sealed: { decision: 'refused', amountFen: facts.amountFen, reason: input.reason },
    parties: [facts.partyId],
  }),
});

export const accountActs: readonly Act[] = [deposit, requestWithdrawal, approveWithdrawal, refuseWithdrawal];
