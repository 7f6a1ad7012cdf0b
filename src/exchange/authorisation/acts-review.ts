import { sql } from 'kysely';
import { z } from 'zod';
import { isSample } from '../../kernel/access/index.ts';
import { type Act, act, type JobRequest, role, SYSTEM, system } from '../../kernel/acts/index.ts';
import { CaseId, changePart, closeNotices, moveCase, openNotice, partsOf } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { getParty } from '../parties/index.ts';
import { draftAgreement } from './agreements.ts';
import { tiesOfExperts } from './experts.ts';
import { ApplicationId, MODE_TITLES } from './model.ts';
import { operation } from './procedure.ts';
import * as rules from './rules/index.ts';
import { type ApplicationInHand, lockApplication } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** 专家评分: once, by the announced criteria, by nobody who is tied to whom it is about. */
const score = act({
  name: 'application.score',
  title: text('专家评分', 'Score an application'),
  by: role('expert'),
  input: z.object({
    applicationId: ApplicationId,
    points: z
      .array(z.number().int().min(0).max(100))
      .min(1)
      .max(20)
      .meta(field('各项得分', 'Points of each criterion')),
    opinion: z.string().trim().min(2).max(2_000).meta(field('评审意见', 'Opinion')),
  }),
  output: z.object({ applicationId: ApplicationId, total: z.number() }),
  rules: [rules.scoreIsFair],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    const expertId = actor.partyId ?? '';
    const parts = await partsOf(tx, actor, inHand.row.id);
    return {
      ...inHand,
      expertId,
      points: input.points,
      weights: inHand.announcement.criteria.map((c) => c.weight),
      tiedTo:
        (await tiesOfExperts(tx, inHand.announcement, inHand.application.party_id, [expertId])).get(expertId) ?? null,
      scoredBefore: !parts.includes('expert'),
    };
  },
  perform: async ({ tx, input, facts: { row, application, expertId, points }, at, enqueue }) => {
    const total = points.reduce((a, b) => a + b, 0);
    await tx
      .insertInto('expert_score')
      .values({
        application_id: application.id,
        party_id: expertId,
        points: [...points],
        total,
        opinion: input.opinion,
        scored_at: at,
      })
      .execute();
    await changePart(tx, row.id, expertId, 'expert', 'scored');
    // With the last sheet it is the authorising unit's turn.
    if (!(await stillToScore(tx, row.id)))
      await moveCase(tx, { procedure: operation, row, event: 'all-scored' }, { at, enqueue });
    return { applicationId: application.id, total };
  },
  entry: ({ facts: { application, announcement, points }, input }) => ({
    subject: application.id,
    sealed: { points, opinion: input.opinion },
    parties: [announcement.authoriser_id, announcement.authority_id],
  }),
});

async function stillToScore(tx: Tx, caseId: string): Promise<boolean> {
  const waiting = await tx
    .selectFrom('case_part')
    .select('party_id')
    .where('case_id', '=', caseId)
    .where('part', '=', 'expert')
    .limit(1)
    .executeTakeFirst();
  return waiting !== undefined;
}

/** 评审结论: when every expert has scored; who passes goes before the public. */
const conclude = act({
  name: 'application.conclude-review',
  title: text('形成评审结论', 'Conclude the review'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ applicationId: ApplicationId }),
  output: z.object({
    applicationId: ApplicationId,
    state: z.string(),
    average: z.number(),
    noticeId: z.string().nullable(),
  }),
  rules: [rules.itsTurn, rules.everyExpertScored],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    const { row, application, announcement } = inHand;
    const scores = await tx
      .selectFrom('expert_score')
      .select(['party_id', 'total'])
      .where('application_id', '=', application.id)
      .orderBy('party_id')
      .execute();
    const waiting = await tx
      .selectFrom('case_part')
      .select('party_id')
      .where('case_id', '=', row.id)
      .where('part', '=', 'expert')
      .execute();
    const applicant = await getParty(tx, application.party_id);
    const sum = scores.reduce((a, s) => a + Number(s.total), 0);
    return {
      ...inHand,
      parts: await partsOf(tx, actor, row.id),
      needed: 'authoriser',
      applicantName: applicant?.name ?? application.party_id,
      scored: scores.length,
      waiting: waiting.length,
      average: scores.length === 0 ? 0 : Math.round((sum / scores.length) * 100) / 100,
      passScore: announcement.pass_score,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts, at, enqueue }) => {
    const { row, application, announcement, applicantName, average } = facts;
    const passed = average >= announcement.pass_score;
    const moved = await moveCase(
      tx,
      { procedure: operation, row, event: passed ? 'conclude' : 'refuse' },
      { at, enqueue },
    );
    await tx
      .updateTable('operation_application')
      .set({ average_score: average, ...(passed ? {} : { decision_reason: '评审未达到通过分数' }) })
      .where('id', '=', application.id)
      .execute();
    const mode = MODE_TITLES[announcement.mode];
    const noticeId = passed
      ? await openNotice(
          tx,
          moved,
          {
            title: text(
              `授权运营初选名单公示：${applicantName}`,
              `Preliminary list of operating units: ${applicantName}`,
            ),
            body: text(
              `经专家评审，拟同意${applicantName}以${mode.zh}方式运营“${announcement.title}”，平均得分${average}分。如有异议，请在公示期内提出。`,
              `After the experts' review ${applicantName} is to operate “${announcement.title}” (${mode.en}), with an average of ${average} points. Objections may be raised while the notice is open.`,
            ),
          },
          at,
        )
      : null;
    return { applicationId: application.id, state: moved.state, average, noticeId };
  },
  entry: ({ facts: { application }, result }) => ({
    subject: application.id,
    sealed: { average: result.average, state: result.state },
    parties: [application.party_id],
  }),
});

/** 公示期满: by the clock, when nothing stands against it; the agreement is drafted for both to sign. */
const endPublicity = act({
  name: 'application.end-publicity',
  title: text('公示期满', 'The publicity is over'),
  by: system(),
  input: z.object({ caseId: CaseId }),
  output: z.object({ applicationId: ApplicationId, agreementId: z.string() }),
  rules: [rules.nothingOpenAgainst],
  facts: async ({ tx, input }) => {
    const found = await tx
      .selectFrom('operation_application')
      .select('id')
      .where('case_id', '=', input.caseId)
      .executeTakeFirstOrThrow();
    const inHand = await lockApplication(tx, SYSTEM, found.id);
    return { ...inHand, openObjections: await openObjections(tx, input.caseId) };
  },
  perform: ({ tx, facts, at, enqueue }) => toAgreement(tx, facts, 'publicity-over', { at, enqueue }),
  entry: ({ facts: { application, announcement }, result }) => ({
    subject: application.id,
    sealed: { agreement: result.agreementId },
    parties: [application.party_id, announcement.authoriser_id, announcement.authority_id],
  }),
});

/** The notice is closed and the agreement drafted for both to sign. */
async function toAgreement(
  tx: Tx,
  { row, application, announcement }: ApplicationInHand,
  event: string,
  moment: { readonly at: Date; readonly enqueue: (job: JobRequest) => void },
): Promise<{ applicationId: string; agreementId: string }> {
  await closeNotices(tx, row.id, moment.at);
  await moveCase(tx, { procedure: operation, row, event }, moment);
  return { applicationId: application.id, agreementId: await draftAgreement(tx, application, announcement, moment.at) };
}

/** 提前结束公示: what a sample does instead of waiting for working days to pass; its entry says that it did. */
const closeEarly = act({
  name: 'application.close-publicity-early',
  title: text('提前结束公示（仅示例交易所）', 'End a publicity early (sample exchanges only)'),
  by: role('data-authority', 'data-provider'),
  input: z.object({
    applicationId: ApplicationId,
    reason: z.string().trim().min(2).max(2_000).meta(field('理由', 'Reason')),
  }),
  output: z.object({ applicationId: ApplicationId, agreementId: z.string() }),
  rules: [rules.onlyInASample, rules.itsTurn, rules.nothingOpenAgainst],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    return {
      ...inHand,
      sample: await isSample(tx),
      parts: await partsOf(tx, actor, inHand.row.id),
      needed: 'authoriser',
      openObjections: await openObjections(tx, inHand.row.id),
    };
  },
  version: (f) => f.row.version,
  perform: ({ tx, facts, at, enqueue }) => toAgreement(tx, facts, 'close-early', { at, enqueue }),
  entry: ({ facts: { application, announcement }, input, result }) => ({
    subject: application.id,
    open: { sample: true },
    sealed: { agreement: result.agreementId, reason: input.reason },
    parties: [application.party_id, announcement.authoriser_id, announcement.authority_id],
  }),
});

export async function openObjections(tx: Tx, caseId: string): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from objection o join public_notice n on n.id = o.notice_id
    where n.case_id = ${caseId} and o.state = 'filed'`.execute(tx);
  return rows[0]?.n ?? 0;
}

export const reviewActs: readonly Act[] = [score, conclude, endPublicity, closeEarly];
