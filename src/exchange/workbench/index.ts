import type { Act, Read } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { marketRead } from './market.ts';
import { subjectsRead } from './subjects.ts';
import { type Turns, tasksRead } from './tasks.ts';

/** A view over the other rooms: it reads their tables and changes nothing. */
export const acts: readonly Act[] = [];
export const reads: readonly Read[] = [marketRead, subjectsRead];
/** What waits for a person, cases included; they are known only once every procedure is. */
export const readsWith = (turns: Turns): readonly Read[] => [tasksRead(turns)];
export const tasks: readonly Task[] = [];
