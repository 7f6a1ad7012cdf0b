import { z } from 'zod';
import { idOf } from '../../ids.ts';
import type { Text } from '../../text.ts';
import type { Finding } from '../finder/model.ts';
import type { Column, TableProfile } from '../tables/types.ts';
import type { DatasetState } from '../tables.ts';

export const DatasetId = idOf('dst', { zh: '数据集编号', en: 'Dataset id' });
export const UploadId = idOf('upl', { zh: '上传编号', en: 'Upload id' });
export const ObjectId = idOf('obj', { zh: '存储对象编号', en: 'Object id' });

/** Who brings data: 数据提供单位、运营单位、数商; buyers and brokers a table of their own, to try a product on. */
export const INGEST_ROLES = ['data-provider', 'operating-unit', 'data-merchant', 'buyer', 'broker'] as const;

export const INGEST_TASK = 'dataset.ingest';

/** A table of a party, as other rooms see it. */
export interface Dataset {
  readonly id: string;
  readonly partyId: string;
  readonly title: string;
  readonly state: DatasetState;
  /** The Parquet file in the vault, once ready. */
  readonly objectId: string | null;
  readonly rows: number | null;
  /** Size of the Parquet file. */
  readonly bytes: number | null;
  readonly columns: readonly Column[];
  readonly profile: TableProfile | null;
  /** What looks like personal data; null: nobody looked. */
  readonly findings: readonly Finding[] | null;
  readonly failure: Text | null;
  readonly createdAt: Date;
  readonly version: number;
}

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const ColumnTypeSchema = z
  .enum(['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'instant'])
  .meta({ title: '字段类型', 'x-title-en': 'Type of a column' });

export const ColumnSchema = z.object({ name: z.string(), type: ColumnTypeSchema });

const ColumnProfileSchema = ColumnSchema.extend({
  nulls: z.number().int(),
  distinct: z.number().int(),
  distinctExact: z.boolean(),
  min: Cell,
  max: Cell,
  mean: z.number().nullable(),
  histogram: z
    .array(
      z.object({
        from: z.union([z.number(), z.string()]),
        to: z.union([z.number(), z.string()]),
        count: z.number().int(),
      }),
    )
    .nullable(),
  top: z.array(z.object({ value: Cell, count: z.number().int() })).nullable(),
});

export const TableProfileSchema = z.object({
  rows: z.number().int(),
  bytes: z.number().int(),
  duplicateRows: z.number().int().nullable(),
  columns: z.array(ColumnProfileSchema),
});
