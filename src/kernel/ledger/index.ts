import './tables.ts';

export { fenOf, Money, money, PositiveMoney, SignedMoney, yuan } from './money.ts';
export {
  type Balance,
  balanceOf,
  balances,
  heldFor,
  statement,
  trialBalance,
} from './reads.ts';
export {
  ensureAccount,
  ensureAccounts,
  stripeOf,
  type TransferInput,
  type TransferKind,
  transfer,
  transferBatch,
} from './transfer.ts';
