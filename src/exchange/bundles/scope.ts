import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { lifeOf } from '../timelines/index.ts';

/** What a bundle is to hold. */
export interface Scope {
  readonly partyId: string;
  /** Its whole life, as far as it concerns the party. */
  readonly subject: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
  /** Acts up to this one; what comes after the request is not part of it. */
  readonly before: string | null;
}

/** The party as one that looks at its own evidence: a bundle holds what the party may show, whoever asks for it. */
export const partyItself = (partyId: string): Actor => ({
  kind: 'person',
  personId: null,
  partyId,
  roles: [],
  scopes: null,
  secondFactor: false,
});

/** Receipts of the acts the party took part in, oldest first, one more than `limit` when there are more. */
export async function receiptsIn(q: Queryable, scope: Scope, limit: number): Promise<string[]> {
  const conditions = await conditionsOf(q, scope);
  if (!conditions) return [];
  const { rows } = await sql<{ id: string }>`
    select p.act_id as id from act_party p join act_log a on a.id = p.act_id
     where ${conditions} order by p.act_id limit ${limit + 1}`.execute(q);
  return rows.map((row) => row.id.replace(/^act_/, 'rct_'));
}

/** @returns undefined when the subject is none of the party's */
async function conditionsOf(q: Queryable, scope: Scope): Promise<RawBuilder<unknown> | undefined> {
  const conditions = [sql`p.party_id = ${scope.partyId}`];
  if (scope.subject !== null) {
    const life = await lifeOf(q, partyItself(scope.partyId), scope.subject);
    if (!life) return undefined;
    conditions.push(sql`a.subject = any(${[...life.subjects]}::text[])`);
  }
  if (scope.from !== null) conditions.push(sql`a.at >= ${scope.from}`);
  if (scope.until !== null) conditions.push(sql`a.at < ${scope.until}`);
  if (scope.before !== null) conditions.push(sql`p.act_id < ${scope.before}`);
  return sql.join(conditions, sql` and `);
}

/** A certificate with the receipt of its issue, the newest of the receipts in it. */
export interface CertificateIn {
  readonly id: string;
  readonly receiptId: string;
}

/** Signed certificates of the party within the scope, the newest first. */
export async function certificatesIn(q: Queryable, scope: Scope, limit: number): Promise<CertificateIn[]> {
  const conditions = [
    sql`note is not null`,
    sql`(holder_id = ${scope.partyId} or party_ids @> array[${scope.partyId}]::text[])`,
  ];
  if (scope.subject !== null) {
    const life = await lifeOf(q, partyItself(scope.partyId), scope.subject);
    conditions.push(sql`(subject_id = any(${[...(life?.subjects ?? [])]}::text[]) or id = ${scope.subject})`);
  }
  if (scope.from !== null) conditions.push(sql`issued_at >= ${scope.from}`);
  if (scope.until !== null) conditions.push(sql`issued_at < ${scope.until}`);
  const { rows } = await sql<{ id: string; issued_act: string }>`
    select id, issued_act from certificate where ${sql.join(conditions, sql` and `)}
     order by id desc limit ${limit}`.execute(q);
  return rows.map((row) => ({ id: row.id, receiptId: row.issued_act.replace(/^act_/, 'rct_') }));
}
