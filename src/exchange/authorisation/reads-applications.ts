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
import { seesCase } from '../../kernel/cases/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { CONCERNED_TITLES, tiesOfExperts } from './experts.ts';
import { type Announcement, AnnouncementId, ApplicationId, Criterion } from './model.ts';
import { inCase, type NameOf, namesOf, Party, sideOfCase, stateTitle } from './reads-shared.ts';

/** Whoever authorises sees the applications to it; whoever applied, the own. */
const ApplicationItem = z.object({
  id: ApplicationId,
  caseId: z.string(),
  announcement: z.object({ id: z.string(), title: z.string() }),
  applicant: Party,
  state: z.string(),
  stateTitle: TextSchema,
  appliedAt: z.iso.datetime(),
  /** When whoever must act next must have acted. */
  dueAt: z.iso.datetime().nullable(),
  averageScore: z.number().nullable(),
  agreementId: z.string().nullable(),
});

interface ApplicationRow {
  readonly id: string;
  readonly case_id: string;
  readonly announcement_id: string;
  readonly announcement: string;
  readonly party_id: string;
  readonly state: string;
  readonly applied_at: Date;
  readonly due_at: Date | null;
  readonly average_score: string | null;
  readonly agreement_id: string | null;
}

const APPLICATIONS = sql`select a.id, a.case_id, a.announcement_id, n.title as announcement, a.party_id, c.state, a.applied_at, c.due_at,
    a.average_score, g.id as agreement_id
  from operation_application a join operation_announcement n on n.id = a.announcement_id
  join case_file c on c.id = a.case_id left join operation_agreement g on g.application_id = a.id`;

const applicationShown = (r: ApplicationRow, name: NameOf) => ({
  id: r.id,
  caseId: r.case_id,
  announcement: { id: r.announcement_id, title: r.announcement },
  applicant: name(r.party_id),
  state: r.state,
  stateTitle: stateTitle(r.state),
  appliedAt: r.applied_at.toISOString(),
  dueAt: r.due_at?.toISOString() ?? null,
  averageScore: r.average_score === null ? null : Number(r.average_score),
  agreementId: r.agreement_id,
});

const applications = read({
  path: '/applications',
  title: text('授权运营申请', 'Applications to operate'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ announcement: AnnouncementId.optional() }),
  output: pageOf(ApplicationItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<ApplicationRow>`${APPLICATIONS}
      where (${after}::text is null or a.id < ${after})
        and (${query.announcement ?? null}::text is null or a.announcement_id = ${query.announcement ?? null})
        and ${inCase(actor, 'a.case_id')}
      order by a.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const name = await namesOf(
      db,
      items.map((r) => r.party_id),
    );
    return { items: items.map((r) => applicationShown(r, name)), nextCursor };
  },
});

const application = read({
  path: '/applications/:applicationId',
  title: text('授权运营申请详情', 'Application to operate'),
  by: signedIn(),
  params: z.object({ applicationId: ApplicationId }),
  query: z.object({}),
  output: ApplicationItem.extend({
    statement: z.string(),
    reason: z.string().nullable(),
    criteria: z.array(Criterion),
    passScore: z.number(),
    /** Each expert's score sheet; the applicant sees the average only. */
    scores: z
      .array(z.object({ expert: Party, points: z.array(z.number()), total: z.number(), opinion: z.string() }))
      .nullable(),
    /** Whom the reader's own party is tied to, so that it must not score. */
    tiedTo: TextSchema.nullable(),
  }),
  run: async ({ db, actor, params }) => {
    const { rows } = await sql<
      ApplicationRow & {
        statement: string;
        decision_reason: string | null;
        pass_score: number;
        criteria: z.infer<typeof Criterion>[];
        authoriser_id: string;
        authority_id: string;
        resource_ids: string[];
      }
    >`
      select x.*, a.statement, a.decision_reason, n.pass_score, n.criteria, n.authoriser_id, n.authority_id, n.resource_ids
        from (${APPLICATIONS}) x
        join operation_application a on a.id = x.id join operation_announcement n on n.id = a.announcement_id
       where x.id = ${params.applicationId}`.execute(db);
    const [row] = rows;
    if (!row || !(await seesCase(db, actor, row.case_id))) throw notFound();
    const scores = await db
      .selectFrom('expert_score')
      .selectAll()
      .where('application_id', '=', row.id)
      .orderBy('party_id')
      .execute();
    const name = await namesOf(db, [row.party_id, ...scores.map((s) => s.party_id)]);
    const mine = (partyId: string) => actor.roles.includes('expert') && partyId === actor.partyId;
    // An expert sees the own sheet, so that nobody scores after another; the applicant sees none.
    const visible =
      row.party_id === actor.partyId ? null : scores.filter((s) => !actor.roles.includes('expert') || mine(s.party_id));
    const expertId = actor.roles.includes('expert') ? actor.partyId : null;
    const tied = expertId ? (await tiesOfExperts(db, row, row.party_id, [expertId])).get(expertId) : undefined;
    return {
      ...applicationShown(row, name),
      statement: row.statement,
      reason: row.decision_reason,
      criteria: row.criteria,
      passScore: row.pass_score,
      scores:
        visible?.map((s) => ({
          expert: name(s.party_id),
          points: s.points,
          total: Number(s.total),
          opinion: s.opinion,
        })) ?? null,
      tiedTo: tied ? CONCERNED_TITLES[tied] : null,
    };
  },
});

/** Whom the authorising unit may name: who is tied to those concerned is shown as such, and is refused. */
const experts = read({
  path: '/applications/:applicationId/experts',
  title: text('可指定的评审专家', 'Experts who may be named'),
  by: role('data-authority', 'data-provider', 'regulator'),
  params: z.object({ applicationId: ApplicationId }),
  query: PageQuery,
  output: pageOf(Party.extend({ tiedTo: TextSchema.nullable() })),
  run: async ({ db, actor, params, query }) => {
    const found = await sql<
      Pick<Announcement, 'authoriser_id' | 'authority_id' | 'resource_ids'> & { party_id: string }
    >`
      select a.party_id, n.authoriser_id, n.authority_id, n.resource_ids from operation_application a
        join operation_announcement n on n.id = a.announcement_id
       where a.id = ${params.applicationId} and ${sideOfCase(actor, 'a.case_id')}`.execute(db);
    const [application] = found.rows;
    if (!application || application.party_id === actor.partyId) throw notFound();
    const rows = await db
      .selectFrom('party')
      .select(['id', 'name'])
      .where('state', '=', 'admitted')
      .where((e) => e(e.val('expert'), '=', e.fn.any('roles')))
      .where('id', '>', afterOf(query.cursor) ?? '')
      .orderBy('id')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (p) => p.id);
    const ids = items.map((p) => p.id);
    const ties = await tiesOfExperts(db, application, application.party_id, ids);
    return {
      items: items.map((p) => {
        const tied = ties.get(p.id);
        return { ...p, tiedTo: tied ? CONCERNED_TITLES[tied] : null };
      }),
      nextCursor,
    };
  },
});

export const applicationReads: readonly Read[] = [applications, application, experts];
