import { sql } from 'kysely';
import { z } from 'zod';
import {
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  role,
  signedIn,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { type Answer, HOLDERS, ProjectId, QueryId } from './model.ts';
import { PLACES } from './places.ts';
import { partIn, supervises } from './queries.ts';
import { sandboxSetting } from './setting.ts';
import { getProject } from './store.ts';
import { AvailabilityView, QueryDetail, QueryItem, UseItem } from './views.ts';

const CODE_CHARS_MAX = 4_000;

interface QueryRow {
  readonly id: string;
  readonly project_id: string;
  readonly at: Date;
  readonly person_id: string | null;
  readonly display_name: string | null;
  readonly sql: string;
  readonly answer: Answer;
  readonly cells: number;
  readonly same_as: string | null;
  readonly aliases: string[];
  readonly holders: string[];
}

const rowsOf = (q: Queryable, where: ReturnType<typeof sql>, limit: number) =>
  sql<QueryRow>`select q.*, p.display_name,
      coalesce((select array_agg(g.alias order by g.alias) from sandbox_use u join sandbox_grant g on g.id = u.grant_id
                 where u.made_id = q.id), '{}') as aliases,
      coalesce((select array_agg(distinct u.holder_id) from sandbox_use u where u.made_id = q.id), '{}') as holders
    from sandbox_query q left join person p on p.id = q.person_id
   where ${where} order by q.id desc limit ${limit}`.execute(q);

const itemOf = (q: QueryRow): z.input<typeof QueryItem> => ({
  id: q.id,
  at: q.at.toISOString(),
  person: q.person_id === null ? null : { id: q.person_id, name: q.display_name ?? '' },
  sql: q.sql,
  tables: q.aliases,
  rowCount: q.answer.rows.length,
  cells: q.cells,
  suppressed: q.answer.suppressed,
  noisy: q.answer.noisy,
  cached: q.same_as !== null,
});

const queries = read({
  path: '/sandbox-projects/:projectId/queries',
  title: text('项目查询记录', 'Queries of a project'),
  by: signedIn(),
  params: z.object({ projectId: ProjectId }),
  query: PageQuery,
  output: pageOf(QueryItem),
  run: async ({ db, actor, params, query }) => {
    const project = await getProject(db, params.projectId);
    const part = project && (await partIn(db, project, actor));
    // A holder sees the uses of its own tables, in its own view.
    if (!project || (part !== 'operator' && part !== 'supervisor')) throw notFound();
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await rowsOf(
      db,
      sql`q.project_id = ${project.id} and (${after}::text is null or q.id < ${after})`,
      query.limit + 1,
    );
    const { items, nextCursor } = page(rows, query.limit, (q) => q.id);
    return { items: items.map(itemOf), nextCursor };
  },
});

const one = read({
  path: '/sandbox-queries/:queryId',
  title: text('查询及其结果', 'A query and its answer'),
  by: signedIn(),
  params: z.object({ queryId: QueryId }),
  query: z.object({}),
  output: QueryDetail,
  run: async ({ db, actor, params }) => {
    const { rows } = await rowsOf(db, sql`q.id = ${params.queryId}`, 1);
    const [found] = rows;
    const project = found && (await getProject(db, found.project_id));
    if (!found || !project) throw notFound();
    // What was told of several holders' tables together is not told to one of them.
    const holdsAll = found.holders.length > 0 && found.holders.every((h) => h === actor.partyId);
    if (actor.partyId !== project.party_id && !holdsAll && !supervises(actor)) throw notFound();
    const { columns, rows: told, marks } = found.answer;
    return { ...itemOf(found), projectId: found.project_id, columns, rows: told, marks };
  },
});

interface UseRow {
  readonly id: string;
  readonly at: Date;
  readonly made_id: string;
  readonly cells: number;
  readonly project_id: string;
  readonly project_title: string;
  readonly party_id: string;
  readonly party_name: string;
  readonly grant_id: string;
  readonly alias: string;
  readonly resource_id: string;
  readonly resource_title: string;
  readonly sql: string | null;
  readonly suppressed: Answer['suppressed'] | null;
  readonly same_as: string | null;
  /** Of a call of a query service. */
  readonly call_id: string | null;
}

/** What a later room knows of the things made by jobs, by id. */
export interface MadeByJob {
  readonly code: string;
  readonly state: string;
}
type JobSource = (q: Queryable, ids: readonly string[]) => Promise<ReadonlyMap<string, MadeByJob>>;
let jobSource: JobSource = async () => new Map();
/** The airlock tells of its jobs; the room of projects does not know them. */
export const connectJobs = (source: JobSource): void => {
  jobSource = source;
};

const uses = read({
  path: '/sandbox-uses',
  title: text('本单位数据在沙箱中的使用', 'Uses of one’s data in the sandbox'),
  by: role(...HOLDERS),
  params: z.object({}),
  query: PageQuery.extend({ resource: z.string().max(60).optional(), project: ProjectId.optional() }),
  output: pageOf(UseItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<UseRow>`select u.id, u.at, u.made_id, u.cells, u.project_id, p.title as project_title,
        p.party_id, y.name as party_name, g.id as grant_id, g.alias, g.resource_id, r.title as resource_title,
        left(coalesce(q.sql, c.sql), ${CODE_CHARS_MAX}) as sql, q.answer -> 'suppressed' as suppressed,
        coalesce(q.same_as, case when c.cached then c.id end) as same_as, c.id as call_id
      from sandbox_use u join sandbox_grant g on g.id = u.grant_id join resource r on r.id = g.resource_id
        join sandbox_project p on p.id = u.project_id join party y on y.id = p.party_id
        left join sandbox_query q on q.id = u.made_id left join sandbox_service_call c on c.id = u.made_id
     where u.holder_id = ${actor.partyId} and (${after}::text is null or u.id < ${after})
       and (${query.resource ?? null}::text is null or g.resource_id = ${query.resource ?? null})
       and (${query.project ?? null}::text is null or u.project_id = ${query.project ?? null})
     order by u.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (u) => u.id);
    const jobs = await jobSource(
      db,
      items.filter((u) => u.sql === null).map((u) => u.made_id),
    );
    return {
      items: items.map((u) => ({
        id: u.id,
        at: u.at.toISOString(),
        kind: u.call_id !== null ? ('service' as const) : u.sql === null ? ('job' as const) : ('query' as const),
        madeId: u.made_id,
        project: { id: u.project_id, title: u.project_title },
        party: { id: u.party_id, name: u.party_name },
        grantId: u.grant_id,
        alias: u.alias,
        resource: { id: u.resource_id, title: u.resource_title },
        code: (u.sql ?? jobs.get(u.made_id)?.code ?? '').slice(0, CODE_CHARS_MAX),
        state: u.sql === null ? (jobs.get(u.made_id)?.state ?? '') : u.same_as === null ? 'answered' : 'repeated',
        cells: u.cells,
        suppressed: u.suppressed,
      })),
      nextCursor,
    };
  },
});

const availability = read({
  path: '/sandbox-availability',
  title: text('沙箱可用情况', 'Whether the sandbox works here'),
  by: signedIn(),
  params: z.object({}),
  query: z.object({}),
  output: AvailabilityView,
  run: async ({ at }) => {
    const { executor } = sandboxSetting();
    return {
      executor: executor.name,
      ...(await executor.availability()),
      sessionsMax: valueAt(PLACES, at).value,
    };
  },
});

export const useReads: readonly Read[] = [queries, one, uses, availability];
