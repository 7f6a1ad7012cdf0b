import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { TextSchema } from '../text.ts';

const RECENT_MAX = 20;
/** Newest acts and refusals of each act that are searched: the page stays fast with millions behind it. */
const LOOK_BACK_MAX = 200;
/** Who may read what others were refused, and why. */
const SUPERVISORS: readonly string[] = ['regulator', 'exchange'];

export const DecisionView = z.object({
  act: z.string(),
  at: z.string(),
  outcome: z.enum(['ok', 'not-applicable', 'violated', 'unknown']),
  binding: z.boolean(),
  version: z.string(),
  params: z.array(
    z.object({ name: z.string(), value: z.unknown(), unit: z.string().optional(), reference: z.string() }),
  ),
  /** Only to those who may see whose it was. */
  partyId: z.string().nullable(),
  actId: z.string().nullable(),
});

export const RefusalView = z.object({
  act: z.string(),
  at: z.string(),
  /** Only to those who may see whose it was: facts may name a party's affairs. */
  partyId: z.string().nullable(),
  fact: TextSchema.nullable(),
});

const DecisionRecord = z.object({
  outcome: DecisionView.shape.outcome,
  binding: z.boolean(),
  version: z.string(),
  params: DecisionView.shape.params,
});

const maySee = (actor: Actor, partyId: string | null) =>
  (partyId !== null && actor.partyId === partyId) || actor.roles.some((r) => SUPERVISORS.includes(r));

/** The newest decisions under one article, newest first. Strangers see that and how it was decided, not for whom. */
export async function recentDecisions(db: Queryable, actor: Actor, ruleId: string, actNames: readonly string[]) {
  if (actNames.length === 0) return [];
  const { rows } = await sql<{ id: string; name: string; at: Date; party_id: string | null; record: unknown }>`
    select l.id, l.name, l.at, l.party_id, d.record
    from unnest(${[...actNames]}::text[]) n
    cross join lateral (select * from act_log a where a.name = n order by a.id desc limit ${LOOK_BACK_MAX}) l
    cross join lateral jsonb_array_elements(l.decisions) d(record)
    where d.record->>'rule' = ${ruleId}
    order by l.id desc limit ${RECENT_MAX}`.execute(db);
  return rows.map(({ id, name, at, party_id, record }) => {
    const seen = maySee(actor, party_id);
    return {
      act: name,
      at: at.toISOString(),
      ...DecisionRecord.parse(record),
      partyId: seen ? party_id : null,
      actId: seen ? id : null,
    };
  });
}

/** The newest refusals under one article, newest first; house rules are also refused by acts that list no rule. */
export async function recentRefusals(db: Queryable, actor: Actor, ruleId: string) {
  const { rows } = await sql<{ act_name: string; at: Date; party_id: string | null; violation: unknown }>`
    select r.act_name, r.at, r.party_id, v.violation
    from (select * from refusal order by id desc limit ${LOOK_BACK_MAX}) r
    cross join lateral jsonb_array_elements(r.violations) v(violation)
    where v.violation->>'rule' = ${ruleId}
    order by r.id desc limit ${RECENT_MAX}`.execute(db);
  return rows.map(({ act_name, at, party_id, violation }) => {
    const seen = maySee(actor, party_id);
    return {
      act: act_name,
      at: at.toISOString(),
      partyId: seen ? party_id : null,
      fact: seen ? z.object({ fact: TextSchema }).parse(violation).fact : null,
    };
  });
}
