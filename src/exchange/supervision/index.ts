import { sql } from 'kysely';
import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import {
  type Actor,
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
import type { Task } from '../../kernel/jobs.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { ReportId } from './acts.ts';
import { reportLife } from './model.ts';

export { acts } from './acts.ts';

const supervises = (actor: Actor): boolean => actor.roles.some((r) => r === 'regulator' || r === 'exchange');

const Alert = z.object({
  id: z.string(),
  ruleId: z.string(),
  act: z.string(),
  receiptId: z.string(),
  party: z.object({ id: z.string(), name: z.string() }).nullable(),
  subject: z.string(),
  at: z.string(),
  fact: TextSchema,
  remedy: TextSchema,
});

const RefusalItem = z.object({
  id: z.string(),
  act: z.string(),
  at: z.string(),
  party: z.object({ id: z.string(), name: z.string() }).nullable(),
  subject: z.string().nullable(),
  kind: z.string(),
  title: TextSchema,
  violations: z.array(z.object({ rule: z.string(), article: z.string(), fact: TextSchema, remedy: TextSchema })),
});

const Step = z.object({ decision: z.string(), reason: z.string(), at: z.string(), by: z.string() });

const ReportItem = z.object({
  id: z.string(),
  subject: z.string(),
  description: z.string(),
  contact: z.string().nullable(),
  party: z.object({ id: z.string(), name: z.string() }).nullable(),
  reportedAt: z.string(),
  state: z.enum(reportLife.states),
  stateTitle: TextSchema,
  dueAt: z.string().nullable(),
  version: z.number(),
  steps: z.array(Step),
  /** Decisions that are possible now. */
  actions: z.array(z.string()),
});

const alerts = read({
  path: '/alerts',
  title: text('监管预警', 'Alerts'),
  by: role('regulator', 'exchange'),
  params: z.object({}),
  query: PageQuery.extend({ rule: z.string().max(40).optional() }),
  output: pageOf(Alert),
  run: async ({ db, query }) => {
    const { rows } = await sql<{
      id: string;
      rule_id: string;
      act_id: string;
      name: string;
      party_id: string | null;
      subject: string;
      at: Date;
      fact: z.infer<typeof TextSchema>;
      remedy: z.infer<typeof TextSchema>;
    }>`select t.id, t.rule_id, t.act_id, a.name, t.party_id, t.subject, t.at, t.fact, t.remedy
         from alert t join act_log a on a.id = t.act_id
        where (${afterOf(query.cursor) ?? null}::text is null or t.id < ${afterOf(query.cursor) ?? null})
          and (${query.rule ?? null}::text is null or t.rule_id = ${query.rule ?? null})
        order by t.id desc limit ${query.limit + 1}`.execute(db);
    const names = await partiesById(
      db,
      rows.flatMap((r) => r.party_id ?? []),
    );
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => ({
        id: r.id,
        ruleId: r.rule_id,
        act: r.name,
        receiptId: r.act_id.replace('act_', 'rct_'),
        party: r.party_id === null ? null : { id: r.party_id, name: names.get(r.party_id)?.name ?? r.party_id },
        subject: r.subject,
        at: r.at.toISOString(),
        fact: r.fact,
        remedy: r.remedy,
      })),
      nextCursor,
    };
  },
});

const refusals = read({
  path: '/refusals',
  title: text('被拒绝的办理', 'Refusals'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ act: z.string().max(80).optional(), subject: z.string().max(80).optional() }),
  output: pageOf(RefusalItem),
  run: async ({ db, actor, query }) => {
    const mine = supervises(actor) ? null : (actor.partyId ?? '');
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<{
      id: string;
      act_name: string;
      at: Date;
      party_id: string | null;
      subject: string | null;
      kind: string;
      title: z.infer<typeof TextSchema>;
      violations: z.infer<typeof RefusalItem>['violations'];
    }>`select id, act_name, at, party_id, subject, kind, title, violations from refusal
        where (${mine}::text is null or party_id = ${mine})
          and (${after}::text is null or id < ${after})
          and (${query.act ?? null}::text is null or act_name = ${query.act ?? null})
          and (${query.subject ?? null}::text is null or subject = ${query.subject ?? null})
        order by id desc limit ${query.limit + 1}`.execute(db);
    const names = await partiesById(
      db,
      rows.flatMap((r) => r.party_id ?? []),
    );
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => ({
        id: r.id,
        act: r.act_name,
        at: r.at.toISOString(),
        party: r.party_id === null ? null : { id: r.party_id, name: names.get(r.party_id)?.name ?? r.party_id },
        subject: r.subject,
        kind: r.kind,
        title: r.title,
        violations: r.violations,
      })),
      nextCursor,
    };
  },
});

const reports = read({
  path: '/violation-reports',
  title: text('违规举报', 'Violation reports'),
  by: role('regulator', 'exchange'),
  params: z.object({}),
  query: PageQuery.extend({ state: z.enum(reportLife.states).optional(), reportId: ReportId.optional() }),
  output: pageOf(ReportItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('violation_report')
      .selectAll()
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'received'))
      .$if(query.reportId !== undefined, (q) => q.where('id', '=', query.reportId ?? ''))
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    if (query.reportId !== undefined && rows.length === 0) throw notFound();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const ids = items.map((r) => r.id);
    const steps =
      ids.length === 0
        ? []
        : await db.selectFrom('violation_step').selectAll().where('report_id', 'in', ids).orderBy('step').execute();
    const names = await partiesById(db, [
      ...items.flatMap((r) => r.party_id ?? []),
      ...steps.flatMap((s) => s.party_id ?? []),
    ]);
    const nameOf = (id: string) => names.get(id)?.name ?? id;
    return {
      items: items.map((r) => ({
        id: r.id,
        subject: r.subject,
        description: r.description,
        // Whom to ask is for the regulator alone; the exchange may be what is reported.
        contact: actor.roles.includes('regulator') ? r.contact : null,
        party: r.party_id === null ? null : { id: r.party_id, name: nameOf(r.party_id) },
        reportedAt: r.reported_at.toISOString(),
        state: r.state,
        stateTitle: reportLife.title(r.state),
        dueAt: r.due_at?.toISOString() ?? null,
        version: r.version,
        steps: steps
          .filter((s) => s.report_id === r.id)
          .map((s) => ({
            decision: s.decision,
            reason: s.reason,
            at: s.at.toISOString(),
            by: s.party_id ? nameOf(s.party_id) : '',
          })),
        actions: [...reportLife.events(r.state)],
      })),
      nextCursor,
    };
  },
});

export const reads: readonly Read[] = [alerts, refusals, reports];
export const tasks: readonly Task[] = [];
