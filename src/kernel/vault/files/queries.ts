import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type Actor, notFound, type Read, read, signedIn } from '../../acts/index.ts';
import type { Queryable, Tx } from '../../database/index.ts';
import type { VaultFileTable } from '../tables.ts';
import { FileId, type VaultFile } from './model.ts';

/** A file whoever owns it; the caller decides who may see it. */
export async function getFile(q: Queryable, fileId: string): Promise<VaultFile | undefined> {
  const row = await q.selectFrom('vault_file').selectAll().where('id', '=', fileId).executeTakeFirst();
  return row && fileOf(row);
}

const fileOf = (row: Selectable<VaultFileTable>): VaultFile => ({
  id: row.id,
  partyId: row.party_id,
  name: row.name,
  mediaType: row.media_type,
  state: row.state,
  objectId: row.object_id,
  bytes: row.bytes,
  sha256: row.sha256,
  createdAt: row.created_at,
  retainUntil: row.retain_until,
});

/**
 * A kept file of the party, for an act that relies on it; it stays locked until the transaction ends.
 * @throws notFound for what is not the party's or not kept yet
 */
export async function relyOnFile(
  tx: Tx,
  fileId: string,
  partyId: string | null,
  retainUntil: Date | null,
): Promise<VaultFile> {
  const row = await tx
    .selectFrom('vault_file')
    .selectAll()
    .where('id', '=', fileId)
    .where('party_id', '=', partyId ?? '')
    .where('state', '=', 'kept')
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  if (retainUntil !== null && (row.retain_until === null || row.retain_until < retainUntil)) {
    await tx.updateTable('vault_file').set({ retain_until: retainUntil }).where('id', '=', fileId).execute();
  }
  return fileOf(row);
}

/** Says whether somebody other than its owner may read a file; each room that relies on files gives one. */
export type FileViewer = (db: Queryable, actor: Actor, file: VaultFile) => Promise<boolean>;

/** @throws notFound for what does not exist, is not kept yet, or is not the actor's to read */
export async function readableFile(
  db: Queryable,
  actor: Actor,
  fileId: string,
  viewers: readonly FileViewer[],
): Promise<VaultFile & { readonly objectId: string }> {
  const file = FileId.safeParse(fileId).success ? await getFile(db, fileId) : undefined;
  if (!file?.objectId) throw notFound();
  const own = actor.kind === 'system' || (actor.partyId !== null && file.partyId === actor.partyId);
  if (!own && !(await anyOf(viewers, (viewer) => viewer(db, actor, file)))) throw notFound();
  return { ...file, objectId: file.objectId };
}

async function anyOf<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (await test(item)) return true;
  return false;
}

const FileDetail = z.object({
  id: FileId,
  name: z.string(),
  mediaType: z.string(),
  state: z.enum(['keeping', 'kept', 'erased']),
  bytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export const fileRead: Read = read({
  path: '/files/:fileId',
  title: { zh: '文件', en: 'File' },
  by: signedIn(),
  params: z.object({ fileId: FileId }),
  query: z.object({}),
  output: FileDetail,
  run: async ({ db, actor, params }) => {
    const file = await getFile(db, params.fileId);
    if (!file || (actor.kind !== 'system' && file.partyId !== actor.partyId)) throw notFound();
    return { ...file, createdAt: file.createdAt.toISOString() };
  },
});
