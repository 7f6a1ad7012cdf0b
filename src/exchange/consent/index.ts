import type { Task } from '../../kernel/jobs.ts';
import { connectConsents } from '../catalog/index.ts';
import { consentedRows, livingConsents, lockPurpose } from './store.ts';

export type { Consented } from '../../kernel/vault/index.ts';
export { acts } from './acts.ts';
export { reads } from './queries.ts';
export { consentedRows } from './store.ts';

connectConsents({
  living: async (tx, of) => {
    await lockPurpose(tx, { resource_id: of.resourceId, purpose: of.purpose });
    return livingConsents(tx, of);
  },
  rows: consentedRows,
});

export const tasks: readonly Task[] = [];
