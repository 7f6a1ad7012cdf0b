import { z } from 'zod';
import { type Act, type Actor, act, type JobRequest, role, SYSTEM, system } from '../../kernel/acts/index.ts';
import { CaseId, missingPapers, moveCase, partsOf } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { Rule } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { endUse, resumeUse, suspendUse } from '../catalog/index.ts';
import { dutyDone, dutyDueAt, endDuties } from './duties.ts';
import { type Agreement, AgreementId } from './model.ts';
import { CONDUCTS } from './model-duties.ts';
import { operation } from './procedure.ts';
import * as rules from './rules/index.ts';
import { type AgreementInHand, agreementOfCase, lockAgreement } from './store.ts';
import { workLogKept } from './work-log.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string) => z.string().trim().min(2).max(4_000).meta(field(zh, en));
const Moved = z.object({ agreementId: AgreementId, state: z.string() });

async function inHandOf(tx: Tx, actor: Actor, agreementId: string, needed: string) {
  const inHand = await lockAgreement(tx, actor, agreementId);
  return { ...inHand, parts: await partsOf(tx, actor, inHand.row.id), needed };
}

const partiesTo = (agreement: Agreement): string[] => [agreement.operator_id, agreement.authoriser_id];
const aboutIt = ({ agreement }: AgreementInHand, sealed: Readonly<Record<string, unknown>> = {}) => ({
  subject: agreement.application_id,
  sealed,
  parties: partiesTo(agreement),
});

/** 运营安全报告 (art. 17): the duty comes back with its own clock. */
const reportSecurity = act({
  name: 'authorisation.report-security',
  title: text('提交运营安全报告', 'Report on security'),
  by: role('operating-unit'),
  input: z.object({
    agreementId: AgreementId,
    summary: words('安全情况', 'Summary'),
    incidents: z.number().int().min(0).max(10_000).meta(field('安全事件数', 'Incidents')),
    trainings: z.number().int().min(0).max(10_000).meta(field('安全培训次数', 'Trainings')),
    drills: z.number().int().min(0).max(10_000).meta(field('应急演练次数', 'Drills')),
  }),
  output: Moved,
  rules: [rules.itsTurn, rules.reportedInTime, rules.trained],
  facts: async ({ tx, actor, input }) => ({
    ...(await inHandOf(tx, actor, input.agreementId, 'applicant')),
    trainings: input.trainings,
    drills: input.drills,
  }),
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
    await tx
      .insertInto('security_report')
      .values({
        id: newId('srp'),
        agreement_id: agreement.id,
        summary: input.summary,
        incidents: input.incidents,
        trainings: input.trainings,
        drills: input.drills,
        reported_at: at,
      })
      .execute();
    const moved = await moveCase(tx, { procedure: operation, row, event: 'report' }, { at, enqueue });
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts, input }) => aboutIt(facts, { incidents: input.incidents, summary: input.summary }),
});

/** 评估 (art. 12): who fails is suspended in the same act and ordered to correct. */
const evaluate = act({
  name: 'authorisation.evaluate',
  title: text('评估运营情况', 'Evaluate the operation'),
  by: role('data-authority'),
  input: z.object({
    agreementId: AgreementId,
    passed: z.boolean().meta(field('评估合格', 'Passed')),
    findings: words('评估意见', 'Findings'),
    conduct: z.enum(CONDUCTS).default('cooperative').meta(field('配合评估的情况', 'How the operating unit took part')),
  }),
  output: Moved.extend({ evaluationId: z.string() }),
  rules: [rules.itsTurn, rules.suspendedAtOnce, rules.evaluatedInTime, rules.cooperates],
  facts: async ({ tx, actor, input }) => ({
    ...(await inHandOf(tx, actor, input.agreementId, 'authority')),
    passed: input.passed,
    rightsAfter: input.passed ? 'live' : 'suspended',
    evaluationDueAt: await dutyDueAt(tx, input.agreementId, 'evaluation'),
    conduct: input.conduct,
  }),
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
    const evaluationId = newId('evl');
    await tx
      .insertInto('operation_evaluation')
      .values({
        id: evaluationId,
        agreement_id: agreement.id,
        passed: input.passed,
        findings: input.findings,
        evaluated_at: at,
        corrected_at: null,
        correction: null,
        conduct: input.conduct,
      })
      .execute();
    const event = input.passed ? 'pass-evaluation' : 'fail-evaluation';
    const moved = await moveCase(tx, { procedure: operation, row, event }, { at, enqueue });
    await dutyDone(tx, agreement, 'evaluation', { at, enqueue });
    if (!input.passed) await suspendUse(tx, agreement.id, at);
    return { agreementId: agreement.id, state: moved.state, evaluationId };
  },
  entry: ({ facts, input }) =>
    aboutIt(facts, { passed: input.passed, findings: input.findings, conduct: input.conduct }),
});

/** What was stopped goes on where it stood: a list not yet filed with the government is still to be filed (JN-8.7). */
const backTo = ({ filed_at }: Agreement, event: 'resume' | 'pass-recheck'): string =>
  filed_at === null ? `${event}-unfiled` : event;

const reportCorrection = act({
  name: 'authorisation.report-correction',
  title: text('提交整改报告', 'Report the correction'),
  by: role('operating-unit'),
  input: z.object({ agreementId: AgreementId, correction: words('整改情况', 'What was corrected') }),
  output: Moved,
  rules: [rules.itsTurn, rules.correctedInWriting],
  facts: async ({ tx, actor, input }) => {
    const inHand = await inHandOf(tx, actor, input.agreementId, 'applicant');
    const missing = await missingPapers(tx, operation, inHand.row.id, 'report-correction');
    return { ...inHand, reportWords: input.correction, missingPapers: missing };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: operation, row, event: 'report-correction' }, { at, enqueue });
    await tx
      .updateTable('operation_evaluation')
      .set({ correction: input.correction, corrected_at: at })
      .where('agreement_id', '=', agreement.id)
      .where('passed', '=', false)
      .where('corrected_at', 'is', null)
      .execute();
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts, input }) => aboutIt(facts, { correction: input.correction }),
});

const recheck = act({
  name: 'authorisation.recheck',
  title: text('复查整改', 'Recheck the correction'),
  by: role('data-authority'),
  input: z.object({
    agreementId: AgreementId,
    passed: z.boolean().meta(field('整改到位', 'Corrected')),
    findings: words('复查意见', 'Findings'),
  }),
  output: Moved,
  rules: [rules.itsTurn, rules.endsWhenNotCorrected],
  facts: async ({ tx, actor, input }) => ({
    ...(await inHandOf(tx, actor, input.agreementId, 'authority')),
    corrected: input.passed,
    leads: input.passed ? 'operating' : 'exiting',
  }),
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
    const event = input.passed ? backTo(agreement, 'pass-recheck') : 'fail-recheck';
    const moved = await moveCase(tx, { procedure: operation, row, event }, { at, enqueue });
    if (input.passed) await resumeUse(tx, agreement.id);
    else await end(tx, agreement, { reason: '复查未整改到位', at, enqueue, disqualified: true });
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts, input }) => aboutIt(facts, { passed: input.passed, findings: input.findings }),
});

interface Ending {
  readonly reason: string;
  readonly at: Date;
  readonly enqueue: (job: JobRequest) => void;
  /** The qualification ends as well: the correction failed (art. 12). */
  readonly disqualified?: boolean;
}

/** Ends every right under an agreement at this moment, and its yearly duties; what was logged stays. */
async function end(tx: Tx, agreement: Agreement, { reason, at, enqueue, disqualified }: Ending): Promise<void> {
  await endUse(tx, agreement.id, at);
  await endDuties(tx, agreement.id, { at, enqueue });
  await tx
    .updateTable('operation_agreement')
    .set({ ended_at: at, ended_reason: reason, disqualified_at: disqualified ? at : null })
    .where('id', '=', agreement.id)
    .where('ended_at', 'is', null)
    .execute();
}

interface Decision {
  readonly name: string;
  readonly title: Text;
  readonly by: readonly string[];
  /** Who may decide it. */
  readonly rule: Rule<{ readonly parts: readonly string[]; readonly needed: string }>;
  readonly event: (agreement: Agreement) => string;
  /** What becomes of the rights, in the same transaction. */
  readonly rights: (tx: Tx, agreement: Agreement, ending: Ending) => Promise<void>;
}

/** A decision that takes a reason and nothing else: the case moves, and the rights under the agreement with it. */
const decideWithReason = ({ name, title, by, rule, event, rights }: Decision) =>
  act({
    name,
    title,
    by: role(...by),
    input: z.object({ agreementId: AgreementId, reason: words('理由', 'Reason') }),
    output: Moved,
    rules: [rule],
    facts: ({ tx, actor, input }) => inHandOf(tx, actor, input.agreementId, 'authoriser'),
    version: (f) => f.row.version,
    perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
      const moved = await moveCase(tx, { procedure: operation, row, event: event(agreement) }, { at, enqueue });
      await rights(tx, agreement, { reason: input.reason, at, enqueue });
      return { agreementId: agreement.id, state: moved.state };
    },
    entry: ({ facts, input }) => aboutIt(facts, { reason: input.reason }),
  });

const suspend = decideWithReason({
  name: 'authorisation.suspend',
  title: text('暂停运营权限', 'Suspend the operation'),
  by: ['data-authority', 'data-provider'],
  rule: rules.itsTurn,
  event: () => 'suspend',
  rights: (tx, agreement, { at }) => suspendUse(tx, agreement.id, at),
});

const resume = decideWithReason({
  name: 'authorisation.resume',
  title: text('恢复运营权限', 'Resume the operation'),
  by: ['data-authority', 'data-provider'],
  rule: rules.itsTurn,
  event: (agreement) => backTo(agreement, 'resume'),
  rights: (tx, agreement) => resumeUse(tx, agreement.id),
});

const exit = decideWithReason({
  name: 'authorisation.exit',
  title: text('启动退出', 'Start the exit'),
  by: ['data-authority', 'data-provider', 'operating-unit'],
  rule: rules.byEitherSide,
  event: () => 'exit',
  rights: end,
});

/** 逾期未整改 (art. 12): by the clock, the exit begins and the qualification ends. */
const lapse = act({
  name: 'authorisation.lapse',
  title: text('逾期未整改，启动退出', 'Not corrected in time: the exit begins'),
  by: system(),
  input: z.object({ caseId: CaseId }),
  output: Moved,
  rules: [rules.endsWhenNotCorrected],
  facts: async ({ tx, input }) => {
    const found = await agreementOfCase(tx, input.caseId);
    return { ...(await lockAgreement(tx, SYSTEM, found.id)), corrected: false, leads: 'exiting' };
  },
  perform: async ({ tx, facts: { row, agreement }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: operation, row, event: 'lapse' }, { at, enqueue });
    await end(tx, agreement, { reason: '逾期未整改到位', at, enqueue, disqualified: true });
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts }) => aboutIt(facts),
});

/** 到期终止 (art. 8(5)): recorded when the term is over; uses stopped at that second by themselves. */
export const expire = act({
  name: 'authorisation.expire',
  title: text('授权到期', 'The authorisation has ended'),
  by: system(),
  input: z.object({ agreementId: AgreementId }),
  output: Moved,
  rules: [rules.termIsOver],
  facts: async ({ tx, input }) => {
    const inHand = await lockAgreement(tx, SYSTEM, input.agreementId);
    return {
      ...inHand,
      validUntil: inHand.agreement.valid_until.toISOString(),
      workLogKept: await workLogKept(tx, inHand.agreement),
    };
  },
  perform: async ({ tx, facts: { row, agreement }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: operation, row, event: 'expire' }, { at, enqueue });
    await end(tx, agreement, { reason: '授权到期', at, enqueue });
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts }) => aboutIt(facts),
});

const settleExit = act({
  name: 'authorisation.settle-exit',
  title: text('完成资产处置与数据清除', 'Settle assets and erasure'),
  by: role('operating-unit'),
  input: z.object({ agreementId: AgreementId, statement: words('处置与清除情况', 'What was disposed of and erased') }),
  output: Moved,
  rules: [rules.itsTurn, rules.nothingRetained],
  facts: async ({ tx, actor, input }) => {
    const inHand = await inHandOf(tx, actor, input.agreementId, 'applicant');
    return { ...inHand, missingPapers: await missingPapers(tx, operation, inHand.row.id, 'settle') };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { row, agreement }, at, enqueue }) => ({
    agreementId: agreement.id,
    state: (await moveCase(tx, { procedure: operation, row, event: 'settle' }, { at, enqueue })).state,
  }),
  entry: ({ facts, input }) => aboutIt(facts, { statement: input.statement }),
});

export const operateActs: readonly Act[] = [
  reportSecurity,
  evaluate,
  reportCorrection,
  recheck,
  suspend,
  resume,
  exit,
  lapse,
  expire,
  settleExit,
];
