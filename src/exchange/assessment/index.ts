import type { Task } from '../../kernel/jobs.ts';
import { measureTask } from './measure.ts';

export { opinionsOn } from '../products/index.ts';
export { acts } from './acts.ts';
export { CHECKLISTS } from './checklists.ts';
export { reads } from './queries.ts';

export const tasks: readonly Task[] = [measureTask];
