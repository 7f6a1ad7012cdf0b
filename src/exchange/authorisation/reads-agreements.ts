import { z } from 'zod';
import {
  type Actor,
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
import type { Queryable } from '../../kernel/database/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { PartyId } from '../parties/index.ts';
import { type Agreement, AgreementId, CLAUSE_TITLES, CLAUSES, MODE_TITLES, MODES } from './model.ts';
import { type NameOf, namesOf, Party, sideOfCase, stateTitle } from './reads-shared.ts';

const AgreementItem = z.object({
  id: AgreementId,
  applicationId: z.string(),
  caseId: z.string(),
  title: z.string(),
  mode: z.enum(MODES),
  modeTitle: TextSchema,
  authoriser: Party,
  operator: Party,
  state: z.string(),
  stateTitle: TextSchema,
  dueAt: z.iso.datetime().nullable(),
  validFrom: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  filingNumber: z.string().nullable(),
});

const AgreementDetail = AgreementItem.extend({
  authority: Party,
  clauses: z.array(z.object({ name: z.string(), title: TextSchema, words: TextSchema })),
  clausesHash: z.string(),
  /** The hash is SHA-256 of this, a line feed and the clauses as canonical JSON (RFC 8785). */
  clausesSalt: z.string(),
  draftedAt: z.iso.datetime(),
  signedByAuthoriserAt: z.iso.datetime().nullable(),
  signedByOperatorAt: z.iso.datetime().nullable(),
  filedAt: z.iso.datetime().nullable(),
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

const agreementsWithState = (db: Queryable) =>
  db
    .selectFrom('operation_agreement as g')
    .innerJoin('case_file as c', 'c.id', 'g.case_id')
    .innerJoin('operation_application as a', 'a.id', 'g.application_id')
    .innerJoin('operation_announcement as n', 'n.id', 'a.announcement_id')
    .selectAll('g')
    .select(['c.state', 'c.due_at', 'n.title', 'n.authority_id']);

const agreementsSeen = (db: Queryable, actor: Actor) => agreementsWithState(db).where(sideOfCase(actor, 'g.case_id'));

interface AgreementRow extends Agreement {
  readonly state: string;
  readonly due_at: Date | null;
  readonly title: string;
}

const agreementShown = (g: AgreementRow, name: NameOf): z.input<typeof AgreementItem> => ({
  id: g.id,
  applicationId: g.application_id,
  caseId: g.case_id,
  title: g.title,
  mode: g.mode,
  modeTitle: MODE_TITLES[g.mode],
  authoriser: name(g.authoriser_id),
  operator: name(g.operator_id),
  state: g.state,
  stateTitle: stateTitle(g.state),
  dueAt: g.due_at?.toISOString() ?? null,
  validFrom: g.valid_from.toISOString(),
  validUntil: g.valid_until.toISOString(),
  filingNumber: g.filing_number,
});

/** Those to whose sides the reader belongs; supervisors see all. */
const agreements = read({
  path: '/agreements',
  title: text('授权运营协议列表', 'Operation agreements'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ state: z.string().max(40).optional() }),
  output: pageOf(AgreementItem),
  run: async ({ db, actor, query }) => {
    let rows = agreementsSeen(db, actor);
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('g.id', '<', after);
    if (query.state) rows = rows.where('c.state', '=', query.state);
    const found = await rows
      .orderBy('g.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (g) => g.id);
    const name = await namesOf(
      db,
      items.flatMap((g) => [g.operator_id, g.authoriser_id]),
    );
    return { items: items.map((g) => agreementShown(g, name)), nextCursor };
  },
});

const agreement = read({
  path: '/agreements/:agreementId',
  title: text('授权运营协议', 'Operation agreement'),
  by: signedIn(),
  params: z.object({ agreementId: AgreementId }),
  query: z.object({}),
  output: AgreementDetail,
  run: async ({ db, actor, params }) => {
    const g = await agreementsSeen(db, actor).where('g.id', '=', params.agreementId).executeTakeFirst();
    if (!g) throw notFound();
    const name = await namesOf(db, [g.authoriser_id, g.operator_id, g.authority_id]);
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
      ...agreementShown(g, name),
      authority: name(g.authority_id),
      clauses: CLAUSES.map((c) => ({ name: c, title: CLAUSE_TITLES[c], words: g.clauses[c] })),
      clausesHash: g.clauses_hash,
      clausesSalt: g.clauses_salt,
      draftedAt: g.drafted_at.toISOString(),
      signedByAuthoriserAt: g.authoriser_signed_at?.toISOString() ?? null,
      signedByOperatorAt: g.operator_signed_at?.toISOString() ?? null,
      filedAt: g.filed_at?.toISOString() ?? null,
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

/** 运营单位名单: public, as it is filed with the government. */
const operatingUnits = read({
  path: '/operating-units',
  title: text('运营单位名单', 'Operating units'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ operator: PartyId.optional() }),
  output: pageOf(
    z.object({
      id: z.string(),
      operator: Party,
      authoriser: Party,
      title: z.string(),
      modeTitle: TextSchema,
      state: z.string(),
      stateTitle: TextSchema,
      validFrom: z.iso.datetime(),
      validUntil: z.iso.datetime(),
      filingNumber: z.string().nullable(),
    }),
  ),
  run: async ({ db, query }) => {
    let rows = agreementsWithState(db)
      .where('g.operator_signed_at', 'is not', null)
      .where('g.authoriser_signed_at', 'is not', null);
    if (query.operator) rows = rows.where('g.operator_id', '=', query.operator);
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
        title: g.title,
        modeTitle: MODE_TITLES[g.mode],
        state: g.state,
        stateTitle: stateTitle(g.state),
        validFrom: g.valid_from.toISOString(),
        validUntil: g.valid_until.toISOString(),
        filingNumber: g.filing_number,
      })),
      nextCursor,
    };
  },
});

export const agreementReads: readonly Read[] = [agreements, agreement, operatingUnits];
