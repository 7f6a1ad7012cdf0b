import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, notFound, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { seesCase } from '../../kernel/cases/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { ApplicationId, Criterion } from './model.ts';
import { type NameOf, namesOf, Party, stateTitle } from './reads-shared.ts';

/** Whoever authorises sees the applications to it; whoever applied, the own. */
const ApplicationItem = z.object({
  id: ApplicationId,
  caseId: z.string(),
  announcement: z.object({ id: z.string(), title: z.string() }),
  applicant: Party,
  state: z.string(),
  stateTitle: TextSchema,
  appliedAt: z.iso.datetime(),
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
  readonly average_score: string | null;
  readonly agreement_id: string | null;
}

const APPLICATIONS = sql`select a.id, a.case_id, a.announcement_id, n.title as announcement, a.party_id, c.state, a.applied_at,
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
  averageScore: r.average_score === null ? null : Number(r.average_score),
  agreementId: r.agreement_id,
});

const applications = read({
  path: '/applications',
  title: text('授权运营申请', 'Applications to operate'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(ApplicationItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<ApplicationRow>`${APPLICATIONS}
      where (${after}::text is null or a.id < ${after})
        and exists (select from case_part p where p.case_id = a.case_id and p.party_id = ${actor.partyId})
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
  }),
  run: async ({ db, actor, params }) => {
    const { rows } = await sql<
      ApplicationRow & {
        statement: string;
        decision_reason: string | null;
        pass_score: number;
        criteria: z.infer<typeof Criterion>[];
      }
    >`
      select x.*, a.statement, a.decision_reason, n.pass_score, n.criteria from (${APPLICATIONS}) x
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
    };
  },
});

export const applicationReads: readonly Read[] = [applications, application];
