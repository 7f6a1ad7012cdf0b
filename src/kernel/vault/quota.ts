import { sql } from 'kysely';
import type { Queryable } from '../database/index.ts';
import { valueAt } from '../rulebook/index.ts';
import { HOUSE_LIMITS } from './rules.ts';

export interface Storage {
  readonly bytes: number;
  readonly objects: number;
  readonly bytesMax: number;
  readonly objectsMax: number;
  /** The operator set it for this party alone. */
  readonly own: boolean;
}

/** What a party keeps, and how much it may. */
export async function storageOf(q: Queryable, partyId: string, at: Date): Promise<Storage> {
  const { rows } = await sql<{ bytes: number; objects: number; bytes_max: number | null; objects_max: number | null }>`
    select coalesce(sum(o.bytes), 0)::bigint as bytes, count(o.id)::int as objects,
           (select bytes_max from vault_quota where party_id = ${partyId}) as bytes_max,
           (select objects_max from vault_quota where party_id = ${partyId}) as objects_max
      from vault_object o where o.owner_party_id = ${partyId} and o.wrapped_key is not null`.execute(q);
  const [row] = rows;
  if (!row) throw new Error('the database gave no count');
  return {
    bytes: Number(row.bytes),
    objects: row.objects,
    bytesMax: Number(row.bytes_max ?? valueAt(HOUSE_LIMITS.storedBytesMax, at).value),
    objectsMax: row.objects_max ?? valueAt(HOUSE_LIMITS.storedObjectsMax, at).value,
    own: row.bytes_max !== null,
  };
}
