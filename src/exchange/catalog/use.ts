import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { Condition } from '../../kernel/vault/index.ts';

/** A right to use given by an agreement: what of a resource, for what, until when and how much. */
export interface UseGrant {
  readonly agreementId: string;
  readonly scenarioId: string;
  readonly resourceId: string;
  readonly partyId: string;
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly rowFilter: readonly Condition[];
  readonly validUntil: Date;
  /** Rows that all uses together may read; null: as many as there are. */
  readonly rowsMax: number | null;
  readonly usesMax: number | null;
}

/** Writes a right to use; every use asks for it, so it lives from now on. @returns its id `aut_…` */
export async function grantUse(tx: Tx, grant: UseGrant, at: Date): Promise<string> {
  const id = newId('aut');
  await tx
    .insertInto('resource_authorisation')
    .values({
      id,
      resource_id: grant.resourceId,
      party_id: grant.partyId,
      purpose: grant.purpose,
      valid_until: grant.validUntil,
      granted_at: at,
      revoked_at: null,
      revocation_reason: null,
      agreement_id: grant.agreementId,
      scenario_id: grant.scenarioId,
      columns: [...grant.columns],
      row_filter: JSON.stringify(grant.rowFilter),
      rows_max: grant.rowsMax,
      uses_max: grant.usesMax,
    })
    .execute();
  return id;
}

/** Why rights stand still: the agreement is suspended, or the consent of those concerned was withdrawn. */
export type HoldCause = 'agreement' | 'consent';

/** Rights to a resource for one purpose; those of one party alone, or with null of every party. */
export interface PurposeScope {
  readonly resourceId: string;
  readonly purpose: string;
  readonly partyId: string | null;
}

/** Which rights: all under an agreement (its id), all to a resource, those for one purpose of it, or the one of a scenario. */
export type UseScope = string | { readonly resourceId: string } | PurposeScope | { readonly scenarioId: string };

function rightsOf(scope: UseScope): RawBuilder<unknown> {
  if (typeof scope === 'string') return sql`agreement_id = ${scope}`;
  if ('purpose' in scope)
    return sql`resource_id = ${scope.resourceId} and purpose = ${scope.purpose}
      and (${scope.partyId}::text is null or party_id = ${scope.partyId})`;
  return 'resourceId' in scope ? sql`resource_id = ${scope.resourceId}` : sql`scenario_id = ${scope.scenarioId}`;
}

/** Rights stand still: whoever asks finds none, and what runs under them is cut off. Twice for one cause is once. */
export async function suspendUse(tx: Tx, scope: UseScope, at: Date, cause: HoldCause = 'agreement'): Promise<void> {
  await sql`update resource_authorisation
     set holds = array_append(holds, ${cause}::text), suspended_at = coalesce(suspended_at, ${at})
   where ${rightsOf(scope)} and revoked_at is null and not ${cause}::text = any (holds)`.execute(tx);
}

/** Lifts one cause; a right goes on only when nothing else holds it. */
export async function resumeUse(tx: Tx, scope: UseScope, cause: HoldCause = 'agreement'): Promise<void> {
  await sql`update resource_authorisation
     set holds = array_remove(holds, ${cause}::text),
         suspended_at = case when array_remove(holds, ${cause}::text) = '{}' then null else suspended_at end
   where ${rightsOf(scope)} and revoked_at is null`.execute(tx);
}

/** Rights end for good. */
export async function endUse(tx: Tx, scope: UseScope, at: Date, reason = '授权运营协议终止'): Promise<void> {
  await sql`update resource_authorisation set revoked_at = ${at}, revocation_reason = ${reason}
   where ${rightsOf(scope)} and revoked_at is null`.execute(tx);
}

/**
 * What was made for a purpose while somebody's consent stood is used no more, since that person's rows are in it; the
 * right itself lives on, and what is made next leaves them out. @param since when the consent was recorded
 */
export async function stopMade(
  tx: Tx,
  { resourceId, purpose, partyId }: PurposeScope,
  since: Date,
  at: Date,
): Promise<void> {
  await sql`update resource_use u set consent_withdrawn_at = ${at} from resource_authorisation a
   where a.id = u.authorisation_id and a.resource_id = ${resourceId} and a.purpose = ${purpose}
     and (${partyId}::text is null or a.party_id = ${partyId})
     and u.consent_withdrawn_at is null and u.taken_at >= ${since}`.execute(tx);
}
