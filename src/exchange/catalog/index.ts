import type { Procedure } from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { readTask } from './import/read.ts';
import { snapshotTask, sweepTask } from './import/snapshot.ts';
import { RESOURCE_COLUMNS, type Resource } from './model.ts';
import { closeDaysTask } from './opening/content.ts';
import { openingApplication } from './opening/procedure.ts';

import './custody.ts';

export { acts } from './acts.ts';
export { conditionProblems } from './conditions.ts';
export { connectConsents, consentCovers, consents, separateConsent } from './consents.ts';
export { carryUses, componentStopped, isService, registerDerived, sourcesBehind } from './derivation.ts';
export {
  AuthorisationId,
  DictionaryColumn,
  GRADES,
  maskProfile,
  Profile,
  type Resource,
  ResourceId,
  resourceLife as resourceStates,
} from './model.ts';
export { OPEN_FORMATS, type OpenContent, serveGranted, serveOpen } from './opening/content.ts';
export { OPENING_LIMITS, OpeningApplicationId } from './opening/model.ts';
export { addDerivedSource, type Derived, reads } from './queries.ts';
export {
  grantFor,
  type LivingGrant,
  type RightsBehind,
  rightsBehind,
  type StoppedUse,
  type UseRight,
  ungranted,
  useRights,
} from './rights.ts';
export { configureCatalogue } from './setting.ts';
export { takenFor, takeUse } from './taking.ts';
export {
  endUse,
  grantUse,
  type HoldCause,
  resumeUse,
  stopMade,
  suspendUse,
  type UseGrant,
  type UseScope,
} from './use.ts';
export { conditionsFit, rightsLive, withinQuantity } from './use-rules.ts';

export const tasks: readonly Task[] = [readTask, snapshotTask, sweepTask, closeDaysTask];
export const procedures: readonly Procedure[] = [openingApplication];

/** A resource whose data stand in the zone; one that is only listed is nothing to work with. */
export async function getResource(q: Queryable | Tx, resourceId: string): Promise<Resource | undefined> {
  return q
    .selectFrom('resource')
    .select(RESOURCE_COLUMNS)
    .where('id', '=', resourceId)
    .where('object_id', 'is not', null)
    .$narrowType<Pick<Resource, 'dataset_id' | 'object_id'>>()
    .executeTakeFirst();
}
