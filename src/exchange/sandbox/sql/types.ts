import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { Measure } from '../cells.ts';
import type { GrantedTable } from '../policy.ts';

/** A column of a granted table: its alias in the project and its name there. */
export interface ColumnRef {
  readonly table: string;
  readonly column: string;
}

export const TRUNCATION_UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour'] as const;
export const DATE_PARTS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'dayofweek', 'isodow'] as const;

/** What rows may be grouped or filtered by. */
export type Expression =
  | ({ readonly kind: 'column' } & ColumnRef)
  | ({ readonly kind: 'trunc'; readonly unit: (typeof TRUNCATION_UNITS)[number] } & ColumnRef)
  | ({ readonly kind: 'part'; readonly part: (typeof DATE_PARTS)[number] } & ColumnRef)
  /** floor(column / step) * step; the step is a decimal numeral. */
  | ({ readonly kind: 'bin'; readonly step: string } & ColumnRef);

/**
 * A constant in its one spelling: numbers as decimal numerals without needless zeros, dates `YYYY-MM-DD`, times
 * `YYYY-MM-DD HH:MM:SS[.ffffff]` (instants in UTC), booleans `true` or `false`.
 */
export interface Constant {
  readonly type: ColumnType;
  readonly text: string;
}

/** Canonical: negations pushed to the leaves, operands sorted, every leaf in one spelling. Three-valued as in SQL. */
export type Predicate =
  | { readonly op: 'and' | 'or'; readonly of: readonly Predicate[] }
  | { readonly op: 'in' | 'not in'; readonly operand: Expression; readonly values: readonly Constant[] }
  | { readonly op: '<' | '<=' | '>' | '>='; readonly operand: Expression; readonly value: Constant }
  | { readonly op: 'null' | 'not null'; readonly operand: Expression };

export interface Group {
  readonly expression: Expression;
  readonly type: ColumnType;
  /** Values everybody may know; null: a key is data. */
  readonly domain: readonly (string | number)[] | null;
}

/** An equality of two columns of different tables. */
export interface Join {
  readonly left: ColumnRef;
  readonly right: ColumnRef;
}

export type OutputSource =
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'measure'; readonly measure: number }
  /** A mean: a sum over a count of the values. */
  | { readonly kind: 'ratio'; readonly sum: number; readonly count: number };

export interface Output {
  readonly name: string;
  readonly type: ColumnType;
  readonly source: OutputSource;
}

/** A condition on outputs, applied to what was released; `output` is its place in the outputs. */
export type OutputCondition =
  | { readonly op: 'and' | 'or'; readonly of: readonly OutputCondition[] }
  | { readonly op: 'not'; readonly of: OutputCondition }
  | { readonly op: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly output: number; readonly value: string | number };

export interface OutputOrder {
  readonly output: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A query of the closed grammar, with nothing of its author's text left in it but names of outputs. */
export interface CheckedQuery {
  /** Sorted by alias. */
  readonly tables: readonly GrantedTable[];
  readonly joins: readonly Join[];
  readonly where: Predicate | null;
  /** Sorted; the order of the cells' keys. */
  readonly groups: readonly Group[];
  /** Sorted, each once; the order of the cells' `measures`. A mean stands as its sum and its count of values. */
  readonly measures: readonly Measure[];
  readonly outputs: readonly Output[];
  readonly having: OutputCondition | null;
  readonly order: readonly OutputOrder[];
  readonly limit: number | null;
  readonly offset: number;
  /** SHA-256 of what decides the cells: tables, joins, filter, groups and measures; not of names, HAVING, order, limit. */
  readonly fingerprint: string;
}
