import type { Task } from '../../kernel/jobs.ts';
import { makeTask, removeTask } from './make.ts';

export { acts } from './acts.ts';
export { BundleContentQuery, type BundleDownload, serveBundle } from './content.ts';
export { reads } from './queries.ts';
export { type BundleSetting, configureBundles } from './setting.ts';

export const tasks: readonly Task[] = [makeTask, removeTask];
