import type { Act, Read } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { grantActs } from './acts-grants.ts';
import { discardTask, preparedActs } from './acts-prepared.ts';
import { projectActs } from './acts-projects.ts';
import { queryActs } from './acts-query.ts';
import * as airlock from './airlock/index.ts';
import * as joint from './joint/index.ts';
import { prepareTask } from './prepare.ts';
import { projectReads } from './queries.ts';
import './custody.ts';
import { suppressionReads } from './queries-suppressions.ts';
import { connectJobs, useReads } from './queries-uses.ts';
import { makeTask, serviceActs, serviceReads } from './service/index.ts';

export { clearCopies } from './cache.ts';
export { chargeUse, lockAudience } from './charge.ts';
export { refusalOf } from './failures.ts';
export { addUp, identifiersOf, intersect, type JointApi, JointOver, type JointView } from './joint/index.ts';
export { limitsAt as sessionLimits } from './lane.ts';
export { HELD_MAX, type PartWorker, startPartWorker } from './parts/index.ts';
export { takePlace } from './places.ts';
export { usesLeft } from './rules.ts';
export { type BitSource, cellsLeft, discreteLaplace, epsilonLeft, secureBits } from './sdc/index.ts';
export {
  AnswerColumn,
  answerCall,
  approvedTemplate,
  type Call,
  ParameterValue,
  type ReadyCall,
  readyCall,
  type Service,
  serviceOfProduct,
  TEMPLATE_NAME,
} from './service/index.ts';
export { configureSandbox, type SandboxSetting, sandboxSetting } from './setting.ts';

connectJobs(async (q, ids) => {
  const jobs = await q
    .selectFrom('sandbox_job')
    .select(['id', 'code', 'state'])
    .where('id', 'in', ['', ...ids])
    .execute();
  return new Map(jobs.map(({ id, code, state }) => [id, { code, state }]));
});

export const acts: readonly Act[] = [
  ...projectActs,
  ...grantActs,
  ...preparedActs,
  ...queryActs,
  ...serviceActs,
  ...airlock.acts,
  ...joint.acts,
];
export const reads: readonly Read[] = [
  ...projectReads,
  ...useReads,
  ...serviceReads,
  ...airlock.reads,
  ...joint.reads,
  ...suppressionReads,
];
export const tasks: readonly Task[] = [prepareTask, discardTask, makeTask, ...airlock.tasks, ...joint.tasks];
