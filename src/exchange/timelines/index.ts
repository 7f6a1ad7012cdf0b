import type { Act } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';

export { receiptsOfLife } from './events.ts';
export { lifeOf } from './life.ts';
export { reads } from './queries.ts';

/** A view over the other rooms: it reads their tables and changes nothing. */
export const acts: readonly Act[] = [];
export const tasks: readonly Task[] = [];
