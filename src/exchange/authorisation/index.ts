import type { Act } from '../../kernel/acts/index.ts';
import type { Procedure } from '../../kernel/cases/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { agreeActs } from './acts-agree.ts';
import { applyActs } from './acts-apply.ts';
import { dutyActs } from './acts-duties.ts';
import { governanceActs } from './acts-governance.ts';
import { maintenanceActs } from './acts-maintenance.ts';
import { operateActs } from './acts-operate.ts';
import { reviewActs } from './acts-review.ts';
import { reviseActs } from './acts-revise.ts';
import { scenarioActs } from './acts-scenario.ts';
import { dutyProcedures } from './duties.ts';
import { expiryTask } from './expiry.ts';
import { dataApplication, dataGovernance, operation } from './procedure.ts';

export { monthsAfter } from './agreements.ts';
export {
  type Agreement,
  AgreementId,
  MODE_TITLES,
  ScenarioId,
  USE_CLASS_TITLES,
  USE_CLASSES,
  type UseClass,
} from './model.ts';
export { TIMES } from './procedure.ts';
export { reads } from './queries.ts';
export { inCase, stateTitle as agreementStateTitle } from './reads-shared.ts';
export { itsTurn, underLivingAgreement } from './rules/index.ts';
export { type AgreementInHand, authorityOf, getAgreement, lockAgreement } from './store.ts';

export const acts: readonly Act[] = [
  ...applyActs,
  ...reviewActs,
  ...reviseActs,
  ...agreeActs,
  ...operateActs,
  ...dutyActs,
  ...maintenanceActs,
  ...scenarioActs,
  ...governanceActs,
];
export const tasks: readonly Task[] = [expiryTask];
export const procedures: readonly Procedure[] = [operation, dataApplication, dataGovernance, ...dutyProcedures];
