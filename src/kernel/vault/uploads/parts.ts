import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { notFound } from '../../acts/index.ts';
import type { Database } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import type { Vault } from '../types.ts';
import { digestHolds, partsJoin } from './rules.ts';
import { askQuota, held, insertUpload, markComplete, type NewUpload, tooLarge, type Upload } from './store.ts';

const READ_BYTES = 4 * 1024 ** 2;

interface Joining extends Omit<NewUpload, 'bytes' | 'part'> {
  readonly partIds: readonly string[];
  /** SHA-256 of the whole as its sender knows it, hex. */
  readonly sha256: string | undefined;
}

/** One join of a file at a time; whoever asks again meanwhile waits for the same. */
const running = new Map<string, Promise<void>>();

/**
 * Makes one upload of complete parts, in their order. Asked again after an answer that was lost, it goes on where it was
 * and answers the same upload. @throws Refused for parts that are not the party's, not complete or used before, for a
 * digest that does not hold, and above the limits
 */
export async function joinParts(db: Database, vault: Vault, wanted: Joining): Promise<Upload> {
  const before = await db
    .selectFrom('upload')
    .selectAll()
    .where('party_id', '=', wanted.partyId)
    .where('closed_at', 'is', null)
    .where('parts', '=', sql<string[]>`${wanted.partIds}::text[]`)
    .executeTakeFirst();
  const upload = before ?? (await record(db, vault, wanted));
  await finishJoin(db, vault, upload);
  return upload;
}

/** Moves the bytes of the parts into the file, from wherever a crash left that. */
export async function finishJoin(db: Database, vault: Vault, upload: Upload): Promise<void> {
  if (upload.parts === null || upload.completed_at !== null) return;
  const { id, parts } = upload;
  const work = running.get(id) ?? append(db, vault, id, parts).finally(() => running.delete(id));
  running.set(id, work);
  await work;
}

export const isJoining = (id: string): boolean => running.has(id);

async function record(db: Database, vault: Vault, wanted: Joining): Promise<Upload> {
  const at = new Date();
  const { partIds } = wanted;
  const repeated = partIds.length - new Set(partIds).size;
  held(partsJoin, { named: partIds.length, repeated, unfinished: [], joined: 0 }, at, 'invalid');
  if (wanted.sha256 !== undefined) {
    await ownParts(db, wanted);
    const found = await digestOf(partIds.map(vault.uploadPath));
    held(digestHolds, { stated: wanted.sha256, found }, at, 'rule');
  }
  return db.transaction().execute(async (tx) => {
    const now = await askQuota(tx, wanted.partyId, { uploads: 1, parts: 0, bytes: 0 });
    const bytes = await ownParts(tx, wanted);
    const { partIds: parts, sha256: _, ...rest } = wanted;
    const upload = await insertUpload(tx, newId('upl'), { ...rest, bytes, parts }, now);
    await tx.updateTable('upload').set({ joined_into: upload.id }).where('id', 'in', partIds).execute();
    return upload;
  });
}

/** Locks nothing: parts are joined under the lock of their party. @returns the bytes of all of them */
async function ownParts(q: Pick<Database, 'selectFrom'>, { partyId, partIds, bytesMax }: Joining): Promise<number> {
  const rows = await q
    .selectFrom('upload')
    .select(['id', 'bytes', 'completed_at', 'joined_into'])
    .where('id', 'in', partIds)
    .where('party_id', '=', partyId)
    .where('part', '=', true)
    .where('closed_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  const parts = partIds.map((id) => found.get(id) ?? rejected());
  const unfinished = parts.flatMap((p, i) => (p.completed_at === null ? [i + 1] : []));
  const joined = parts.filter((p) => p.joined_into !== null).length;
  held(partsJoin, { named: parts.length, repeated: 0, unfinished, joined }, new Date(), 'state');
  const bytes = parts.reduce((sum, p) => sum + p.bytes, 0);
  if (bytes > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

function rejected(): never {
  throw notFound();
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const path of paths)
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

/**
 * The first part becomes the file; the others are appended and removed one by one, so that the disk never holds more than
 * one part twice. How far it came is told by the size of the file.
 */
async function append(db: Database, vault: Vault, id: string, partIds: readonly string[]): Promise<void> {
  const path = vault.uploadPath(id);
  const rows = await db.selectFrom('upload').select(['id', 'bytes']).where('joined_into', '=', id).execute();
  const bytesOf = new Map(rows.map((row) => [row.id, row.bytes]));
  const [first = ''] = partIds;
  if ((await sizeOf(path)) === undefined) await rename(vault.uploadPath(first), path);
  let start = 0;
  for (const partId of partIds) {
    const end = start + (bytesOf.get(partId) ?? 0);
    const size = (await sizeOf(path)) ?? 0;
    if (size < start) throw new Error(`the file of ${id} ends before its part ${partId}`);
    if (size < end) {
      const rest = createReadStream(vault.uploadPath(partId), { start: size - start, highWaterMark: READ_BYTES });
      await pipeline(rest, createWriteStream(path, { flags: 'a', mode: 0o600 }));
      await flush(path);
    }
    if (partId !== first) await rm(vault.uploadPath(partId), { force: true });
    start = end;
  }
  if ((await sizeOf(path)) !== start) throw new Error(`the file of ${id} is not the sum of its parts`);
  await db.transaction().execute(async (tx) => {
    await markComplete(tx, id);
    await tx.deleteFrom('upload').where('joined_into', '=', id).execute();
  });
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
