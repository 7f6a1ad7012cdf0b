import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';

/** A right to use given by an agreement: what of a resource, for what, until when and how much. */
export interface UseGrant {
  readonly agreementId: string;
  readonly scenarioId: string;
  readonly resourceId: string;
  readonly partyId: string;
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly rowFilter: readonly unknown[];
  readonly validUntil: Date;
  readonly rowsMax: number | null;
  readonly usesMax: number | null;
}

/** Writes a right to use; every use asks {@link useRights}, so it lives from now on. @returns its id `aut_…` */
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

const under = (tx: Tx, agreementId: string) =>
  tx.updateTable('resource_authorisation').where('agreement_id', '=', agreementId).where('revoked_at', 'is', null);

/** All rights under an agreement stand still: whoever asks {@link useRights} finds none. */
export async function suspendUse(tx: Tx, agreementId: string, at: Date): Promise<void> {
  await under(tx, agreementId).set({ suspended_at: at }).execute();
}

export async function resumeUse(tx: Tx, agreementId: string): Promise<void> {
  await under(tx, agreementId).set({ suspended_at: null }).execute();
}

/** All rights under an agreement end for good. */
export async function endUse(tx: Tx, agreementId: string, at: Date): Promise<void> {
  await under(tx, agreementId).set({ revoked_at: at, revocation_reason: '授权运营协议终止' }).execute();
}
