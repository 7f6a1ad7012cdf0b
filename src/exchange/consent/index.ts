import type { Task } from '../../kernel/jobs.ts';

export { acts } from './acts.ts';
export { reads } from './queries.ts';
export { consentCovers, separateConsent } from './rules.ts';
export { type Consented, consentedRows, livingConsents, lockPurpose } from './store.ts';

export const tasks: readonly Task[] = [];
