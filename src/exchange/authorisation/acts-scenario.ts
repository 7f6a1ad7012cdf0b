import { z } from 'zod';
import { type Act, type Actor, act, notFound, role } from '../../kernel/acts/index.ts';
import {
  type CaseRow,
  changePart,
  lockCase,
  moveCase,
  oneAtATime,
  openCase,
  partsOf,
} from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import {
  conditionProblems,
  conditionsFit,
  consentCovers,
  consents,
  getResource,
  grantUse,
  type Resource,
  ResourceId,
  separateConsent,
} from '../catalog/index.ts';
import { AgreementId, RowFilter, type Scenario, ScenarioId, USE_CLASSES } from './model.ts';
import { dataApplication } from './procedure.ts';
import * as rules from './rules/index.ts';
import { authorityOf, lockAgreement } from './store.ts';

const [ROWS_MAX, USES_MAX] = [1_000_000_000_000, 1_000_000_000];
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(2).max(2_000).meta(field(zh, en));

/** 数据申请 (art. 14): one scenario, one application, for named columns and rows of one resource. */
const ask = act({
  name: 'scenario.ask',
  title: text('提出数据申请', 'Apply for data'),
  by: role('operating-unit'),
  input: z.object({
    agreementId: AgreementId,
    resourceId: ResourceId,
    title: z.string().trim().min(2).max(100).meta(field('应用场景名称', 'Name of the scenario')),
    scenario: words('场景内容', 'The scenario'),
    feasibility: words('可行性', 'Feasibility'),
    value: words('经济或社会价值', 'Economic or social value'),
    purpose: z.string().trim().min(2).max(200).meta(field('使用目的', 'Purpose')),
    useClass: z.enum(USE_CLASSES).default('industry').meta(field('用途类别', 'Kind of use')),
    columns: z.array(z.string().min(1).max(200)).min(1).max(2_000).meta(field('所需字段', 'Columns')),
    rowFilter: z.array(RowFilter).max(20).default([]).meta(field('行范围', 'Rows')),
    validUntil: z.iso.datetime({ offset: true }).meta(field('使用期限至', 'Until')),
    rowsMax: z.number().int().min(1).max(ROWS_MAX).nullable().default(null).meta(field('行数上限', 'Rows at most')),
    usesMax: z.number().int().min(1).max(USES_MAX).nullable().default(null).meta(field('使用次数上限', 'Uses at most')),
  }),
  output: z.object({ scenarioId: ScenarioId, caseId: z.string() }),
  rules: [
    rules.underLivingAgreement,
    rules.nothingWhileCorrecting,
    rules.stillQualified,
    rules.oneScenario,
    rules.scenarioJudged,
    rules.withinTheAgreement,
    conditionsFit,
    consentCovers,
    separateConsent,
  ],
  facts: async ({ tx, actor, input }) => {
    await oneAtATime(tx, `scenario ${input.agreementId}`);
    const { row, agreement } = await lockAgreement(tx, actor, input.agreementId);
    const resource = await getResource(tx, input.resourceId);
    if (!resource || agreement.operator_id !== actor.partyId) throw notFound();
    const same = await tx
      .selectFrom('data_scenario as s')
      .innerJoin('case_file as c', 'c.id', 's.case_id')
      .select('s.id')
      .where('s.operator_id', '=', agreement.operator_id)
      .where('s.resource_id', '=', resource.id)
      .where('s.title', '=', input.title)
      .where('c.state', 'in', ['asked', 'granted'])
      .executeTakeFirst();
    const known = new Set(resource.columns.map((c) => c.name));
    return {
      agreement,
      resource: { id: resource.id, title: resource.title, holderId: resource.holder_id },
      authorityId: await authorityOf(tx, agreement),
      state: row.state,
      ended: agreement.ended_at !== null,
      disqualified: agreement.disqualified_at !== null,
      validUntil: agreement.valid_until.toISOString(),
      sameScenarioOpen: same !== undefined,
      resourcesOfScenario: 1,
      specific: input.scenario,
      feasible: input.feasibility,
      valuable: input.value,
      inScope: agreement.resource_ids.includes(resource.id),
      unknownColumns: [...input.columns, ...input.rowFilter.map((f) => f.column)].filter((c) => !known.has(c)),
      rowProblems: conditionProblems(input.rowFilter, resource.columns),
      askedUntil: new Date(input.validUntil).toISOString(),
      ...(await consentFacts(tx, resource, { ...input, partyId: agreement.operator_id })),
    };
  },
  perform: async ({ tx, input, facts: { agreement, resource, authorityId }, at, enqueue }) => {
    const scenarioId = newId('scn');
    const row = await openCase(
      tx,
      {
        procedure: dataApplication,
        subjectId: scenarioId,
        title: text(`${input.title}：${resource.title}`, `${input.title}: ${resource.title}`),
        parts: { applicant: [agreement.operator_id], reviewer: [authorityId, resource.holderId] },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('data_scenario')
      .values({
        id: scenarioId,
        agreement_id: agreement.id,
        case_id: row.id,
        operator_id: agreement.operator_id,
        resource_id: resource.id,
        title: input.title,
        scenario: input.scenario,
        feasibility: input.feasibility,
        value: input.value,
        purpose: input.purpose,
        use_class: input.useClass,
        columns: [...new Set(input.columns)],
        row_filter: JSON.stringify(input.rowFilter),
        valid_until: new Date(input.validUntil),
        rows_max: input.rowsMax,
        uses_max: input.usesMax,
        asked_at: at,
        decided_at: null,
        reason: null,
      })
      .execute();
    return { scenarioId, caseId: row.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.scenarioId,
    sealed: {
      agreement: input.agreementId,
      resource: input.resourceId,
      columns: input.columns,
      purpose: input.purpose,
    },
    parties: [facts.authorityId, facts.resource.holderId],
  }),
});

/** What consent a scenario needs, and how many have given it (art. 6(2)). */
async function consentFacts(
  tx: Tx,
  resource: Resource,
  {
    columns,
    purpose,
    partyId,
  }: { readonly columns: readonly string[]; readonly purpose: string; readonly partyId: string },
) {
  const sensitive = resource.columns.some((c) => c.sensitive && columns.includes(c.name));
  const needsConsent = resource.contains_personal_information || sensitive;
  return {
    needsConsent,
    containsPersonalInformation: resource.contains_personal_information,
    consents: needsConsent ? await consents().living(tx, { resourceId: resource.id, purpose, partyId }) : 0,
    purposeAsked: purpose,
  };
}

async function lockScenario(tx: Tx, actor: Actor, scenarioId: string): Promise<{ scenario: Scenario; row: CaseRow }> {
  const found = await tx.selectFrom('data_scenario').select('case_id').where('id', '=', scenarioId).executeTakeFirst();
  if (!found) throw notFound();
  const row = await lockCase(tx, actor, found.case_id);
  const scenario = await tx
    .selectFrom('data_scenario')
    .selectAll()
    .where('id', '=', scenarioId)
    .executeTakeFirstOrThrow();
  return { scenario, row };
}

async function reviewersOf(tx: Tx, caseId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('case_part')
    .select('party_id')
    .where('case_id', '=', caseId)
    .where('part', '=', 'reviewer')
    .execute();
  return rows.map((r) => r.party_id);
}

/** Whether the provider of the data decides, and until when it should. */
async function reviewOf(tx: Tx, actor: Actor, { resource_id }: Scenario, { due_at }: CaseRow) {
  const resource = await getResource(tx, resource_id);
  return {
    isProvider: resource !== undefined && resource.holder_id === actor.partyId,
    reviewDueAt: due_at?.toISOString() ?? null,
  };
}

async function trainingsHeld(tx: Tx, agreementId: string): Promise<number> {
  const { held } = await tx
    .selectFrom('security_training')
    .select((e) => e.fn.countAll<string>().as('held'))
    .where('agreement_id', '=', agreementId)
    .where('kind', '=', 'training')
    .executeTakeFirstOrThrow();
  return Number(held);
}

/** 同意数据申请: with the last approval the right to use begins; data then arrive in the sandbox only. */
const approve = act({
  name: 'scenario.approve',
  title: text('同意数据申请', 'Approve an application for data'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ scenarioId: ScenarioId, opinion: words('审核意见', 'Opinion') }),
  output: z.object({ scenarioId: ScenarioId, state: z.string(), authorisationId: z.string().nullable() }),
  rules: [
    rules.twoApprovals,
    rules.underLivingAgreement,
    rules.nothingWhileCorrecting,
    rules.providerReviewsInTime,
    rules.trainedBeforeAccess,
    consentCovers,
    separateConsent,
  ],
  facts: async ({ tx, actor, input }) => {
    const { scenario, row } = await lockScenario(tx, actor, input.scenarioId);
    const resource = await getResource(tx, scenario.resource_id);
    if (!resource) throw notFound();
    const agreement = await tx
      .selectFrom('operation_agreement as g')
      .innerJoin('case_file as c', 'c.id', 'g.case_id')
      .select(['g.valid_until', 'g.ended_at', 'c.state'])
      .where('g.id', '=', scenario.agreement_id)
      .executeTakeFirstOrThrow();
    return {
      scenario,
      row,
      deciderId: actor.partyId ?? '',
      reviewers: await reviewersOf(tx, row.id),
      decider: actor.partyId,
      approvals: scenario.approvals,
      state: agreement.state,
      ended: agreement.ended_at !== null,
      validUntil: agreement.valid_until.toISOString(),
      agreementUntil: agreement.valid_until,
      ...(await reviewOf(tx, actor, scenario, row)),
      trainingsHeld: await trainingsHeld(tx, scenario.agreement_id),
      ...(await consentFacts(tx, resource, { ...scenario, partyId: scenario.operator_id })),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts, at, enqueue }) => {
    const { scenario, row, deciderId, reviewers, agreementUntil } = facts;
    await tx
      .updateTable('data_scenario')
      .set({ approvals: [...scenario.approvals, deciderId] })
      .where('id', '=', scenario.id)
      .execute();
    await changePart(tx, row.id, deciderId, 'reviewer', 'approved');
    if (reviewers.some((r) => r !== deciderId))
      return { scenarioId: scenario.id, state: row.state, authorisationId: null };
    const moved = await moveCase(tx, { procedure: dataApplication, row, event: 'approve' }, { at, enqueue });
    await tx
      .updateTable('data_scenario')
      .set({ decided_at: at, reason: input.opinion })
      .where('id', '=', scenario.id)
      .execute();
    const authorisationId = await grantUse(
      tx,
      {
        agreementId: scenario.agreement_id,
        scenarioId: scenario.id,
        resourceId: scenario.resource_id,
        partyId: scenario.operator_id,
        purpose: scenario.purpose,
        columns: scenario.columns,
        rowFilter: scenario.row_filter,
        validUntil: new Date(Math.min(scenario.valid_until.getTime(), agreementUntil.getTime())),
        rowsMax: scenario.rows_max,
        usesMax: scenario.uses_max,
      },
      at,
    );
    return { scenarioId: scenario.id, state: moved.state, authorisationId };
  },
  entry: ({ facts: { scenario }, input, result }) => ({
    subject: scenario.id,
    sealed: { authorisation: result.authorisationId, opinion: input.opinion },
    parties: [scenario.operator_id],
  }),
});

const refuse = act({
  name: 'scenario.refuse',
  title: text('不同意数据申请', 'Refuse an application for data'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ scenarioId: ScenarioId, reason: words('理由', 'Reason') }),
  output: z.object({ scenarioId: ScenarioId, state: z.string() }),
  rules: [rules.twoApprovals, rules.providerReviewsInTime],
  facts: async ({ tx, actor, input }) => {
    const { scenario, row } = await lockScenario(tx, actor, input.scenarioId);
    const reviewers = await reviewersOf(tx, row.id);
    return {
      scenario,
      row,
      reviewers,
      decider: actor.partyId,
      approvals: scenario.approvals,
      ...(await reviewOf(tx, actor, scenario, row)),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { scenario, row }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: dataApplication, row, event: 'refuse' }, { at, enqueue });
    await tx
      .updateTable('data_scenario')
      .set({ decided_at: at, reason: input.reason })
      .where('id', '=', scenario.id)
      .execute();
    return { scenarioId: scenario.id, state: moved.state };
  },
  entry: ({ facts: { scenario }, input }) => ({
    subject: scenario.id,
    sealed: { reason: input.reason },
    parties: [scenario.operator_id],
  }),
});

const withdraw = act({
  name: 'scenario.withdraw',
  title: text('撤回数据申请', 'Withdraw an application for data'),
  by: role('operating-unit'),
  input: z.object({ scenarioId: ScenarioId }),
  output: z.object({ scenarioId: ScenarioId, state: z.string() }),
  rules: [rules.itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockScenario(tx, actor, input.scenarioId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'applicant' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { scenario, row }, at, enqueue }) => ({
    scenarioId: scenario.id,
    state: (await moveCase(tx, { procedure: dataApplication, row, event: 'withdraw' }, { at, enqueue })).state,
  }),
  entry: ({ facts: { scenario } }) => ({ subject: scenario.id }),
});

export const scenarioActs: readonly Act[] = [ask, approve, refuse, withdraw];
