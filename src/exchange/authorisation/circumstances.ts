import { sql } from 'kysely';
import type { Queryable } from '../../kernel/database/index.ts';
import { bindingDocuments } from '../../kernel/rulebook/index.ts';
import { registerOf } from '../parties/index.ts';

export interface Circumstances {
  /** Titles of resources that others may use by an authorisation beside the procedure. */
  readonly authorisedBeside: readonly string[];
  /** Kinds of security norm that are published. */
  readonly norms: readonly string[];
  readonly providerClass: string | null;
  readonly jinanAdopted: boolean;
}

/** What an announcement is judged by besides its own words. */
export async function circumstancesOf(
  q: Queryable,
  authoriserId: string | null,
  resourceIds: readonly string[],
  at: Date,
): Promise<Circumstances> {
  const beside = await sql<{ title: string }>`select distinct r.title from resource_authorisation a
    join resource r on r.id = a.resource_id
   where a.resource_id = any(${[...resourceIds]}::text[]) and a.agreement_id is null and a.revoked_at is null
     and a.valid_until > ${at} order by r.title`.execute(q);
  const norms = await q.selectFrom('security_norm').select('kind').distinct().execute();
  return {
    authorisedBeside: beside.rows.map((r) => r.title),
    norms: norms.map((n) => n.kind),
    providerClass: (await registerOf(q, authoriserId ?? '')).providerClass,
    jinanAdopted: (await bindingDocuments(q, at)).has('JN'),
  };
}

/** Full years since the party lost a qualification to operate (art. 12); null when it never did. */
export async function yearsSinceDisqualified(q: Queryable, partyId: string, at: Date): Promise<number | null> {
  const { rows } = await sql<{ years: number | null }>`
    select extract(year from age(${at}, max(disqualified_at)))::int as years
      from operation_agreement where operator_id = ${partyId} and disqualified_at is not null`.execute(q);
  return rows[0]?.years ?? null;
}
