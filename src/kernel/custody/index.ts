import type { Act } from '../acts/index.ts';
import { askErasure, decideErasure, placeHold, releaseHold, setRetention } from './acts.ts';
import { expireObject, recordDamage, recordRotation, rotateKeys } from './acts-keys.ts';
import { issueStatement, setQuota } from './acts-statement.ts';

export { addCustodyNeed, addCustodyUse, type CustodyUse } from './hooks.ts';
export { reads } from './reads.ts';
export { tasks } from './tasks.ts';

export const acts: readonly Act[] = [
  setRetention,
  placeHold,
  releaseHold,
  askErasure,
  decideErasure,
  rotateKeys,
  recordRotation,
  expireObject,
  recordDamage,
  issueStatement,
  setQuota,
];
