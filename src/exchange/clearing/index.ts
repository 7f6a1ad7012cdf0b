import './tables.ts';

export { type Reservation, refund, release, reserve } from './escrow.ts';
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
