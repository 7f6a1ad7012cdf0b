import type { Text } from '../../text.ts';

/** What can be turned into a table. */
export type TableFormat = 'csv' | 'json' | 'xlsx' | 'parquet';

/** What is written: `csv` is safe to open in a spreadsheet, `csv-exact` holds every value as it is. */
export type WrittenFormat = 'csv' | 'csv-exact' | 'parquet';

/**
 * The closed set of column types of stored tables. `integer` is 64 bits, `instant` is a time with a known zone (UTC),
 * `timestamp` a wall-clock time without one. Nested values are kept as JSON in `text`.
 */
export type ColumnType = 'text' | 'integer' | 'decimal' | 'double' | 'boolean' | 'date' | 'timestamp' | 'instant';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A value as JSON carries it: dates as ISO 8601 text, integers beyond 2^53 and decimals as text. */
export type Cell = string | number | boolean | null;

export interface Progress {
  readonly stage: 'checking' | 'reading' | 'profiling' | 'writing';
  readonly done: number;
  /** Null while the size of the work is unknown. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'rows' | 'columns';
}

export interface HistogramBin {
  /** Inclusive. */
  readonly from: number | string;
  /** Exclusive, except in the last bin. */
  readonly to: number | string;
  readonly count: number;
}

export interface ColumnProfile extends Column {
  readonly nulls: number;
  /** Distinct values, missing ones not counted. */
  readonly distinct: number;
  /** False when the table is so large that `distinct` is a HyperLogLog estimate (a few per cent off). */
  readonly distinctExact: boolean;
  readonly min: Cell;
  readonly max: Cell;
  /** Of numbers only. */
  readonly mean: number | null;
  /** Equal-width bins between min and max, of numbers, dates and times. */
  readonly histogram: readonly HistogramBin[] | null;
  /** The most frequent values, most frequent first; null where nearly every value is different. */
  readonly top: readonly { readonly value: Cell; readonly count: number }[] | null;
}

export interface TableProfile {
  readonly rows: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Rows that repeat an earlier row in every column; null when not computed for a very large table. */
  readonly duplicateRows: number | null;
  readonly columns: readonly ColumnProfile[];
}

export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A null value is allowed with `=` and `!=` only and asks for missing values; `!=` keeps rows whose value is missing. */
export interface Filter {
  readonly column: string;
  readonly op: FilterOperator;
  readonly value: Cell;
}

export type ConditionOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'in';

/** What a row must show to be read at all. A row whose value is missing never passes: what is not granted is not given. */
export interface Condition {
  readonly column: string;
  readonly operator: ConditionOperator;
  /** A list with `in` only. */
  readonly value: string | number | boolean | readonly (string | number)[];
}

/** The part of a file that may be read: these columns (null: all) of the rows that pass every condition. */
export interface Portion {
  readonly path: string;
  readonly columns: readonly string[] | null;
  readonly rows: readonly Condition[];
  /** Besides: only rows one of these lists lets be read. */
  readonly consented?: readonly Consented[];
}

/** Rows of whom one of these digests stands for: the SHA-256 of secret, line feed and the column's text. */
export interface Consented {
  readonly column: string;
  readonly salt: string;
  readonly digests: readonly string[];
}

export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'median';

export interface RecipeColumn {
  /** Name in the result. */
  readonly name: string;
  /** Column of the source; may be left out for `count` (rows) and defaults to `name` where there is no aggregate. */
  readonly column?: string;
  readonly aggregate?: Aggregate;
}

/** How a product is made from a resource: filter, group, choose, aggregate. */
export interface Recipe {
  readonly filters: readonly Filter[];
  readonly groupBy: readonly string[];
  readonly columns: readonly RecipeColumn[];
  /** Groups of fewer rows are left out. */
  readonly minimumGroupSize?: number;
}

export interface TableSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly Column[];
}

/** A file made for a sandbox; its entities are numbered anew in every file. */
export interface Minimised extends TableSummary {
  readonly entities: number;
}

export interface IngestSummary extends TableSummary {
  readonly format: TableFormat;
  readonly encoding: 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be' | null;
  readonly delimiter: string | null;
}

export interface RowSet {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** There were more rows than the limit. */
  readonly truncated: boolean;
}

export type TableFailureKind =
  | 'empty'
  | 'encoding'
  | 'format'
  | 'ragged'
  | 'too-large'
  | 'too-many-columns'
  | 'unknown-column'
  | 'invalid-recipe'
  | 'memory'
  | 'full'
  | 'timeout'
  | 'cancelled'
  | 'internal';

/** Why a table could not be read, made or asked; the text is fit to be shown to the person who sent it. */
export class TableFailure extends Error {
  override name = 'TableFailure';
  readonly kind: TableFailureKind;
  readonly text: Text;
  constructor(kind: TableFailureKind, text: Text) {
    super(`${kind}: ${text.en}`);
    this.kind = kind;
    this.text = text;
  }
}
