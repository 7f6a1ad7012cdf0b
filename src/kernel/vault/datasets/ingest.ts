import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Act, execute, SYSTEM } from '../../acts/index.ts';
import type { Database } from '../../database/index.ts';
import { type JobContext, task } from '../../jobs.ts';
import { valueAt } from '../../rulebook/index.ts';
import { VaultFailure } from '../objects/failures.ts';
import { manifestStream, nameAt, type TableFile, WHOLE_MEDIA_TYPE } from '../objects/manifest.ts';
import { HOUSE_LIMITS } from '../rules.ts';
import { failures } from '../tables/failures.ts';
import { TABLES_FOLDER } from '../tables/sql.ts';
import { ingestTable, inspectTable } from '../tables/tabular.ts';
import { type Column, type Progress, TableFailure } from '../tables/types.ts';
import type { ObjectInfo } from '../types.ts';
import { closeUpload, offsetOf } from '../uploads/store.ts';
import { recordFailure, recordIngest } from './acts.ts';
import { planOf, tableFiles, type Upload } from './files.ts';
import { INGEST_TASK } from './model.ts';

const ATTEMPTS_MAX = 3;
const PARQUET = 'application/vnd.apache.parquet';

interface Waiting {
  readonly id: string;
  readonly partyId: string;
  readonly title: string;
  readonly uploads: readonly Upload[];
  /** Of a revision: what it is made from. */
  readonly base: { readonly columns: readonly Column[]; readonly files: readonly TableFile[] } | null;
  readonly removed: readonly string[];
}

/**
 * Uploads → Parquet → profile → vault → act. May be repeated from the start at any point: until the act commits nothing
 * counts, and objects that a broken attempt left are removed.
 */
async function ingest(payload: Readonly<Record<string, unknown>>, context: JobContext): Promise<void> {
  const { kernel, vault } = context;
  const row = await kernel.db
    .selectFrom('dataset')
    .select(['id', 'party_id', 'upload_id', 'uploads', 'title', 'state', 'base_id', 'removed'])
    .where('id', '=', String(payload.datasetId))
    .executeTakeFirst();
  if (!row) return;
  const uploadIds = row.uploads ?? (row.upload_id === null ? [] : [row.upload_id]);
  const closeAll = async () => {
    for (const id of uploadIds) await closeUpload(kernel.db, vault, id);
  };
  if (row.state !== 'ingesting') return closeAll();
  const attempts = await startAttempt(kernel.db, row.id);
  try {
    const { id, party_id: partyId, title, removed } = row;
    const uploads = await uploadsOf(kernel.db, uploadIds);
    const base = row.base_id === null ? null : await baseOf(kernel.db, row.base_id);
    const waiting: Waiting = { id, partyId, title, uploads, base, removed };
    if (base !== null || uploads.length > 1) await makeOfFiles(waiting, context);
    else await makeDataset(waiting, context);
  } catch (error) {
    const failure = failureOf(error, attempts);
    if (!failure) throw error;
    await settle(context, recordFailure, { datasetId: row.id, failure: failure.text });
  }
  await closeAll();
}

async function uploadsOf(db: Database, ids: readonly string[]): Promise<Upload[]> {
  const rows = await db
    .selectFrom('upload')
    .select(['id', 'name', 'bytes'])
    .where('id', 'in', ids.length > 0 ? ids : [''])
    .execute();
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

async function baseOf(db: Database, id: string): Promise<NonNullable<Waiting['base']>> {
  const row = await db.selectFrom('dataset').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return { columns: row.columns ?? [], files: await tableFiles(db, row) };
}

type Told = Omit<Progress, 'stage'> & { readonly stage: Progress['stage'] | 'sealing' };
type Tell = (progress: Told) => void;

/** Reads one upload as a table. @throws TableFailure */
async function read({ vault }: JobContext, upload: Upload, output: string, folder: string, onProgress: Tell) {
  if ((await offsetOf(vault, upload.id)) === undefined)
    throw new Error(`the bytes of upload ${upload.id} are not on this machine`);
  const limits = { columnsMax: valueAt(HOUSE_LIMITS.columnsMax, new Date()).value };
  return ingestTable({ path: vault.uploadPath(upload.id), output, limits, folder, onProgress });
}

async function makeDataset({ id, partyId, uploads, title }: Waiting, context: JobContext): Promise<void> {
  const { kernel, vault } = context;
  const progress = progressWriter(kernel.db, id);
  const [upload] = uploads;
  if (!upload) return;
  await vault.withFolder(async (folder) => {
    const output = join(folder, 'table.parquet');
    const { rows, columns, bytes } = await read(context, upload, output, folder, progress.tell);
    const { profile, findings } = await inspectTable(output, { folder, onProgress: progress.tell });
    progress.tell({ stage: 'sealing', done: 0, total: bytes, unit: 'bytes' });
    const object = await vault.putFile(output, { ownerPartyId: partyId, name: `${title}.parquet`, mediaType: PARQUET });
    await progress.finish();
    const told = { rows, bytes, columns, profile, findings: [...findings] };
    await settleOrRemove(context, [object], { datasetId: id, objectId: object.id, sha256: object.sha256, ...told });
  });
}

/** A table of several files: new ones are read, the others stay the objects they are; all are looked at as one. */
async function makeOfFiles(waiting: Waiting, context: JobContext): Promise<void> {
  const { kernel, vault } = context;
  const { id, partyId, title, base } = waiting;
  const progress = progressWriter(kernel.db, id);
  const plan = planOf(base?.files ?? [], waiting.removed, waiting.uploads);
  await vault.withFolder(async (folder) => {
    const tables = join(folder, `table${TABLES_FOLDER}`);
    await mkdir(tables, { mode: 0o700 });
    let names: readonly string[] | undefined = base?.columns.map((c) => c.name);
    const readings = new Map<string, { rows: number; bytes: number }>();
    for (const [i, file] of plan.entries()) {
      const path = join(tables, nameAt(i));
      if ('kept' in file) await vault.lay(file.kept.objectId, path);
      else {
        const { rows, bytes, columns } = await read(context, file.upload, path, folder, progress.tell);
        names = sameNames(file.upload.name, names, columns);
        readings.set(file.upload.id, { rows, bytes });
      }
    }
    const { profile, findings } = await inspectTable(tables, { folder, onProgress: progress.tell });
    const bytes = profile.bytes;
    progress.tell({ stage: 'sealing', done: 0, total: bytes, unit: 'bytes' });
    const made: ObjectInfo[] = [];
    try {
      const files: TableFile[] = [];
      for (const [i, file] of plan.entries()) {
        if ('kept' in file) {
          files.push(file.kept);
          continue;
        }
        const { name } = file.upload;
        const mark = { ownerPartyId: partyId, name: `${title}/${name}`, mediaType: PARQUET };
        const object = await vault.putFile(join(tables, nameAt(i)), mark);
        made.push(object);
        const { rows = 0 } = readings.get(file.upload.id) ?? {};
        files.push({ name, objectId: object.id, rows, bytes: object.bytes, sha256: object.sha256 });
      }
      const mark = { ownerPartyId: partyId, name: `${title}.json`, mediaType: WHOLE_MEDIA_TYPE };
      const whole = await vault.put(manifestStream(files), mark);
      made.push(whole);
      await progress.finish();
      const columns = profile.columns.map(({ name, type }) => ({ name, type }));
      const told = { rows: profile.rows, bytes, columns, profile, findings: [...findings], files };
      await settle(context, recordIngest, { datasetId: id, objectId: whole.id, sha256: whole.sha256, ...told });
    } catch (error) {
      for (const object of made) await vault.remove(object.id);
      throw error;
    }
  });
}

/** @throws TableFailure when a file has other columns than those before it */
function sameNames(file: string, before: readonly string[] | undefined, columns: readonly Column[]): readonly string[] {
  const found = columns.map((c) => c.name);
  if (!before) return found;
  const missing = before.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !before.includes(name));
  if (missing.length > 0 || extra.length > 0) throw failures.otherColumns(file, missing, extra);
  return before;
}

async function settleOrRemove(context: JobContext, made: readonly ObjectInfo[], input: unknown): Promise<void> {
  try {
    await settle(context, recordIngest, input);
  } catch (error) {
    for (const object of made) await context.vault.remove(object.id);
    throw error;
  }
}

async function settle({ kernel }: JobContext, act: Act, input: unknown): Promise<void> {
  const outcome = await execute(kernel, act, SYSTEM, input);
  if (!outcome.ok)
    throw new Error(`${act.name} was refused: ${outcome.refusal.violations.map((v) => v.fact.en).join(' ')}`);
}

/** What the sender is told; undefined when another attempt may help. A file that breaks the reader is not tried for ever. */
function failureOf(error: unknown, attempts: number): TableFailure | VaultFailure | undefined {
  const lasting = error instanceof TableFailure && error.kind !== 'internal' && error.kind !== 'full';
  if (lasting) return error;
  if (attempts < ATTEMPTS_MAX) return undefined;
  return error instanceof TableFailure || error instanceof VaultFailure ? error : failures.internal();
}

async function startAttempt(db: Database, datasetId: string): Promise<number> {
  const row = await db
    .insertInto('dataset_progress')
    .values({ dataset_id: datasetId, stage: 'waiting', done: 0, total: null, unit: 'bytes', attempts: 1 })
    .onConflict((c) =>
      c.column('dataset_id').doUpdateSet((e) => ({ attempts: e('dataset_progress.attempts', '+', 1) })),
    )
    .returning('attempts')
    .executeTakeFirstOrThrow();
  return row.attempts;
}

/** Writes the newest progress, one statement at a time; what was overtaken meanwhile is left out. */
function progressWriter(db: Database, datasetId: string) {
  let next: Told | undefined;
  let writing: Promise<void> | undefined;
  const write = async () => {
    while (next) {
      const { stage, done, total, unit } = next;
      next = undefined;
      await db
        .updateTable('dataset_progress')
        .set({ stage, done, total, unit, at: new Date() })
        .where('dataset_id', '=', datasetId)
        .execute();
    }
    writing = undefined;
  };
  return {
    tell: (progress: Told): void => {
      next = progress;
      // Progress is a comfort: when it cannot be written the work goes on, and its own statements will tell.
      writing ??= write().catch(() => {
        writing = undefined;
      });
    },
    finish: async (): Promise<void> => {
      await writing;
    },
  };
}

export const tasks = [task(INGEST_TASK, ingest)];
