import { z } from 'zod';
import { type Act, type Actor, act, execute, notFound, role, SYSTEM, system } from '../../kernel/acts/index.ts';
import {
  type CaseRow,
  changePart,
  lockCase,
  moveCase,
  oneAtATime,
  openCase,
  partsOf,
} from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { task } from '../../kernel/jobs.ts';
import { Money, money } from '../../kernel/ledger/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { AgreementId, authorityOf, itsTurn, lockAgreement, underLivingAgreement } from '../authorisation/index.ts';
import { getParty, PartyId } from '../parties/index.ts';
import { type AllowedRevenue, allowedRevenue, Cost, excessOf, RevenueId, sumOf } from './model.ts';
import { revenueApproval } from './procedure.ts';
import * as rules from './rules.ts';
import { openExcess, overlapping, revenueOf } from './store.ts';

const CLOSE_TASK = 'pricing.close-period';
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(2).max(2_000).meta(field(zh, en));
const Moved = z.object({ revenueId: RevenueId, state: z.string() });

/** Midnight in Beijing, where a day of the form begins. */
const startOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`);

/** 申报成本: the operating unit asks what it may earn in a period (PPN-3.1). */
const propose = act({
  name: 'price.propose-revenue',
  title: text('申请核定最高准许收入', 'Ask for the allowed revenue'),
  by: role('operating-unit'),
  input: z.object({
    agreementId: AgreementId,
    priceAuthorityId: PartyId.meta(field('价格主管部门', 'Price authority')),
    periodFrom: z.iso.date().meta(field('周期起日', 'First day of the period')),
    periodUntil: z.iso.date().meta(field('周期止日（不含）', 'Day after the period')),
    costs: z.array(Cost).min(1).max(200).meta(field('经营成本', 'Operating costs')),
    subsidy: Money.meta(field('政府补助', 'Government subsidy')),
    profitBasisPoints: z.number().int().min(0).max(10_000).meta(field('利润率（基点）', 'Profit in basis points')),
    tax: Money.meta(field('税金', 'Taxes')),
  }),
  output: z.object({ revenueId: RevenueId, caseId: z.string() }),
  rules: [underLivingAgreement, rules.costsAndProfit, rules.onePeriod],
  facts: async ({ tx, actor, input }) => {
    await oneAtATime(tx, `revenue ${input.agreementId}`);
    const { row, agreement } = await lockAgreement(tx, actor, input.agreementId);
    const priceAuthority = await getParty(tx, input.priceAuthorityId);
    if (agreement.operator_id !== actor.partyId || !priceAuthority?.roles.includes('price-authority')) throw notFound();
    const [from, until] = [startOf(input.periodFrom), startOf(input.periodUntil)];
    return {
      agreement,
      authorityId: await authorityOf(tx, agreement),
      priceAuthorityId: priceAuthority.id,
      operatorName: (await getParty(tx, agreement.operator_id))?.name ?? '',
      state: row.state,
      ended: agreement.ended_at !== null,
      validUntil: agreement.valid_until.toISOString(),
      costFen: sumOf(input.costs).toString(),
      subsidyFen: input.subsidy.amountFen,
      profitBasisPoints: input.profitBasisPoints,
      periodFrom: input.periodFrom,
      periodUntil: input.periodUntil,
      overlaps: await overlapping(tx, agreement.id, from, until),
    };
  },
  perform: async ({ tx, input, facts, at, enqueue }) => {
    const { agreement, authorityId, priceAuthorityId, operatorName } = facts;
    const revenueId = newId('rev');
    // The field names the day after the period; people read a period by its first and last day.
    const period = `${input.periodFrom}–${beijingDay(new Date(startOf(input.periodUntil).getTime() - 1))}`;
    const row = await openCase(
      tx,
      {
        procedure: revenueApproval,
        subjectId: revenueId,
        title: text(`最高准许收入：${operatorName} ${period}`, `Allowed revenue: ${operatorName} ${period}`),
        parts: {
          applicant: [agreement.operator_id],
          reviewer: [priceAuthorityId, authorityId],
          authoriser: [agreement.authoriser_id],
        },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('allowed_revenue')
      .values({
        id: revenueId,
        agreement_id: agreement.id,
        case_id: row.id,
        operator_id: agreement.operator_id,
        authoriser_id: agreement.authoriser_id,
        period_from: startOf(input.periodFrom),
        period_until: startOf(input.periodUntil),
        costs: JSON.stringify(input.costs),
        subsidy_fen: Number(input.subsidy.amountFen),
        profit_basis_points: input.profitBasisPoints,
        tax_fen: Number(input.tax.amountFen),
        asked_at: at,
        decided_at: null,
        reason: null,
        deducted_fen: null,
        allowed_fen: null,
        closed_at: null,
        revenue_fen: null,
        excess_fen: null,
      })
      .execute();
    return { revenueId, caseId: row.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.revenueId,
    sealed: {
      agreement: input.agreementId,
      period: [input.periodFrom, input.periodUntil],
      costs: input.costs,
      subsidy: input.subsidy,
      profitBasisPoints: input.profitBasisPoints,
      tax: input.tax,
    },
    parties: [facts.priceAuthorityId, facts.authorityId, facts.agreement.authoriser_id],
  }),
});

async function lockRevenue(tx: Tx, actor: Actor, id: string): Promise<{ revenue: AllowedRevenue; row: CaseRow }> {
  const found = await tx.selectFrom('allowed_revenue').select('case_id').where('id', '=', id).executeTakeFirst();
  if (!found) throw notFound();
  const row = await lockCase(tx, actor, found.case_id);
  const revenue = await tx.selectFrom('allowed_revenue').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return { revenue, row };
}

async function reviewersOf(q: Queryable, caseId: string): Promise<string[]> {
  const rows = await q
    .selectFrom('case_part')
    .select('party_id')
    .where('case_id', '=', caseId)
    .where('part', '=', 'reviewer')
    .execute();
  return rows.map((r) => r.party_id);
}

/** What the formula gives now, with the excess of earlier periods that is still to be taken off. */
export async function computed(q: Queryable, revenue: AllowedRevenue) {
  return allowedRevenue({
    costFen: sumOf(revenue.costs),
    subsidyFen: BigInt(revenue.subsidy_fen),
    profitBasisPoints: BigInt(revenue.profit_basis_points),
    taxFen: BigInt(revenue.tax_fen),
    excessFen: await openExcess(q, revenue.operator_id, revenue.authoriser_id),
  });
}

/** 核定: with the second approval the revenue stands, less what was earned too much before. */
const approve = act({
  name: 'price.approve-revenue',
  title: text('核定最高准许收入', 'Approve the allowed revenue'),
  by: role('price-authority', 'data-authority'),
  input: z.object({ revenueId: RevenueId, opinion: words('核定意见', 'Opinion') }),
  output: Moved.extend({ allowed: Money.nullable() }),
  rules: [rules.approvedTogether, rules.costsAndProfit],
  facts: async ({ tx, actor, input }) => {
    const { revenue, row } = await lockRevenue(tx, actor, input.revenueId);
    // Two periods approved at once must not take the same excess off twice.
    await oneAtATime(tx, `excess ${revenue.operator_id} ${revenue.authoriser_id}`);
    return {
      revenue,
      row,
      decider: actor.partyId,
      reviewers: await reviewersOf(tx, row.id),
      costFen: sumOf(revenue.costs).toString(),
      subsidyFen: String(revenue.subsidy_fen),
      profitBasisPoints: revenue.profit_basis_points,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { revenue, row, decider, reviewers }, at, enqueue }) => {
    await changePart(tx, row.id, decider ?? '', 'reviewer', 'approved');
    await tx
      .updateTable('allowed_revenue')
      .set({ approvals: [...revenue.approvals, decider ?? ''], reason: input.opinion })
      .where('id', '=', revenue.id)
      .execute();
    if (reviewers.some((r) => r !== decider)) return { revenueId: revenue.id, state: row.state, allowed: null };
    const moved = await moveCase(tx, { procedure: revenueApproval, row, event: 'approve' }, { at, enqueue });
    const { allowedFen, deductedFen } = await computed(tx, revenue);
    await tx
      .updateTable('allowed_revenue')
      .set({ decided_at: at, allowed_fen: Number(allowedFen), deducted_fen: Number(deductedFen) })
      .where('id', '=', revenue.id)
      .execute();
    enqueue({
      task: CLOSE_TASK,
      payload: { revenueId: revenue.id },
      key: `${CLOSE_TASK} ${revenue.id}`,
      runAt: revenue.period_until,
    });
    return { revenueId: revenue.id, state: moved.state, allowed: money(allowedFen) };
  },
  entry: ({ facts: { revenue }, input, result }) => ({
    subject: revenue.id,
    sealed: { allowed: result.allowed, opinion: input.opinion },
    parties: [revenue.operator_id, revenue.authoriser_id],
  }),
});

const refuse = act({
  name: 'price.refuse-revenue',
  title: text('不予核定准许收入', 'Refuse the allowed revenue'),
  by: role('price-authority', 'data-authority'),
  input: z.object({ revenueId: RevenueId, reason: words('理由', 'Reason') }),
  output: Moved,
  rules: [rules.approvedTogether],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockRevenue(tx, actor, input.revenueId);
    return { ...inHand, decider: actor.partyId, reviewers: await reviewersOf(tx, inHand.row.id) };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { revenue, row }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: revenueApproval, row, event: 'refuse' }, { at, enqueue });
    await tx
      .updateTable('allowed_revenue')
      .set({ decided_at: at, reason: input.reason })
      .where('id', '=', revenue.id)
      .execute();
    return { revenueId: revenue.id, state: moved.state };
  },
  entry: ({ facts: { revenue }, input }) => ({
    subject: revenue.id,
    sealed: { reason: input.reason },
    parties: [revenue.operator_id],
  }),
});

const withdraw = act({
  name: 'price.withdraw-revenue',
  title: text('撤回准许收入申请', 'Withdraw the request for an allowed revenue'),
  by: role('operating-unit'),
  input: z.object({ revenueId: RevenueId }),
  output: Moved,
  rules: [itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockRevenue(tx, actor, input.revenueId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'applicant' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { revenue, row }, at, enqueue }) => ({
    revenueId: revenue.id,
    state: (await moveCase(tx, { procedure: revenueApproval, row, event: 'withdraw' }, { at, enqueue })).state,
  }),
  entry: ({ facts: { revenue } }) => ({ subject: revenue.id }),
});

/** 周期评估: what was earned is counted from the clearings; the excess waits for the next period (PPN-4.1). */
const closePeriod = act({
  name: 'price.close-period',
  title: text('核算周期收入与超收', 'Count the revenue of a period'),
  by: system(),
  input: z.object({ revenueId: RevenueId }),
  output: z.object({ revenueId: RevenueId, revenue: Money, excess: Money }),
  rules: [rules.periodIsOver],
  facts: async ({ tx, input }) => {
    const { revenue } = await lockRevenue(tx, SYSTEM, input.revenueId);
    return {
      revenue,
      periodUntil: revenue.period_until.toISOString(),
      approved: revenue.allowed_fen !== null,
      closed: revenue.closed_at !== null,
    };
  },
  perform: async ({ tx, facts: { revenue }, at }) => {
    const earned = await revenueOf(tx, revenue.agreement_id, revenue.period_from, revenue.period_until);
    const excess = excessOf(earned, BigInt(revenue.allowed_fen ?? 0));
    await tx
      .updateTable('allowed_revenue')
      .set({ closed_at: at, revenue_fen: Number(earned), excess_fen: Number(excess) })
      .where('id', '=', revenue.id)
      .execute();
    return { revenueId: revenue.id, revenue: money(earned), excess: money(excess) };
  },
  entry: ({ facts: { revenue }, result }) => ({
    subject: revenue.id,
    sealed: { revenue: result.revenue, excess: result.excess },
    parties: [revenue.operator_id, revenue.authoriser_id, ...revenue.approvals],
  }),
});

export const closeTask = task(CLOSE_TASK, async (payload, { kernel }) => {
  const revenueId = String(payload.revenueId);
  const options = { idempotencyKey: `${CLOSE_TASK} ${revenueId}` };
  const outcome = await execute(kernel, closePeriod, SYSTEM, { revenueId }, options);
  if (!outcome.ok) throw new Error(outcome.refusal.title.en);
});

export const revenueActs: readonly Act[] = [propose, approve, refuse, withdraw, closePeriod];
