import { z } from 'zod';
import { type Act, act, notFound, refused, role, system } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { getParty, type Party, PartyId, partiesById } from '../parties/index.ts';
import {
  grantView,
  lock,
  type Product,
  ProductId,
  productStates,
  Quality,
  recordOpinion,
  recordQuality,
  resourceHoldersOf,
} from '../products/index.ts';
import { CHECKLISTS, NORMS } from './checklists.ts';
import { Answer, type Assessment, AssessmentId, assessmentLife, KINDS } from './model.ts';
import * as rules from './rules.ts';

export const MEASURE_TASK = 'assessment.measure';
const ANSWERS_MAX = 100;

/** Who has an interest in a product, beside the assessor: its seller, those with a share, those whose data it is made of. */
async function interestsOf(tx: Tx, product: Product, assessor: Party) {
  const shareHolderIds = product.content.shares.map((s) => s.partyId);
  const resourceHolderIds = await resourceHoldersOf(tx, product.id);
  const interested = await partiesById(tx, [product.holder_id, ...shareHolderIds, ...resourceHolderIds]);
  const head = assessor.legalRepresentative?.trim();
  const headsShared = [...interested.values()]
    .filter((p) => p.id !== assessor.id && head !== undefined && p.legalRepresentative?.trim() === head)
    .map((p) => p.name);
  return { sellerId: product.holder_id, shareHolderIds, resourceHolderIds, assessorId: assessor.id, headsShared };
}

/** 委托评估: the seller asks a third party to look at the current version. */
export const request = act({
  name: 'assessment.request',
  title: { zh: '委托评估', en: 'Request an assessment' },
  by: role('data-merchant', 'operating-unit', 'data-provider'),
  input: z.object({ productId: ProductId, kind: z.enum(KINDS), assessorId: PartyId }),
  output: z.object({ assessmentId: AssessmentId }),
  rules: [rules.currentVersionBuilt, rules.assessorQualified, rules.independentAssessor, rules.affiliationWatched],
  facts: async ({ tx, actor, input }) => {
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    if (product.state === 'withdrawn') productStates.move(product.state, 'assess');
    const assessor = await getParty(tx, input.assessorId);
    if (!assessor) throw notFound();
    const open = await tx
      .selectFrom('assessment')
      .select('id')
      .where('product_id', '=', product.id)
      .where('product_version', '=', product.version)
      .where('kind', '=', input.kind)
      .where('state', '<>', 'issued')
      .executeTakeFirst();
    if (open) {
      throw refused(
        'state',
        'HS-4.10',
        { zh: '已有进行中的评估', en: 'An assessment is under way' },
        {
          zh: '该版本的同类评估尚未出具结论。',
          en: 'An assessment of this kind on this version is not concluded yet.',
        },
        { zh: '请等待评估机构出具结论。', en: 'Wait for the assessor to conclude.' },
      );
    }
    return {
      productId: product.id,
      ...(await interestsOf(tx, product, assessor)),
      assessorRoles: assessor.roles,
      assessorState: assessor.state,
      kind: input.kind,
      norm: NORMS[input.kind],
      built: product.build_state === 'built',
      currentVersion: product.version,
      assessedVersion: product.version,
    };
  },
  perform: async ({ tx, facts, at, enqueue }) => {
    const assessmentId = newId('asm');
    await tx
      .insertInto('assessment')
      .values({
        id: assessmentId,
        product_id: facts.productId,
        product_version: facts.currentVersion,
        kind: facts.kind,
        holder_id: facts.sellerId,
        assessor_id: facts.assessorId,
        state: assessmentLife.first,
        norm: facts.norm,
        requested_at: at,
        measurement: null,
        measured_at: null,
        conclusion: null,
        statement: null,
        checklist: null,
        issued_at: null,
      })
      .execute();
    await grantView(tx, facts.productId, [facts.assessorId]);
    if (facts.kind === 'quality')
      enqueue({ task: MEASURE_TASK, payload: { assessmentId }, key: `${MEASURE_TASK} ${assessmentId}` });
    return { assessmentId };
  },
  entry: ({ facts, result }) => ({
    subject: result.assessmentId,
    sealed: { product: facts.productId, kind: facts.kind, version: facts.currentVersion, norm: facts.norm },
    parties: [facts.assessorId],
  }),
});

/** 记录测量结果: what the job measured of the data itself. */
export const recordMeasurement = act({
  name: 'assessment.record-measurement',
  title: { zh: '记录质量测量结果', en: 'Record a quality measurement' },
  by: system(),
  input: z.object({ assessmentId: AssessmentId, objectId: z.string(), quality: Quality }),
  output: z.object({ assessmentId: AssessmentId, score: z.number().nullable() }),
  facts: async ({ tx, input }) => {
    const row = await tx
      .selectFrom('assessment')
      .selectAll()
      .where('id', '=', input.assessmentId)
      .forUpdate()
      .executeTakeFirst();
    if (row?.kind !== 'quality') throw notFound();
    return { row, next: assessmentLife.move(row.state, 'measure') };
  },
  perform: async ({ tx, input, facts: { row, next }, at }) => {
    await tx
      .updateTable('assessment')
      .set({ state: next, measurement: JSON.stringify(input.quality), measured_at: at })
      .where('id', '=', row.id)
      .execute();
    await recordQuality(tx, row.product_id, row.product_version, input.quality);
    return { assessmentId: row.id, score: input.quality.score };
  },
  entry: ({ input, facts: { row } }) => ({
    subject: row.id,
    sealed: { product: row.product_id, version: row.product_version, norm: row.norm, score: input.quality.score },
    parties: [row.holder_id, row.assessor_id],
  }),
});

/** What is wrong with the answers, compared with the list of the day. */
function checklistFacts(kind: Assessment['kind'], answers: readonly Answer[], at: Date) {
  const items = valueAt(CHECKLISTS[kind], at).value.map((i) => i.item);
  const given = answers.map((a) => a.item);
  return {
    missing: items.filter((item) => !given.includes(item)),
    foreign: given.filter((item, i) => !items.includes(item) || given.indexOf(item) !== i),
    negative: answers.filter((a) => a.answer === 'no').map((a) => a.item),
  };
}

/** 出具评估结论: the third party answers the checklist and signs its opinion; with both passed the product is assessed. */
export const issue = act({
  name: 'assessment.issue',
  title: { zh: '出具评估结论', en: 'Issue an assessment' },
  by: role('compliance-assessor', 'quality-assessor'),
  input: z.object({
    assessmentId: AssessmentId,
    conclusion: z.enum(['passed', 'failed']),
    statement: z.string().trim().min(2).max(5_000),
    checklist: z.array(Answer).max(ANSWERS_MAX),
  }),
  output: z.object({ assessmentId: AssessmentId, conclusion: z.string(), productState: z.string() }),
  rules: [
    rules.currentVersionBuilt,
    rules.assessorQualified,
    rules.independentAssessor,
    rules.affiliationWatched,
    rules.measuredFirst,
    rules.checklistAnswered,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const seen = await tx
      .selectFrom('assessment')
      .select(['product_id', 'assessor_id'])
      .where('id', '=', input.assessmentId)
      .executeTakeFirst();
    if (!seen || seen.assessor_id !== actor.partyId) throw notFound();
    // The product first, as everywhere: two conclusions at once must not wait for each other.
    const product = await lock(tx, seen.product_id);
    const row = await tx
      .selectFrom('assessment')
      .selectAll()
      .where('id', '=', input.assessmentId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const assessor = await getParty(tx, row.assessor_id);
    if (!assessor) throw notFound();
    return {
      row,
      product,
      next: assessmentLife.move(row.state, 'issue'),
      ...(await interestsOf(tx, product, assessor)),
      assessorRoles: assessor.roles,
      assessorState: assessor.state,
      kind: row.kind,
      norm: row.norm,
      built: product.build_state === 'built',
      currentVersion: product.version,
      assessedVersion: row.product_version,
      measured: row.state === 'measured',
      conclusion: input.conclusion,
      checklist: checklistFacts(row.kind, input.checklist, at),
    };
  },
  perform: async ({ tx, input, facts: { row, product, next }, at }) => {
    await tx
      .updateTable('assessment')
      .set({
        state: next,
        conclusion: input.conclusion,
        statement: input.statement,
        checklist: JSON.stringify(input.checklist),
        issued_at: at,
      })
      .where('id', '=', row.id)
      .execute();
    const productState = await recordOpinion(tx, product, {
      assessment_id: row.id,
      version: row.product_version,
      kind: row.kind,
      assessor_id: row.assessor_id,
      conclusion: input.conclusion,
      statement: input.statement,
      issued_at: at,
    });
    return { assessmentId: row.id, conclusion: input.conclusion, productState };
  },
  entry: ({ input, facts: { row } }) => ({
    subject: row.id,
    sealed: {
      product: row.product_id,
      kind: row.kind,
      version: row.product_version,
      norm: row.norm,
      conclusion: input.conclusion,
      statement: input.statement,
    },
    parties: [row.holder_id],
  }),
});

export const acts: readonly Act[] = [request, recordMeasurement, issue];
