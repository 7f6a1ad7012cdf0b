import { z } from 'zod';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  receiptsOf,
  role,
} from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { TextSchema, text } from '../../../kernel/text.ts';
import { partiesById } from '../../parties/index.ts';
import { HOLDERS, JobId, OPERATORS, ProjectId } from '../model.ts';
import { sandboxSetting } from '../setting.ts';
import { CHECKS, withoutNumbers } from './checks.ts';
import { Content, readContent, readLog } from './content.ts';
import { OutputDeclaration } from './declaration.ts';
import { JOB_STATES, type Job, type JobInput, OutputId, type Review } from './model.ts';
import { getJob, inputsOf, reviewsOf } from './store.ts';

const RECEIPTS_MAX = 30;
const readers = role(...new Set([...OPERATORS, ...HOLDERS]));
const Named = z.object({ id: z.string(), name: z.string() });

/** What a reader has to do with a job. */
const PARTS = ['operator', 'reviewer', 'holder'] as const;
type Part = (typeof PARTS)[number];

/**
 * The operator; or who holds data that went in, as reviewer where its decision is asked for.
 * @returns undefined for everybody else
 */
function partOf(job: Job, inputs: readonly JobInput[], reviews: readonly Review[], actor: Actor): Part | undefined {
  // Of own data alone another person of the party reviews, so that person sees what a reviewer sees.
  const asked = reviews.some((r) => r.holder_id === actor.partyId);
  if (asked && actor.personId !== job.submitted_by) return 'reviewer';
  if (job.party_id === actor.partyId) return 'operator';
  return inputs.some((i) => i.holder_id === actor.partyId) ? 'holder' : undefined;
}

const JobItem = z.object({
  id: JobId,
  projectId: ProjectId,
  language: z.enum(['sql', 'python']),
  kind: z.string(),
  state: z.enum(JOB_STATES),
  /** Why it failed or was rejected, as a class. */
  failure: z.string().nullable(),
  submittedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  tables: z.array(z.string()),
  party: Named,
  outputId: OutputId.nullable(),
});

const CheckView = z.object({
  check: z.enum(CHECKS),
  result: z.enum(['pass', 'review', 'fail']),
  /** With numbers of the data: for reviewers alone. */
  text: TextSchema.nullable(),
});
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const JobDetail = JobItem.extend({
  part: z.enum(PARTS),
  code: z.string(),
  programHash: z.string(),
  output: OutputDeclaration,
  submittedBy: z.object({ id: z.string(), name: z.string(), self: z.boolean() }),
  attempts: z.number(),
  inputs: z.array(
    z.object({ alias: z.string(), grantId: z.string(), resourceId: z.string(), title: z.string(), holder: Named }),
  ),
  checks: z.array(CheckView),
  differences: z
    .array(
      z.object({
        outputId: z.string(),
        changed: z.number(),
        small: z.number(),
        examples: z.array(z.object({ key: z.string(), column: z.string(), before: Value, now: Value })),
      }),
    )
    .nullable(),
  reviews: z.array(
    z.object({
      holder: Named,
      decision: z.enum(['release', 'reject']).nullable(),
      reason: z.string().nullable(),
      decidedAt: z.iso.datetime().nullable(),
    }),
  ),
  /** The output itself: for a reviewer from the review on, for the operator once it is released; else null. */
  content: Content.nullable(),
  contentSha256: z.string().nullable(),
  /** What the program printed: only for a party whose data alone went in. */
  log: z.string().nullable(),
  /** Why the reader cannot see the content now. */
  withheld: TextSchema.nullable(),
  cpuMs: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  resourceId: z.string().nullable(),
  mayCancel: z.boolean(),
  /** The reader's party is asked to decide, and this person may. */
  mayDecide: z.boolean(),
  receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
});

async function itemsOf(q: Queryable, jobs: readonly Job[]): Promise<z.input<typeof JobItem>[]> {
  if (jobs.length === 0) return [];
  const ids = jobs.map((j) => j.id);
  const inputs = await q
    .selectFrom('sandbox_job_input')
    .selectAll()
    .where('job_id', 'in', ids)
    .orderBy('alias')
    .execute();
  const outputs = await q.selectFrom('sandbox_output').select(['id', 'job_id']).where('job_id', 'in', ids).execute();
  const names = await partiesById(
    q,
    jobs.map((j) => j.party_id),
  );
  return jobs.map((j) => ({
    id: j.id,
    projectId: j.project_id,
    language: j.language,
    kind: j.output.kind,
    state: j.state,
    failure: j.failure,
    submittedAt: j.submitted_at.toISOString(),
    startedAt: j.started_at?.toISOString() ?? null,
    endedAt: j.ended_at?.toISOString() ?? null,
    tables: inputs.filter((i) => i.job_id === j.id).map((i) => i.alias),
    party: { id: j.party_id, name: names.get(j.party_id)?.name ?? '' },
    outputId: outputs.find((o) => o.job_id === j.id)?.id ?? null,
  }));
}

const list = read({
  path: '/sandbox-jobs',
  title: text('沙箱作业', 'Sandbox jobs'),
  by: readers,
  params: z.object({}),
  query: PageQuery.extend({
    projectId: ProjectId.optional(),
    state: z.enum(JOB_STATES).optional(),
    /** `review`: those that wait for the reader's party. */
    waiting: z.enum(['review']).optional(),
  }),
  output: pageOf(JobItem),
  run: async ({ db, actor, query }) => {
    const partyId = actor.partyId ?? '';
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('sandbox_job as j')
      .selectAll('j')
      .where((e) =>
        e.or([
          e('j.party_id', '=', partyId),
          e.exists(
            e
              .selectFrom('sandbox_job_input as i')
              .select('i.job_id')
              .whereRef('i.job_id', '=', 'j.id')
              .where('i.holder_id', '=', partyId),
          ),
        ]),
      )
      .$if(query.projectId !== undefined, (q) => q.where('j.project_id', '=', query.projectId ?? ''))
      .$if(query.state !== undefined, (q) => q.where('j.state', '=', query.state ?? 'queued'))
      .$if(query.waiting !== undefined, (q) =>
        q
          .where('j.state', '=', 'review')
          .where((e) =>
            e.exists(
              e
                .selectFrom('sandbox_review as r')
                .select('r.job_id')
                .whereRef('r.job_id', '=', 'j.id')
                .where('r.holder_id', '=', partyId)
                .where('r.decision', 'is', null),
            ),
          ),
      )
      .$if(after !== undefined, (q) => q.where('j.id', '<', after ?? ''))
      .orderBy('j.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return { items: await itemsOf(db, items), nextCursor };
  },
});

const one = read({
  path: '/sandbox-jobs/:jobId',
  title: text('沙箱作业详情', 'A sandbox job'),
  by: readers,
  params: z.object({ jobId: JobId }),
  query: z.object({}),
  output: JobDetail,
  run: async ({ db, actor, params }) => {
    const job = await getJob(db, params.jobId);
    if (!job) throw notFound();
    const [inputs, reviews] = [await inputsOf(db, job.id), await reviewsOf(db, job.id)];
    const part = partOf(job, inputs, reviews, actor);
    const [item] = await itemsOf(db, [job]);
    if (part === undefined || !item) throw notFound();
    const names = await partiesById(
      db,
      [...inputs, ...reviews].map((i) => i.holder_id),
    );
    const nameOf = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const titles = await db
      .selectFrom('resource')
      .select(['id', 'title'])
      .where(
        'id',
        'in',
        inputs.map((i) => i.resource_id),
      )
      .execute();
    const output = await db
      .selectFrom('sandbox_output')
      .select('resource_id')
      .where('job_id', '=', job.id)
      .executeTakeFirst();
    const own = reviews.find((r) => r.holder_id === actor.partyId);
    return {
      ...item,
      part,
      code: job.code,
      programHash: job.program_hash,
      output: job.output,
      submittedBy: await personOf(db, job, actor),
      attempts: job.attempts,
      inputs: inputs.map((i) => ({
        alias: i.alias,
        grantId: i.grant_id,
        resourceId: i.resource_id,
        title: titles.find((t) => t.id === i.resource_id)?.title ?? '',
        holder: nameOf(i.holder_id),
      })),
      checks: part === 'operator' ? withoutNumbers(job.checks).map((c) => ({ ...c, text: null })) : [...job.checks],
      differences: part === 'reviewer' ? job.differences.map((d) => ({ ...d, examples: [...d.examples] })) : null,
      reviews: reviews.map((r) => ({
        holder: nameOf(r.holder_id),
        decision: r.decision,
        reason: r.reason,
        decidedAt: r.decided_at?.toISOString() ?? null,
      })),
      ...(await contentFor(job, part)),
      log: await logFor(job, inputs, actor),
      contentSha256: part === 'operator' && job.state !== 'released' ? null : job.content_sha256,
      cpuMs: part === 'operator' ? null : job.cpu_ms,
      memoryBytes: part === 'operator' ? null : job.memory_bytes,
      resourceId: output?.resource_id ?? null,
      mayCancel: job.party_id === actor.partyId && ['queued', 'running', 'checking', 'review'].includes(job.state),
      mayDecide: part === 'reviewer' && job.state === 'review' && own?.decision === null,
      receipts: await receiptsOf(db, [job.id], RECEIPTS_MAX),
    };
  },
});

/** The name of who submitted, for the own party alone; holders deal with the party. */
async function personOf(q: Queryable, job: Job, actor: Actor) {
  const row =
    job.party_id === actor.partyId
      ? await q.selectFrom('person').select('display_name').where('id', '=', job.submitted_by).executeTakeFirst()
      : undefined;
  return { id: job.submitted_by, name: row?.display_name ?? '', self: job.submitted_by === actor.personId };
}

async function contentFor(job: Job, part: Part): Promise<Pick<z.input<typeof JobDetail>, 'content' | 'withheld'>> {
  const { vault } = sandboxSetting();
  const visible = job.state === 'released' ? part !== 'holder' : job.state === 'review' && part === 'reviewer';
  if (visible && job.content_id !== null) return { content: await readContent(vault, job.content_id), withheld: null };
  const withheld =
    job.state === 'review'
      ? text('成果待数据持有单位审查，放行后方可查看。', 'The holders of the data review it; it is seen once released.')
      : job.state === 'rejected'
        ? text('成果未予放行，已经删除。', 'The output was held back and removed.')
        : null;
  return { content: null, withheld };
}

/** What a program prints may hold values of every table that went in: shown only to who holds them all. */
async function logFor(job: Job, inputs: readonly JobInput[], actor: Actor): Promise<string | null> {
  if (job.log_id === null || !inputs.every((i) => i.holder_id === actor.partyId)) return null;
  return readLog(sandboxSetting().vault, job.log_id);
}

export const airlockReads: readonly Read[] = [list, one];
