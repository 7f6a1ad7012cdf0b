import './tables.ts';

export { AMOUNT_FEN_MAX, fenOf, Money, money, PositiveMoney, SignedMoney, yuan } from './money.ts';
export {
  type Balance,
  balanceOf,
  balances,
  heldFor,
  type StatementLine,
  statement,
  type TrialBalance,
  trialBalance,
} from './reads.ts';
export {
  type AccountInput,
  BATCH_MAX,
  ensureAccount,
  ensureAccounts,
  STRIPES,
  stripeOf,
  type TransferInput,
  type TransferKind,
  type TransferOutcome,
  transfer,
  transferBatch,
} from './transfer.ts';
