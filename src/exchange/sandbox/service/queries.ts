import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, anyone, PageQuery, page, pageOf, type Read, read, signedIn } from '../../../kernel/acts/index.ts';
import { text } from '../../../kernel/text.ts';
import { PartyId } from '../../parties/index.ts';
import { ProjectId } from '../model.ts';
import { supervises } from '../queries.ts';
import { AnswerColumn, asAnswerColumn } from './columns.ts';
import { SERVICE_STATES, type Service, ServiceId } from './model.ts';
import { keptSince, revisionOf } from './revisions.ts';
import { serviceOfProduct } from './store.ts';
import { Parameter } from './template.ts';

const Offered = z.object({
  name: z.string(),
  title: z.string(),
  parameters: z.array(Parameter),
  columns: z.array(AnswerColumn),
});

const Revision = z.object({ number: z.number().int(), at: z.iso.datetime() });

const Item = z.object({
  id: ServiceId,
  projectId: ProjectId,
  party: z.object({ id: z.string(), name: z.string() }),
  title: z.string(),
  summary: z.string(),
  state: z.enum(SERVICE_STATES),
  proposedAt: z.iso.datetime(),
  templatesHash: z.string(),
  templates: z.array(Offered.extend({ sql: z.string() })),
  reviews: z.array(
    z.object({
      party: z.object({ id: PartyId, name: z.string() }),
      decision: z.enum(['approve', 'reject']).nullable(),
      reason: z.string().nullable(),
    }),
  ),
  resourceId: z.string().nullable(),
  /** From which data it answers; null before it is ready. */
  revision: Revision.nullable(),
  /** Tables of which there are newer data. */
  newer: z.array(z.string()),
  /** Calls of all buyers so far; what they asked is for the holders of the tables. */
  calls: z.number().int(),
});

interface Row extends Service {
  readonly party_name: string;
  readonly reviews: readonly {
    readonly id: string;
    readonly name: string;
    readonly decision: 'approve' | 'reject' | null;
    readonly reason: string | null;
  }[];
  readonly calls: number;
  readonly revision: { readonly number: number; readonly at: string } | null;
  readonly newer: readonly string[];
}

const services = read({
  path: '/sandbox-services',
  title: text('沙箱查询服务', 'Query services of the sandbox'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ projectId: ProjectId.optional() }),
  output: pageOf(Item),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const projectId = query.projectId ?? null;
    // Seen by who proposed it, by the holders that decide on it, and by supervisors.
    const { rows } = await sql<Row>`select s.*, y.name as party_name,
        (select coalesce(json_agg(json_build_object('id', v.holder_id, 'name', h.name, 'decision', v.decision, 'reason', v.reason)
            order by v.holder_id), '[]') from sandbox_service_review v join party h on h.id = v.holder_id
          where v.service_id = s.id) as reviews,
        (select count(*)::int from sandbox_service_call c where c.service_id = s.id) as calls,
        case when v.revision is not null then json_build_object('number', v.revision, 'at', v.at) end as revision,
        (select coalesce(json_agg(r.title order by r.id), '[]') from sandbox_service_table t join resource r on r.id = t.resource_id
          where t.service_id = s.id and v.revision is not null and r.object_id is distinct from v.objects ->> r.id) as newer
      from sandbox_service s join party y on y.id = s.party_id
      left join lateral (select * from sandbox_service_revision where service_id = s.id order by revision desc limit 1) v on true
     where (${supervises(actor)} or s.party_id = ${actor.partyId} or exists
       (select from sandbox_service_review v where v.service_id = s.id and v.holder_id = ${actor.partyId}))
       and (${projectId}::text is null or s.project_id = ${projectId}) and (${after}::text is null or s.id < ${after})
     order by s.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (s) => s.id);
    return {
      items: items.map((s) => ({
        ...{ id: s.id, projectId: s.project_id, party: { id: s.party_id, name: s.party_name } },
        ...{ title: s.title, summary: s.summary, state: s.state, proposedAt: s.proposed_at.toISOString() },
        templatesHash: s.templates_hash,
        templates: s.templates.map((t) => ({ ...t, columns: t.columns.map(asAnswerColumn) })),
        reviews: s.reviews.map(({ id, name, ...said }) => ({ party: { id, name }, ...said })),
        ...{ resourceId: s.resource_id, calls: s.calls, newer: [...s.newer] },
        revision: s.revision && { number: s.revision.number, at: new Date(s.revision.at).toISOString() },
      })),
      nextCursor,
    };
  },
});

const offered = read({
  path: '/query-services/:productId',
  title: text('查询服务的模板', 'Templates of a query service'),
  by: anyone(),
  params: z.object({ productId: z.string().max(60) }),
  query: z.object({}),
  /** Null: no product of a sandbox service, or one never on the market. */
  output: z.object({
    templates: z.array(Offered).nullable(),
    revision: Revision.nullable(),
    /** Who asks is a buyer that was told of people from older data, and stays with them since then (HS-22.44). */
    keptSince: z.iso.datetime().nullable(),
  }),
  run: async ({ db, actor, params }) => {
    const service = await serviceOfProduct(db, params.productId);
    const { rows } = await sql`select 1 from product where id = ${params.productId}
      and state in ('listed', 'suspended')`.execute(db);
    if (!service || rows.length === 0) return { templates: null, revision: null, keptSince: null };
    const revision = await revisionOf(db, service.id);
    const buyerId = actor.partyId;
    const kept = buyerId === null ? undefined : await keptSince(db, { serviceId: service.id, buyerId });
    return {
      keptSince: kept?.toISOString() ?? null,
      revision: revision ? { number: revision.revision, at: revision.at.toISOString() } : null,
      templates: service.templates.map(({ name, title, parameters, columns }) => ({
        ...{ name, title, parameters },
        columns: columns.map(asAnswerColumn),
      })),
    };
  },
});

export const serviceReads: readonly Read[] = [services, offered];
