import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Queryable } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import type { VaultObjectTable } from '../tables.ts';
import { vaultFailures } from './failures.ts';
import { KEY_BYTES } from './frames.ts';
import { keyProvider } from './keys.ts';
import type { MasterKeys } from './master-keys.ts';

export interface OwnerKey {
  readonly id: string;
  readonly party_id: string;
  readonly generation: number;
  readonly master_id: string;
  readonly wrapped_key: Buffer | null;
}

const contextOf = (partyId: string, generation: number): string => `owner ${partyId} ${generation}`;

/** The key itself. @throws VaultFailure `erased` when it was destroyed */
export async function unwrapOwnerKey(masters: MasterKeys, row: OwnerKey): Promise<Buffer> {
  if (row.wrapped_key === null) throw vaultFailures.erased(row.id);
  const master = await masters.named(row.master_id);
  return master.unwrap(row.wrapped_key, contextOf(row.party_id, row.generation));
}

/** The newest living key of an owner, made when there is none. */
export async function ownerKeyFor(db: Database, masters: MasterKeys, partyId: string): Promise<OwnerKey> {
  const found = await newest(db, partyId);
  if (found?.wrapped_key) return found;
  return makeOwnerKey(db, masters, partyId, found?.generation ?? 0);
}

const newest = (q: Queryable, partyId: string): Promise<OwnerKey | undefined> =>
  q
    .selectFrom('vault_owner_key')
    .selectAll()
    .where('party_id', '=', partyId)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();

/** The next generation after one; of two that make it at once, one does, and both get that. */
export async function makeOwnerKey(
  db: Database,
  masters: MasterKeys,
  partyId: string,
  after: number,
): Promise<OwnerKey> {
  const master = await masters.current();
  const generation = after + 1;
  await db
    .insertInto('vault_owner_key')
    .values({
      id: newId('vok'),
      party_id: partyId,
      generation,
      master_id: master.id,
      wrapped_key: await master.wrap(randomBytes(KEY_BYTES), contextOf(partyId, generation)),
    })
    .onConflict((c) => c.columns(['party_id', 'generation']).doNothing())
    .execute();
  const made = await newest(db, partyId);
  if (!made) throw new Error('the key of the owner was not made');
  return made;
}

type KeyedObject = Pick<VaultObjectTable, 'id' | 'owner_party_id' | 'key_id' | 'wrapped_key'> & {
  readonly owner_key_id: string | null;
};

/** The data key of an object, by way of its owner's key or of the master key. @throws VaultFailure `erased` */
export async function dataKeyOf(db: Queryable, masters: MasterKeys, row: KeyedObject): Promise<Buffer> {
  if (row.wrapped_key === null) throw vaultFailures.erased(row.id);
  if (row.owner_key_id === null) return (await masters.named(row.key_id)).unwrap(row.wrapped_key, row.id);
  const owner = await db
    .selectFrom('vault_owner_key')
    .selectAll()
    .where('id', '=', row.owner_key_id)
    .executeTakeFirstOrThrow();
  return keyProvider(await unwrapOwnerKey(masters, owner)).unwrap(row.wrapped_key, row.id);
}

const BATCH = 200;

/** Wraps the keys of owners that other master keys wrap with the newest, some at a time. @returns how many; 0 when none are left */
export async function rewrapOwnerKeys(db: Database, masters: MasterKeys): Promise<number> {
  const master = await masters.current();
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('vault_owner_key')
      .selectAll()
      .where('wrapped_key', 'is not', null)
      .where('master_id', '<>', master.id)
      .orderBy('id')
      .limit(BATCH)
      .forUpdate()
      .execute();
    for (const row of rows) {
      const key = await unwrapOwnerKey(masters, row);
      await tx
        .updateTable('vault_owner_key')
        .set({ master_id: master.id, wrapped_key: await master.wrap(key, contextOf(row.party_id, row.generation)) })
        .where('id', '=', row.id)
        .execute();
    }
    return rows.length;
  });
}

/**
 * Moves data keys under the newest key of their owner, some at a time: those under an older generation, and those of before
 * that the master key wraps itself. The bytes of the objects are not touched.
 * @param partyId one owner, or undefined for whatever the master key wraps itself
 * @returns how many; 0 when none are left
 */
export async function rewrapDataKeys(db: Database, masters: MasterKeys, partyId?: string): Promise<number> {
  const target = partyId === undefined ? undefined : await ownerKeyFor(db, masters, partyId);
  const { rows } = await sql<KeyedObject>`select id, owner_party_id, key_id, wrapped_key, owner_key_id from vault_object
    where wrapped_key is not null and ${
      target
        ? sql`owner_party_id = ${target.party_id} and owner_key_id is distinct from ${target.id}`
        : sql`owner_key_id is null`
    } order by id limit ${BATCH}`.execute(db);
  const owners = new Map<string, Buffer>();
  const anew: { readonly id: string; readonly owner: string; readonly before: Buffer; readonly after: Buffer }[] = [];
  for (const row of rows) {
    if (row.wrapped_key === null) continue;
    const owner = target ?? (await ownerKeyFor(db, masters, row.owner_party_id));
    const key = owners.get(owner.id) ?? (await unwrapOwnerKey(masters, owner));
    owners.set(owner.id, key);
    const after = await keyProvider(key).wrap(await dataKeyOf(db, masters, row), row.id);
    anew.push({ id: row.id, owner: owner.id, before: row.wrapped_key, after });
  }
  // One statement a batch, so one commit; whoever destroyed a key meanwhile wins.
  const of = <T>(pick: (one: (typeof anew)[number]) => T): T[] => anew.map(pick);
  await sql`update vault_object o set owner_key_id = n.owner, wrapped_key = n.after
    from unnest(${of((n) => n.id)}::text[], ${of((n) => n.owner)}::text[], ${of((n) => n.before)}::bytea[],
                ${of((n) => n.after)}::bytea[]) as n (id, owner, before, after)
    where o.id = n.id and o.wrapped_key = n.before`.execute(db);
  return rows.length;
}

/** Ends the older keys of an owner that nothing lies under any more. */
export async function endOldOwnerKeys(db: Database, partyId: string): Promise<void> {
  await sql`update vault_owner_key k set wrapped_key = null, destroyed_at = now()
    where party_id = ${partyId} and wrapped_key is not null
      and generation < (select max(generation) from vault_owner_key where party_id = ${partyId})
      and not exists (select from vault_object o where o.owner_key_id = k.id and o.wrapped_key is not null)`.execute(
    db,
  );
}

/** Ids of the master keys that still wrap something. */
export async function mastersInUse(q: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select master_id as id from vault_owner_key where wrapped_key is not null
    union select key_id from vault_object where wrapped_key is not null and owner_key_id is null`.execute(q);
  return rows.map((r) => r.id);
}
