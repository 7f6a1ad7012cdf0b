import { z } from 'zod';
import { type Act, act, role } from '../../kernel/acts/index.ts';
import { partsOf } from '../../kernel/cases/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { dutyDone, dutyDueAt } from './duties.ts';
import { AgreementId } from './model.ts';
import { NORMS } from './model-duties.ts';
import * as rules from './rules/index.ts';
import { lockAgreement } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(2).max(4_000).meta(field(zh, en));

/** 记录安全培训或应急演练 (art. 16 and 17): held by the authorising unit it fulfils the duty of the year. */
const recordTraining = act({
  name: 'training.record',
  title: text('记录安全培训或应急演练', 'Record a security training or drill'),
  by: role('operating-unit', 'data-authority', 'data-provider'),
  input: z.object({
    agreementId: AgreementId,
    kind: z.enum(['training', 'drill']).meta(field('种类', 'Kind')),
    heldOn: z.iso.date().meta(field('举行日期', 'Held on')),
    topic: words('主题', 'Topic'),
    participants: z.number().int().min(1).max(100_000).meta(field('参加人数', 'Participants')),
  }),
  output: z.object({ trainingId: z.string() }),
  rules: [rules.byEitherSide, rules.heldBefore, rules.trainedInTime],
  facts: async ({ tx, actor, input, at }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    return {
      ...inHand,
      parts: await partsOf(tx, actor, inHand.row.id),
      recorderId: actor.partyId ?? '',
      byAuthoriser: actor.partyId === inHand.agreement.authoriser_id,
      trainingDueAt: await dutyDueAt(tx, inHand.agreement.id, input.kind),
      heldOn: input.heldOn,
      today: beijingDay(at),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { agreement, recorderId, byAuthoriser }, at, enqueue }) => {
    const trainingId = newId('trn');
    await tx
      .insertInto('security_training')
      .values({
        id: trainingId,
        agreement_id: agreement.id,
        kind: input.kind,
        held_on: input.heldOn,
        topic: input.topic,
        participants: input.participants,
        recorded_by: recorderId,
        recorded_at: at,
      })
      .execute();
    if (byAuthoriser && agreement.ended_at === null) await dutyDone(tx, agreement, input.kind, { at, enqueue });
    return { trainingId };
  },
  entry: ({ facts: { agreement }, input }) => ({
    subject: agreement.application_id,
    sealed: { kind: input.kind, heldOn: input.heldOn, topic: input.topic, participants: input.participants },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

/** 检查运营单位 (art. 11, 16 and 17). */
const inspect = act({
  name: 'inspection.record',
  title: text('记录检查情况', 'Record an inspection'),
  by: role('data-authority', 'data-provider'),
  input: z.object({
    agreementId: AgreementId,
    accepted: z.boolean().meta(field('接受检查', 'Accepted the inspection')),
    standardsFollowed: z
      .boolean()
      .meta(field('遵守安全规定和技术标准', 'Follows security rules and technical standards')),
    findings: words('检查情况', 'Findings'),
  }),
  output: z.object({ inspectionId: z.string() }),
  rules: [rules.itsTurn, rules.inspectionAccepted, rules.standardsFollowed],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    return {
      ...inHand,
      parts: await partsOf(tx, actor, inHand.row.id),
      needed: 'authoriser',
      inspectorId: actor.partyId ?? '',
      accepted: input.accepted,
      standardsFollowed: input.standardsFollowed,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { agreement, inspectorId }, at }) => {
    const inspectionId = newId('ins');
    await tx
      .insertInto('operation_inspection')
      .values({
        id: inspectionId,
        agreement_id: agreement.id,
        accepted: input.accepted,
        standards_followed: input.standardsFollowed,
        findings: input.findings,
        inspected_by: inspectorId,
        inspected_at: at,
      })
      .execute();
    return { inspectionId };
  },
  entry: ({ facts: { agreement }, input }) => ({
    subject: agreement.application_id,
    sealed: { accepted: input.accepted, standardsFollowed: input.standardsFollowed, findings: input.findings },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

/** 发布安全规范 (art. 16): of each kind the newest holds. */
const publishNorm = act({
  name: 'security-norm.publish',
  title: text('发布安全规范', 'Publish a security norm'),
  by: role('data-authority'),
  input: z.object({
    kind: z.enum(NORMS).meta(field('规范种类', 'Kind')),
    title: z.string().trim().min(4).max(100).meta(field('名称', 'Title')),
    body: z.string().trim().min(10).max(20_000).meta(field('内容', 'Content')),
  }),
  output: z.object({ normId: z.string() }),
  facts: async ({ actor }) => ({ publisherId: actor.partyId ?? '' }),
  perform: async ({ tx, input, facts: { publisherId }, at }) => {
    const normId = newId('nrm');
    await tx
      .insertInto('security_norm')
      .values({ id: normId, ...input, published_by: publisherId, published_at: at })
      .execute();
    return { normId };
  },
  entry: ({ input, result }) => ({ subject: result.normId, public: true, open: { kind: input.kind } }),
});

export const dutyActs: readonly Act[] = [recordTraining, inspect, publishNorm];
