import { Readable } from 'node:stream';
import type { Queryable } from '../../database/index.ts';
import { canonical } from '../../evidence/index.ts';

/** An object that lists the files of one table, instead of holding rows itself. */
export const WHOLE_MEDIA_TYPE = 'application/vnd.shuheng.tables+json';

export interface TableFile {
  /** As its sender called it; unique in the table. */
  readonly name: string;
  readonly objectId: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of an object in their order; none for one that is a table itself. */
export async function filesOf(q: Queryable, wholeId: string): Promise<TableFile[]> {
  const rows = await q
    .selectFrom('dataset_file')
    .select(['name', 'object_id as objectId', 'rows', 'bytes', 'sha256'])
    .where('whole_id', '=', wholeId)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({ ...row, rows: Number(row.rows), bytes: Number(row.bytes) }));
}

/** What the listing object holds: its digest binds every file. */
export const manifestOf = (files: readonly TableFile[]): string =>
  canonical({
    files: files.map(({ name, objectId, rows, bytes, sha256 }) => ({ name, objectId, rows, bytes, sha256 })),
  });

export const manifestStream = (files: readonly TableFile[]): Readable =>
  Readable.from([Buffer.from(manifestOf(files))]);

const DIGITS = 5;
/** Files lie in their order. */
export const nameAt = (position: number): string => `${String(position).padStart(DIGITS, '0')}.parquet`;
