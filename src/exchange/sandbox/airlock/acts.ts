import { z } from 'zod';
import { type Act, act, notFound, refused, role } from '../../../kernel/acts/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import { type Text, text } from '../../../kernel/text.ts';
import { rightsLive } from '../../catalog/index.ts';
import { Alias, HOLDERS, JobId, OPERATORS, ProjectId } from '../model.ts';
import type { GrantedTable } from '../policy.ts';
import { namedMember, trainedByMeasures, trainedFirst, usesLeft } from '../rules.ts';
import { spend } from '../sdc/ledger.ts';
import { sandboxSetting } from '../setting.ts';
import {
  budgetOf,
  type GrantInHand,
  grantedColumns,
  grantsInHand,
  lockProject,
  requireOpen,
  tightest,
  trainingsOf,
} from '../store.ts';
import { failedSoftly } from './checks.ts';
import { CODE_CHARS_MAX, declarationProblems, namedAliases, OutputDeclaration, programHash } from './declaration.ts';
import { jobLife, OutputId, RUN_TASK } from './model.ts';
import * as rules from './rules.ts';
import { lockJob } from './store.ts';

const INPUTS_MAX = 20;
export const CLEAR_TASK = 'sandbox.clear-job';
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** A granted table as programs and checks see it. */
export const tableOf = (hand: GrantInHand): GrantedTable => {
  const types = new Map(hand.resource.columns.map((c) => [c.name, c.type]));
  return {
    grantId: hand.grant.id,
    alias: hand.grant.alias,
    columns: grantedColumns(hand).map(({ name }) => ({ name, type: types.get(name) ?? 'text' })),
    policy: hand.grant.policy,
  };
};

async function unavailableFor(language: 'sql' | 'python'): Promise<Text | null> {
  const now = await sandboxSetting().executor.availability();
  if (now[language]) return null;
  return now.reason ?? text('沙箱运行环境不可用。', 'The sandbox cannot run here.');
}

async function busyOf(tx: Tx, partyId: string): Promise<number> {
  const { n } = await tx
    .selectFrom('sandbox_job')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('party_id', '=', partyId)
    .where('state', 'in', ['queued', 'running', 'checking'])
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** 提交作业: any SQL or Python; what it puts out stays inside until every holder lets it go. */
const submit = act({
  name: 'sandbox.submit',
  title: text('提交沙箱作业', 'Submit a sandbox job'),
  by: role(...OPERATORS),
  input: z.object({
    projectId: ProjectId,
    language: z.enum(['sql', 'python']).meta(field('语言', 'Language')),
    code: z.string().min(1).max(CODE_CHARS_MAX).meta(field('代码', 'Code')),
    output: OutputDeclaration,
    /** Tables that go in; those the code names, when left out. */
    inputs: z.array(Alias).min(1).max(INPUTS_MAX).optional().meta(field('使用的表', 'Tables')),
  }),
  output: z.object({ jobId: JobId, programHash: z.string() }),
  rules: [
    namedMember,
    trainedFirst,
    trainedByMeasures,
    rules.isolated,
    rules.jobsAtOnce,
    rules.tablesGranted,
    ...rightsLive,
    rules.declarationSound,
    rules.approvedProgram,
    usesLeft,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const project = await lockProject(tx, input.projectId, actor.partyId);
    requireOpen(project);
    const personId = actor.personId ?? '';
    const member = await tx
      .selectFrom('sandbox_member')
      .select('person_id')
      .where('project_id', '=', project.id)
      .where('person_id', '=', personId)
      .executeTakeFirst();
    const trained = (await trainingsOf(tx, [personId], beijingDay(at))).has(personId);
    const all = await grantsInHand(tx, { projectId: project.id }, at);
    const names = [
      ...new Set(
        input.inputs ??
          namedAliases(
            input.code,
            all.map((g) => g.grant.alias),
          ),
      ),
    ];
    const granted = all.filter((g) => names.includes(g.grant.alias));
    const usable = granted.filter((g) => g.grant.policy.lanes.includes('airlock'));
    const hash = programHash({
      language: input.language,
      code: input.code,
      output: input.output,
      inputs: granted.map((g) => ({ alias: g.grant.alias, resourceId: g.resource.id })),
    });
    return {
      project,
      granted,
      member: member !== undefined,
      trained,
      unavailable: await unavailableFor(input.language),
      busy: (await busyOf(tx, project.party_id)) + 1,
      tables: names.length,
      notGranted: names.filter((n) => !usable.some((g) => g.grant.alias === n)),
      useStopped: granted.find((g) => g.stopped !== null)?.stopped ?? null,
      declarationProblems: declarationProblems(input.output, granted.map(tableOf)),
      programHash: hash,
      boundTo: granted.flatMap((g) => (g.grant.policy.codeHashes === null ? [] : [g.grant.policy.codeHashes])),
      repeated: false,
      grantUsesLeft: granted.length === 0 ? 1 : tightest(granted.map(budgetOf)).usesLeft,
      holders: [...new Set(granted.map((g) => g.grant.holder_id))],
    };
  },
  perform: async ({ tx, actor, input, facts: { project, granted, programHash: hash, holders }, at, enqueue }) => {
    const jobId = newId('sbj');
    await tx
      .insertInto('sandbox_job')
      .values({
        id: jobId,
        project_id: project.id,
        party_id: project.party_id,
        submitted_by: actor.personId ?? '',
        submitted_at: at,
        language: input.language,
        code: input.code,
        output: JSON.stringify(input.output),
        program_hash: hash,
        state: jobLife.first,
      })
      .execute();
    await tx
      .insertInto('sandbox_job_input')
      .values(
        granted.map(({ grant }) => ({
          job_id: jobId,
          grant_id: grant.id,
          resource_id: grant.resource_id,
          holder_id: grant.holder_id,
          authorisation_id: grant.authorisation_id,
          alias: grant.alias,
        })),
      )
      .execute();
    await tx
      .insertInto('sandbox_review')
      .values(reviewersOf(holders, project.party_id).map((holder_id) => ({ job_id: jobId, holder_id })))
      .execute();
    enqueue({ task: RUN_TASK, payload: { jobId }, key: `${RUN_TASK} ${jobId}` });
    return { jobId, programHash: hash };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.jobId,
    sealed: {
      project: input.projectId,
      language: input.language,
      program: result.programHash,
      grants: facts.granted.map((g) => g.grant.grant_hash),
    },
    parties: facts.holders,
  }),
});

/** Every holder whose data went in but the operator itself; the operator where all are its own. */
export function reviewersOf(holders: readonly string[], operator: string): readonly string[] {
  const others = holders.filter((h) => h !== operator);
  return others.length > 0 ? others : [operator];
}

/** 取消作业: whatever runs is cut off; nothing of it is kept. */
const cancel = act({
  name: 'sandbox.cancel',
  title: text('取消沙箱作业', 'Cancel a sandbox job'),
  by: role(...OPERATORS),
  input: z.object({ jobId: JobId }),
  output: z.object({ jobId: JobId }),
  facts: async ({ tx, actor, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    if (hand.job.party_id !== actor.partyId) throw notFound();
    return { ...hand, next: jobLife.move(hand.job.state, 'cancel') };
  },
  perform: async ({ tx, facts: { job, next }, at, enqueue }) => {
    await tx
      .updateTable('sandbox_job')
      .set({ state: next, run_id: null, ended_at: at, failure: 'cancelled' })
      .where('id', '=', job.id)
      .execute();
    enqueue({ task: CLEAR_TASK, payload: { jobId: job.id } });
    return { jobId: job.id };
  },
  entry: ({ facts: { job, inputs } }) => ({
    subject: job.id,
    sealed: { program: job.program_hash },
    parties: inputs.map((i) => i.holder_id),
  }),
});

/** 审查放行: every holder whose data went in decides; the first refusal ends it, the last release makes the output. */
const release = act({
  name: 'sandbox.release',
  title: text('审查沙箱成果', 'Release or reject a sandbox output'),
  by: role(...HOLDERS),
  input: z.object({
    jobId: JobId,
    decision: z.enum(['release', 'reject']).meta(field('决定', 'Decision')),
    reason: z.string().trim().max(1_000).default('').meta(field('理由', 'Reason')),
  }),
  output: z.object({ jobId: JobId, state: z.string(), outputId: OutputId.nullable() }),
  rules: [rules.reviewedByAnother, rules.reasonGiven, rules.cellsWithinGrant, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const hand = await lockJob(tx, input.jobId, at);
    const { job, inputs, reviews } = hand;
    const holds = inputs.some((i) => i.holder_id === actor.partyId);
    if (!holds) throw notFound();
    if (reviews.some((r) => r.holder_id === actor.partyId && r.decision !== null)) throw decidedAlready();
    const next = jobLife.move(job.state, input.decision);
    const onlyOwnData = inputs.every((i) => i.holder_id === job.party_id);
    const others = reviews.filter((r) => r.holder_id !== actor.partyId && r.decision === null).length;
    return {
      ...hand,
      // A right that is over stops a release, not a refusal.
      useStopped: input.decision === 'release' ? hand.useStopped : null,
      submittedBySame: actor.personId === job.submitted_by,
      partyOfOperator: job.party_id === actor.partyId,
      onlyOwnData,
      decision: input.decision,
      failed: failedSoftly(job.checks),
      cells: (job.rows ?? 0) * (job.columns?.length ?? 1),
      cellsLeft: tightest(hand.grants.map(budgetOf)).cellsLeft,
      reasonChars: [...input.reason].length,
      next: input.decision === 'reject' || others === 0 ? next : job.state,
    };
  },
  perform: async ({ tx, actor, input, facts: { job, grants, cells, next }, at, enqueue }) => {
    await tx
      .updateTable('sandbox_review')
      .set({ decision: input.decision, reason: input.reason, decided_by: actor.personId, decided_at: at })
      .where('job_id', '=', job.id)
      .where('holder_id', '=', actor.partyId ?? '')
      .execute();
    if (next === job.state) return { jobId: job.id, state: next, outputId: null };
    await tx
      .updateTable('sandbox_job')
      .set({ state: next, run_id: null, ended_at: at })
      .where('id', '=', job.id)
      .execute();
    if (next !== 'released') {
      enqueue({ task: CLEAR_TASK, payload: { jobId: job.id } });
      return { jobId: job.id, state: next, outputId: null };
    }
    if (!job.content_id || !job.table_id || !job.content_sha256) throw new Error('a job without content was reviewed');
    const outputId = newId('sbo');
    await tx
      .insertInto('sandbox_output')
      .values({
        id: outputId,
        job_id: job.id,
        project_id: job.project_id,
        party_id: job.party_id,
        kind: job.output.kind,
        content_id: job.content_id,
        table_id: job.table_id,
        sha256: job.content_sha256,
        released_at: at,
      })
      .execute();
    await countCells(tx, job.id, grants, cells);
    return { jobId: job.id, state: next, outputId };
  },
  entry: ({ input, facts: { job, inputs }, result }) => ({
    subject: job.id,
    sealed: {
      decision: input.decision,
      reason: input.reason,
      program: job.program_hash,
      content: job.content_sha256,
      output: result.outputId,
      checks: job.checks.map(({ check, result: said }) => `${check} ${said}`),
    },
    parties: [job.party_id, ...inputs.map((i) => i.holder_id)],
  }),
});

const decidedAlready = () =>
  refused(
    'state',
    'HS-23.27',
    text('本单位已经审查', 'Your party has decided'),
    text('本单位对这份成果的决定已经记录。', 'What your party decided of this output is recorded.'),
    text('请等待其他数据持有单位。', 'Wait for the other holders.'),
  );

/** What left counts against the budgets of every table it came from. */
async function countCells(tx: Tx, jobId: string, grants: readonly GrantInHand[], cells: number): Promise<void> {
  for (const { grant } of grants) await spend(tx, grant.audience_id, [grant.resource_id], { cells, epsilonMicro: 0 });
  await tx.updateTable('sandbox_use').set({ cells }).where('made_id', '=', jobId).execute();
}

export const airlockActs: readonly Act[] = [submit, cancel, release];
