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
import { TextSchema, text } from '../../kernel/text.ts';
import { AgreementId } from './model.ts';
import { DUTIES, EntrustmentId, NORM_TITLES, NORMS } from './model-duties.ts';
import { namesOf, Party, sideOfCase } from './reads-shared.ts';

/** 运营职责: what comes back each year, when it is due, and what was done. */
const duties = read({
  path: '/agreements/:agreementId/duties',
  title: text('运营期间的职责', 'Duties while operating'),
  by: signedIn(),
  params: z.object({ agreementId: AgreementId }),
  query: z.object({}),
  output: z.object({
    duties: z.array(
      z.object({ kind: z.enum(DUTIES), caseId: z.string(), state: z.string(), dueAt: z.iso.datetime().nullable() }),
    ),
    trainings: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['training', 'drill']),
        heldOn: z.iso.date(),
        topic: z.string(),
        participants: z.number(),
        recordedBy: Party,
      }),
    ),
    inspections: z.array(
      z.object({
        id: z.string(),
        accepted: z.boolean(),
        standardsFollowed: z.boolean(),
        findings: z.string(),
        inspectedBy: Party,
        at: z.iso.datetime(),
      }),
    ),
  }),
  run: async ({ db, actor, params }) => {
    const agreement = await db
      .selectFrom('operation_agreement')
      .select('id')
      .where('id', '=', params.agreementId)
      .where(sideOfCase(actor, 'operation_agreement.case_id'))
      .executeTakeFirst();
    if (!agreement) throw notFound();
    const due = await db
      .selectFrom('operation_duty as d')
      .innerJoin('case_file as c', 'c.id', 'd.case_id')
      .select(['d.kind', 'd.case_id', 'c.state', 'c.due_at'])
      .where('d.agreement_id', '=', agreement.id)
      .orderBy('d.kind')
      .execute();
    const trainings = await db
      .selectFrom('security_training')
      .selectAll()
      .where('agreement_id', '=', agreement.id)
      .orderBy('id', 'desc')
      .limit(SHOWN_MAX)
      .execute();
    const inspections = await db
      .selectFrom('operation_inspection')
      .selectAll()
      .where('agreement_id', '=', agreement.id)
      .orderBy('id', 'desc')
      .limit(SHOWN_MAX)
      .execute();
    const name = await namesOf(db, [...trainings.map((t) => t.recorded_by), ...inspections.map((i) => i.inspected_by)]);
    return {
      duties: due.map((d) => ({
        kind: d.kind,
        caseId: d.case_id,
        state: d.state,
        dueAt: d.due_at?.toISOString() ?? null,
      })),
      trainings: trainings.map((t) => ({
        id: t.id,
        kind: t.kind,
        heldOn: t.held_on,
        topic: t.topic,
        participants: t.participants,
        recordedBy: name(t.recorded_by),
      })),
      inspections: inspections.map((i) => ({
        id: i.id,
        accepted: i.accepted,
        standardsFollowed: i.standards_followed,
        findings: i.findings,
        inspectedBy: name(i.inspected_by),
        at: i.inspected_at.toISOString(),
      })),
    };
  },
});

/** The newest of each; older ones are in the work log. */
const SHOWN_MAX = 100;

/** 安全规范: of each kind the newest, open to everybody. */
const norms = read({
  path: '/security-norms',
  title: text('安全规范', 'Security norms'),
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(NORMS),
        kindTitle: TextSchema,
        title: z.string(),
        body: z.string(),
        publishedBy: Party,
        publishedAt: z.iso.datetime(),
      }),
    ),
    /** Kinds that nobody published yet. */
    missing: z.array(z.enum(NORMS)),
  }),
  run: async ({ db }) => {
    const rows = await db
      .selectFrom('security_norm')
      .selectAll()
      .distinctOn('kind')
      .orderBy('kind')
      .orderBy('id', 'desc')
      .execute();
    const name = await namesOf(
      db,
      rows.map((r) => r.published_by),
    );
    return {
      items: rows.map((r) => ({
        id: r.id,
        kind: r.kind,
        kindTitle: NORM_TITLES[r.kind],
        title: r.title,
        body: r.body,
        publishedBy: name(r.published_by),
        publishedAt: r.published_at.toISOString(),
      })),
      missing: NORMS.filter((n) => !rows.some((r) => r.kind === n)),
    };
  },
});

/** 委托运维记录: public, since whoever maintains the platform may not operate on it. */
const entrustments = read({
  path: '/maintenance-entrustments',
  title: text('平台运维委托', 'Entrustments of maintenance'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: EntrustmentId,
      party: Party,
      entrustedBy: Party,
      scope: z.string(),
      from: z.iso.datetime(),
      until: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
    }),
  ),
  run: async ({ db, query }) => {
    let rows = db.selectFrom('maintenance_entrustment').selectAll();
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('id', '<', after);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (e) => e.id);
    const name = await namesOf(
      db,
      items.flatMap((e) => [e.party_id, e.entrusted_by]),
    );
    return {
      items: items.map((e) => ({
        id: e.id,
        party: name(e.party_id),
        entrustedBy: name(e.entrusted_by),
        scope: e.scope,
        from: e.valid_from.toISOString(),
        until: e.valid_until.toISOString(),
        endedAt: e.ended_at?.toISOString() ?? null,
      })),
      nextCursor,
    };
  },
});

export const dutyReads: readonly Read[] = [duties, norms, entrustments];
