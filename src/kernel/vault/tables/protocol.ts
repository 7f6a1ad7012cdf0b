import type { Text } from '../../text.ts';
import type { Finding } from '../finder/model.ts';
import type {
  Filter,
  IngestSummary,
  Minimised,
  Portion,
  Progress,
  Recipe,
  RowSet,
  TableFailureKind,
  TableFormat,
  TableProfile,
  TableSummary,
  WrittenFormat,
} from './types.ts';

/** What a sandbox gets of a table: chosen columns of granted rows, with a number for whom or what each row is about. */
export interface Minimise {
  readonly portion: Portion;
  readonly keep: readonly string[];
  /** Column that names whom or what a row is about; null: every row is an entity of its own. */
  readonly entityKey: string | null;
  readonly output: string;
  readonly format: 'database' | 'parquet';
}

/** One of `of` files that share the entities of a minimised database among them. */
export interface Share {
  readonly path: string;
  readonly index: number;
  readonly of: number;
  readonly output: string;
}

/** A table that was made, and what there is to see of it. */
export interface Made extends TableSummary {
  readonly profile: TableProfile;
  readonly sample: RowSet;
}

/** One request to the worker process; every path in it is absolute. */
export type Job =
  | {
      readonly kind: 'ingest';
      readonly path: string;
      readonly format: TableFormat | null;
      readonly output: string;
      readonly limits: IngestLimits;
    }
  | { readonly kind: 'profile'; readonly path: string }
  | { readonly kind: 'inspect'; readonly path: string }
  | {
      readonly kind: 'recipe';
      readonly inputs: readonly (string | Portion)[];
      readonly recipe: Recipe;
      readonly output: string;
    }
  | {
      readonly kind: 'make';
      readonly inputs: readonly (string | Portion)[];
      readonly recipe: Recipe;
      readonly output: string;
      readonly sampleRows: number;
      readonly seed: number;
    }
  | { readonly kind: 'tally'; readonly path: string; readonly recipes: readonly Recipe[]; readonly limit: number }
  | { readonly kind: 'count'; readonly portion: Portion }
  | ({ readonly kind: 'minimise' } & Minimise)
  | ({ readonly kind: 'share' } & Share)
  | {
      readonly kind: 'query';
      readonly path: string;
      readonly filters: readonly Filter[];
      readonly columns: readonly string[] | null;
      readonly limit: number;
    }
  | { readonly kind: 'convert'; readonly path: string; readonly format: WrittenFormat; readonly output: string };

export interface IngestLimits {
  readonly columnsMax: number;
  /** Longest row of a text file and longest object of a JSON file. */
  readonly rowBytesMax: number;
  /** Unpacked size of all parts of a spreadsheet together. */
  readonly sheetBytesMax: number;
}

export interface Request {
  readonly job: Job;
  /** Private folder for spilled data; nothing outside it and the job's own files can be opened. */
  readonly folder: string;
  readonly memoryBytes: number;
  readonly threads: number;
}

export interface Results {
  readonly ingest: IngestSummary;
  readonly profile: TableProfile;
  readonly inspect: { readonly profile: TableProfile; readonly findings: readonly Finding[] };
  readonly recipe: TableSummary;
  readonly make: Made;
  readonly tally: readonly RowSet[];
  readonly count: { readonly rows: number };
  readonly minimise: Minimised;
  readonly share: { readonly rows: number; readonly bytes: number };
  readonly query: RowSet;
  readonly convert: { readonly bytes: number };
}

/** One line of JSON from the worker. */
export type Message =
  | { readonly progress: Progress }
  | { readonly result: unknown }
  | { readonly failure: { readonly kind: TableFailureKind; readonly text: Text } };
