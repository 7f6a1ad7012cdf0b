import { z } from 'zod';
import { type Act, act, refused, system } from '../../../kernel/acts/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { ColumnSchema, TableProfileSchema } from '../../../kernel/vault/index.ts';
import { carryUses, rightsLive } from '../../catalog/index.ts';
import { chargeUse, lockAudience } from '../charge.ts';
import { JobId } from '../model.ts';
import { usesLeft } from '../rules.ts';
import { budgetOf, tightest } from '../store.ts';
import { CHECKS, rejectedByMachine } from './checks.ts';
import { jobLife } from './model.ts';
import { JOB_LIMITS } from './rules.ts';
import { JOB_VERSION, lockJob, requireRun } from './store.ts';
import { UNFIT_KINDS } from './unfit.ts';

const RunId = z.string().max(40);

/** 开始运行: counts the use of every table, once whatever happens to the machine; a run of before counts no more. */
export const beginJob = act({
  name: 'sandbox.begin-job',
  title: text('开始运行沙箱作业', 'Begin a sandbox job'),
  by: system(),
  input: z.object({ jobId: JobId, runId: RunId }),
  output: z.object({ attempt: z.number().int() }),
  rules: [...rightsLive, usesLeft],
  facts: async ({ tx, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    const next = jobLife.move(hand.job.state, 'begin');
    const { value: most } = valueAt(JOB_LIMITS.attempts, at);
    if (hand.job.attempts >= most)
      throw refused(
        'rule',
        'HS-23.28',
        text('作业重试次数已用完', 'The job was tried too often'),
        text(`运行中断了 ${most} 次。`, `It broke off ${most} times.`),
        text('请重新提交。', 'Submit it again.'),
      );
    return {
      ...hand,
      next,
      repeated: hand.job.attempts > 0,
      grantUsesLeft: tightest(hand.grants.map(budgetOf)).usesLeft,
    };
  },
  perform: async ({ tx, input, facts: { job, grants, inputs, next }, at }) => {
    const attempt = job.attempts + 1;
    await tx
      .updateTable('sandbox_job')
      .set({ state: next, run_id: input.runId, attempts: attempt, started_at: job.started_at ?? at })
      .where('id', '=', job.id)
      .execute();
    if (job.attempts === 0) {
      const charge = { projectId: job.project_id, madeId: job.id, at, free: false, cells: 0 };
      await lockAudience(tx, job.party_id, grants);
      await chargeUse(tx, grants, charge);
      // What is made of components stands on the rights behind them.
      const made = { id: job.id, version: JOB_VERSION };
      await carryUses(
        tx,
        inputs.map((i) => i.resource_id),
        made,
      );
    }
    return { attempt };
  },
  entry: ({ facts: { job, inputs }, result }) => ({
    subject: job.id,
    sealed: { program: job.program_hash, attempt: result.attempt },
    parties: [job.party_id, ...inputs.map((i) => i.holder_id)],
  }),
});

/** 运行完毕、开始检查 */
export const examineJob = act({
  name: 'sandbox.examine-job',
  title: text('检查沙箱成果', 'Check what a job put out'),
  by: system(),
  input: z.object({ jobId: JobId, runId: RunId }),
  output: z.object({ jobId: JobId }),
  rules: [...rightsLive],
  facts: async ({ tx, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    requireRun(hand.job, input.runId);
    return { ...hand, next: jobLife.move(hand.job.state, 'examine') };
  },
  perform: async ({ tx, facts: { job, next } }) => {
    await tx.updateTable('sandbox_job').set({ state: next }).where('id', '=', job.id).execute();
    return { jobId: job.id };
  },
  entry: ({ facts: { job } }) => ({ subject: job.id, sealed: { program: job.program_hash }, parties: [job.party_id] }),
});

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const CheckSchema = z.object({
  check: z.enum(CHECKS),
  result: z.enum(['pass', 'review', 'fail']),
  hard: z.boolean(),
  text: z.object({ zh: z.string(), en: z.string() }),
});
const DifferenceSchema = z.object({
  outputId: z.string(),
  changed: z.number().int(),
  small: z.number().int(),
  examples: z.array(z.object({ key: z.string(), column: z.string(), before: Value, now: Value })),
});

/** 登记待审成果: with every check; what singles somebody out is rejected here. */
export const recordOutput = act({
  name: 'sandbox.record-output',
  title: text('登记待审成果', 'Record an output to be reviewed'),
  by: system(),
  input: z.object({
    jobId: JobId,
    runId: RunId,
    /** Null where the machine rejects it. */
    contentId: z.string().nullable(),
    tableId: z.string().nullable(),
    logId: z.string().nullable(),
    sha256: z.string().nullable(),
    rows: z.number().int().nullable(),
    columns: z.array(ColumnSchema).nullable(),
    profile: TableProfileSchema.nullable(),
    checks: z.array(CheckSchema),
    differences: z.array(DifferenceSchema),
    cpuMs: z.number(),
    memoryBytes: z.number(),
  }),
  secretInput: ['rows', 'columns', 'profile', 'checks', 'differences'],
  output: z.object({ state: z.string() }),
  rules: [...rightsLive],
  facts: async ({ tx, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    requireRun(hand.job, input.runId);
    return { ...hand, next: jobLife.move(hand.job.state, rejectedByMachine(input.checks) ? 'reject' : 'submit') };
  },
  perform: async ({ tx, input, facts: { job, next }, at }) => {
    const rejected = next === 'rejected';
    await tx
      .updateTable('sandbox_job')
      .set({
        state: next,
        run_id: null,
        ended_at: rejected ? at : null,
        content_id: input.contentId,
        table_id: input.tableId,
        log_id: input.logId,
        content_sha256: input.sha256,
        rows: input.rows,
        columns: input.columns && JSON.stringify(input.columns),
        profile: input.profile && JSON.stringify(input.profile),
        checks: JSON.stringify(input.checks),
        differences: JSON.stringify(input.differences),
        cpu_ms: Math.round(input.cpuMs),
        memory_bytes: Math.round(input.memoryBytes),
        failure: rejected ? 'checks' : null,
      })
      .where('id', '=', job.id)
      .execute();
    return { state: next };
  },
  entry: ({ input, facts: { job, inputs }, result }) => ({
    subject: job.id,
    sealed: {
      program: job.program_hash,
      content: input.sha256,
      state: result.state,
      checks: input.checks.map(({ check, result: said }) => `${check} ${said}`),
    },
    parties: [job.party_id, ...inputs.map((i) => i.holder_id)],
  }),
});

export const FAILURES = [
  'syntax',
  'policy',
  'resource',
  'data',
  'cancelled',
  'unavailable',
  'internal',
  'stopped',
  ...UNFIT_KINDS,
] as const;
export type JobFailure = (typeof FAILURES)[number];

/** 登记作业失败: the class alone; what the program printed is for the holder of the data. */
export const failJob = act({
  name: 'sandbox.fail-job',
  title: text('登记沙箱作业失败', 'Record a failed sandbox job'),
  by: system(),
  input: z.object({
    jobId: JobId,
    /** Null before it ran. */
    runId: RunId.nullable(),
    failure: z.enum(FAILURES),
    logId: z.string().nullable(),
  }),
  output: z.object({ state: z.string() }),
  facts: async ({ tx, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    if (input.runId !== null) requireRun(hand.job, input.runId);
    const unfit = (UNFIT_KINDS as readonly string[]).includes(input.failure);
    return { ...hand, next: jobLife.move(hand.job.state, unfit ? 'reject' : 'fail') };
  },
  perform: async ({ tx, input, facts: { job, next }, at }) => {
    await tx
      .updateTable('sandbox_job')
      .set({ state: next, run_id: null, ended_at: at, failure: input.failure, log_id: input.logId })
      .where('id', '=', job.id)
      .execute();
    return { state: next };
  },
  entry: ({ input, facts: { job, inputs } }) => ({
    subject: job.id,
    sealed: { program: job.program_hash, failure: input.failure },
    parties: [job.party_id, ...inputs.map((i) => i.holder_id)],
  }),
});

export const airlockSystemActs: readonly Act[] = [beginJob, examineJob, recordOutput, failJob];
