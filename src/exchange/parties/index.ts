import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { Task } from '../../kernel/jobs.ts';

export { getParty, lockParty, type Party, partiesById } from '../../kernel/access/index.ts';
export { acts } from './acts.ts';
export { maintainersTiedTo, tiesBetween } from './affiliations.ts';
export { PARTY_ROLES, PartyId, type PartyRole, PartyRoleSchema } from './model.ts';
export { reads } from './queries.ts';
export { exchangeNoVendor, registeredEntity } from './rules.ts';

export const tasks: readonly Task[] = [];

/** What the register says of a party beside its name and roles. */
export async function registerOf(
  q: Queryable,
  partyId: string,
): Promise<{ businessTypes: readonly string[]; providerClass: string | null; maintainsPlatform: boolean }> {
  const row = await q
    .selectFrom('party_register')
    .select(['business_types', 'provider_class', 'maintains_platform'])
    .where('party_id', '=', partyId)
    .executeTakeFirst();
  return {
    businessTypes: row?.business_types ?? [],
    providerClass: row?.provider_class ?? null,
    maintainsPlatform: row?.maintains_platform ?? false,
  };
}

/** Marks who maintains the platform: as long as it does, it does not operate public data (JN-13.3). */
export async function setMaintainsPlatform(tx: Tx, partyId: string, maintains: boolean): Promise<void> {
  await tx
    .insertInto('party_register')
    .values({
      party_id: partyId,
      business_types: [],
      provider_class: null,
      maintains_platform: maintains,
      identity_checked_at: null,
      identity_checked_by: null,
    })
    .onConflict((c) => c.column('party_id').doUpdateSet({ maintains_platform: maintains }))
    .execute();
}
