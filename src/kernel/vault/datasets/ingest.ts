import { join } from 'node:path';
import { type Act, execute, SYSTEM } from '../../acts/index.ts';
import type { Database } from '../../database/index.ts';
import { type JobContext, task } from '../../jobs.ts';
import { valueAt } from '../../rulebook/index.ts';
import { VaultFailure } from '../objects/failures.ts';
import { HOUSE_LIMITS } from '../rules.ts';
import { failures } from '../tables/failures.ts';
import { ingestTable, inspectTable } from '../tables/tabular.ts';
import { type Progress, TableFailure } from '../tables/types.ts';
import { closeUpload, offsetOf } from '../uploads/store.ts';
import { recordFailure, recordIngest } from './acts.ts';
import { INGEST_TASK } from './model.ts';

const ATTEMPTS_MAX = 3;

interface Waiting {
  readonly id: string;
  readonly partyId: string;
  readonly uploadId: string;
  readonly title: string;
}

/**
 * Upload → Parquet → profile → vault → act. May be repeated from the start at any point: until the act commits nothing
 * counts, and an object that a broken attempt left is removed.
 */
async function ingest(payload: Readonly<Record<string, unknown>>, context: JobContext): Promise<void> {
  const { kernel, vault } = context;
  const row = await kernel.db
    .selectFrom('dataset')
    .select(['id', 'party_id', 'upload_id', 'title', 'state'])
    .where('id', '=', String(payload.datasetId))
    .executeTakeFirst();
  if (!row?.upload_id) return;
  if (row.state !== 'ingesting') return closeUpload(kernel.db, vault, row.upload_id);
  const waiting = { id: row.id, partyId: row.party_id, uploadId: row.upload_id, title: row.title };
  const attempts = await startAttempt(kernel.db, row.id);
  try {
    await makeDataset(waiting, context);
  } catch (error) {
    const failure = failureOf(error, attempts);
    if (!failure) throw error;
    await settle(context, recordFailure, { datasetId: row.id, failure: failure.text });
  }
  await closeUpload(kernel.db, vault, row.upload_id);
}

async function makeDataset({ id, partyId, uploadId, title }: Waiting, context: JobContext): Promise<void> {
  const { kernel, vault } = context;
  const progress = progressWriter(kernel.db, id);
  if ((await offsetOf(vault, uploadId)) === undefined)
    throw new Error(`the bytes of upload ${uploadId} are not on this machine`);
  await vault.withFolder(async (folder) => {
    const output = join(folder, 'table.parquet');
    const limits = { columnsMax: valueAt(HOUSE_LIMITS.columnsMax, new Date()).value };
    const { rows, columns, bytes } = await ingestTable({
      path: vault.uploadPath(uploadId),
      output,
      limits,
      folder,
      onProgress: progress.tell,
    });
    const { profile, findings } = await inspectTable(output, { folder, onProgress: progress.tell });
    progress.tell({ stage: 'sealing', done: 0, total: bytes, unit: 'bytes' });
    const object = await vault.putFile(output, {
      ownerPartyId: partyId,
      name: `${title}.parquet`,
      mediaType: 'application/vnd.apache.parquet',
    });
    await progress.finish();
    try {
      await settle(context, recordIngest, {
        datasetId: id,
        objectId: object.id,
        sha256: object.sha256,
        rows,
        bytes,
        columns,
        profile,
        findings: [...findings],
      });
    } catch (error) {
      await vault.remove(object.id);
      throw error;
    }
  });
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

type Told = Omit<Progress, 'stage'> & { readonly stage: Progress['stage'] | 'sealing' };

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
