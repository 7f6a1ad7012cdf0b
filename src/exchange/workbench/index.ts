import type { Act, Read } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { marketRead } from './market.ts';
import { subjectsRead } from './subjects.ts';
import { tasksRead } from './tasks.ts';

/** A view over the other rooms: it reads their tables and changes nothing. */
export const acts: readonly Act[] = [];
export const reads: readonly Read[] = [marketRead, tasksRead, subjectsRead];
export const tasks: readonly Task[] = [];
