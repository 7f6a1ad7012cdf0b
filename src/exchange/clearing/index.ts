import './tables.ts';
import type { Act } from '../../kernel/acts/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { accountActs } from './accounts.ts';
import { clearOrder, clearTask } from './clear.ts';

export { type Clearing, clearingOf, giveBack, type Reservation, refund, release, reserve } from './escrow.ts';
export {
  cashAccountOf,
  EXCHANGE,
  FEE_BASIS_POINTS,
  feeRuleAt,
  type Share,
  type SplitLeg,
  splitByShares,
} from './model.ts';
export { connectOrders, type OrderBook, type OrderToClear } from './orders.ts';
export { reads } from './reads.ts';

export const acts: readonly Act[] = [...accountActs, clearOrder];
export const tasks: readonly Task[] = [clearTask];
