import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Act, act, notFound, refused, role, system } from '../../acts/index.ts';
import type { Tx } from '../../database/index.ts';
import { canonical } from '../../evidence/index.ts';
import { newId } from '../../ids.ts';
import { TextSchema } from '../../text.ts';
import { FindingSchema } from '../finder/model.ts';
import { uploadComplete } from '../rules.ts';
import { lockUploads, planOf, tableFiles, type Upload } from './files.ts';
import { ColumnSchema, DatasetId, INGEST_ROLES, INGEST_TASK, ObjectId, TableProfileSchema, UploadId } from './model.ts';
import { filesLimited, revisionChanges } from './rules.ts';

const ATTEMPTS_MAX = 5;
const TITLE_LENGTH_MAX = 200;
const NAME_LENGTH_MAX = 255;
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const Title = z.string().trim().min(1).max(TITLE_LENGTH_MAX).optional().meta({ title: '名称', 'x-title-en': 'Title' });
const UPLOADS_MAX = 100;

const newDataset = (row: {
  readonly id: string;
  readonly partyId: string;
  readonly uploads: readonly Upload[];
  readonly title: string;
  readonly at: Date;
}) => ({
  id: row.id,
  party_id: row.partyId,
  upload_id: row.uploads[0]?.id ?? null,
  uploads: row.uploads.length > 1 ? row.uploads.map((u) => u.id) : null,
  title: row.title,
  state: 'ingesting' as const,
  object_id: null,
  rows: null,
  bytes: null,
  columns: null,
  profile: null,
  failure: null,
  created_at: row.at,
  settled_at: null,
});

async function takeUploads(tx: Tx, datasetId: string, uploads: readonly Upload[]): Promise<void> {
  if (uploads.length === 0) return;
  const ids = uploads.map((u) => u.id);
  await tx.updateTable('upload').set({ dataset_id: datasetId }).where('id', 'in', ids).execute();
}

const repeatedOf = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];

type LockedUploads = NonNullable<Awaited<ReturnType<typeof lockUploads>>>;

/** Of several uploads, what the rule on one asks. */
const uploadFacts = (rows: LockedUploads) => ({
  complete: rows.every((row) => row.completed_at !== null),
  taken: rows.some((row) => row.dataset_id !== null || row.file_id !== null),
  part: rows.some((row) => row.part),
});

/** 数据入库: takes complete uploads as one dataset; reading them is a job, followed at `GET /v1/datasets/:datasetId`. */
export const ingestDataset = act({
  name: 'dataset.ingest',
  title: { zh: '数据入库', en: 'Ingest a dataset' },
  by: role(...INGEST_ROLES),
  input: z.object({
    uploadId: UploadId,
    /** Further files of the same table. */
    more: z
      .array(UploadId)
      .max(UPLOADS_MAX)
      .optional()
      .meta({ title: '其余文件的上传编号', 'x-title-en': 'Uploads of further files' }),
    title: Title,
  }),
  output: z.object({ datasetId: DatasetId }),
  rules: [uploadComplete, revisionChanges, filesLimited],
  facts: async ({ tx, actor, input }) => {
    const rows = await lockUploads(tx, [input.uploadId, ...(input.more ?? [])], actor.partyId);
    if (!rows) throw notFound();
    return {
      upload: uploadFacts(rows),
      uploads: rows,
      files: {
        after: rows.length,
        added: rows.length,
        removed: 0,
        unknown: [],
        repeated: repeatedOf(rows.map((row) => row.name)),
      },
      partyId: actor.partyId ?? '',
    };
  },
  perform: async ({ tx, input, facts: { uploads, partyId }, at, enqueue }) => {
    const datasetId = newId('dst');
    const title = input.title ?? uploads[0]?.name ?? '';
    await tx
      .insertInto('dataset')
      .values(newDataset({ id: datasetId, partyId, uploads, title, at }))
      .execute();
    await takeUploads(tx, datasetId, uploads);
    enqueue({ task: INGEST_TASK, payload: { datasetId }, key: datasetId, attemptsMax: ATTEMPTS_MAX });
    return { datasetId };
  },
  entry: ({ facts: { uploads }, result }) => ({
    subject: result.datasetId,
    sealed: {
      name: uploads.map((u) => u.name).join(', '),
      bytes: uploads.reduce((sum, u) => sum + u.bytes, 0),
    },
  }),
});

/** 数据集修订: files come, go or are replaced; what they make together is a new dataset, and the one before stays as it is. */
export const reviseDataset = act({
  name: 'dataset.revise',
  title: { zh: '修订数据集', en: 'Revise a data set' },
  by: role(...INGEST_ROLES),
  input: z.object({
    datasetId: DatasetId,
    add: z.array(UploadId).max(UPLOADS_MAX).default([]).meta({
      title: '加入或替换的文件（上传编号）',
      'x-title-en': 'Uploads of files that come or replace their namesakes',
    }),
    remove: z
      .array(z.string().min(1).max(NAME_LENGTH_MAX))
      .max(UPLOADS_MAX)
      .default([])
      .meta({ title: '去掉的文件（名称）', 'x-title-en': 'Names of files that go' }),
    title: Title,
  }),
  output: z.object({ datasetId: DatasetId, revision: z.number().int() }),
  rules: [uploadComplete, revisionChanges, filesLimited],
  facts: async ({ tx, actor, input }) => {
    const base = await tx.selectFrom('dataset').selectAll().where('id', '=', input.datasetId).executeTakeFirst();
    if (!base || base.party_id !== actor.partyId) throw notFound();
    if (base.state !== 'ready' || base.object_id === null) throw notReady();
    const seriesId = base.series_id ?? base.id;
    // Revisions of a series are numbered one after the other.
    await tx.selectFrom('dataset').select('id').where('id', '=', seriesId).forUpdate().executeTakeFirst();
    const uploads = await lockUploads(tx, input.add, actor.partyId);
    if (!uploads) throw notFound();
    const before = await tableFiles(tx, base);
    const names = before.map((f) => f.name);
    return {
      upload: uploadFacts(uploads),
      files: {
        after: planOf(before, input.remove, uploads).length,
        added: uploads.length,
        removed: input.remove.length,
        unknown: input.remove.filter((name) => !names.includes(name)),
        repeated: repeatedOf([...uploads.map((u) => u.name), ...new Set(input.remove)]),
      },
      ...{ base, seriesId, uploads },
    };
  },
  perform: async ({ tx, input, facts: { base, seriesId, uploads }, at, enqueue }) => {
    const datasetId = newId('dst');
    const last = await tx
      .selectFrom('dataset')
      .select('revision')
      .where((e) => e.or([e('series_id', '=', seriesId), e('id', '=', seriesId)]))
      .orderBy('revision', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    const revision = last.revision + 1;
    await tx
      .insertInto('dataset')
      .values({
        ...newDataset({ id: datasetId, partyId: base.party_id, uploads, title: input.title ?? base.title, at }),
        series_id: seriesId,
        revision,
        base_id: base.id,
        removed: [...input.remove],
      })
      .execute();
    await takeUploads(tx, datasetId, uploads);
    enqueue({ task: INGEST_TASK, payload: { datasetId }, key: datasetId, attemptsMax: ATTEMPTS_MAX });
    return { datasetId, revision };
  },
  entry: ({ input, facts: { base, uploads }, result }) => ({
    subject: result.datasetId,
    sealed: {
      base: base.id,
      revision: result.revision,
      added: uploads.map((u) => u.name),
      removed: input.remove,
    },
  }),
});

const notReady = () =>
  refused(
    'state',
    'HS-20.16',
    { zh: '数据集尚未就绪', en: 'The data set is not ready' },
    { zh: '只能修订处理完成的数据集。', en: 'Only a data set that is ready can be revised.' },
    { zh: '请等待处理完成，或改用较早的版本。', en: 'Wait until it is, or revise an earlier revision.' },
  );

/** The dataset while it is being made; settled once, by the job. */
async function lockIngesting(tx: Tx, id: string): Promise<{ id: string; partyId: string }> {
  const row = await tx
    .selectFrom('dataset')
    .select(['id', 'party_id', 'state'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  if (row.state !== 'ingesting') {
    throw refused(
      'state',
      'HS-3.4',
      { zh: '数据集已处理完毕', en: 'The dataset is settled' },
      { zh: '该数据集不在处理中。', en: 'The dataset is not being made.' },
      { zh: '无须再次办理。', en: 'Nothing more is to be done.' },
    );
  }
  return { id: row.id, partyId: row.party_id };
}

/** 数据入库完成: the table is in the vault. The profile is kept with the dataset; the evidence holds its digest. */
export const recordIngest = act({
  name: 'dataset.record-ingest',
  title: { zh: '数据入库完成', en: 'Record an ingested dataset' },
  by: system(),
  input: z.object({
    datasetId: DatasetId,
    objectId: ObjectId,
    sha256: Sha256,
    rows: z.number().int().min(1),
    bytes: z.number().int().min(1),
    columns: z.array(ColumnSchema),
    profile: TableProfileSchema,
    findings: z.array(FindingSchema),
    /** Of a table that lies in several: `objectId` is the object that lists them. */
    files: z
      .array(
        z.object({
          name: z.string(),
          objectId: ObjectId,
          rows: z.number().int().min(0),
          bytes: z.number().int().min(1),
          sha256: Sha256,
        }),
      )
      .optional(),
  }),
  secretInput: ['columns', 'profile', 'findings'],
  output: z.object({ rows: z.number().int(), columns: z.number().int() }),
  facts: ({ tx, input }) => lockIngesting(tx, input.datasetId),
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('dataset')
      .set((e) => ({
        state: 'ready' as const,
        object_id: input.objectId,
        rows: input.rows,
        bytes: input.bytes,
        columns: JSON.stringify(input.columns),
        profile: JSON.stringify(input.profile),
        findings: JSON.stringify(input.findings),
        settled_at: at,
        version: e('version', '+', 1),
      }))
      .where('id', '=', input.datasetId)
      .execute();
    const files = input.files ?? [];
    const listed = files.map(({ objectId, ...file }, position) => ({
      ...{ ...file, position, whole_id: input.objectId, object_id: objectId },
    }));
    if (listed.length > 0) await tx.insertInto('dataset_file').values(listed).execute();
    return { rows: input.rows, columns: input.columns.length };
  },
  entry: ({ input, facts }) => ({
    subject: input.datasetId,
    sealed: {
      sha256: input.sha256,
      profile: createHash('sha256')
        .update(canonical(JSON.parse(JSON.stringify(input.profile))))
        .digest('hex'),
      found: input.findings.length,
    },
    parties: [facts.partyId],
  }),
});

/** 数据入库失败: the file is no usable table, with the reason for the sender. */
export const recordFailure = act({
  name: 'dataset.record-failure',
  title: { zh: '数据入库失败', en: 'Record a failed ingest' },
  by: system(),
  input: z.object({ datasetId: DatasetId, failure: TextSchema }),
  output: z.object({}),
  facts: ({ tx, input }) => lockIngesting(tx, input.datasetId),
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('dataset')
      .set((e) => ({
        state: 'failed' as const,
        failure: JSON.stringify(input.failure),
        settled_at: at,
        version: e('version', '+', 1),
      }))
      .where('id', '=', input.datasetId)
      .execute();
    return {};
  },
  entry: ({ input, facts }) => ({
    subject: input.datasetId,
    sealed: { failure: input.failure },
    parties: [facts.partyId],
  }),
});

export const acts: Act[] = [ingestDataset, reviseDataset, recordIngest, recordFailure];
