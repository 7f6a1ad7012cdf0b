import type { Cell as Value } from '../../kernel/vault/index.ts';

/** `avg` is asked as `sum` and `count`, so that the ledger knows them as one measure. */
export type MeasureFunction = 'count' | 'entities' | 'sum' | 'avg';

export interface Measure {
  /** Name in the result. */
  readonly name: string;
  readonly function: MeasureFunction;
  /** Canonical argument: `alias.column`; null for `count(*)` and `entities`. */
  readonly argument: string | null;
}

/** What the guards of one measure say of one cell; sums are per entity first, so that nobody hides in many rows. */
export interface MeasureGuard {
  /** Entities with a value that is neither missing nor zero. */
  readonly entities: number;
  /** Rows with a value. */
  readonly values: number;
  readonly sum: number;
  /** Σ|per-entity sum|, its largest and second largest. */
  readonly absolute: number;
  readonly largest: number;
  readonly second: number;
  /** Entities whose sum is negative. */
  readonly negatives: number;
}

/** One cell of a cross table or one of its margins. */
export interface GuardedCell {
  /** Values of the group columns; null also stands for a rolled-up column, see `rolledUp`. */
  readonly key: readonly Value[];
  /** Bit i: group column i is rolled up. 0 is the finest grouping. */
  readonly rolledUp: number;
  readonly entities: number;
  readonly rows: number;
  readonly measures: readonly MeasureGuard[];
}

/** Why a cell is not told. Visible to the asker as class only, the same words whatever the data. */
export type SuppressionClass = 'protected' | 'complementary' | 'history';
