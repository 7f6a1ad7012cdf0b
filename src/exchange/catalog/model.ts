import type { Generated, Selectable, ColumnType as Stored } from 'kysely';
import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import type { ColumnType, Condition, TableProfile } from '../../kernel/vault/index.ts';

export const ResourceId = idOf('res', { zh: '资源编号', en: 'Resource id' });
export const AuthorisationId = idOf('aut', { zh: '授权编号', en: 'Authorisation id' });

/** How the holder came to the data: the four sources a registration knows. */
export const SOURCES = ['self-generated', 'agreement', 'public-collection', 'derived'] as const;
/** Grades of GB/T 43697-2024: 核心 / 重要 / 一般. */
export const GRADES = ['core', 'important', 'general'] as const;
/** How public data is opened (BJ-6.5). */
export const OPENINGS = ['unconditional', 'conditional', 'paid'] as const;

export const DictionaryInput = z.object({
  name: z.string().min(1).max(200),
  titleZh: z.string().trim().min(1).max(100),
  titleEn: z.string().trim().max(100).optional(),
  description: z.string().trim().max(500).optional(),
  unit: z.string().trim().max(40).optional(),
  sensitive: z.boolean(),
});
export type DictionaryInput = z.output<typeof DictionaryInput>;

/** A column as the catalogue shows it. */
export const DictionaryColumn = z.object({
  name: z.string(),
  type: z.string(),
  titleZh: z.string(),
  titleEn: z.string().nullable(),
  description: z.string().nullable(),
  unit: z.string().nullable(),
  sensitive: z.boolean(),
});
export type DictionaryColumn = Omit<z.infer<typeof DictionaryColumn>, 'type'> & { readonly type: ColumnType };

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** Statistics of a table as people may see them. */
export const Profile = z.object({
  rows: z.number(),
  bytes: z.number(),
  duplicateRows: z.number().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      nulls: z.number(),
      distinct: z.number(),
      distinctExact: z.boolean(),
      min: Cell,
      max: Cell,
      mean: z.number().nullable(),
      histogram: z
        .array(
          z.object({
            from: z.union([z.number(), z.string()]),
            to: z.union([z.number(), z.string()]),
            count: z.number(),
          }),
        )
        .nullable(),
      top: z.array(z.object({ value: Cell, count: z.number() })).nullable(),
      /** Values are withheld because the column is sensitive. */
      masked: z.boolean(),
    }),
  ),
});
export type Profile = z.infer<typeof Profile>;

/** Takes every value out of the statistics of sensitive columns; counts stay. */
export function maskProfile(profile: TableProfile, isSensitive: (column: string) => boolean): Profile {
  return {
    rows: profile.rows,
    bytes: profile.bytes,
    duplicateRows: profile.duplicateRows,
    columns: profile.columns.map(({ histogram, top, ...c }) => {
      const masked = isSensitive(c.name);
      return masked
        ? { ...c, min: null, max: null, mean: null, histogram: null, top: null, masked }
        : { ...c, histogram: histogram && [...histogram], top: top && [...top], masked };
    }),
  };
}

/** JSON columns are written as text and read as values. */
type Json<T> = Stored<T, string, string>;
/** A column that rows of before do not have. */
type Later<T> = Stored<T | null, T | null | undefined, T | null>;

export interface ResourceTable {
  id: string;
  holder_id: string;
  state: 'listed' | 'registered' | 'withdrawn';
  version: Generated<number>;
  title: string;
  summary: string;
  source: (typeof SOURCES)[number];
  source_statement: string;
  sector: string;
  class: string;
  grade: (typeof GRADES)[number];
  contains_personal_information: boolean;
  consent_basis: string | null;
  update_frequency: string;
  region: string;
  covers_from: string | null;
  covers_to: string | null;
  /** Null only for what is not public data. */
  opening: (typeof OPENINGS)[number] | null;
  public_data: boolean;
  /** Null while the resource is only listed: its data are not in the zone. */
  dataset_id: string | null;
  object_id: string | null;
  rows: number;
  bytes: number;
  columns: Json<readonly DictionaryColumn[]>;
  profile: Stored<Profile | null, string | null, string | null>;
  registered_at: Date;
  withdrawn_at: Date | null;
  withdrawal_reason: string | null;
  /** Its number in the directory of its department. */
  number: Later<string>;
  office: Later<string>;
  responsible_id: Later<string>;
  conditions: Later<string>;
  zone: Later<string>;
  exception_basis: Later<string>;
  data_at: Later<Date>;
  update_due_at: Later<Date>;
  origin: Stored<Origin | null, string | null | undefined, string | null>;
  missing: Stored<string[], string[] | undefined, string[]>;
  search: Stored<string, unknown, unknown>;
  search_version: number;
}
/** An entry of the catalogue, with or without data. */
export type Entry = Selectable<Omit<ResourceTable, 'search' | 'search_version'>>;
/** A resource whose data stand in the zone: what other rooms work with. */
export type Resource = Omit<Entry, 'dataset_id' | 'object_id'> & {
  readonly dataset_id: string;
  readonly object_id: string;
};

/** Where an entry, and the data that stand behind it now, come from. */
export interface Origin {
  readonly kind: 'file' | 'postgresql' | 'mysql' | 'ckan' | 'dcat';
  readonly importId: string;
  /** Name of the file, host and database, or address of the catalogue; never a credential. */
  readonly place: string;
  /** What it is called there: table, package, identifier. */
  readonly external: string | null;
  /** Page of the data set at its source, where it has one. */
  readonly page?: string | null;
  /** When the data were taken, RFC 3339; absent while none were. */
  readonly takenAt?: string;
}

export interface ResourceVersionTable {
  resource_id: string;
  holder_id: string;
  version: number;
  at: Date;
  person_id: string | null;
  event: string;
  changed: string[];
  content: Json<Readonly<Record<string, unknown>>>;
}

export interface ResourceAuthorisationTable {
  id: string;
  resource_id: string;
  party_id: string;
  purpose: string;
  valid_until: Date;
  granted_at: Date;
  revoked_at: Date | null;
  revocation_reason: string | null;
  /** From an agreement of authorised operation; null where the holder authorised it directly. */
  agreement_id: Stored<string | null, string | null | undefined, string | null>;
  scenario_id: Stored<string | null, string | null | undefined, string | null>;
  /** Null: every column. */
  columns: Stored<string[] | null, string[] | null | undefined, string[] | null>;
  row_filter: Stored<readonly Condition[], string | undefined, string>;
  rows_max: Stored<number | null, number | null | undefined, number | null>;
  uses_max: Stored<number | null, number | null | undefined, number | null>;
  uses: Generated<number>;
  rows_used: Generated<number>;
  /** Why it stands still; empty while it does not. */
  holds: Generated<string[]>;
  suspended_at: Stored<Date | null, Date | null | undefined, Date | null>;
}

interface ResourceUseTable {
  id: string;
  authorisation_id: string;
  resource_id: string;
  made_id: string;
  made_version: number;
  rows: number;
  taken_at: Date;
  consent_withdrawn_at: Stored<Date | null, Date | null | undefined, Date | null>;
}
declare module '../../kernel/database/database.ts' {
  interface Tables {
    resource: ResourceTable;
    resource_use: ResourceUseTable;
    resource_version: ResourceVersionTable;
    resource_authorisation: ResourceAuthorisationTable;
  }
}

/** Everything of a resource but its search index. */
export const RESOURCE_COLUMNS = [
  'id',
  'holder_id',
  'state',
  'version',
  'title',
  'summary',
  'source',
  'source_statement',
  'sector',
  'class',
  'grade',
  'contains_personal_information',
  'consent_basis',
  'update_frequency',
  'region',
  'covers_from',
  'covers_to',
  'opening',
  'public_data',
  'dataset_id',
  'object_id',
  'rows',
  'bytes',
  'columns',
  'profile',
  'registered_at',
  'withdrawn_at',
  'withdrawal_reason',
  'number',
  'office',
  'responsible_id',
  'conditions',
  'zone',
  'exception_basis',
  'data_at',
  'update_due_at',
  'origin',
  'missing',
] as const satisfies readonly (keyof ResourceTable)[];

export const resourceLife = lifecycle(
  {
    listed: { gather: 'registered', change: 'listed', withdraw: 'withdrawn' },
    registered: { authorise: 'registered', change: 'registered', refresh: 'registered', withdraw: 'withdrawn' },
    withdrawn: {},
  },
  {
    rule: 'HS-3.20',
    subject: text('资源', 'resource'),
    states: {
      listed: text('已编目，数据未归集', 'listed, data not gathered'),
      registered: text('已登记', 'registered'),
      withdrawn: text('已注销', 'withdrawn'),
    },
  },
);
