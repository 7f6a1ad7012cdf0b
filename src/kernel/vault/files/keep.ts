import { createReadStream } from 'node:fs';
import { execute, SYSTEM } from '../../acts/index.ts';
import { task } from '../../jobs.ts';
import { closeUpload, offsetOf } from '../uploads/store.ts';
import { recordFile } from './acts.ts';
import { FILE_TASK } from './model.ts';

/**
 * Upload → vault → act. May be repeated from the start: until the act commits nothing counts. With a full store the queue
 * tries again, with growing pauses, until there is room.
 */
export const keepTask = task(FILE_TASK, async (payload, { kernel, vault }) => {
  const row = await kernel.db
    .selectFrom('vault_file')
    .select(['id', 'party_id', 'upload_id', 'name', 'media_type', 'state'])
    .where('id', '=', String(payload.fileId))
    .executeTakeFirst();
  if (!row) return;
  if (row.state !== 'keeping') return closeUpload(kernel.db, vault, row.upload_id);
  if ((await offsetOf(vault, row.upload_id)) === undefined)
    throw new Error(`the bytes of upload ${row.upload_id} are not on this machine`);
  const object = await vault.put(createReadStream(vault.uploadPath(row.upload_id)), {
    ownerPartyId: row.party_id,
    name: row.name,
    mediaType: row.media_type,
  });
  const { id: objectId, sha256, bytes } = object;
  const outcome = await execute(
    kernel,
    recordFile,
    SYSTEM,
    { fileId: row.id, objectId, sha256, bytes },
    { idempotencyKey: `${FILE_TASK} ${objectId}` },
  );
  // A twin of this job was faster: its object counts.
  if (!outcome.ok) await vault.remove(objectId);
  await closeUpload(kernel.db, vault, row.upload_id);
});
