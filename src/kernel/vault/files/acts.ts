import { z } from 'zod';
import { type Act, act, notFound, refused, signedIn, system } from '../../acts/index.ts';
import type { Tx } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import { ObjectId, UploadId } from '../datasets/model.ts';
import { paperOnly, uploadComplete } from '../rules.ts';
import { FILE_TASK, FileId } from './model.ts';

/** 保存文件: keeps a complete upload as a paper; `GET /v1/files/:fileId` says when it is kept. */
export const keepFile = act({
  name: 'file.keep',
  title: { zh: '保存文件', en: 'Keep a file' },
  by: signedIn(),
  input: z.object({ uploadId: UploadId }),
  output: z.object({ fileId: FileId }),
  rules: [uploadComplete, paperOnly],
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
      partyId: row.party_id,
      row,
      bytes: row.bytes,
      ending: row.name.slice(row.name.lastIndexOf('.') + 1).toLowerCase(),
      upload: {
        complete: row.completed_at !== null,
        taken: row.dataset_id !== null || row.file_id !== null,
        part: row.part,
      },
    };
  },
  perform: async ({ tx, facts: { partyId, row }, at, enqueue }) => {
    const fileId = newId('fil');
    await tx
      .insertInto('vault_file')
      .values({
        id: fileId,
        party_id: partyId,
        upload_id: row.id,
        name: row.name,
        media_type: row.media_type,
        state: 'keeping',
        object_id: null,
        bytes: null,
        sha256: null,
        created_at: at,
        retain_until: null,
      })
      .execute();
    await tx.updateTable('upload').set({ file_id: fileId }).where('id', '=', row.id).execute();
    enqueue({ task: FILE_TASK, payload: { fileId }, key: fileId });
    return { fileId };
  },
  entry: ({ facts, result }) => ({ subject: result.fileId, sealed: { name: facts.row.name, bytes: facts.bytes } }),
});

async function lockKeeping(tx: Tx, fileId: string): Promise<{ readonly partyId: string }> {
  const row = await tx
    .selectFrom('vault_file')
    .select(['party_id', 'state'])
    .where('id', '=', fileId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  if (row.state !== 'keeping') {
    throw refused(
      'state',
      'HS-3.4',
      { zh: '文件已处理完毕', en: 'The file is settled' },
      { zh: '该文件不在处理中。', en: 'The file is not being kept.' },
      { zh: '无须再次办理。', en: 'Nothing more is to be done.' },
    );
  }
  return { partyId: row.party_id };
}

/** 文件已保存: it is in the vault; the evidence holds its hash. */
export const recordFile = act({
  name: 'file.record',
  title: { zh: '文件保存完成', en: 'Record a kept file' },
  by: system(),
  input: z.object({
    fileId: FileId,
    objectId: ObjectId,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().min(1),
  }),
  output: z.object({ fileId: FileId }),
  facts: ({ tx, input }) => lockKeeping(tx, input.fileId),
  perform: async ({ tx, input: { fileId, objectId, sha256, bytes } }) => {
    await tx
      .updateTable('vault_file')
      .set({ state: 'kept', object_id: objectId, sha256, bytes })
      .where('id', '=', fileId)
      .execute();
    return { fileId };
  },
  entry: ({ input, facts }) => ({
    subject: input.fileId,
    sealed: { sha256: input.sha256 },
    parties: [facts.partyId],
  }),
});

export const fileActs: readonly Act[] = [keepFile, recordFile];
