import { sql } from 'kysely';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { seesAllReceipts } from '../../kernel/evidence/reads.ts';
import { STAGE_OF } from './model.ts';

/** An act of a life as its reader may see it. */
export interface LifeEvent {
  readonly id: string;
  readonly name: string;
  readonly at: Date;
  readonly party_id: string | null;
  readonly subject: string;
  readonly index: number | null;
  readonly witnessed: boolean;
  /** The reader may open the receipt, and not only know of it. */
  readonly mine: boolean;
}

const NAMES = Object.keys(STAGE_OF);

/**
 * The acts on these subjects which a reader may see: what the public log names itself (a public fact), one's own, and
 * everything for supervisors, auditors and notaries.
 */
const visible = (actor: Actor, subjects: readonly string[]) => {
  const mine = seesAllReceipts(actor)
    ? sql`true`
    : sql`exists (select 1 from act_party p where p.act_id = a.id and p.party_id = ${actor.partyId})`;
  return sql`select a.id, a.name, a.at, a.party_id, a.subject, ${mine} as mine
    from act_log a join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)
   where a.subject = any(${[...subjects]}::text[])
     and split_part(a.name, '.', 1) = any(${NAMES}::text[])
     and (${mine} or convert_from(e.bytes, 'utf8')::jsonb ->> 'subject' = a.subject)`;
};

export interface EventQuery {
  readonly after: string | undefined;
  readonly limit: number;
  /** First words of act names; all when left out. */
  readonly names?: readonly string[] | undefined;
}

/** Newest first; one more than `limit` when there are more. */
export async function eventsOf(
  q: Queryable,
  actor: Actor,
  subjects: readonly string[],
  { after, limit, names }: EventQuery,
): Promise<LifeEvent[]> {
  const { rows } = await sql<LifeEvent>`
    with shown as (
      select * from (${visible(actor, subjects)}) v
       where (${after ?? null}::text is null or v.id < ${after ?? null})
         and (${names ?? null}::text[] is null or split_part(v.name, '.', 1) = any(${names ?? null}::text[]))
       order by v.id desc limit ${limit + 1})
    select shown.*, l.index, coalesce(l.index < s.witnessed_size, false) as witnessed
      from shown left join log_state s on true
      left join evidence_leaf l on l.entry_id = 'rct_' || substr(shown.id, 5) and l.index < s.published_size
     order by shown.id desc`.execute(q);
  return rows;
}

export interface SubjectCount {
  readonly subject: string;
  readonly word: string;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

/** How many acts of which kind each subject has that the reader may see. */
export async function countsOf(q: Queryable, actor: Actor, subjects: readonly string[]): Promise<SubjectCount[]> {
  const { rows } = await sql<SubjectCount>`
    select v.subject, split_part(v.name, '.', 1) as word, count(*) as count, min(v.at) as first, max(v.at) as last
      from (${visible(actor, subjects)}) v group by 1, 2`.execute(q);
  return rows;
}

/** Ids of all receipts of a life that the reader may open, oldest first; for a bundle. */
export async function receiptsOfLife(
  q: Queryable,
  actor: Actor,
  subjects: readonly string[],
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select v.id from (${visible(actor, subjects)}) v where v.mine order by v.id limit ${limit}`.execute(q);
  return rows.map((row) => row.id.replace(/^act_/, 'rct_'));
}
