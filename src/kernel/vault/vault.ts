import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database/index.ts';
import { newId } from '../ids.ts';
import { isFull, vaultFailures } from './objects/failures.ts';
import { FRAME_BYTES, framesOf, KEY_BYTES, SEALED_FRAME_BYTES, seal, sealedBytesOf, unseal } from './objects/frames.ts';
import { type KeyProvider, keyProvider } from './objects/keys.ts';
import { filesOf, manifestOf, nameAt, type TableFile } from './objects/manifest.ts';
import { fileMasterKeys, type MasterKeys, singleMasterKey } from './objects/master-keys.ts';
import * as owners from './objects/owner-keys.ts';
import { type BlobStore, diskStore } from './objects/store.ts';
import { TABLES_FOLDER } from './tables/sql.ts';
import type { VaultObjectTable } from './tables.ts';
import type { ByteRange, ObjectInfo, Vault } from './types.ts';
import { sweepUploads } from './uploads/store.ts';

/** An object without a row after so long was left by a crash between writing and recording. */
const ORPHAN_MS = 24 * 3_600_000;
/** How often a new object may find that its owner's key was just replaced. */
const KEY_TRIES_MAX = 5;

export interface VaultOptions {
  readonly db: Database;
  /** Folder of this installation; the vault keeps `vault/`, `uploads/` and `vault.key` in it. */
  readonly dataFolder: string;
  /** `s3://bucket?endpoint=…`; without it objects are files in `vault/`. */
  readonly objectStore?: string | undefined;
  /** Another keeper of the master key than the file. */
  readonly keys?: KeyProvider;
}

/**
 * Opens the vault and clears away what a crash may have left.
 * @throws OperatorError when the key does not fit the objects that exist, or the object store cannot be reached
 */
export async function openVault({ db, dataFolder, objectStore, keys }: VaultOptions): Promise<Vault> {
  const root = join(dataFolder, 'vault');
  const work = join(root, 'work');
  const uploads = join(dataFolder, 'uploads');
  for (const folder of [root, work, uploads]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const masters = keys
    ? singleMasterKey(keys)
    : await fileMasterKeys(join(dataFolder, 'vault.key'), await owners.mastersInUse(db));
  const store = objectStore ? await openS3(objectStore) : await diskStore(root);
  await removeOfTheDead(work);
  await removeOfTheDead(join(root, 'incoming'));
  await removeOrphans(db, store);
  const vault = vaultOn(db, store, masters, work, uploads);
  await sweepUploads(db, vault);
  return vault;
}

/** Loaded on demand: the client library is large, and most installations keep their objects on disk. */
async function openS3(address: string): Promise<BlobStore> {
  const { s3Store } = await import('./objects/s3.ts');
  return s3Store(address);
}

function vaultOn(db: Database, store: BlobStore, masters: MasterKeys, work: string, uploads: string): Vault {
  const find = (id: string) => db.selectFrom('vault_object').selectAll().where('id', '=', id).executeTakeFirst();

  const put: Vault['put'] = async (content, { ownerPartyId, name, mediaType, bytesMax }) => {
    const id = newId('obj');
    const dataKey = randomBytes(KEY_BYTES);
    const digest = createHash('sha256');
    let bytes = 0;
    const measured = async function* () {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytesMax !== undefined && bytes > bytesMax)
          throw new RangeError(`the content is larger than ${bytesMax} bytes`);
        digest.update(chunk);
        yield chunk;
      }
    };
    await store.put(id, seal(measured(), dataKey, id));
    const row = {
      id,
      owner_party_id: ownerPartyId,
      name,
      media_type: mediaType,
      bytes,
      sha256: digest.digest('hex'),
    };
    try {
      await insertUnderOwner(db, masters, row, dataKey);
    } catch (error) {
      await store.remove(id);
      throw error;
    }
    return infoOf(row);
  };

  const openObject: Vault['open'] = async (objectId, range) => {
    const row = await find(objectId);
    if (!row) throw vaultFailures.missing(objectId);
    const wanted = withinObject(row.bytes, range);
    const key = await owners.dataKeyOf(db, masters, row);
    // A cut-off object is found even when the range lies before the cut.
    if ((await store.size(objectId)) !== sealedBytesOf(row.bytes)) {
      throw (await store.size(objectId)) === undefined
        ? vaultFailures.missing(objectId)
        : vaultFailures.damaged(objectId);
    }
    const sealed = await store.open(objectId, sealedRange(row.bytes, wanted));
    const plain = Readable.from(unseal(sealed, key, objectId, row.bytes, wanted), {
      objectMode: false,
      highWaterMark: FRAME_BYTES,
    });
    plain.once('close', () => sealed.destroy());
    return plain;
  };

  const withFolder: Vault['withFolder'] = async (use) => {
    const folder = await mkdtemp(join(work, `${process.pid}-`));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const lay: Vault['lay'] = async (objectId, path) => {
    try {
      await pipeline(await openObject(objectId), createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      throw isFull(error) ? vaultFailures.full() : error;
    }
  };

  /** A list whose key is destroyed cannot be opened: then its files are not lent either. */
  const layFiles = async (files: readonly TableFile[], wholeId: string, folder: string): Promise<void> => {
    const listed: Buffer[] = [];
    for await (const chunk of await openObject(wholeId)) listed.push(chunk as Buffer);
    if (Buffer.concat(listed).toString('utf8') !== manifestOf(files)) throw vaultFailures.damaged(wholeId);
    await mkdir(folder, { mode: 0o700 });
    for (const [i, file] of files.entries()) await lay(file.objectId, join(folder, nameAt(i)));
  };

  return {
    put,
    putFile: (path, meta) => put(createReadStream(path, { highWaterMark: FRAME_BYTES * 4 }), meta),
    info: async (objectId) => {
      const row = await find(objectId);
      return row ? infoOf(row) : undefined;
    },
    open: openObject,
    withFile: (objectId, use) =>
      withFolder(async (folder) => {
        const files = await filesOf(db, objectId);
        const path = join(folder, files.length > 0 ? `content${TABLES_FOLDER}` : 'content');
        if (files.length > 0) await layFiles(files, objectId, path);
        else await lay(objectId, path);
        return use(path);
      }),
    lay,
    removeBytes: (objectId) => store.remove(objectId),
    keys: {
      rotateMaster: async () => (await masters.rotate()).id,
      rewrapOwners: () => owners.rewrapOwnerKeys(db, masters),
      rewrapData: (partyId) => owners.rewrapDataKeys(db, masters, partyId),
      nextOwnerKey: async (partyId, after) => (await owners.makeOwnerKey(db, masters, partyId, after)).id,
      endOldOwnerKeys: (partyId) => owners.endOldOwnerKeys(db, partyId),
      forgetUnusedMasters: async () => masters.forgetAllBut(await owners.mastersInUse(db)),
    },
    remove: async (objectId) => {
      await db.deleteFrom('vault_object').where('id', '=', objectId).execute();
      await store.remove(objectId);
    },
    withFolder,
    uploadPath: (uploadId) => join(uploads, uploadId),
  };
}

type NewObject = Omit<ObjectInfo, 'ownerPartyId' | 'mediaType'> & {
  readonly owner_party_id: string;
  readonly media_type: string;
};

/** Records an object under its owner's newest key; a key that was replaced or destroyed meanwhile is not used. */
async function insertUnderOwner(db: Database, masters: MasterKeys, row: NewObject, dataKey: Buffer): Promise<void> {
  for (let tries = 1; ; tries++) {
    const owner = await owners.ownerKeyFor(db, masters, row.owner_party_id);
    const wrapped = await keyProvider(await owners.unwrapOwnerKey(masters, owner)).wrap(dataKey, row.id);
    const kept = await db.transaction().execute(async (tx) => {
      const living = await tx
        .selectFrom('vault_owner_key')
        .select('id')
        .where('id', '=', owner.id)
        .where('wrapped_key', 'is not', null)
        .forShare()
        .executeTakeFirst();
      if (!living) return false;
      const values = { ...row, key_id: owner.master_id, owner_key_id: owner.id, wrapped_key: wrapped };
      await tx.insertInto('vault_object').values(values).execute();
      return true;
    });
    if (kept) return;
    if (tries >= KEY_TRIES_MAX) throw new Error(`the key of ${row.owner_party_id} changes too often`);
  }
}

const infoOf = (
  row: Pick<VaultObjectTable, 'id' | 'owner_party_id' | 'name' | 'media_type' | 'bytes' | 'sha256'>,
): ObjectInfo => ({
  id: row.id,
  ownerPartyId: row.owner_party_id,
  name: row.name,
  mediaType: row.media_type,
  bytes: row.bytes,
  sha256: row.sha256,
});

/** @throws RangeError for a range that is not inside the object */
function withinObject(bytes: number, range: ByteRange | undefined): ByteRange {
  if (!range) return { start: 0, end: bytes - 1 };
  if (!(range.start >= 0 && range.start <= range.end && range.end < bytes))
    throw new RangeError('the range lies outside the object');
  return range;
}

/** The stored bytes that hold a range: whole frames, each with its tag. */
function sealedRange(bytes: number, { start, end }: ByteRange): ByteRange {
  const first = Math.floor(start / FRAME_BYTES);
  const last = Math.floor(Math.max(end, 0) / FRAME_BYTES);
  const total = sealedBytesOf(bytes);
  return {
    start: first * SEALED_FRAME_BYTES,
    end: last >= framesOf(bytes) - 1 ? total - 1 : (last + 1) * SEALED_FRAME_BYTES - 1,
  };
}

/** Files and folders in the making are named after the process that makes them. */
async function removeOfTheDead(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number.parseInt(name, 10);
    if (pid === process.pid || !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeOrphans(db: Database, store: BlobStore): Promise<void> {
  const before = Date.now() - ORPHAN_MS;
  for await (const { key, modifiedAt } of store.list()) {
    if (modifiedAt.getTime() > before) continue;
    const row = await db.selectFrom('vault_object').select('id').where('id', '=', key).executeTakeFirst();
    if (!row) await store.remove(key);
  }
}
