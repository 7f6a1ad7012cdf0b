import { z } from 'zod';
import { type Act, act, anyone, notFound, role } from '../../kernel/acts/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { periodEnd } from '../contracts/index.ts';
import { reportLife } from './model.ts';
import { closedLoop, HANDLING_DAYS, handledInTime, saysWhatHappened } from './rules.ts';

export const ReportId = idOf('vio', text('举报', 'Report'));
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const dueAfter = (at: Date): Date => periodEnd(at, valueAt(HANDLING_DAYS, at).value);

const report = act({
  name: 'violation.report',
  title: text('举报违规', 'Report a violation'),
  by: anyone(),
  input: z.object({
    subject: z.string().trim().min(1).max(200).meta(field('被举报的产品、单位或行为', 'Product, party or act')),
    description: z.string().trim().min(1).max(4_000).meta(field('事实说明', 'What happened')),
    contact: z
      .string()
      .trim()
      .max(200)
      .optional()
      .meta(field('联系方式（仅监管部门可见）', 'Contact (seen by the regulator only)')),
  }),
  output: z.object({ reportId: z.string(), dueAt: z.string() }),
  secretInput: ['contact'],
  rules: [saysWhatHappened],
  facts: async ({ input }) => ({ subjectLength: input.subject.length, descriptionLength: input.description.length }),
  perform: async ({ tx, actor, input, at }) => {
    const reportId = newId('vio');
    const dueAt = dueAfter(at);
    await tx
      .insertInto('violation_report')
      .values({
        id: reportId,
        subject: input.subject,
        description: input.description,
        contact: input.contact || null,
        party_id: actor.partyId,
        reported_at: at,
        state: reportLife.first,
        due_at: dueAt,
      })
      .execute();
    return { reportId, dueAt: dueAt.toISOString() };
  },
  entry: ({ input, result }) => ({
    subject: result.reportId,
    sealed: { about: input.subject, description: input.description },
  }),
});

const handle = act({
  name: 'violation.handle',
  title: text('办理举报', 'Handle a report'),
  by: role('regulator', 'exchange'),
  secondFactor: true,
  input: z.object({
    reportId: ReportId,
    decision: z
      .enum(['verify', 'dismiss', 'supervise', 'call-back'])
      .meta(field('办理环节：核实属实、不属实、督办、回访', 'Step: verified, unfounded, supervise, call back')),
    reason: z.string().trim().min(1).max(2_000).meta(field('办理意见', 'Opinion')),
  }),
  output: z.object({ reportId: z.string(), state: z.string() }),
  rules: [closedLoop, handledInTime],
  facts: async ({ tx, input }) => {
    const row = await tx
      .selectFrom('violation_report')
      .selectAll()
      .where('id', '=', input.reportId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    const steps = await tx
      .selectFrom('violation_step')
      .select(['decision', 'at'])
      .where('report_id', '=', row.id)
      .orderBy('step')
      .execute();
    const done = (decision: string) => steps.some((s) => s.decision === decision);
    return {
      report: row,
      state: row.state,
      decision: input.decision,
      verified: done('verify'),
      supervised: done('supervise'),
      steps: steps.length,
      since: (steps.at(-1)?.at ?? row.reported_at).toISOString(),
    };
  },
  version: (facts) => facts.report.version,
  perform: async ({ tx, actor, facts, input, at }) => {
    const state = reportLife.move(facts.report.state, input.decision);
    await tx
      .updateTable('violation_report')
      .set((e) => ({ state, due_at: state === 'closed' ? null : dueAfter(at), version: e('version', '+', 1) }))
      .where('id', '=', facts.report.id)
      .execute();
    await tx
      .insertInto('violation_step')
      .values({
        report_id: facts.report.id,
        step: facts.steps + 1,
        decision: input.decision,
        reason: input.reason,
        at,
        party_id: actor.partyId,
      })
      .execute();
    return { reportId: facts.report.id, state };
  },
  entry: ({ facts, input }) => ({
    subject: facts.report.id,
    sealed: { decision: input.decision, reason: input.reason },
    parties: [facts.report.party_id],
  }),
});

export const acts: readonly Act[] = [report, handle];
