import type { Act, Read } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { grantActs } from './acts-grants.ts';
import { projectActs } from './acts-projects.ts';
import { projectReads } from './queries.ts';

export const acts: readonly Act[] = [...projectActs, ...grantActs];
export const reads: readonly Read[] = [...projectReads];
export const tasks: readonly Task[] = [];
