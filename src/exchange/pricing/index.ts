import type { Act } from '../../kernel/acts/index.ts';
import type { Procedure } from '../../kernel/cases/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { connectPriceBasis } from '../products/index.ts';
import { capActs } from './acts-cap.ts';
import { closeTask, revenueActs } from './acts-revenue.ts';
import { capSetting, revenueApproval } from './procedure.ts';
import { basisOf } from './store.ts';

export { sumOf as costOf } from './model.ts';
export { reads } from './queries.ts';
export { TRIAL_MONTHS } from './rules.ts';

connectPriceBasis(basisOf);

export const acts: readonly Act[] = [...revenueActs, ...capActs];
export const tasks: readonly Task[] = [closeTask];
export const procedures: readonly Procedure[] = [revenueApproval, capSetting];
