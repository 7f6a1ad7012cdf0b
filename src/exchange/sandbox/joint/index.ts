import { execute, SYSTEM } from '../../../kernel/acts/index.ts';
import { type Task, task } from '../../../kernel/jobs.ts';
import { expireJoint } from './acts.ts';

export { acts } from './acts.ts';
export { addUp, intersect, type JointApi, JointOver, type JointView } from './client.ts';
export { identifiersOf } from './psi.ts';
export { reads } from './queries.ts';

const SWEEP_MAX = 200;

/** Ends what is over by time, and clears the points of what is done. */
const sweep: Task = task(
  'joint.sweep',
  async (_, { kernel }) => {
    const over = await kernel.db
      .selectFrom('joint_session as s')
      .select(['s.id', 's.until'])
      .where('s.until', '<=', new Date())
      .where((e) =>
        e.or([
          e('s.state', 'in', ['proposed', 'running']),
          e.exists(e.selectFrom('joint_points as p').select('p.part').whereRef('p.session_id', '=', 's.id')),
        ]),
      )
      .limit(SWEEP_MAX)
      .execute();
    for (const { id } of over)
      await execute(kernel, expireJoint, SYSTEM, { sessionId: id }, { idempotencyKey: `joint.expire ${id}` });
  },
  { cron: '*/5 * * * *' },
);

export const tasks: readonly Task[] = [sweep];
