import type { Task } from '../../kernel/jobs.ts';

export { acts } from './acts.ts';
export { disclosurePack } from './pack.ts';
export { reads } from './queries.ts';

export const tasks: readonly Task[] = [];
