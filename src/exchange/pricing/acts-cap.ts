import { z } from 'zod';
import { type Act, type Actor, act, notFound, role } from '../../kernel/acts/index.ts';
import { type CaseRow, lockCase, moveCase, oneAtATime, openCase, partsOf } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { PositiveMoney } from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import {
  AgreementId,
  authorityOf,
  getAgreement,
  itsTurn,
  lockAgreement,
  ScenarioId,
  underLivingAgreement,
} from '../authorisation/index.ts';
import { sourcesBehind } from '../catalog/index.ts';
import { lock, type Product, ProductId } from '../products/index.ts';
import { CapId, type PriceCap } from './model.ts';
import { capSetting } from './procedure.ts';
import * as rules from './rules.ts';
import { capsUnder, revenueNow } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(2).max(2_000).meta(field(zh, en));
const Moved = z.object({ capId: CapId, state: z.string() });

const unitsOf = ({ content: { pricing } }: Product): number =>
  pricing.mode === 'per-call' ? (pricing.callsPerPackage ?? 1) : 1;

async function scenarioOf(tx: Tx, scenarioId: string, operatorId: string | null) {
  const found = await tx
    .selectFrom('data_scenario as s')
    .innerJoin('case_file as c', 'c.id', 's.case_id')
    .select(['s.id', 's.agreement_id', 's.resource_id', 's.use_class', 's.operator_id', 'c.state'])
    .where('s.id', '=', scenarioId)
    .executeTakeFirst();
  if (!found || found.operator_id !== operatorId || found.state !== 'granted') throw notFound();
  return found;
}

/** 提出上限收费标准: for one product, with what it rests on. */
const propose = act({
  name: 'price.propose-cap',
  title: text('提出上限收费标准', 'Propose a price cap'),
  by: role('operating-unit'),
  input: z.object({
    agreementId: AgreementId,
    productId: ProductId,
    scenarioId: ScenarioId.meta(field('所依据的数据申请', 'Application the product rests on')),
    cap: PositiveMoney.meta(field('每份或者每包上限', 'Cap of a licence or package')),
    expectedQuantity: z.number().int().min(1).max(1_000_000_000).meta(field('预计销量', 'Sales expected')),
    basis: words('定价依据（数据、算力、存储、人力与销售规模）', 'Basis: data, compute, storage, staff, sales'),
  }),
  output: z.object({ capId: CapId, caseId: z.string() }),
  rules: [underLivingAgreement, rules.capForIndustry],
  facts: async ({ tx, actor, input }) => {
    const { row, agreement } = await lockAgreement(tx, actor, input.agreementId);
    if (agreement.operator_id !== actor.partyId) throw notFound();
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    const scenario = await scenarioOf(tx, input.scenarioId, actor.partyId);
    const sources = await sourcesBehind(tx, product.content.resourceIds);
    return {
      agreement,
      product: {
        id: product.id,
        title: product.title,
        mode: product.content.pricing.mode,
        units: unitsOf(product),
      },
      authorityId: await authorityOf(tx, agreement),
      state: row.state,
      ended: agreement.ended_at !== null,
      validUntil: agreement.valid_until.toISOString(),
      agreementFits: scenario.agreement_id === agreement.id,
      scenarioFits: sources.some((s) => s.id === scenario.resource_id),
      useClass: scenario.use_class,
    };
  },
  perform: async ({ tx, input, facts: { agreement, product, authorityId }, at, enqueue }) => {
    const capId = newId('cap');
    const row = await openCase(
      tx,
      {
        procedure: capSetting,
        subjectId: capId,
        title: text(`上限收费标准：${product.title}`, `Price cap: ${product.title}`),
        parts: {
          applicant: [agreement.operator_id],
          authoriser: [agreement.authoriser_id],
          authority: [authorityId],
        },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('price_cap')
      .values({
        id: capId,
        agreement_id: agreement.id,
        case_id: row.id,
        operator_id: agreement.operator_id,
        authoriser_id: agreement.authoriser_id,
        product_id: product.id,
        scenario_id: input.scenarioId,
        revenue_id: null,
        cap_fen: Number(input.cap.amountFen),
        mode: product.mode,
        units: product.units,
        expected_quantity: input.expectedQuantity,
        basis: input.basis,
        asked_at: at,
        decided_at: null,
        valid_from: null,
        reason: null,
      })
      .execute();
    return { capId, caseId: row.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.capId,
    sealed: {
      product: input.productId,
      cap: input.cap,
      mode: facts.product.mode,
      units: facts.product.units,
      expectedQuantity: input.expectedQuantity,
      basis: input.basis,
    },
    parties: [facts.agreement.authoriser_id, facts.authorityId],
  }),
});

async function lockCap(tx: Tx, actor: Actor, capId: string): Promise<{ cap: PriceCap; row: CaseRow }> {
  const found = await tx.selectFrom('price_cap').select('case_id').where('id', '=', capId).executeTakeFirst();
  if (!found) throw notFound();
  const row = await lockCase(tx, actor, found.case_id);
  const cap = await tx.selectFrom('price_cap').selectAll().where('id', '=', capId).executeTakeFirstOrThrow();
  return { cap, row };
}

/** 制定上限收费标准: within the allowed revenue, or on trial in the first year; it binds from this moment on and is public. */
const set = act({
  name: 'price.set-cap',
  title: text('制定上限收费标准', 'Set a price cap'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ capId: CapId, reason: words('制定意见', 'Opinion') }),
  output: Moved.extend({ trial: z.boolean() }),
  rules: [itsTurn, rules.trialOrApproved, rules.capsWithinRevenue],
  facts: async ({ tx, actor, input, at }) => {
    const { cap, row } = await lockCap(tx, actor, input.capId);
    await oneAtATime(tx, `caps ${cap.agreement_id}`);
    const agreement = await getAgreement(tx, cap.agreement_id);
    const revenue = await revenueNow(tx, cap.agreement_id, at);
    const others = revenue ? await capsUnder(tx, revenue.id, cap.product_id) : 0n;
    return {
      cap,
      row,
      parts: await partsOf(tx, actor, row.id),
      needed: 'authoriser',
      revenueId: revenue?.id ?? null,
      operatingSince: (agreement.filed_at ?? agreement.valid_from).toISOString(),
      allowedFen: revenue ? String(revenue.allowed_fen) : null,
      capsFen: (others + BigInt(cap.cap_fen) * BigInt(cap.expected_quantity)).toString(),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { cap, row, revenueId }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: capSetting, row, event: 'set' }, { at, enqueue });
    await tx
      .updateTable('price_cap')
      .set({ decided_at: at, valid_from: at, revenue_id: revenueId, reason: input.reason })
      .where('id', '=', cap.id)
      .execute();
    return { capId: cap.id, state: moved.state, trial: revenueId === null };
  },
  // Caps are published (PPN-5.1): a public fact of the product.
  entry: ({ facts: { cap }, result }) => ({
    subject: cap.product_id,
    public: true,
    open: { cap: cap.id, capFen: String(cap.cap_fen), mode: cap.mode, units: String(cap.units), trial: result.trial },
    parties: [cap.operator_id],
  }),
});

const refuse = act({
  name: 'price.refuse-cap',
  title: text('退回上限收费标准', 'Send a price cap back'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ capId: CapId, reason: words('理由', 'Reason') }),
  output: Moved,
  rules: [itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockCap(tx, actor, input.capId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'authoriser' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { cap, row }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: capSetting, row, event: 'refuse' }, { at, enqueue });
    await tx.updateTable('price_cap').set({ decided_at: at, reason: input.reason }).where('id', '=', cap.id).execute();
    return { capId: cap.id, state: moved.state };
  },
  entry: ({ facts: { cap }, input }) => ({
    subject: cap.id,
    sealed: { reason: input.reason },
    parties: [cap.operator_id],
  }),
});

const withdraw = act({
  name: 'price.withdraw-cap',
  title: text('撤回上限收费标准', 'Withdraw a proposed cap'),
  by: role('operating-unit'),
  input: z.object({ capId: CapId }),
  output: Moved,
  rules: [itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockCap(tx, actor, input.capId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'applicant' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { cap, row }, at, enqueue }) => ({
    capId: cap.id,
    state: (await moveCase(tx, { procedure: capSetting, row, event: 'withdraw' }, { at, enqueue })).state,
  }),
  entry: ({ facts: { cap } }) => ({ subject: cap.id }),
});

export const capActs: readonly Act[] = [propose, set, refuse, withdraw];
