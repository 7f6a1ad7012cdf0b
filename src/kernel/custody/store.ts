import { sql } from 'kysely';
import { notFound } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { type Text, text } from '../text.ts';
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
  const ids = rows.map((r) => r.id);
  return objectId === null ? ids : withFiles(tx, ids);
}

/**
 * Objects with the files they list, where nothing else that lives stands on those: no other revision lists them, no dataset
 * is one of them.
 */
export async function withFiles(tx: Tx, objectIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select o.id from vault_object o
     where o.wrapped_key is not null and o.id in (select object_id from dataset_file where whole_id = any (${objectIds}::text[]))
       and not exists (select from dataset_file f join vault_object w on w.id = f.whole_id
             where f.object_id = o.id and w.wrapped_key is not null and w.id <> all (${objectIds}::text[]))
       and not exists (select from dataset d where d.object_id = o.id and d.state <> 'erased'
             and d.object_id <> all (${objectIds}::text[]))
     order by o.id for update`.execute(tx);
  return [...new Set([...objectIds, ...rows.map((r) => r.id)])];
}

/** Revisions that live and list a file that is to end, without ending themselves. */
async function revisionsOn(q: Queryable, objectIds: readonly string[]): Promise<Text[]> {
  const { rows } = await sql<{
    title: string;
    revision: number;
  }>`select distinct d.title, d.revision from dataset_file f
      join vault_object w on w.id = f.whole_id join dataset d on d.object_id = w.id
     where f.object_id = any (${objectIds}::text[]) and w.id <> all (${objectIds}::text[]) and w.wrapped_key is not null
     limit 5`.execute(q);
  return rows.map(({ title, revision }) =>
    text(
      `数据集“${title}”第${revision}版包含该文件。`,
      `It is a file of revision ${revision} of the data set “${title}”.`,
    ),
  );
}

/** What stands against the end of objects. A hold or a time on a table covers every file of it. */
export async function endingFacts(q: Queryable, objectIds: readonly string[]) {
  const { rows } = await sql<{ held: number; kept: Date | null }>`select
      (select count(distinct object_id)::int from legal_hold where released_at is null and (object_id = any (${objectIds}::text[])
        or object_id in (select whole_id from dataset_file where object_id = any (${objectIds}::text[])))) as held,
      (select max(day) from (select retain_until as day from vault_object where id = any (${objectIds}::text[])
        union all select w.retain_until from dataset_file f join vault_object w on w.id = f.whole_id
          where f.object_id = any (${objectIds}::text[]) and w.wrapped_key is not null
        union all select retain_until from vault_file where object_id = any (${objectIds}::text[])) d) as kept`.execute(
    q,
  );
  return {
    held: rows[0]?.held ?? 0,
    keptUntil: rows[0]?.kept?.toISOString() ?? null,
    needs: [...(await revisionsOn(q, objectIds)), ...(await needsOf(q, objectIds))],
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
