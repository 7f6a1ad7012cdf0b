import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { notFound } from '../../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { totalsOf } from './masks.ts';
import type { JointParty, JointResult, JointSession, Step } from './model.ts';
import { POINT_BYTES } from './psi.ts';
import { enoughInCommon } from './rules.ts';

const DAY_MS = 86_400_000;
/** More than any limit of runs. */
const RUNS_READ = 1_000;

export interface JointInHand {
  readonly session: JointSession;
  readonly parties: readonly JointParty[];
  readonly own: JointParty;
}

/** The session, locked, for one of its parties. @throws notFound for anybody else */
export async function lockSession(tx: Tx, sessionId: string, partyId: string | null): Promise<JointInHand> {
  const session = await tx
    .selectFrom('joint_session')
    .selectAll()
    .where('id', '=', sessionId)
    .forUpdate()
    .executeTakeFirst();
  const parties = session ? await partiesOf(tx, sessionId) : [];
  const own = parties.find((p) => p.party_id === partyId);
  if (!session || !own) throw notFound();
  return { session, parties, own };
}

export const partiesOf = (q: Queryable | Tx, sessionId: string): Promise<JointParty[]> =>
  q.selectFrom('joint_party').selectAll().where('session_id', '=', sessionId).orderBy('party_id').execute();

/** How many points a party has sent of a step, and the next part. */
export async function sentOf(
  q: Queryable | Tx,
  sessionId: string,
  partyId: string,
  step: Step,
): Promise<{ points: number; parts: number }> {
  const { rows } = await sql<{ points: number; parts: number }>`
    select coalesce(sum(length(points)), 0)::int / ${POINT_BYTES}::int as points, count(*)::int as parts
      from joint_points where session_id = ${sessionId} and party_id = ${partyId} and step = ${step}`.execute(q);
  return rows[0] ?? { points: 0, parts: 0 };
}

/** How many days ago each earlier run of the same two was, the last ones first. */
export async function runsOf(q: Queryable | Tx, pair: readonly string[], at: Date): Promise<number[]> {
  const { rows } = await sql<{ opened_at: Date }>`
    select s.opened_at from joint_session s
     where s.kind = 'intersection' and s.state in ('running', 'done')
       and (select array_agg(p.party_id order by p.party_id) from joint_party p where p.session_id = s.id)
         = (select array_agg(x order by x) from unnest(${[...pair]}::text[]) x)
     order by s.opened_at desc limit ${RUNS_READ}`.execute(q);
  return rows.map((r) => (at.getTime() - r.opened_at.getTime()) / DAY_MS);
}

/** The points of a step in order. */
async function pointsOf(tx: Tx, sessionId: string, partyId: string, step: Step): Promise<Buffer> {
  const rows = await tx
    .selectFrom('joint_points')
    .select('points')
    .where('session_id', '=', sessionId)
    .where('party_id', '=', partyId)
    .where('step', '=', step)
    .orderBy('part')
    .execute();
  return Buffer.concat(rows.map((r) => r.points));
}

/**
 * What an intersection tells when both sides have blinded what the other sent: equal points are equal identifiers. Too few
 * in common, and only that is told.
 */
export async function intersection(tx: Tx, { session, parties }: JointInHand, at: Date): Promise<JointResult> {
  const [one, other] = parties;
  if (!one || !other) throw new Error('an intersection has two parties');
  const [a, b] = [
    split(await pointsOf(tx, session.id, one.party_id, 'other')),
    new Set(split(await pointsOf(tx, session.id, other.party_id, 'other'))),
  ];
  const common = new Set(a.filter((point) => b.has(point))).size;
  const told = enoughInCommon.evaluate({ common }, at).decision.outcome === 'ok';
  return { tooFew: !told, count: told ? common : null };
}

function split(points: Buffer): string[] {
  return Array.from({ length: points.length / POINT_BYTES }, (_, i) =>
    points.toString('latin1', i * POINT_BYTES, (i + 1) * POINT_BYTES),
  );
}

export function sums({ session, parties }: JointInHand): JointResult {
  const totals = totalsOf(parties.map((p) => p.words ?? []));
  return { totals: (session.fields ?? []).map((field, i) => ({ field, total: String(totals[i] ?? 0n) })) };
}

/** One hash over everything that was passed on: both sides can show later what they sent and got. */
async function transcriptOf(tx: Tx, { session, parties }: JointInHand): Promise<string> {
  const hash = createHash('sha256').update(`${session.id}\n`);
  for (const party of parties) {
    hash.update(`${party.party_id}\n${party.public_key ?? ''}\n${(party.words ?? []).join(',')}\n`);
    for (const step of ['own', 'other'] as const) {
      hash.update(
        createHash('sha256')
          .update(await pointsOf(tx, session.id, party.party_id, step))
          .digest(),
      );
    }
  }
  return hash.digest('hex');
}

/** Writes down what came out. Of a count nothing is left; of identifiers each side still fetches its own points. */
export async function finish(tx: Tx, hand: JointInHand, result: JointResult, at: Date): Promise<void> {
  const { session } = hand;
  await tx
    .updateTable('joint_session')
    .set({
      state: 'done',
      ended_at: at,
      result: JSON.stringify(result),
      transcript: await transcriptOf(tx, hand),
    })
    .where('id', '=', session.id)
    .execute();
  const fetched = session.reveal === 'ids' && 'count' in result && !result.tooFew;
  if (!fetched) await clearPoints(tx, session.id);
}

export async function clearPoints(tx: Tx, sessionId: string): Promise<void> {
  await tx.deleteFrom('joint_points').where('session_id', '=', sessionId).execute();
}
