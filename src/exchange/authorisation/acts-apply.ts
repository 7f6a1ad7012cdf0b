import { z } from 'zod';
import { type Act, act, notFound, role, signedIn } from '../../kernel/acts/index.ts';
import { missingPapers, moveCase, openCase, partsOf, takePart } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { getResource, ResourceId } from '../catalog/index.ts';
import { getParty, maintainersTiedTo, PartyId, registeredEntity, registerOf } from '../parties/index.ts';
import { circumstancesOf, yearsSinceDisqualified } from './circumstances.ts';
import { tiesOfExperts } from './experts.ts';
import { AnnouncementId, ApplicationId, Criterion, MODES } from './model.ts';
import { INTERESTS } from './model-duties.ts';
import { operation } from './procedure.ts';
import * as rules from './rules/index.ts';
import { getAnnouncement, lockApplication } from './store.ts';

const HOUR_MS = 3_600_000;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(1).max(4_000).meta(field(zh, en));

/** 发布授权运营公告 (Jinan draft, art. 8(1)). */
const announce = act({
  name: 'announcement.publish',
  title: text('发布授权运营公告', 'Announce authorised operation'),
  by: role('data-authority', 'data-provider'),
  input: z.object({
    mode: z.enum(MODES).meta(field('授权方式', 'Mode')),
    title: z.string().trim().min(4).max(100).meta(field('公告标题', 'Title')),
    scope: words('授权范围', 'Scope'),
    conditions: words('申请条件', 'Conditions'),
    requirements: words('相关要求', 'Requirements'),
    criteria: z.array(Criterion).min(1).max(20).meta(field('评审标准', 'Criteria')),
    passScore: z.number().int().min(1).max(100).meta(field('通过分数', 'Score to pass')),
    resourceIds: z.array(ResourceId).min(1).max(200).meta(field('数据资源', 'Resources')),
    authorityId: PartyId.meta(field('大数据主管部门', 'Data authority')),
    applyUntil: z.iso.datetime({ offset: true }).meta(field('申请截止时间', 'Applications until')),
    interests: z
      .array(z.enum(INTERESTS))
      .max(INTERESTS.length)
      .default([])
      .meta(field('已确认受保护的利益', 'Interests made sure of')),
    protection: z.string().trim().max(4_000).default('').meta(field('判断理由与保护措施', 'Reasons and measures')),
  }),
  output: z.object({ announcementId: AnnouncementId }),
  rules: [
    rules.modeOfTheAuthoriser,
    rules.announcementComplete,
    rules.reviewedTogether,
    rules.interestsProtected,
    rules.singleChannel,
    rules.utilitiesTogether,
    rules.normsInForce,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const authority = await getParty(tx, input.authorityId);
    if (!authority) throw notFound();
    const foreign: string[] = [];
    for (const id of input.resourceIds) {
      const resource = await getResource(tx, id);
      if (!resource?.public_data) throw notFound();
      if (resource.holder_id !== actor.partyId) foreign.push(resource.title);
    }
    const { scope, conditions, requirements } = input;
    return {
      mode: input.mode,
      authoriserId: actor.partyId ?? '',
      authoriserRoles: actor.roles,
      authorityTakesPart: authority.roles.includes('data-authority'),
      foreignResources: foreign,
      texts: { 授权方式: input.mode, 范围: scope, 条件: conditions, 要求: requirements },
      weights: input.criteria.map((c) => c.weight),
      interests: input.interests,
      protection: input.protection,
      ...(await circumstancesOf(tx, actor.partyId, input.resourceIds, at)),
      hoursOpen: Math.floor((Date.parse(input.applyUntil) - at.getTime()) / HOUR_MS),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const announcementId = newId('anp');
    await tx
      .insertInto('operation_announcement')
      .values({
        id: announcementId,
        authoriser_id: facts.authoriserId,
        authority_id: input.authorityId,
        mode: input.mode,
        title: input.title,
        scope: input.scope,
        conditions: input.conditions,
        criteria: JSON.stringify(input.criteria),
        requirements: input.requirements,
        pass_score: input.passScore,
        resource_ids: [...new Set(input.resourceIds)],
        published_at: at,
        apply_until: new Date(input.applyUntil),
        interests: [...new Set(input.interests)],
        protection: input.protection,
      })
      .execute();
    return { announcementId };
  },
  entry: ({ input, result }) => ({
    subject: result.announcementId,
    public: true,
    open: { mode: input.mode, applyUntil: input.applyUntil, resources: input.resourceIds, interests: input.interests },
    sealed: { protection: input.protection },
  }),
});

/** 申请授权运营 (art. 8(2)): opens the case; proofs are added to it. */
const apply = act({
  name: 'application.submit',
  title: text('申请授权运营', 'Apply to operate'),
  by: role('operating-unit'),
  input: z.object({ announcementId: AnnouncementId, statement: words('申请说明', 'Statement') }),
  output: z.object({ applicationId: ApplicationId, caseId: z.string() }),
  rules: [registeredEntity, rules.appliedInTime, rules.maintainerDoesNotApply, rules.appliedOnce, rules.notSoonAgain],
  facts: async ({ tx, actor, input, at }) => {
    const announcement = await getAnnouncement(tx, input.announcementId);
    const party = await getParty(tx, actor.partyId ?? '');
    if (!party) throw notFound();
    const before = await tx
      .selectFrom('operation_application as a')
      .innerJoin('case_file as c', 'c.id', 'a.case_id')
      .select('a.id')
      .where('a.announcement_id', '=', announcement.id)
      .where('a.party_id', '=', party.id)
      .where('c.state', 'not in', ['withdrawn', 'refused'])
      .executeTakeFirst();
    return {
      announcement,
      partyId: party.id,
      partyName: party.name,
      partyState: party.state,
      ...(await maintenanceFacts(tx, party.id)),
      applyUntil: announcement.apply_until.toISOString(),
      appliedBefore: before !== undefined,
      yearsSinceDisqualified: await yearsSinceDisqualified(tx, party.id, at),
    };
  },
  perform: async ({ tx, input, facts: { announcement, partyId, partyName }, at, enqueue }) => {
    const applicationId = newId('apl');
    const row = await openCase(
      tx,
      {
        procedure: operation,
        subjectId: applicationId,
        title: text(`${partyName}：${announcement.title}`, `${partyName}: ${announcement.title}`),
        parts: {
          applicant: [partyId],
          authoriser: [announcement.authoriser_id],
          authority: [announcement.authority_id],
        },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('operation_application')
      .values({
        id: applicationId,
        announcement_id: announcement.id,
        party_id: partyId,
        case_id: row.id,
        statement: input.statement,
        applied_at: at,
        average_score: null,
        decision_reason: null,
      })
      .execute();
    return { applicationId, caseId: row.id };
  },
  entry: ({ facts: { announcement }, result }) => ({
    subject: result.applicationId,
    sealed: { announcement: announcement.id },
    parties: [announcement.authoriser_id, announcement.authority_id],
  }),
});

async function maintenanceFacts(tx: Tx, partyId: string) {
  const party = await getParty(tx, partyId);
  return {
    maintainsPlatform: (await registerOf(tx, partyId)).maintainsPlatform,
    applicantRoles: party?.roles ?? [],
    tiedToMaintainer: (await maintainersTiedTo(tx, partyId)).length > 0,
  };
}

/** 受理: the proofs are there, experts from outside are named. */
const accept = act({
  name: 'application.accept',
  title: text('受理申请并指定专家', 'Accept an application and name experts'),
  by: role('data-authority', 'data-provider'),
  input: z.object({
    applicationId: ApplicationId,
    expertIds: z.array(PartyId).min(1).max(15).meta(field('评审专家', 'Experts')),
  }),
  output: z.object({ applicationId: ApplicationId, state: z.string() }),
  rules: [rules.itsTurn, rules.proofsAttached, rules.maintainerDoesNotApply, rules.expertsFromOutside],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    const { row, application, announcement } = inHand;
    const experts = [];
    const ties = await tiesOfExperts(tx, announcement, application.party_id, input.expertIds);
    for (const id of new Set(input.expertIds)) {
      const party = await getParty(tx, id);
      if (party?.state !== 'admitted' || !party.roles.includes('expert')) throw notFound();
      experts.push({ id, name: party.name, tiedTo: ties.get(id) ?? null });
    }
    const missing = await missingPapers(tx, operation, row.id, 'accept');
    return {
      ...inHand,
      parts: await partsOf(tx, actor, row.id),
      needed: 'authoriser',
      missingPapers: missing.map((kind) => operation.papers[kind as keyof typeof operation.papers]?.title.zh ?? kind),
      experts,
      // What was declared since the application counts too.
      ...(await maintenanceFacts(tx, application.party_id)),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { row, application, experts }, at, enqueue }) => {
    await takePart(
      tx,
      operation,
      row.id,
      'expert',
      experts.map((e) => e.id),
    );
    const moved = await moveCase(tx, { procedure: operation, row, event: 'accept' }, { at, enqueue });
    return { applicationId: application.id, state: moved.state };
  },
  entry: ({ facts: { application, experts } }) => ({
    subject: application.id,
    sealed: { experts: experts.map((e) => e.id) },
    parties: [application.party_id, ...experts.map((e) => e.id)],
  }),
});

const refuse = act({
  name: 'application.refuse',
  title: text('不予受理', 'Refuse an application'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ applicationId: ApplicationId, reason: words('理由', 'Reason') }),
  output: z.object({ applicationId: ApplicationId, state: z.string() }),
  rules: [rules.itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'authoriser' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, application }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: operation, row, event: 'refuse' }, { at, enqueue });
    await tx
      .updateTable('operation_application')
      .set({ decision_reason: input.reason })
      .where('id', '=', application.id)
      .execute();
    return { applicationId: application.id, state: moved.state };
  },
  entry: ({ facts: { application }, input }) => ({
    subject: application.id,
    sealed: { reason: input.reason },
    parties: [application.party_id],
  }),
});

const withdraw = act({
  name: 'application.withdraw',
  title: text('撤回申请', 'Withdraw an application'),
  by: signedIn(),
  input: z.object({ applicationId: ApplicationId }),
  output: z.object({ applicationId: ApplicationId, state: z.string() }),
  rules: [rules.itsTurn],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed: 'applicant' };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { row, application }, at, enqueue }) => ({
    applicationId: application.id,
    state: (await moveCase(tx, { procedure: operation, row, event: 'withdraw' }, { at, enqueue })).state,
  }),
  entry: ({ facts: { application, announcement } }) => ({
    subject: application.id,
    parties: [announcement.authoriser_id, announcement.authority_id],
  }),
});

export const applyActs: readonly Act[] = [announce, apply, accept, refuse, withdraw];
