import type { Task } from '../../jobs.ts';
import type { Procedure } from '../procedure.ts';
import { deliverTask, fanOutTask, sweepTask } from './deliver.ts';

export { outboundActs, outboundReads } from './acts.ts';
export { configureOutbound, type OutboundSetting } from './setting.ts';

/** What carries notifications out of the platform. */
export const outboundTasks = (procedures: ReadonlyMap<string, Procedure>): Task[] => [
  fanOutTask,
  deliverTask(procedures),
  sweepTask,
];
