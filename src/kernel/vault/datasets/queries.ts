import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type Actor, afterOf, notFound, PageQuery, page, pageOf, type Read, read, role } from '../../acts/index.ts';
import type { Queryable } from '../../database/index.ts';
import { TextSchema } from '../../text.ts';
import { FindingSchema } from '../finder/model.ts';
import type { DatasetTable } from '../tables.ts';
import { tableFiles } from './files.ts';
import { ColumnSchema, type Dataset, DatasetId, INGEST_ROLES, TableProfileSchema } from './model.ts';
import { revisionReads } from './revisions.ts';

/** A dataset whoever owns it; the caller decides who may see it. */
export async function getDataset(q: Queryable, id: string): Promise<Dataset | undefined> {
  const row = await q.selectFrom('dataset').selectAll().where('id', '=', id).executeTakeFirst();
  return row && datasetOf(row);
}

const datasetOf = (row: Selectable<DatasetTable>): Dataset => ({
  id: row.id,
  partyId: row.party_id,
  title: row.title,
  state: row.state,
  objectId: row.object_id,
  rows: row.rows,
  bytes: row.bytes,
  columns: row.columns ?? [],
  profile: row.profile,
  findings: row.findings,
  failure: row.failure,
  createdAt: row.created_at,
  version: row.version,
});

const Stage = z
  .enum(['waiting', 'checking', 'reading', 'writing', 'profiling', 'sealing', 'done'])
  .meta({ title: '处理阶段', 'x-title-en': 'Stage of the work' });

const ProgressSchema = z.object({
  stage: Stage,
  done: z.number().int(),
  /** Null while unknown. */
  total: z.number().int().nullable(),
  unit: z.enum(['bytes', 'rows', 'columns']),
});

const DatasetSummary = z.object({
  id: DatasetId,
  title: z.string(),
  state: z.enum(['ingesting', 'ready', 'failed', 'erased']),
  rows: z.number().int().nullable(),
  bytes: z.number().int().nullable(),
  createdAt: z.iso.datetime(),
});

const FileSchema = z.object({
  name: z.string(),
  objectId: z.string(),
  rows: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
});

const DatasetDetail = DatasetSummary.extend({
  version: z.number().int(),
  revision: z.number().int(),
  baseId: DatasetId.nullable(),
  files: z.array(FileSchema),
  progress: ProgressSchema,
  columns: z.array(ColumnSchema),
  profile: TableProfileSchema.nullable(),
  findings: z.array(FindingSchema).nullable(),
  failure: TextSchema.nullable(),
});

const summaryOf = (d: Dataset) => ({
  id: d.id,
  title: d.title,
  state: d.state,
  rows: d.rows,
  bytes: d.bytes,
  createdAt: d.createdAt.toISOString(),
});

async function progressOf(q: Queryable, dataset: Dataset): Promise<z.input<typeof ProgressSchema>> {
  if (dataset.state === 'ready')
    return { stage: 'done', done: dataset.rows ?? 0, total: dataset.rows ?? 0, unit: 'rows' };
  const row = await q
    .selectFrom('dataset_progress')
    .selectAll()
    .where('dataset_id', '=', dataset.id)
    .executeTakeFirst();
  const stage = Stage.safeParse(row?.stage);
  if (!row || !stage.success) return { stage: 'waiting', done: 0, total: null, unit: 'bytes' };
  const unit = row.unit === 'rows' || row.unit === 'columns' ? row.unit : 'bytes';
  return { stage: stage.data, done: row.done, total: row.total, unit };
}

const isOwn = (dataset: Dataset, actor: Actor): boolean =>
  actor.kind === 'system' || (actor.partyId !== null && actor.partyId === dataset.partyId);

const datasetRead = read({
  path: '/datasets/:datasetId',
  title: { zh: '数据集', en: 'Dataset' },
  by: role(...INGEST_ROLES),
  params: z.object({ datasetId: DatasetId }),
  query: z.object({}),
  output: DatasetDetail,
  run: async ({ db, actor, params }) => {
    const row = await db.selectFrom('dataset').selectAll().where('id', '=', params.datasetId).executeTakeFirst();
    const dataset = row && datasetOf(row);
    if (!dataset || !isOwn(dataset, actor)) throw notFound();
    return {
      ...summaryOf(dataset),
      version: dataset.version,
      revision: row.revision,
      baseId: row.base_id,
      files: await tableFiles(db, row),
      progress: await progressOf(db, dataset),
      columns: dataset.columns.map(({ name, type }) => ({ name, type })),
      profile: dataset.profile as z.input<typeof TableProfileSchema> | null,
      findings: dataset.findings && [...dataset.findings],
      failure: dataset.failure,
    };
  },
});

const datasetsRead = read({
  path: '/datasets',
  title: { zh: '本单位的数据集', en: 'Datasets of one’s party' },
  by: role(...INGEST_ROLES),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(DatasetSummary),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    let rows = db
      .selectFrom('dataset')
      .selectAll()
      .where('party_id', '=', actor.partyId ?? '');
    if (after) rows = rows.where('id', '<', after);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      found.map((row) => summaryOf(datasetOf(row))),
      query.limit,
      (d) => d.id,
    );
  },
});

export const reads: Read[] = [datasetsRead, datasetRead, ...revisionReads];
