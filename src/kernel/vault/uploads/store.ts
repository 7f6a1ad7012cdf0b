import { copyFile, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Selectable, sql } from 'kysely';
import { type Actor, type RefusalKind, type Refused, refused } from '../../acts/index.ts';
import type { Database, Queryable, Tx } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import { type Rule, valueAt } from '../../rulebook/index.ts';
import { storageOf } from '../quota.ts';
import { HOUSE_LIMITS, withinQuota, withinStorage } from '../rules.ts';
import type { UploadTable } from '../tables.ts';
import type { Vault } from '../types.ts';
import { partsWaiting } from './rules.ts';

export type Upload = Selectable<
  Pick<
    UploadTable,
    | 'id'
    | 'party_id'
    | 'name'
    | 'media_type'
    | 'bytes'
    | 'expires_at'
    | 'completed_at'
    | 'closed_at'
    | 'dataset_id'
    | 'part'
    | 'parts'
  >
>;

export interface NewUpload {
  readonly partyId: string;
  readonly personId: string | null;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** What one upload may hold: the operator's setting. */
  readonly bytesMax: number;
  /** One of several that become one file. */
  readonly part?: boolean;
}

const HOUR_MS = 3_600_000;
const NAME_LENGTH_MAX = 255;

/** Makes room for an upload of known size. @throws Refused above the size limit or the party's quota */
export async function createUpload(db: Database, vault: Vault, wanted: NewUpload): Promise<Upload> {
  if (wanted.bytes > wanted.bytesMax) throw tooLarge(wanted.bytesMax);
  const id = newId('upl');
  const upload = await db.transaction().execute(async (tx) => {
    const at = await askQuota(tx, wanted.partyId, {
      ...wanted,
      uploads: wanted.part ? 0 : 1,
      parts: wanted.part ? 1 : 0,
    });
    return insertUpload(tx, id, wanted, at);
  });
  const file = await open(vault.uploadPath(id), 'wx', 0o600);
  await file.close();
  return upload;
}

export function insertUpload(
  tx: Tx,
  id: string,
  { part = false, parts, ...wanted }: NewUpload & { readonly parts?: readonly string[] },
  at: Date,
): Promise<Upload> {
  return tx
    .insertInto('upload')
    .values({
      id,
      party_id: wanted.partyId,
      person_id: wanted.personId,
      name: wanted.name.slice(0, NAME_LENGTH_MAX),
      media_type: wanted.mediaType,
      bytes: wanted.bytes,
      created_at: at,
      expires_at: new Date(at.getTime() + valueAt(HOUSE_LIMITS.uploadHours, at).value * HOUR_MS),
      completed_at: wanted.bytes === 0 && !parts ? at : null,
      closed_at: null,
      dataset_id: null,
      part,
      parts: parts ? [...parts] : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface More {
  readonly uploads: number;
  readonly parts: number;
  readonly bytes: number;
}

/**
 * What the party has on its way and in the vault, with more to come, fits its quotas; nobody else of the party asks
 * meanwhile. @returns the time of the transaction
 */
export async function askQuota(tx: Tx, partyId: string, more: More): Promise<Date> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`upload ${partyId}`}, 0))`.execute(tx);
  const { at, ...had } = await usage(tx, partyId);
  const uploads = had.uploads + more.uploads;
  const stagedBytes = had.stagedBytes + more.bytes;
  held(withinQuota, { uploads, stagedBytes }, at);
  held(partsWaiting, { parts: had.parts + more.parts }, at);
  await askStorage(tx, partyId, { at, uploads, stagedBytes });
  return at;
}

/** Bytes may come for hours: what the party may keep is asked again while they do. @throws Refused */
export async function askAgain(q: Queryable, partyId: string): Promise<void> {
  await askStorage(q, partyId, await usage(q, partyId));
}

async function askStorage(
  q: Queryable,
  partyId: string,
  { at, uploads, stagedBytes }: { readonly at: Date; readonly uploads: number; readonly stagedBytes: number },
): Promise<void> {
  const stored = await storageOf(q, partyId, at);
  const facts = {
    storedBytes: stored.bytes + stagedBytes,
    storedObjects: stored.objects + uploads,
    bytesMax: stored.bytesMax,
    objectsMax: stored.objectsMax,
  };
  held(withinStorage, facts, at);
}

interface Usage {
  readonly at: Date;
  readonly uploads: number;
  readonly parts: number;
  readonly stagedBytes: number;
}

/** Bytes of a part that is being joined are counted with the file it goes into. */
async function usage(q: Queryable, partyId: string): Promise<Usage> {
  const { rows } = await sql<Usage>`select now() as at, count(*) filter (where not part)::int as uploads,
      count(*) filter (where part)::int as parts, coalesce(sum(bytes), 0)::bigint as "stagedBytes"
    from upload where party_id = ${partyId} and closed_at is null and joined_into is null`.execute(q);
  const [row] = rows;
  if (!row) throw new Error('the database gave no count');
  return { ...row, stagedBytes: Number(row.stagedBytes) };
}

/** @throws Refused what the rule says against it */
export function held<Facts>(
  { id, title, evaluate }: Pick<Rule<Facts>, 'id' | 'title' | 'evaluate'>,
  facts: Facts,
  at: Date,
  kind: RefusalKind = 'too-many',
): void {
  const { decision } = evaluate(facts, at);
  if (decision.outcome === 'violated') throw refused(kind, id, title, decision.fact, decision.remedy);
}

export function tooLarge(bytesMax: number): Refused {
  return refused(
    'too-large',
    'HS-3.1',
    { zh: '文件过大', en: 'The file is too large' },
    {
      zh: `单个文件最大 ${bytesMax.toLocaleString('en-US')} 字节。`,
      en: `One upload holds at most ${bytesMax.toLocaleString('en-US')} bytes.`,
    },
    {
      zh: '请拆分文件，或改用 Parquet 等压缩格式。',
      en: 'Split the file, or send a compressed format such as Parquet.',
    },
  );
}

/** The upload when it is open and the actor's party's own. */
export async function findUpload(q: Queryable, id: string, actor: Actor): Promise<Upload | undefined> {
  if (actor.partyId === null) return undefined;
  return q
    .selectFrom('upload')
    .selectAll()
    .where('id', '=', id)
    .where('party_id', '=', actor.partyId)
    .where('closed_at', 'is', null)
    .where('joined_into', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
}

/** How many bytes have arrived: the size of the file, which outlives a restart. */
export async function offsetOf(vault: Vault, id: string): Promise<number | undefined> {
  try {
    return (await stat(vault.uploadPath(id))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function markComplete(db: Queryable, id: string): Promise<void> {
  await db
    .updateTable('upload')
    .set({ completed_at: sql<Date>`coalesce(completed_at, now())` })
    .where('id', '=', id)
    .execute();
}

/** Forgets an upload with its bytes, unless a dataset or a file is being made of it. */
export async function cancelUpload(db: Database, vault: Vault, id: string): Promise<void> {
  const parts = await db.selectFrom('upload').select('id').where('joined_into', '=', id).execute();
  const { numDeletedRows } = await db
    .deleteFrom('upload')
    .where('id', '=', id)
    .where('dataset_id', 'is', null)
    .where('file_id', 'is', null)
    .executeTakeFirst();
  if (!numDeletedRows) return;
  for (const gone of [{ id }, ...parts]) await rm(vault.uploadPath(gone.id), { force: true });
}

/** Removes the bytes of an upload that was taken; the row stays as its origin. */
export async function closeUpload(db: Queryable, vault: Vault, id: string): Promise<void> {
  await db
    .updateTable('upload')
    .set({ closed_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .execute();
  await rm(vault.uploadPath(id), { force: true });
}

/** Removes expired uploads, and files that no open upload stands behind. */
export async function sweepUploads(db: Database, vault: Vault): Promise<void> {
  const expired = await db
    .selectFrom('upload')
    .select('id')
    .where('closed_at', 'is', null)
    .where('dataset_id', 'is', null)
    .where('file_id', 'is', null)
    .where('joined_into', 'is', null)
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  for (const { id } of expired) await cancelUpload(db, vault, id);
  const open = new Set(
    (await db.selectFrom('upload').select('id').where('closed_at', 'is', null).execute()).map((row) => row.id),
  );
  const folder = dirname(vault.uploadPath('upl'));
  for (const name of await readdir(folder)) {
    if (!open.has(name) && (await isOld(join(folder, name)))) await rm(join(folder, name), { force: true });
  }
}

/** A file is made just after its row commits; a young one may belong to a row this process has not seen. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > HOUR_MS;
}

/**
 * Takes a file of this machine as a complete upload of a party, for imports and samples; what follows is the same as
 * for an upload over the network.
 * @throws Refused above the party's quota
 */
export async function stageFile(
  db: Database,
  vault: Vault,
  source: {
    readonly path: string;
    readonly partyId: string;
    readonly personId?: string | null;
    readonly name?: string;
    readonly mediaType?: string;
  },
): Promise<string> {
  const { size } = await stat(source.path);
  const upload = await createUpload(db, vault, {
    partyId: source.partyId,
    personId: source.personId ?? null,
    name: source.name ?? basename(source.path),
    mediaType: source.mediaType ?? 'application/octet-stream',
    bytes: size,
    bytesMax: Number.MAX_SAFE_INTEGER,
  });
  await copyFile(source.path, vault.uploadPath(upload.id));
  await markComplete(db, upload.id);
  return upload.id;
}
