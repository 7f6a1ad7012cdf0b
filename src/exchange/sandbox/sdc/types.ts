import type { Tx } from '../../../kernel/database/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, Measure, SuppressionClass } from '../cells.ts';
import type { GrantPolicy } from '../policy.ts';

/** A group column of a query, in canonical SQL over names of data sets, so that projects with other aliases agree. */
export interface GroupColumn {
  readonly expression: string;
  /** Values everybody may know; null: a key is told only where the group is large enough. */
  readonly domain: readonly (string | number)[] | null;
}

/** What sets the rows of a query's cells apart: everything but measures, HAVING, ORDER BY and LIMIT. */
export interface QueryShape {
  /** Canonical source: a data set or a join of them, with the join's conditions. */
  readonly source: string;
  /** Canonical conjuncts of WHERE, sorted, each once; equalities with a constant belong into `fixed`. */
  readonly filter: readonly string[];
  /** `expression = constant` among the conjuncts of WHERE, so that a filter and a group key are known as the same. */
  readonly fixed: readonly (readonly [expression: string, value: Value])[];
  readonly groups: readonly string[];
}

/** The rows of one cell: the source's rows for which every conjunct holds and every key is as given. */
export interface Predicate {
  readonly source: string;
  readonly filter: readonly string[];
  /** Expression and value (null: the expression is null), sorted by expression. */
  readonly keys: readonly (readonly [expression: string, value: Value])[];
}

export interface AskedQuery {
  /** SHA-256 of the canonical query without HAVING, ORDER BY and LIMIT, which are applied to what was released. */
  readonly fingerprint: string;
  readonly source: string;
  /** Keys of the data sets of the source; the ledger is theirs and the audience's. */
  readonly datasets: readonly string[];
  readonly filter: readonly string[];
  readonly fixed: readonly (readonly [expression: string, value: Value])[];
  readonly groups: readonly GroupColumn[];
  /** In the order of the cells' `measures`; arguments in canonical SQL. */
  readonly measures: readonly Measure[];
}

/** Two cells that both rest on rows of `dataset`, perhaps by other joins, and the argument (null: rows) told of them. */
export interface CellPair {
  readonly dataset: string;
  readonly a: Predicate;
  readonly b: Predicate;
  readonly argument: string | null;
}
/**
 * Of the rows of the data set that are in one of the two cells but not in both: distinct entities, and those whose
 * contribution is not zero; null where that cannot be told: then the newer cell is not released.
 */
export interface Difference {
  readonly entities: number;
  readonly contributing: number;
}
/** Runs on the data, in one statement, in the order asked (`differenceSql`). */
export type Compare = (pairs: readonly CellPair[]) => Promise<readonly (Difference | null)[]>;

/** Rows that no query told apart: for each of the shapes its group values, or null where its WHERE leaves them out. */
export interface RowClass {
  readonly keys: readonly (readonly Value[] | null)[];
  readonly entities: number;
  /** Entities whose contribution to the argument is not zero. */
  readonly contributing: number;
}
/**
 * Groups the rows of one data set by all shapes at once (one column for each shape: its values, or null) and counts entities. `null` where
 * there are more classes than `limit`, or a row can stand in several cells of a shape: then only pairs are compared.
 */
export type Classify = (
  dataset: string,
  shapes: readonly QueryShape[],
  argument: string | null,
  limit: number,
) => Promise<Classified | null>;
export interface Classified {
  readonly classes: readonly RowClass[];
  /** Classes that one entity stands in at most. */
  readonly most: number;
  /** No entity is in two classes. */
  readonly disjoint: boolean;
  /** The different sets of two and more classes that an entity stands in, by their places; null: more than the limit. */
  readonly together: (limit: number) => Promise<readonly (readonly number[])[] | null>;
}

/** Of one cell: its entities counted by part, then those with a contribution that is not zero; each entity has its part. */
export type Spread = Int32Array;
/**
 * Spreads of the cells and margins of one query, under their names; null where they cannot be had. Those of one data set
 * and argument rest on the same parts.
 */
export type Spreads = (
  dataset: string,
  shape: QueryShape,
  argument: string | null,
) => Promise<ReadonlyMap<string, Spread> | null>;

export interface DecideInput {
  readonly tx: Tx;
  readonly at: Date;
  readonly query: AskedQuery;
  /** Policies of every table of the source: the strictest value binds. */
  readonly policies: readonly GrantPolicy[];
  /** The party that reads the answers. */
  readonly audience: string;
  /** Id of the query in the room of projects, kept beside what it released. */
  readonly queryId: string;
  /**
   * Runs the guarded SQL: finest cells and every margin. Not called where the answer is known. With `rowsPerEntity` at most
   * so many rows of each entity (of every table of a join) are kept, whichever cells they are in, before anything is
   * computed. Which ones is fixed by the data, never by chance of the run.
   */
  readonly cells: (rowsPerEntity: number | null) => Promise<readonly GuardedCell[]>;
  /** Ranges values were moved into, by canonical argument; needed with noise. */
  readonly ranges: ReadonlyMap<string, { readonly lower: number; readonly upper: number }>;
  readonly compare: Compare;
  readonly classify: Classify;
  readonly spreads: Spreads;
}

export interface ReleasedRow {
  readonly key: readonly Value[];
  /** As the query's measures; null where suppressed or without a value. */
  readonly values: readonly (number | null)[];
  readonly marks: readonly (SuppressionClass | null)[];
}

export interface Released {
  readonly rows: readonly ReleasedRow[];
  /**
   * Cells marked in the rows by class. Groups left out whole are not counted: their number would be told of data that
   * nobody may ask for.
   */
  readonly suppressed: { readonly protected: number; readonly complementary: number; readonly history: number };
  /** The answer was given before and costs nothing. */
  readonly cached: boolean;
  /** Of the strictest grant; ε in millionths, null without noise. */
  readonly budget: { readonly cellsLeft: number; readonly epsilonLeftMicro: number | null };
}
