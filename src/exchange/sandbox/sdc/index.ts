export { decide } from './decide.ts';
export { type Explanation, LEFT_OUT, SUPPRESSIONS, WITH_NOISE } from './explain.ts';
export { cellName } from './judge.ts';
export { spentOf, toldBefore } from './ledger.ts';
export { canMix } from './noisy.ts';
export { cellsLeft, epsilonLeft } from './rules.ts';
export { type BitSource, discreteLaplace, secureBits } from './sampler.ts';
export type {
  AskedQuery,
  CellPair,
  Classify,
  Compare,
  DecideInput,
  Difference,
  GroupColumn,
  Predicate,
  QueryShape,
  Released,
  ReleasedRow,
  RowClass,
  Spread,
  Spreads,
} from './types.ts';
