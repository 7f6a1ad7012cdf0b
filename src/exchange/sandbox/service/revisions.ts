import { sql } from 'kysely';
import { addCustodyNeed } from '../../../kernel/custody/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { text } from '../../../kernel/text.ts';
import type { Column } from '../../../kernel/vault/index.ts';
import { stillAnswers, tellsOfPeople } from '../needed.ts';
import { exactAboutPeople, type GrantInHand } from '../store.ts';
import type { Objects } from './model.ts';

/** What each table of a service has for data now. */
export const objectsNow = (tables: readonly GrantInHand[]): Objects =>
  Object.fromEntries(
    tables.flatMap((t) => (t.resource.objectId === null ? [] : [[t.resource.id, t.resource.objectId]])),
  );

/** From which data a service answers, since when. */
export async function revisionOf(q: Queryable, serviceId: string) {
  return q
    .selectFrom('sandbox_service_revision')
    .select(['revision', 'at', 'objects'])
    .where('service_id', '=', serviceId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function keepRevision(
  tx: Tx,
  of: { readonly serviceId: string; readonly revision: number; readonly personId: string | null; readonly at: Date },
  objects: Objects,
): Promise<void> {
  await tx
    .insertInto('sandbox_service_revision')
    .values({
      ...{ service_id: of.serviceId, revision: of.revision, person_id: of.personId, at: of.at },
      objects: JSON.stringify(objects),
    })
    .execute();
}

/** The data a buyer was answered from first, in whichever service that tells of people. */
async function toldOf(q: Queryable, buyerId: string, resourceId: string): Promise<string | undefined> {
  const { rows } = await sql<{ object: string }>`select objects ->> ${resourceId} as object from sandbox_service_call k
    where buyer_id = ${buyerId} and objects ? ${resourceId} and ${tellsOfPeople('k.service_id')} order by id limit 1`.execute(
    q,
  );
  return rows[0]?.object;
}

/**
 * The tables with the data a buyer is answered from: those of the service's revision. Of exact answers about people a buyer
 * is told of one revision alone, whatever service it asks, and so of all tables they are joined to: the same question before and after somebody came, went or
 * changed would tell of that one person, and no guard of a cell sees both (HS-22.31).
 */
export async function answeredFrom(
  q: Queryable,
  tables: readonly GrantInHand[],
  { serviceId, buyerId }: { readonly serviceId: string; readonly buyerId: string },
): Promise<GrantInHand[]> {
  const objects = (await revisionOf(q, serviceId))?.objects ?? {};
  const ofPeople = tables.some(exactAboutPeople);
  return Promise.all(
    tables.map(async (table) => {
      const { resource } = table;
      const told = ofPeople ? await toldOf(q, buyerId, resource.id) : undefined;
      const objectId = told ?? objects[resource.id] ?? resource.objectId;
      return objectId === resource.objectId || objectId === null ? table : withData(q, table, objectId);
    }),
  );
}

/** Since when a buyer is answered from older data than others are now; undefined for a buyer who is not. */
export async function keptSince(
  q: Queryable,
  { serviceId, buyerId }: { readonly serviceId: string; readonly buyerId: string },
): Promise<Date | undefined> {
  const objects = (await revisionOf(q, serviceId))?.objects ?? {};
  const { rows } = await sql<{ since: Date | null }>`select min(told.at) as since from sandbox_service_table t
      cross join lateral (select k.at, k.objects from sandbox_service_call k
        where k.buyer_id = ${buyerId} and k.objects ? t.resource_id and ${tellsOfPeople('k.service_id')}
        order by k.id limit 1) told
     where t.service_id = ${serviceId} and ${tellsOfPeople('t.service_id')}
       and told.objects ->> t.resource_id is distinct from ${JSON.stringify(objects)}::jsonb ->> t.resource_id`.execute(
    q,
  );
  return rows[0]?.since ?? undefined;
}

/** The table as it stood on older data: of the same columns, whose types may have been others. */
async function withData(q: Queryable, table: GrantInHand, objectId: string): Promise<GrantInHand> {
  const older = await q
    .selectFrom('dataset')
    .select(['rows', 'columns'])
    .where('object_id', '=', objectId)
    .executeTakeFirst();
  const types = new Map((older?.columns ?? []).map((c: Column) => [c.name, c.type]));
  const { resource } = table;
  const columns = resource.columns.map((c) => ({ ...c, type: types.get(c.name) ?? c.type }));
  return { ...table, resource: { ...resource, objectId, columns, rows: older?.rows ?? resource.rows } };
}

/** Older data that a service answers from are needed as long as its grant and the right behind it live. */
addCustodyNeed(async (q, objectIds) => {
  const { rows } = await sql<{ objectId: string; title: string }>`
    select distinct v.objects ->> t.resource_id as "objectId", s.title from sandbox_service_revision v
      join sandbox_service s on s.id = v.service_id join sandbox_service_table t on t.service_id = s.id
      join sandbox_grant g on g.id = t.grant_id join resource r on r.id = g.resource_id
      left join resource_authorisation a on a.id = g.authorisation_id
     where g.revoked_at is null and g.valid_until > now() and r.withdrawn_at is null
       and (a.id is null or (a.revoked_at is null and a.valid_until > now())) and ${stillAnswers} and v.objects ->> t.resource_id = any (${objectIds}::text[]) limit 5`.execute(
    q,
  );
  return rows.map(({ objectId, title }) => ({
    objectId,
    why: text(`沙箱查询服务“${title}”按它作答。`, `The query service “${title}” of the sandbox answers from it.`),
  }));
});
