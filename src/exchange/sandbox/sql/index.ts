export { cellsOf } from './cells-read.ts';
export { type CheckOutcome, check } from './check.ts';
export { type Attached, canRunInParts, guardedSql, type Part } from './guarded.ts';
export type { Problem, ProblemCode } from './problems.ts';
export { type QueryResult, type ReleasedRow, resultOf } from './result.ts';
export { closedGrammar, queryLimits, querySize } from './rules.ts';
export type { CheckedQuery } from './types.ts';
