import { sql } from 'kysely';
import { z } from 'zod';
import {
  afterOf,
  anyone,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../../../kernel/acts/index.ts';
import { countsOfDay } from './acts.ts';
import { OpeningApplicationId } from './model.ts';
import { openingApplication } from './procedure.ts';

const Party = z.object({ id: z.string(), name: z.string() });
const Application = z.object({
  id: OpeningApplicationId,
  caseId: z.string(),
  resource: z.object({ id: z.string(), title: z.string() }),
  applicant: Party,
  provider: Party,
  purpose: z.string(),
  statement: z.string(),
  until: z.string(),
  state: z.string(),
  stateTitle: z.object({ zh: z.string(), en: z.string() }),
  appliedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  /** The right lives: the data can be downloaded. */
  living: z.boolean(),
  columns: z.array(z.string()),
  downloads: z.number(),
  version: z.number(),
});

interface Row {
  id: string;
  case_id: string;
  resource_id: string;
  title: string;
  applicant_id: string;
  applicant: string;
  provider_id: string;
  provider: string;
  purpose: string;
  statement: string;
  until: string;
  state: string;
  version: number;
  due_at: Date | null;
  applied_at: Date;
  decided_at: Date | null;
  reason: string | null;
  revoked: boolean;
  living: boolean;
  columns: string[] | null;
  uses: number | null;
}

const ROWS = sql`select a.id, a.case_id, a.resource_id, r.title, a.applicant_id, p.name as applicant, r.holder_id as provider_id,
    h.name as provider, a.purpose, a.statement, a.until::text as until, c.state, c.version, c.due_at, a.applied_at,
    a.decided_at, a.reason, u.revoked_at is not null as revoked, u.columns, u.uses,
    coalesce(u.revoked_at is null and u.suspended_at is null and u.valid_until > now(), false) as living
  from opening_application a join case_file c on c.id = a.case_id join resource r on r.id = a.resource_id
  join party p on p.id = a.applicant_id join party h on h.id = r.holder_id
  left join resource_authorisation u on u.id = a.authorisation_id`;

const titleOf = (state: string) =>
  (openingApplication.states as Record<string, { title: { zh: string; en: string } }>)[state]?.title ?? {
    zh: state,
    en: state,
  };

const shown = (r: Row): z.input<typeof Application> => ({
  id: r.id,
  caseId: r.case_id,
  resource: { id: r.resource_id, title: r.title },
  applicant: { id: r.applicant_id, name: r.applicant },
  provider: { id: r.provider_id, name: r.provider },
  purpose: r.purpose,
  statement: r.statement,
  until: r.until,
  state: r.revoked ? 'ended' : r.state,
  stateTitle: r.revoked ? { zh: '已终止', en: 'ended' } : titleOf(r.state),
  appliedAt: r.applied_at.toISOString(),
  dueAt: r.due_at?.toISOString() ?? null,
  decidedAt: r.decided_at?.toISOString() ?? null,
  reason: r.reason,
  living: r.living,
  columns: r.columns ?? [],
  downloads: r.uses ?? 0,
  version: r.version,
});

const list = read({
  path: '/openings',
  title: { zh: '开放申请', en: 'Applications for opening' },
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({
    /** Made by my party, or to be decided by it; both without it. */
    part: z.enum(['applicant', 'provider']).optional(),
    resourceId: z.string().max(40).optional(),
  }),
  output: pageOf(Application),
  run: async ({ db, actor, query }) => {
    const self = actor.partyId ?? '';
    const mine = {
      applicant: sql`a.applicant_id = ${self}`,
      provider: sql`r.holder_id = ${self}`,
      both: sql`(a.applicant_id = ${self} or r.holder_id = ${self})`,
    }[query.part ?? 'both'];
    const { rows } = await sql<Row>`${ROWS} where ${mine}
      and (${query.resourceId ?? null}::text is null or a.resource_id = ${query.resourceId ?? null})
      and (${afterOf(query.cursor) ?? null}::text is null or a.id < ${afterOf(query.cursor) ?? null})
      order by a.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return { items: items.map(shown), nextCursor };
  },
});

const one = read({
  path: '/openings/:applicationId',
  title: { zh: '开放申请详情', en: 'An application for opening' },
  by: signedIn(),
  params: z.object({ applicationId: OpeningApplicationId }),
  query: z.object({}),
  output: Application,
  run: async ({ db, actor, params }) => {
    const { rows } = await sql<Row>`${ROWS} where a.id = ${params.applicationId}`.execute(db);
    const [row] = rows;
    const sees = row && (row.applicant_id === actor.partyId || row.provider_id === actor.partyId);
    if (!row || (!sees && !actor.roles.some((r) => r === 'regulator' || r === 'data-authority'))) throw notFound();
    return shown(row);
  },
});

/** A day there is: the database knows no year 0. */
const DayOf = z.iso.date().refine((day) => day >= '0001-01-01', 'no such day');

const days = read({
  path: '/opening-days',
  title: { zh: '开放下载日结', en: 'Days of open downloads' },
  by: anyone(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      day: z.string(),
      receiptSubject: z.string(),
      downloads: z.number(),
      bytes: z.number(),
      resources: z.number(),
      /** SHA-256 over the canonical JSON of `{day, counts}` as `/opening-days/:day` gives them. */
      digest: z.string(),
    }),
  ),
  run: async ({ db, query }) => {
    const after = DayOf.safeParse(afterOf(query.cursor)).data ?? '9999-12-31';
    const { rows } = await sql<{
      day: string;
      receiptSubject: string;
      downloads: number;
      bytes: number;
      resources: number;
      digest: string;
    }>`select day::text as day, id as "receiptSubject", downloads::int as downloads, bytes::float8 as bytes, resources, digest
      from opening_day where day < ${after}::date order by day desc limit ${query.limit + 1}`.execute(db);
    return page(rows, query.limit, (r) => r.day);
  },
});

const day = read({
  path: '/opening-days/:day',
  title: { zh: '一日的开放下载', en: 'Open downloads of a day' },
  by: anyone(),
  params: z.object({ day: DayOf }),
  query: z.object({}),
  output: z.object({
    day: z.string(),
    digest: z.string(),
    counts: z.array(z.object({ resource: z.string(), format: z.string(), downloads: z.number(), bytes: z.number() })),
  }),
  run: async ({ db, params }) => {
    const closed = await db.selectFrom('opening_day').select('digest').where('day', '=', params.day).executeTakeFirst();
    if (!closed) throw notFound();
    const counts = await countsOfDay(db, params.day);
    return { day: params.day, digest: closed.digest, counts: counts.map((c) => ({ ...c })) };
  },
});

export const openingReads: readonly Read[] = [list, one, days, day];
