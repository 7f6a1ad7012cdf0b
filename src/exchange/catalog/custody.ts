import { sql } from 'kysely';
import { addCustodyNeed, addCustodyUse } from '../../kernel/custody/index.ts';
import { text } from '../../kernel/text.ts';

/** What the catalogue knows of objects in custody: resources that stand on them, and what was made of those. */
addCustodyNeed(async (q, objectIds) => {
  const { rows } = await sql<{ objectId: string; title: string }>`select object_id as "objectId", title from resource
    where object_id = any (${objectIds}::text[]) and state <> 'withdrawn' limit 5`.execute(q);
  return rows.map(({ objectId, title }) => ({
    objectId,
    why: text(`资源“${title}”以它为数据。`, `The resource “${title}” stands on it.`),
  }));
});

// What queries and jobs of the sandbox take is told by the sandbox, which also knows of those that no right stands behind.
addCustodyUse(async (q, objectIds, limit) => {
  const { rows } = await sql<{ objectId: string; at: Date; partyId: string; subject: string; rows: number }>`
    select r.object_id as "objectId", u.taken_at as at, a.party_id as "partyId", u.made_id as subject, u.rows
      from resource_use u join resource r on r.id = u.resource_id
      join resource_authorisation a on a.id = u.authorisation_id
     where r.object_id = any (${objectIds}::text[]) and u.taken_at >= r.data_at
       and u.made_id not like 'sbq\\_%' and u.made_id not like 'sbj\\_%' and u.made_id not like 'sbl\\_%'
     order by u.taken_at desc limit ${limit}`.execute(q);
  return rows.map(({ rows: read, ...use }) => ({
    ...use,
    what: text(`在授权内加工，读取${read}行`, `Worked on under an authorisation; ${read} rows read`),
  }));
});
