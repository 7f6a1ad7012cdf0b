import type { JSONColumnType, ColumnType as Stored } from 'kysely';
import type { Text } from '../text.ts';
import type { Finding } from './finder/model.ts';
import type { Column, TableProfile } from './tables/types.ts';

type Later<T> = Stored<T | null, T | null | undefined, T | null>;
type Generated = Stored<Date, Date | undefined, Date>;

export interface VaultObjectTable {
  readonly id: string;
  readonly owner_party_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly key_id: string;
  /** Null once destroyed. */
  readonly wrapped_key: Buffer | null;
  readonly created_at: Generated;
  /** Null: wrapped by the master key itself. */
  readonly owner_key_id: Later<string>;
  readonly destroyed_at: Later<Date>;
  readonly checked_at: Later<Date>;
  readonly damaged_at: Later<Date>;
  readonly retain_until: Later<Date>;
  readonly clear_at_expiry: Stored<boolean, boolean | undefined, boolean>;
}

export interface VaultOwnerKeyTable {
  readonly id: string;
  readonly party_id: string;
  readonly generation: number;
  readonly master_id: string;
  readonly wrapped_key: Buffer | null;
  readonly made_at: Generated;
  readonly destroyed_at: Later<Date>;
}

export interface VaultQuotaTable {
  readonly party_id: string;
  readonly bytes_max: number;
  readonly objects_max: number;
  readonly reason: string;
  readonly set_at: Date;
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
  readonly file_id: Later<string>;
  /** One of several that become one file. */
  readonly part: Stored<boolean, boolean | undefined, boolean>;
  /** The parts it was made of, in their order. */
  readonly parts: Later<readonly string[]>;
  readonly joined_into: Later<string>;
}

export type DatasetState = 'ingesting' | 'ready' | 'failed' | 'erased';

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
  /** Null: it begins its series. */
  readonly series_id: Later<string>;
  readonly revision: Stored<number, number | undefined, number>;
  readonly base_id: Later<string>;
  readonly removed: Stored<readonly string[], readonly string[] | undefined, readonly string[]>;
  /** Null: the one of `upload_id`, or none. */
  readonly uploads: Later<readonly string[]>;
}

export interface DatasetFileTable {
  /** The object that lists the files. */
  readonly whole_id: string;
  readonly position: number;
  readonly name: string;
  readonly object_id: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
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

export type FileState = 'keeping' | 'kept' | 'erased';

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
    vault_owner_key: VaultOwnerKeyTable;
    vault_quota: VaultQuotaTable;
    upload: UploadTable;
    dataset: DatasetTable;
    dataset_file: DatasetFileTable;
    dataset_progress: DatasetProgressTable;
    vault_file: VaultFileTable;
  }
}
