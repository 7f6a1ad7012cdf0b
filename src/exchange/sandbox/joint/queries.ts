import { sql } from 'kysely';
import { z } from 'zod';
import {
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  receiptsOf,
  role,
} from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { PartyId, partiesById } from '../../parties/index.ts';
import { JOINT_ROLES } from './acts.ts';
import {
  GROUNDS,
  JOINT_KINDS,
  JOINT_STATES,
  JointId,
  JointResult,
  type JointSession,
  PART_POINTS,
  REVEALS,
  STEPS,
} from './model.ts';
import { JOINT_LIMITS } from './rules.ts';
import { partiesOf, sentOf } from './store.ts';

/** More than both sides send of the largest sets. */
const RECEIPTS_MAX = 200;

const Session = z.object({
  id: JointId,
  kind: z.enum(JOINT_KINDS),
  title: z.string(),
  purpose: z.string(),
  reveal: z.enum(REVEALS).nullable(),
  identifier: z.string().nullable(),
  fields: z.array(z.string()).nullable(),
  state: z.enum(JOINT_STATES),
  openedBy: PartyId,
  openedAt: z.iso.datetime(),
  until: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  endReason: z.string().nullable(),
  result: JointResult.nullable(),
  transcript: z.string().nullable(),
});

const sessionOf = (s: JointSession): z.infer<typeof Session> => ({
  id: s.id,
  kind: s.kind,
  title: s.title,
  purpose: s.purpose,
  reveal: s.reveal,
  identifier: s.identifier,
  fields: s.fields,
  state: s.state,
  openedBy: s.opened_by,
  openedAt: s.opened_at.toISOString(),
  until: s.until.toISOString(),
  endedAt: s.ended_at?.toISOString() ?? null,
  endReason: s.end_reason,
  result: s.result,
  transcript: s.transcript,
});

const Listed = Session.extend({
  /** Everybody in it but the reader's own party. */
  partners: z.array(z.object({ id: PartyId, name: z.string(), joined: z.boolean() })),
  /** Whether the reader's party has joined. */
  joined: z.boolean(),
});

const sessions = read({
  path: '/joint-sessions',
  title: text('联合计算', 'Joint computations'),
  by: role(...JOINT_ROLES),
  params: z.object({}),
  query: PageQuery.extend({ state: z.enum(JOINT_STATES).optional() }),
  output: pageOf(Listed),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<JointSession & { partners: z.infer<typeof Listed>['partners']; joined: boolean }>`
      select s.*, p.joined_at is not null as joined,
             (select jsonb_agg(jsonb_build_object('id', o.party_id, 'name', n.name, 'joined', o.joined_at is not null)
                               order by n.name)
                from joint_party o join party n on n.id = o.party_id
               where o.session_id = s.id and o.party_id <> p.party_id) as partners
        from joint_session s
        join joint_party p on p.session_id = s.id and p.party_id = ${actor.partyId}
       where (${after}::text is null or s.id < ${after})
         and (${query.state ?? null}::text is null or s.state = ${query.state ?? null})
       order by s.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (s) => s.id);
    return {
      items: items.map((s) => ({ ...sessionOf(s), partners: s.partners ?? [], joined: s.joined })),
      nextCursor,
    };
  },
});

const Limits = z.object({
  sizeLeast: z.number(),
  sizeMost: z.number(),
  runsMost: z.number(),
  runsDays: z.number(),
  commonLeast: z.number(),
  sumParties: z.number(),
  hoursMost: z.number(),
});

/** The numbers that hold today, so that nobody proposes what would be refused. */
const limits = read({
  path: '/joint-limits',
  title: text('联合计算的限度', 'Limits of joint computations'),
  by: role(...JOINT_ROLES),
  params: z.object({}),
  query: z.object({}),
  output: Limits,
  run: async () => {
    const now = new Date();
    const of = (name: keyof typeof JOINT_LIMITS): number => valueAt(JOINT_LIMITS[name], now).value;
    return {
      sizeLeast: of('sizeLeast'),
      sizeMost: of('sizeMost'),
      runsMost: of('runsMost'),
      runsDays: of('runsDays'),
      commonLeast: of('commonLeast'),
      sumParties: of('sumParties'),
      hoursMost: of('hoursMost'),
    };
  },
});

async function ownSession(db: Queryable, sessionId: string, partyId: string | null) {
  const session = await db.selectFrom('joint_session').selectAll().where('id', '=', sessionId).executeTakeFirst();
  const parties = session ? await partiesOf(db, sessionId) : [];
  if (!session || !parties.some((p) => p.party_id === partyId)) throw notFound();
  return { session, parties };
}

const session = read({
  path: '/joint-sessions/:sessionId',
  title: text('联合计算详情', 'A joint computation'),
  by: role(...JOINT_ROLES),
  params: z.object({ sessionId: JointId }),
  query: z.object({}),
  output: Session.extend({
    /** Points in one part, and bytes a point, for clients. */
    partPoints: z.number().int(),
    parties: z.array(
      z.object({
        id: PartyId,
        name: z.string(),
        own: z.boolean(),
        joinedAt: z.iso.datetime().nullable(),
        ground: z.enum(GROUNDS).nullable(),
        size: z.number().int().nullable(),
        publicKey: z.string().nullable(),
        /** Points sent, or numbers handed in. */
        sentOwn: z.number().int(),
        sentOther: z.number().int(),
        contributed: z.boolean(),
      }),
    ),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params }) => {
    const found = await ownSession(db, params.sessionId, actor.partyId);
    const names = await partiesById(
      db,
      found.parties.map((p) => p.party_id),
    );
    const parties = await Promise.all(
      found.parties.map(async (p) => ({
        id: p.party_id,
        name: names.get(p.party_id)?.name ?? '',
        own: p.party_id === actor.partyId,
        joinedAt: p.joined_at?.toISOString() ?? null,
        ground: p.ground,
        size: p.size,
        publicKey: p.public_key,
        sentOwn: (await sentOf(db, params.sessionId, p.party_id, 'own')).points,
        sentOther: (await sentOf(db, params.sessionId, p.party_id, 'other')).points,
        contributed: p.words !== null,
      })),
    );
    const receipts = await receiptsOf(db, [params.sessionId], RECEIPTS_MAX);
    return { ...sessionOf(found.session), partPoints: PART_POINTS, parties, receipts };
  },
});

/**
 * What the other side sent: its own blinded set while both run; and what it made of ours, in our order, only when both
 * agreed to tell identifiers, both are through, and enough is in common.
 */
const points = read({
  path: '/joint-sessions/:sessionId/points',
  title: text('对方传送的盲化标识', 'Blinded identifiers of the other side'),
  by: role(...JOINT_ROLES),
  params: z.object({ sessionId: JointId }),
  query: z.object({ step: z.enum(STEPS), part: z.coerce.number().int().min(0).max(1_000).default(0) }),
  output: z.object({ points: z.string().nullable() }),
  run: async ({ db, actor, params, query }) => {
    const { session: s, parties } = await ownSession(db, params.sessionId, actor.partyId);
    const [own, other] = [
      parties.find((p) => p.party_id === actor.partyId),
      parties.find((p) => p.party_id !== actor.partyId),
    ];
    if (s.kind !== 'intersection' || !own || !other) throw notFound();
    const mine = await sentOf(db, s.id, own.party_id, 'own');
    const told =
      s.state === 'done' && s.reveal === 'ids' && s.result !== null && 'count' in s.result && !s.result.tooFew;
    const may = query.step === 'own' ? s.state === 'running' && mine.points === own.size : told;
    if (!may) throw notFound();
    const row = await db
      .selectFrom('joint_points')
      .select('points')
      .where('session_id', '=', s.id)
      .where('party_id', '=', other.party_id)
      .where('step', '=', query.step)
      .where('part', '=', query.part)
      .executeTakeFirst();
    return { points: row?.points.toString('base64') ?? null };
  },
});

export const reads: readonly Read[] = [sessions, session, limits, points];
