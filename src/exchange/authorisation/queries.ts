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
} from '../../kernel/acts/index.ts';
import { seesCase } from '../../kernel/cases/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { partiesById } from '../parties/index.ts';
import {
  AgreementId,
  type Announcement,
  AnnouncementId,
  ApplicationId,
  CLAUSE_TITLES,
  CLAUSES,
  Criterion,
  MODE_TITLES,
  MODES,
  RowFilter,
  ScenarioId,
} from './model.ts';
import { operation } from './procedure.ts';

const Party = z.object({ id: z.string(), name: z.string() });
const stateTitle = (state: string): Text =>
  operation.states[state as keyof typeof operation.states]?.title ?? text(state, state);

async function namesOf(q: Queryable, ids: readonly string[]): Promise<(id: string) => z.infer<typeof Party>> {
  const names = await partiesById(q, [...new Set(ids)]);
  return (id) => ({ id, name: names.get(id)?.name ?? '' });
}

const AnnouncementItem = z.object({
  id: AnnouncementId,
  title: z.string(),
  mode: z.enum(MODES),
  modeTitle: TextSchema,
  authoriser: Party,
  publishedAt: z.iso.datetime(),
  applyUntil: z.iso.datetime(),
  open: z.boolean(),
  resources: z.number().int(),
});

const announcementShown = (a: Announcement, name: (id: string) => z.infer<typeof Party>, at: Date) => ({
  id: a.id,
  title: a.title,
  mode: a.mode,
  modeTitle: MODE_TITLES[a.mode],
  authoriser: name(a.authoriser_id),
  publishedAt: a.published_at.toISOString(),
  applyUntil: a.apply_until.toISOString(),
  open: a.apply_until > at,
  resources: a.resource_ids.length,
});

const announcements = read({
  path: '/announcements',
  title: text('授权运营公告', 'Announcements of authorised operation'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ open: z.enum(['true', 'false']).optional() }),
  output: pageOf(AnnouncementItem),
  run: async ({ db, query, at }) => {
    let rows = db.selectFrom('operation_announcement').selectAll();
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('id', '<', after);
    if (query.open === 'true') rows = rows.where('apply_until', '>', at);
    if (query.open === 'false') rows = rows.where('apply_until', '<=', at);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (a) => a.id);
    const name = await namesOf(
      db,
      items.map((a) => a.authoriser_id),
    );
    return { items: items.map((a) => announcementShown(a, name, at)), nextCursor };
  },
});

const announcement = read({
  path: '/announcements/:announcementId',
  title: text('授权运营公告详情', 'Announcement of authorised operation'),
  by: anyone(),
  params: z.object({ announcementId: AnnouncementId }),
  query: z.object({}),
  output: AnnouncementItem.extend({
    scope: z.string(),
    conditions: z.string(),
    requirements: z.string(),
    criteria: z.array(Criterion),
    passScore: z.number(),
    authority: Party,
    resourceList: z.array(z.object({ id: z.string(), title: z.string() })),
  }),
  run: async ({ db, params, at }) => {
    const a = await db
      .selectFrom('operation_announcement')
      .selectAll()
      .where('id', '=', params.announcementId)
      .executeTakeFirst();
    if (!a) throw notFound();
    const name = await namesOf(db, [a.authoriser_id, a.authority_id]);
    const resources = await db
      .selectFrom('resource')
      .select(['id', 'title'])
      .where('id', 'in', a.resource_ids)
      .orderBy('title')
      .execute();
    return {
      ...announcementShown(a, name, at),
      scope: a.scope,
      conditions: a.conditions,
      requirements: a.requirements,
      criteria: [...a.criteria],
      passScore: a.pass_score,
      authority: name(a.authority_id),
      resourceList: resources,
    };
  },
});

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

const applicationShown = (r: ApplicationRow, name: (id: string) => z.infer<typeof Party>) => ({
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

const AgreementDetail = z.object({
  id: AgreementId,
  applicationId: z.string(),
  caseId: z.string(),
  mode: z.enum(MODES),
  modeTitle: TextSchema,
  authoriser: Party,
  operator: Party,
  state: z.string(),
  stateTitle: TextSchema,
  clauses: z.array(z.object({ name: z.string(), title: TextSchema, words: TextSchema })),
  clausesHash: z.string(),
  validFrom: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  signedByAuthoriserAt: z.iso.datetime().nullable(),
  signedByOperatorAt: z.iso.datetime().nullable(),
  filingNumber: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedReason: z.string().nullable(),
  resources: z.array(z.object({ id: z.string(), title: z.string() })),
  evaluations: z.array(
    z.object({
      id: z.string(),
      passed: z.boolean(),
      findings: z.string(),
      at: z.iso.datetime(),
      correction: z.string().nullable(),
    }),
  ),
  reports: z.array(
    z.object({
      id: z.string(),
      summary: z.string(),
      incidents: z.number(),
      trainings: z.number(),
      drills: z.number(),
      at: z.iso.datetime(),
    }),
  ),
});

const agreement = read({
  path: '/agreements/:agreementId',
  title: text('授权运营协议', 'Operation agreement'),
  by: signedIn(),
  params: z.object({ agreementId: AgreementId }),
  query: z.object({}),
  output: AgreementDetail,
  run: async ({ db, actor, params }) => {
    const g = await db
      .selectFrom('operation_agreement as g')
      .innerJoin('case_file as c', 'c.id', 'g.case_id')
      .selectAll('g')
      .select('c.state')
      .where('g.id', '=', params.agreementId)
      .executeTakeFirst();
    if (!g || !(await seesCase(db, actor, g.case_id))) throw notFound();
    const name = await namesOf(db, [g.authoriser_id, g.operator_id]);
    const evaluations = await db
      .selectFrom('operation_evaluation')
      .selectAll()
      .where('agreement_id', '=', g.id)
      .orderBy('id')
      .execute();
    const reports = await db
      .selectFrom('security_report')
      .selectAll()
      .where('agreement_id', '=', g.id)
      .orderBy('id')
      .execute();
    const resources = await db
      .selectFrom('resource')
      .select(['id', 'title'])
      .where('id', 'in', g.resource_ids)
      .orderBy('title')
      .execute();
    return {
      id: g.id,
      applicationId: g.application_id,
      caseId: g.case_id,
      mode: g.mode,
      modeTitle: MODE_TITLES[g.mode],
      authoriser: name(g.authoriser_id),
      operator: name(g.operator_id),
      state: g.state,
      stateTitle: stateTitle(g.state),
      clauses: CLAUSES.map((c) => ({ name: c, title: CLAUSE_TITLES[c], words: g.clauses[c] })),
      clausesHash: g.clauses_hash,
      validFrom: g.valid_from.toISOString(),
      validUntil: g.valid_until.toISOString(),
      signedByAuthoriserAt: g.authoriser_signed_at?.toISOString() ?? null,
      signedByOperatorAt: g.operator_signed_at?.toISOString() ?? null,
      filingNumber: g.filing_number,
      endedAt: g.ended_at?.toISOString() ?? null,
      endedReason: g.ended_reason,
      resources,
      evaluations: evaluations.map((e) => ({
        id: e.id,
        passed: e.passed,
        findings: e.findings,
        at: e.evaluated_at.toISOString(),
        correction: e.correction,
      })),
      reports: reports.map((r) => ({
        id: r.id,
        summary: r.summary,
        incidents: r.incidents,
        trainings: r.trainings,
        drills: r.drills,
        at: r.reported_at.toISOString(),
      })),
    };
  },
});

const ScenarioItem = z.object({
  id: ScenarioId,
  caseId: z.string(),
  agreementId: z.string(),
  title: z.string(),
  operator: Party,
  resource: z.object({ id: z.string(), title: z.string() }),
  scenario: z.string(),
  feasibility: z.string(),
  value: z.string(),
  purpose: z.string(),
  columns: z.array(z.string()),
  rowFilter: z.array(RowFilter),
  validUntil: z.iso.datetime(),
  rowsMax: z.number().nullable(),
  usesMax: z.number().nullable(),
  state: z.string(),
  approvals: z.array(Party),
  reason: z.string().nullable(),
  /** The right to use that it gave: living, suspended or ended. */
  right: z.object({ id: z.string(), state: z.enum(['live', 'suspended', 'ended']) }).nullable(),
});

const scenarios = read({
  path: '/scenarios',
  title: text('数据申请', 'Applications for data'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ agreement: AgreementId.optional(), id: ScenarioId.optional() }),
  output: pageOf(ScenarioItem),
  run: async ({ db, actor, query, at }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<ScenarioRow>`select s.*, c.state, r.title as resource, a.id as right_id, a.revoked_at,
        a.suspended_at, a.valid_until as right_until
      from data_scenario s join case_file c on c.id = s.case_id join resource r on r.id = s.resource_id
      left join resource_authorisation a on a.scenario_id = s.id
     where (${after}::text is null or s.id < ${after})
       and (${query.agreement ?? null}::text is null or s.agreement_id = ${query.agreement ?? null})
       and (${query.id ?? null}::text is null or s.id = ${query.id ?? null})
       and exists (select from case_part p where p.case_id = s.case_id and p.party_id = ${actor.partyId})
     order by s.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (s) => s.id);
    const name = await namesOf(
      db,
      items.flatMap((s) => [s.operator_id, ...s.approvals]),
    );
    return { items: items.map((s) => scenarioShown(s, name, at)), nextCursor };
  },
});

interface ScenarioRow {
  readonly id: string;
  readonly case_id: string;
  readonly agreement_id: string;
  readonly operator_id: string;
  readonly resource_id: string;
  readonly resource: string;
  readonly title: string;
  readonly scenario: string;
  readonly feasibility: string;
  readonly value: string;
  readonly purpose: string;
  readonly columns: string[];
  readonly row_filter: z.infer<typeof RowFilter>[];
  readonly valid_until: Date;
  readonly rows_max: number | null;
  readonly uses_max: number | null;
  readonly approvals: string[];
  readonly state: string;
  readonly reason: string | null;
  readonly right_id: string | null;
  readonly revoked_at: Date | null;
  readonly suspended_at: Date | null;
  readonly right_until: Date | null;
}

function scenarioShown(
  s: ScenarioRow,
  name: (id: string) => z.infer<typeof Party>,
  at: Date,
): z.input<typeof ScenarioItem> {
  const over = s.revoked_at !== null || (s.right_until !== null && s.right_until <= at);
  return {
    id: s.id,
    caseId: s.case_id,
    agreementId: s.agreement_id,
    title: s.title,
    operator: name(s.operator_id),
    resource: { id: s.resource_id, title: s.resource },
    scenario: s.scenario,
    feasibility: s.feasibility,
    value: s.value,
    purpose: s.purpose,
    columns: s.columns,
    rowFilter: s.row_filter,
    validUntil: s.valid_until.toISOString(),
    rowsMax: s.rows_max,
    usesMax: s.uses_max,
    state: s.state,
    approvals: s.approvals.map(name),
    reason: s.reason,
    right:
      s.right_id === null ? null : { id: s.right_id, state: over ? 'ended' : s.suspended_at ? 'suspended' : 'live' },
  };
}

/** 运营单位名单: public, as it is filed with the government. */
const operatingUnits = read({
  path: '/operating-units',
  title: text('运营单位名单', 'Operating units'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: z.string(),
      operator: Party,
      authoriser: Party,
      modeTitle: TextSchema,
      stateTitle: TextSchema,
      validFrom: z.iso.datetime(),
      validUntil: z.iso.datetime(),
      filingNumber: z.string().nullable(),
    }),
  ),
  run: async ({ db, query }) => {
    let rows = db
      .selectFrom('operation_agreement as g')
      .innerJoin('case_file as c', 'c.id', 'g.case_id')
      .selectAll('g')
      .select('c.state')
      .where('g.operator_signed_at', 'is not', null)
      .where('g.authoriser_signed_at', 'is not', null);
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('g.id', '<', after);
    const found = await rows
      .orderBy('g.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (g) => g.id);
    const name = await namesOf(
      db,
      items.flatMap((g) => [g.operator_id, g.authoriser_id]),
    );
    return {
      items: items.map((g) => ({
        id: g.id,
        operator: name(g.operator_id),
        authoriser: name(g.authoriser_id),
        modeTitle: MODE_TITLES[g.mode],
        stateTitle: stateTitle(g.state),
        validFrom: g.valid_from.toISOString(),
        validUntil: g.valid_until.toISOString(),
        filingNumber: g.filing_number,
      })),
      nextCursor,
    };
  },
});

export const reads: readonly Read[] = [
  announcements,
  announcement,
  applications,
  application,
  agreement,
  scenarios,
  operatingUnits,
];
