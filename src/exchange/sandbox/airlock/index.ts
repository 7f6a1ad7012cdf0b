import type { Act, Read } from '../../../kernel/acts/index.ts';
import type { Task } from '../../../kernel/jobs.ts';
import { airlockActs } from './acts.ts';
import { airlockSystemActs } from './acts-system.ts';
import { componentActs } from './component.ts';
import { airlockReads } from './queries.ts';
import { clearTask, runTask } from './run.ts';

export const acts: readonly Act[] = [...airlockActs, ...airlockSystemActs, ...componentActs];
export const reads: readonly Read[] = [...airlockReads];
export const tasks: readonly Task[] = [runTask, clearTask];
