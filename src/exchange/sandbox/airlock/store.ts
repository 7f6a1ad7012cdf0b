import { notFound, refused } from '../../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { text } from '../../../kernel/text.ts';
import { rightsBehind, type StoppedUse } from '../../catalog/index.ts';
import { type GrantInHand, grantsInHand } from '../store.ts';
import type { Job, JobInput, Review } from './model.ts';

/** The use of rights is counted under the job's id, once for all its attempts. */
export const JOB_VERSION = 1;

export interface JobInHand {
  readonly job: Job;
  readonly inputs: readonly JobInput[];
  readonly grants: readonly GrantInHand[];
  readonly reviews: readonly Review[];
  /** Why it may not go on: a grant, a right or a consent behind it stands still or has ended. */
  readonly useStopped: StoppedUse | null;
}

export const getJob = (q: Queryable, jobId: string): Promise<Job | undefined> =>
  q.selectFrom('sandbox_job').selectAll().where('id', '=', jobId).executeTakeFirst();

export const inputsOf = (q: Queryable, jobId: string): Promise<JobInput[]> =>
  q.selectFrom('sandbox_job_input').selectAll().where('job_id', '=', jobId).orderBy('alias').execute();

export const reviewsOf = (q: Queryable, jobId: string): Promise<Review[]> =>
  q.selectFrom('sandbox_review').selectAll().where('job_id', '=', jobId).orderBy('holder_id').execute();

/** Locks a job with all that decides on it. @throws notFound when there is none */
export async function lockJob(tx: Tx, jobId: string, at: Date): Promise<JobInHand> {
  const job = await tx.selectFrom('sandbox_job').selectAll().where('id', '=', jobId).forUpdate().executeTakeFirst();
  if (!job) throw notFound();
  const inputs = await inputsOf(tx, jobId);
  const { grants, useStopped } = await standing(tx, jobId, inputs, at);
  return { job, inputs, grants, reviews: await reviewsOf(tx, jobId), useStopped };
}

/** Whether everything behind a job lives: asked at each step, and each half second while it runs. */
export async function standing(
  q: Queryable,
  jobId: string,
  inputs: readonly JobInput[],
  at: Date,
): Promise<{ grants: readonly GrantInHand[]; useStopped: StoppedUse | null }> {
  const grants = await grantsInHand(q, { grantIds: inputs.map((i) => i.grant_id), all: true }, at);
  const stopped = grants.find((g) => g.stopped !== null)?.stopped ?? null;
  return { grants, useStopped: stopped ?? (await rightsBehind(q, jobId, JOB_VERSION, at)).stopped };
}

/** Only the process that runs the job now says what became of it. @throws Refused for any other */
export function requireRun(job: Job, runId: string): void {
  if (job.run_id === runId) return;
  throw refused(
    'state',
    'HS-23.27',
    text('作业已由别处运行或者已经结束', 'The job runs elsewhere, or is over'),
    text('这次运行的结果不再有效。', 'What this run found counts no more.'),
    text('无须处理。', 'Nothing is to be done.'),
  );
}

/** The strictest of the grants decides for all. */
export const leastEntities = (grants: readonly GrantInHand[]): number =>
  Math.max(...grants.map(({ grant }) => grant.policy.k));
