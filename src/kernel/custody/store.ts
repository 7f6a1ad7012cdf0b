import { sql } from 'kysely';
import { notFound } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { needsOf } from './hooks.ts';

/** The living object, locked. @throws notFound for what is not the party's, unless `partyId` is left out, and for what is gone */
export async function lockObject(tx: Tx, objectId: string, partyId?: string | null) {
  const row = await tx
    .selectFrom('vault_object')
    .select(['id', 'owner_party_id', 'retain_until', 'clear_at_expiry', 'bytes', 'sha256', 'name'])
    .where('id', '=', objectId)
    .where('wrapped_key', 'is not', null)
    .$if(partyId !== undefined, (q) => q.where('owner_party_id', '=', partyId ?? ''))
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** The objects an erasure is about: one, or all living ones of a party; locked. */
export async function lockForEnding(tx: Tx, partyId: string, objectId: string | null): Promise<string[]> {
  const rows = await tx
    .selectFrom('vault_object')
    .select('id')
    .where('owner_party_id', '=', partyId)
    .where('wrapped_key', 'is not', null)
    .$if(objectId !== null, (q) => q.where('id', '=', objectId ?? ''))
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map((r) => r.id);
}

/** What stands against the end of objects. */
export async function endingFacts(q: Queryable, objectIds: readonly string[]) {
  const { rows } = await sql<{ held: number; kept: Date | null }>`select
      (select count(distinct object_id)::int from legal_hold where object_id = any (${objectIds}::text[]) and released_at is null) as held,
      (select max(day) from (select retain_until as day from vault_object where id = any (${objectIds}::text[])
        union all select retain_until from vault_file where object_id = any (${objectIds}::text[])) d) as kept`.execute(
    q,
  );
  return {
    held: rows[0]?.held ?? 0,
    keptUntil: rows[0]?.kept?.toISOString() ?? null,
    needs: await needsOf(q, objectIds),
  };
}

/** Destroys the data keys: from the commit on nobody reads the objects. What was told of their content goes with them. */
export async function destroyKeys(tx: Tx, objectIds: readonly string[], at: Date): Promise<void> {
  await sql`update vault_object set wrapped_key = null, destroyed_at = ${at}, clear_at_expiry = false
    where id = any (${objectIds}::text[]) and wrapped_key is not null`.execute(tx);
  await sql`update dataset set state = 'erased', profile = null, findings = null, version = version + 1
    where object_id = any (${objectIds}::text[])`.execute(tx);
  await sql`update vault_file set state = 'erased' where object_id = any (${objectIds}::text[])`.execute(tx);
}

/** Destroys every key of an owner; objects that come later get a new one. */
export async function destroyOwnerKeys(tx: Tx, partyId: string, at: Date): Promise<void> {
  await sql`update vault_owner_key set wrapped_key = null, destroyed_at = ${at}
    where party_id = ${partyId} and wrapped_key is not null`.execute(tx);
}
