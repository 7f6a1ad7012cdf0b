import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Act, act, notFound, refused, role, system } from '../../acts/index.ts';
import type { Tx } from '../../database/index.ts';
import { canonical } from '../../evidence/index.ts';
import { newId } from '../../ids.ts';
import { TextSchema } from '../../text.ts';
import { FindingSchema } from '../finder/model.ts';
import { uploadComplete } from '../rules.ts';
import { ColumnSchema, DatasetId, INGEST_ROLES, INGEST_TASK, ObjectId, TableProfileSchema, UploadId } from './model.ts';

const ATTEMPTS_MAX = 5;
const TITLE_LENGTH_MAX = 200;

/** 数据入库: takes a complete upload as a dataset; reading it is a job, followed at `GET /v1/datasets/:datasetId`. */
export const ingestDataset = act({
  name: 'dataset.ingest',
  title: { zh: '数据入库', en: 'Ingest a dataset' },
  by: role(...INGEST_ROLES),
  input: z.object({
    uploadId: UploadId,
    title: z.string().trim().min(1).max(TITLE_LENGTH_MAX).optional().meta({ title: '名称', 'x-title-en': 'Title' }),
  }),
  output: z.object({ datasetId: DatasetId }),
  rules: [uploadComplete],
  facts: async ({ tx, actor, input }) => {
    const row = await tx
      .selectFrom('upload')
      .selectAll()
      .where('id', '=', input.uploadId)
      .where('party_id', '=', actor.partyId ?? '')
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    return {
      upload: {
        id: row.id,
        name: row.name,
        bytes: row.bytes,
        complete: row.completed_at !== null,
        taken: row.dataset_id !== null || row.file_id !== null,
        part: row.part,
      },
      partyId: row.party_id,
    };
  },
  perform: async ({ tx, input, facts, at, enqueue }) => {
    const datasetId = newId('dst');
    await tx
      .insertInto('dataset')
      .values({
        id: datasetId,
        party_id: facts.partyId,
        upload_id: facts.upload.id,
        title: input.title ?? facts.upload.name,
        state: 'ingesting',
        object_id: null,
        rows: null,
        bytes: null,
        columns: null,
        profile: null,
        failure: null,
        created_at: at,
        settled_at: null,
      })
      .execute();
    await tx.updateTable('upload').set({ dataset_id: datasetId }).where('id', '=', facts.upload.id).execute();
    enqueue({ task: INGEST_TASK, payload: { datasetId }, key: datasetId, attemptsMax: ATTEMPTS_MAX });
    return { datasetId };
  },
  entry: ({ facts, result }) => ({
    subject: result.datasetId,
    sealed: { name: facts.upload.name, bytes: facts.upload.bytes },
  }),
});

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
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.number().int().min(1),
    bytes: z.number().int().min(1),
    columns: z.array(ColumnSchema),
    profile: TableProfileSchema,
    findings: z.array(FindingSchema),
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

export const acts: Act[] = [ingestDataset, recordIngest, recordFailure];
