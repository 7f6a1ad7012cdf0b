import type { JSONColumnType, ColumnType as Stored } from 'kysely';
import type { Text } from '../text.ts';
import type { Finding } from './finder/model.ts';
import type { Column, TableProfile } from './tables/types.ts';

type Generated = Stored<Date, Date | undefined, Date>;

export interface VaultObjectTable {
  readonly id: string;
  readonly owner_party_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
  readonly created_at: Generated;
}

export interface UploadTable {
  readonly id: string;
  readonly party_id: string;
  readonly person_id: string | null;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly created_at: Generated;
  readonly expires_at: Date;
  readonly completed_at: Date | null;
  readonly closed_at: Date | null;
  readonly dataset_id: string | null;
  readonly file_id: Stored<string | null, string | null | undefined, string | null>;
}

export type DatasetState = 'ingesting' | 'ready' | 'failed';

export interface DatasetTable {
  readonly id: string;
  readonly party_id: string;
  /** Null for a table that was taken from a database: no file stands behind it. */
  readonly upload_id: string | null;
  readonly title: string;
  readonly state: DatasetState;
  readonly object_id: string | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly columns: JSONColumnType<readonly Column[]> | null;
  readonly profile: JSONColumnType<TableProfile> | null;
  /** Null: read before anybody looked for personal data. */
  readonly findings: Stored<readonly Finding[] | null, string | null | undefined, string | null>;
  readonly failure: JSONColumnType<Text> | null;
  readonly created_at: Date;
  readonly settled_at: Date | null;
  readonly version: Stored<number, number | undefined, number>;
}

export interface DatasetProgressTable {
  readonly dataset_id: string;
  readonly stage: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly attempts: Stored<number, number | undefined, number>;
  readonly at: Generated;
}

export type FileState = 'keeping' | 'kept';

export interface VaultFileTable {
  readonly id: string;
  readonly party_id: string;
  readonly upload_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly state: FileState;
  readonly object_id: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly created_at: Date;
  readonly retain_until: Date | null;
}

declare module '../database/database.ts' {
  interface Tables {
    vault_object: VaultObjectTable;
    upload: UploadTable;
    dataset: DatasetTable;
    dataset_progress: DatasetProgressTable;
    vault_file: VaultFileTable;
  }
}
