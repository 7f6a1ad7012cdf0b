import type { Task } from '../../kernel/jobs.ts';

export { acts } from './acts.ts';
export { reads } from './queries.ts';

/** A trial is answered within its act: nothing is left to do after the commit. */
export const tasks: readonly Task[] = [];
