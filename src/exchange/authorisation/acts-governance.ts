import { z } from 'zod';
import { type Act, type Actor, act, notFound, role } from '../../kernel/acts/index.ts';
import { type CaseRow, lockCase, moveCase, openCase, partsOf } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { getResource, ResourceId } from '../catalog/index.ts';
import { AgreementId, type Governance, GovernanceId } from './model.ts';
import { dataGovernance } from './procedure.ts';
import * as rules from './rules/index.ts';
import { authorityOf, lockAgreement } from './store.ts';

const words = (zh: string, en: string) => z.string().trim().min(2).max(2_000).meta({ title: zh, 'x-title-en': en });

/** 数据治理需求 (art. 10): a quality problem goes to the provider, with a clock. */
const raise = act({
  name: 'governance.raise',
  title: text('提出数据治理需求', 'Raise a demand for data governance'),
  by: role('operating-unit'),
  input: z.object({ agreementId: AgreementId, resourceId: ResourceId, problem: words('质量问题', 'The problem') }),
  output: z.object({ governanceId: GovernanceId, caseId: z.string() }),
  rules: [rules.governanceOfOwnScope],
  facts: async ({ tx, actor, input }) => {
    const { agreement } = await lockAgreement(tx, actor, input.agreementId);
    const resource = await getResource(tx, input.resourceId);
    if (!resource || agreement.operator_id !== actor.partyId) throw notFound();
    return {
      agreement,
      authorityId: await authorityOf(tx, agreement),
      resource: { id: resource.id, title: resource.title, holderId: resource.holder_id },
      inScope: agreement.resource_ids.includes(resource.id),
    };
  },
  perform: async ({ tx, input, facts: { agreement, authorityId, resource }, at, enqueue }) => {
    const governanceId = newId('gvd');
    const row = await openCase(
      tx,
      {
        procedure: dataGovernance,
        subjectId: governanceId,
        title: text(`数据治理：${resource.title}`, `Data governance: ${resource.title}`),
        parts: { applicant: [agreement.operator_id], provider: [resource.holderId], authority: [authorityId] },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('governance_demand')
      .values({
        id: governanceId,
        agreement_id: agreement.id,
        case_id: row.id,
        resource_id: resource.id,
        problem: input.problem,
        raised_at: at,
        answer: null,
        answered_at: null,
      })
      .execute();
    return { governanceId, caseId: row.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.governanceId,
    sealed: { resource: facts.resource.id, problem: input.problem },
    parties: [facts.resource.holderId, facts.authorityId],
  }),
});

async function lockDemand(tx: Tx, actor: Actor, id: string): Promise<{ demand: Governance; row: CaseRow }> {
  const demand = await tx.selectFrom('governance_demand').selectAll().where('id', '=', id).executeTakeFirst();
  if (!demand) throw notFound();
  return { demand, row: await lockCase(tx, actor, demand.case_id) };
}

const answer = act({
  name: 'governance.answer',
  title: text('答复数据治理需求', 'Answer a demand for data governance'),
  by: role('data-provider'),
  input: z.object({ governanceId: GovernanceId, answer: words('治理情况', 'What was done') }),
  output: z.object({ governanceId: GovernanceId, state: z.string() }),
  rules: [rules.itsTurn, rules.governedInTime],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockDemand(tx, actor, input.governanceId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'provider' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { demand, row }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: dataGovernance, row, event: 'answer' }, { at, enqueue });
    await tx
      .updateTable('governance_demand')
      .set({ answer: input.answer, answered_at: at })
      .where('id', '=', demand.id)
      .execute();
    return { governanceId: demand.id, state: moved.state };
  },
  entry: ({ facts: { demand }, input }) => ({ subject: demand.id, sealed: { answer: input.answer } }),
});

const confirm = act({
  name: 'governance.confirm',
  title: text('确认治理结果', 'Confirm a governance result'),
  by: role('operating-unit'),
  input: z.object({
    governanceId: GovernanceId,
    solved: z.boolean().meta({ title: '已解决', 'x-title-en': 'Solved' }),
  }),
  output: z.object({ governanceId: GovernanceId, state: z.string() }),
  rules: [rules.itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockDemand(tx, actor, input.governanceId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'applicant' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { demand, row }, at, enqueue }) => {
    const event = input.solved ? 'close' : 'reopen';
    const moved = await moveCase(tx, { procedure: dataGovernance, row, event }, { at, enqueue });
    return { governanceId: demand.id, state: moved.state };
  },
  entry: ({ facts: { demand }, input }) => ({ subject: demand.id, sealed: { solved: input.solved } }),
});

export const governanceActs: readonly Act[] = [raise, answer, confirm];
