import { z } from 'zod';
import { type Act, act, role, system } from '../../../kernel/acts/index.ts';
import { sha256Hex } from '../../../kernel/evidence/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';
import { PartyId, partiesById } from '../../parties/index.ts';
import {
  FIELDS_MAX,
  GROUNDS,
  JOINT_KINDS,
  JointId,
  JointResult,
  type JointSession,
  PART_POINTS,
  PARTIES_MAX,
  REVEALS,
  STEPS,
} from './model.ts';
import { POINT_BYTES } from './psi.ts';
import * as rules from './rules.ts';
import { clearPoints, finish, intersection, type JointInHand, lockSession, runsOf, sentOf, sums } from './store.ts';

/** Whoever holds data or may use it. */
export const JOINT_ROLES = ['data-provider', 'operating-unit', 'data-merchant', 'buyer'] as const;
const HOUR_MS = 3_600_000;
const HOURS_DEFAULT = 24;
const WORD = /^\d{1,20}$/;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** 发起联合计算: says what is computed, of what, for what, and with whom. Nothing is sent yet. */
const open = act({
  name: 'joint.open',
  title: text('发起联合计算', 'Propose a joint computation'),
  by: role(...JOINT_ROLES),
  input: z
    .object({
      kind: z.enum(JOINT_KINDS).meta(field('类型', 'Kind')),
      title: z.string().trim().min(2).max(100).meta(field('名称', 'Title')),
      purpose: z.string().trim().min(2).max(300).meta(field('使用目的', 'Purpose')),
      reveal: z.enum(REVEALS).nullable().default(null).meta(field('告知内容', 'What is told')),
      identifier: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .nullable()
        .default(null)
        .meta(field('标识的含义和写法', 'What the identifiers are, and how they are written')),
      fields: z
        .array(z.string().trim().min(1).max(60))
        .max(FIELDS_MAX)
        .nullable()
        .default(null)
        .meta(field('求和的指标', 'What is added up')),
      partyIds: z.array(PartyId).min(1).max(PARTIES_MAX).meta(field('其他参加方', 'The other parties')),
      hours: z.number().int().min(1).max(10_000).default(HOURS_DEFAULT).meta(field('完成期限（小时）', 'Hours')),
    })
    .refine((i) => (i.kind === 'sum') === (i.fields !== null && i.fields.length > 0), {
      path: ['fields'],
      message: '求和须列出指标 a sum names what is added up',
    })
    .refine((i) => (i.kind === 'intersection') === (i.reveal !== null && i.identifier !== null), {
      path: ['reveal'],
      message: '求交须说明标识和告知内容 an intersection says what the identifiers are and what is told',
    })
    .refine((i) => i.fields === null || new Set(i.fields).size === i.fields.length, {
      path: ['fields'],
      message: '指标重复 a field stands twice',
    }),
  output: z.object({ sessionId: JointId }),
  rules: [rules.enoughParties, rules.withinTime, rules.notTooOften],
  facts: async ({ tx, actor, input, at }) => {
    const others = [...new Set(input.partyIds)].filter((id) => id !== actor.partyId);
    const known = await partiesById(tx, others);
    const invited = others.filter((id) => known.get(id)?.state === 'admitted');
    const parties = [actor.partyId ?? '', ...invited].sort();
    return {
      kind: input.kind,
      hours: input.hours,
      parties: parties.length,
      ids: parties,
      daysAgo: input.kind === 'intersection' ? await runsOf(tx, parties, at) : [],
    };
  },
  perform: async ({ tx, actor, input, facts, at }) => {
    const sessionId = newId('jns');
    await tx
      .insertInto('joint_session')
      .values({
        id: sessionId,
        kind: input.kind,
        title: input.title,
        purpose: input.purpose,
        reveal: input.reveal,
        identifier: input.identifier,
        fields: input.fields,
        opened_by: actor.partyId ?? '',
        opened_at: at,
        until: new Date(at.getTime() + input.hours * HOUR_MS),
        state: 'proposed',
      })
      .execute();
    await tx
      .insertInto('joint_party')
      .values(facts.ids.map((id) => ({ session_id: sessionId, party_id: id })))
      .execute();
    return { sessionId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.sessionId,
    sealed: { kind: input.kind, title: input.title, purpose: input.purpose, reveal: input.reveal },
    parties: facts.ids,
  }),
});

const others = ({ parties, own }: JointInHand) => parties.filter((p) => p.party_id !== own.party_id);
const alive = (session: JointSession, at: Date): boolean => session.until > at;
const partyIds = ({ parties }: JointInHand) => parties.map((p) => p.party_id);

/** 加入联合计算: agrees to what is told, says the ground, and how many identifiers or which key it brings. */
const join = act({
  name: 'joint.join',
  title: text('加入联合计算', 'Join a joint computation'),
  by: role(...JOINT_ROLES),
  input: z.object({
    sessionId: JointId,
    ground: z.enum(GROUNDS).meta(field('使用本方数据的依据', 'Ground for using your data')),
    size: z.number().int().min(0).nullable().default(null).meta(field('标识个数', 'Number of identifiers')),
    publicKey: z
      .string()
      .regex(/^0[23][0-9a-f]{64}$/)
      .nullable()
      .default(null)
      .meta(field('本方公钥', 'Public key')),
  }),
  output: z.object({ sessionId: JointId, state: z.enum(['proposed', 'running']) }),
  rules: [rules.itsStep, rules.wellFormed, rules.setOfManyOnly],
  facts: async ({ tx, actor, input, at }) => {
    const hand = await lockSession(tx, input.sessionId, actor.partyId);
    const { session, own, parties } = hand;
    const openNow = session.state === 'proposed' && own.joined_at === null && alive(session, at);
    const keys = parties.map((p) => p.public_key);
    const fits =
      session.kind === 'intersection'
        ? input.size !== null && input.publicKey === null
        : input.size === null && input.publicKey !== null && !keys.includes(input.publicKey);
    return {
      hand,
      step: {
        open: openNow,
        waitsFor: session.state === 'proposed' ? '其他参加方 the other parties' : '— (已结束 over)',
      },
      content: {
        fits,
        expected: session.kind === 'intersection' ? '标识个数 a number of identifiers' : '新公钥 a fresh key',
      },
      size: session.kind === 'intersection' ? input.size : null,
    };
  },
  perform: async ({ tx, actor, input, facts: { hand }, at }) => {
    await tx
      .updateTable('joint_party')
      .set({ joined_at: at, ground: input.ground, size: input.size, public_key: input.publicKey })
      .where('session_id', '=', input.sessionId)
      .where('party_id', '=', actor.partyId ?? '')
      .execute();
    const all = others(hand).every((p) => p.joined_at !== null);
    if (all)
      await tx.updateTable('joint_session').set({ state: 'running' }).where('id', '=', input.sessionId).execute();
    return { sessionId: input.sessionId, state: all ? ('running' as const) : ('proposed' as const) };
  },
  entry: ({ input, facts: { hand } }) => ({
    subject: input.sessionId,
    sealed: { ground: input.ground, size: input.size, key: input.publicKey },
    parties: partyIds(hand),
  }),
});

const Result = z.object({ sessionId: JointId, done: z.boolean(), result: JointResult.nullable() });

/** 传送盲化标识: a part of the own blinded set, or of the other's set blinded once more; the last part finishes it. */
const send = act({
  name: 'joint.send',
  title: text('传送盲化标识', 'Pass on blinded identifiers'),
  by: role(...JOINT_ROLES),
  input: z.object({
    sessionId: JointId,
    step: z.enum(STEPS),
    part: z.number().int().min(0).max(1_000),
    /** 32 bytes a point. */
    points: z
      .base64()
      .min(1)
      .max(Math.ceil((PART_POINTS * POINT_BYTES) / 3) * 4),
  }),
  output: Result,
  rules: [rules.itsStep, rules.wellFormed],
  facts: async ({ tx, actor, input, at }) => {
    const hand = await lockSession(tx, input.sessionId, actor.partyId);
    const { session, own } = hand;
    const [other] = others(hand);
    const points = Buffer.from(input.points, 'base64');
    const running = session.kind === 'intersection' && session.state === 'running' && alive(session, at);
    const expected = (input.step === 'own' ? own.size : other?.size) ?? 0;
    const [sent, own2, theirs] = [
      await sentOf(tx, session.id, own.party_id, input.step),
      await sentOf(tx, session.id, own.party_id, 'own'),
      await sentOf(tx, session.id, other?.party_id ?? '', 'own'),
    ];
    // The other's set is blinded once more only when both have committed to theirs: nobody chooses after having seen.
    const both = own2.points === own.size && theirs.points === other?.size;
    const count = points.length / POINT_BYTES;
    const fits =
      input.part === sent.parts &&
      Number.isInteger(count) &&
      count === Math.min(PART_POINTS, expected - sent.points) &&
      count > 0;
    return {
      hand,
      points,
      digest: sha256Hex(points),
      last: sent.points + count === expected,
      step: { open: running && (input.step === 'own' || both), waitsFor: '双方送齐本方标识 both sets' },
      content: {
        fits,
        expected: `${Math.min(PART_POINTS, expected - sent.points)} × ${POINT_BYTES} B, #${sent.parts}`,
      },
    };
  },
  perform: async ({ tx, actor, input, facts: { hand, points, last }, at }) => {
    const { sessionId, step, part } = input;
    await tx
      .insertInto('joint_points')
      .values({ session_id: sessionId, party_id: actor.partyId ?? '', step, part, points })
      .execute();
    const [other] = others(hand);
    const theirs = await sentOf(tx, sessionId, other?.party_id ?? '', 'other');
    if (step === 'own' || !last || theirs.points !== hand.own.size) return { sessionId, done: false, result: null };
    const result = await intersection(tx, hand, at);
    await finish(tx, hand, result, at);
    return { sessionId, done: true, result };
  },
  entry: ({ input, facts: { hand, digest }, result }) => ({
    subject: input.sessionId,
    sealed: { step: input.step, part: input.part, points: digest, result: result.result },
    parties: partyIds(hand),
  }),
});

/** 提交掩码数值: this party's numbers under its masks; the last one's gives the totals. */
const contribute = act({
  name: 'joint.contribute',
  title: text('提交掩码数值', 'Hand in masked numbers'),
  by: role(...JOINT_ROLES),
  input: z.object({ sessionId: JointId, words: z.array(z.string().regex(WORD)).min(1).max(FIELDS_MAX) }),
  output: Result,
  rules: [rules.itsStep, rules.wellFormed],
  facts: async ({ tx, actor, input, at }) => {
    const hand = await lockSession(tx, input.sessionId, actor.partyId);
    const { session, own } = hand;
    const openNow = session.kind === 'sum' && session.state === 'running' && own.words === null && alive(session, at);
    const fields = session.fields?.length ?? 0;
    const fits = input.words.length === fields && input.words.every((w) => BigInt(w) < 1n << 64n);
    return {
      hand,
      digest: sha256Hex(input.words.join('\n')),
      step: { open: openNow, waitsFor: '各方加入 all to join' },
      content: { fits, expected: `${fields} × 64 bit` },
    };
  },
  perform: async ({ tx, actor, input, facts: { hand }, at }) => {
    const { sessionId, words } = input;
    await tx
      .updateTable('joint_party')
      .set({ words })
      .where('session_id', '=', sessionId)
      .where('party_id', '=', actor.partyId ?? '')
      .execute();
    const parties = hand.parties.map((p) => (p.party_id === actor.partyId ? { ...p, words } : p));
    if (parties.some((p) => p.words === null)) return { sessionId, done: false, result: null };
    const whole = { ...hand, parties };
    const result = sums(whole);
    await finish(tx, whole, result, at);
    return { sessionId, done: true, result };
  },
  entry: ({ input, facts: { hand, digest }, result }) => ({
    subject: input.sessionId,
    sealed: { words: digest, result: result.result },
    parties: partyIds(hand),
  }),
});

/** 终止联合计算: any party, at any time before it is done; what was passed on is cleared. */
const end = act({
  name: 'joint.end',
  title: text('终止联合计算', 'End a joint computation'),
  by: role(...JOINT_ROLES),
  input: z.object({
    sessionId: JointId,
    reason: z.string().trim().min(2).max(300).meta(field('原因', 'Reason')),
  }),
  output: z.object({ sessionId: JointId }),
  rules: [rules.itsStep],
  facts: async ({ tx, actor, input }) => {
    const hand = await lockSession(tx, input.sessionId, actor.partyId);
    const living = hand.session.state === 'proposed' || hand.session.state === 'running';
    return { hand, step: { open: living, waitsFor: '— (已结束 over)' } };
  },
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('joint_session')
      .set({ state: 'ended', ended_at: at, end_reason: input.reason })
      .where('id', '=', input.sessionId)
      .execute();
    await clearPoints(tx, input.sessionId);
    return { sessionId: input.sessionId };
  },
  entry: ({ input, facts: { hand } }) => ({
    subject: input.sessionId,
    sealed: { reason: input.reason },
    parties: partyIds(hand),
  }),
});

/** Of a session that is over by time: ends it, and clears what was passed on. */
export const expireJoint = act({
  name: 'joint.expire',
  title: text('联合计算到期', 'A joint computation is over by time'),
  by: system(),
  input: z.object({ sessionId: JointId }),
  output: z.object({ sessionId: JointId }),
  facts: async ({ tx, input }) => {
    const session = await tx
      .selectFrom('joint_session')
      .selectAll()
      .where('id', '=', input.sessionId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const parties = await tx
      .selectFrom('joint_party')
      .select('party_id')
      .where('session_id', '=', session.id)
      .execute();
    return { session, ids: parties.map((p) => p.party_id) };
  },
  perform: async ({ tx, facts: { session }, at }) => {
    if ((session.state === 'proposed' || session.state === 'running') && !alive(session, at)) {
      await tx
        .updateTable('joint_session')
        .set({ state: 'ended', ended_at: at, end_reason: '到期未完成' })
        .where('id', '=', session.id)
        .execute();
    }
    if (!alive(session, at)) await clearPoints(tx, session.id);
    return { sessionId: session.id };
  },
  entry: ({ facts }) => ({ subject: facts.session.id, parties: facts.ids }),
});

export const acts: readonly Act[] = [open, join, send, contribute, end, expireJoint];
