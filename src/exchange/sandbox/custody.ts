import { sql } from 'kysely';
import { addCustodyUse } from '../../kernel/custody/index.ts';
import { text } from '../../kernel/text.ts';

interface UseRow {
  readonly objectId: string;
  readonly at: Date;
  readonly partyId: string;
  readonly subject: string;
  readonly project: string;
  readonly cells: number;
}

/** Every query and job of the sandbox on the data of an object, under a right or by the holder itself. */
addCustodyUse(async (q, objectIds, limit) => {
  // A call of a service is on the data it was answered from, which may be older than what the resource has now.
  const { rows } = await sql<UseRow>`
    with found (object_id, use_id) as (
      select r.object_id, u.id from sandbox_use u join sandbox_grant g on g.id = u.grant_id join resource r on r.id = g.resource_id
       where r.object_id = any (${objectIds}::text[]) and u.at >= r.data_at and u.made_id not like 'sbl\\_%'
      union all
      select c.objects ->> t.resource_id, u.id from sandbox_service_table t
        join sandbox_service_call c on c.service_id = t.service_id and c.objects ->> t.resource_id = any (${objectIds}::text[])
        join sandbox_use u on u.made_id = c.id and u.grant_id = t.grant_id
       where exists (select from sandbox_service_revision v where v.objects ->> t.resource_id = any (${objectIds}::text[])))
    select f.object_id as "objectId", u.at, p.party_id as "partyId", u.made_id as subject, p.title as project, u.cells
      from found f join sandbox_use u on u.id = f.use_id join sandbox_project p on p.id = u.project_id
     order by u.at desc limit ${limit}`.execute(q);
  return rows.map(({ project, cells, ...use }) => ({
    ...use,
    what: use.subject.startsWith('sbj_')
      ? text(`沙箱项目“${project}”中运行作业`, `A job in the sandbox project “${project}”`)
      : text(
          `沙箱项目“${project}”中查询，公布 ${cells} 个数`,
          `A query in the sandbox project “${project}”; ${cells} figures told`,
        ),
  }));
});
