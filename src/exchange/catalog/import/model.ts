import type { Selectable, ColumnType as Stored } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../../kernel/ids.ts';
import { dated } from '../../../kernel/rulebook/index.ts';
import type { Text } from '../../../kernel/text.ts';
import type { Dictionary } from '../entry.ts';
import type { Origin } from '../model.ts';

export const ImportId = idOf('dim', { zh: '目录导入编号', en: 'Import id' });
export const IMPORT_KINDS = ['file', 'postgresql', 'mysql', 'ckan', 'dcat'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

const FROM = '2020-01-01';
/** Limits of the house for imports. */
export const IMPORT_LIMITS = {
  rows: dated({ from: FROM, value: 100_000, unit: 'row', reference: 'HS-18.7' }),
  previewHours: dated({ from: FROM, value: 24, unit: 'hour', reference: 'HS-18.9' }),
};

/** Why a source could not be read, fit to be shown to whoever asked; never holds a credential. */
export class ImportFailure extends Error {
  override name = 'ImportFailure';
  readonly text: Text;
  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

/** What a source says of one entry, in its own words; the reader's defaults stand in for what it does not say. */
export interface Found {
  readonly said: Readonly<Record<string, unknown>>;
  /** What it is called at the source: table, package, identifier. */
  readonly external: string;
  readonly page?: string;
}

/** What the source does not say, said once for all its entries. */
export const Defaults = z.object({
  sector: z.string().trim().max(60).optional().meta({ title: '行业', 'x-title-en': 'Sector' }),
  class: z.string().trim().max(60).optional().meta({ title: '数据类别', 'x-title-en': 'Class' }),
  grade: z.enum(['core', 'important', 'general']).optional().meta({ title: '数据级别', 'x-title-en': 'Grade' }),
  opening: z
    .enum(['unconditional', 'conditional', 'paid'])
    .optional()
    .meta({ title: '开放属性', 'x-title-en': 'Opening' }),
  conditions: z.string().trim().max(1_000).optional().meta({ title: '开放条件', 'x-title-en': 'Conditions' }),
  containsPersonalInformation: z
    .boolean()
    .optional()
    .meta({ title: '含个人信息', 'x-title-en': 'Personal information' }),
  consentBasis: z.string().trim().max(1_000).optional().meta({ title: '依据', 'x-title-en': 'Basis' }),
  updateFrequency: z.string().trim().max(40).optional().meta({ title: '更新频率', 'x-title-en': 'Update frequency' }),
  region: z.string().trim().max(100).optional().meta({ title: '覆盖地区', 'x-title-en': 'Region' }),
  office: z.string().trim().max(80).optional().meta({ title: '责任处室', 'x-title-en': 'Office' }),
  zone: z.string().trim().max(40).optional().meta({ title: '公共数据专区', 'x-title-en': 'Zone' }),
  sourceStatement: z.string().trim().max(2_000).optional().meta({ title: '来源说明', 'x-title-en': 'Source' }),
});
export type Defaults = z.output<typeof Defaults>;

/** How to reach a department's database, but the password. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly schema: string;
  readonly tls: boolean;
}

export interface ImportSettings {
  readonly defaults: Defaults;
  readonly fileId?: string;
  readonly url?: string;
  readonly connection?: Connection;
  /** The tables are taken into the zone when the import is committed. */
  readonly snapshot?: boolean;
}

type Json<T> = Stored<T, string, string>;
type JsonOrNull<T> = Stored<T | null, string | null | undefined, string | null>;
type Counted = Stored<number, number | undefined, number>;

export interface DirectoryImportTable {
  id: string;
  holder_id: string;
  person_id: string | null;
  kind: ImportKind;
  place: string;
  settings: Json<ImportSettings>;
  secret: Buffer | null;
  state: 'reading' | 'preview' | 'failed' | 'committed' | 'discarded';
  version: Counted;
  total: Counted;
  added: Counted;
  changed: Counted;
  same: Counted;
  faulty: Counted;
  failure: JsonOrNull<Text>;
  started_at: Date;
  read_at: Date | null;
  settled_at: Date | null;
}
export type DirectoryImport = Selectable<DirectoryImportTable>;

/** One part of an entry as it stands and as it would be. */
export interface PartChange {
  readonly part: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Problem {
  /** The rule that says no; null where the words could not be read. */
  readonly rule: string;
  /** How people cite it. */
  readonly citation?: Text;
  readonly fact: Text;
}

export interface DirectoryImportRowTable {
  import_id: string;
  position: number;
  number: string;
  title: string;
  outcome: 'new' | 'changed' | 'same' | 'faulty';
  resource_id: string | null;
  base_version: number | null;
  entry: JsonOrNull<Record<string, unknown>>;
  dictionary: JsonOrNull<Dictionary>;
  changed: string[];
  changes: Json<readonly PartChange[]>;
  problems: Json<readonly Problem[]>;
  origin: JsonOrNull<Origin>;
  missing: string[];
  update_due_at: Date | null;
  search: string | null;
  snapshot: 'wanted' | 'taken' | 'failed' | null;
  failure: JsonOrNull<Text>;
}

declare module '../../../kernel/database/database.ts' {
  interface Tables {
    directory_import: DirectoryImportTable;
    directory_import_row: DirectoryImportRowTable;
  }
}

export const READ_TASK = 'directory.read';
export const SNAPSHOT_TASK = 'directory.snapshot';
