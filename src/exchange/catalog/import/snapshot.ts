import { join } from 'node:path';
import { z } from 'zod';
import { act, execute, notFound, refused, SYSTEM, system } from '../../../kernel/acts/index.ts';
import type { Database } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { type JobContext, task } from '../../../kernel/jobs.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { type Text, text } from '../../../kernel/text.ts';
import {
  type Column,
  ColumnSchema,
  type Finding,
  FindingSchema,
  ingestTable,
  inspectTable,
  TableFailure,
  TableProfileSchema,
  VaultFailure,
} from '../../../kernel/vault/index.ts';
import { refreshedFindings, shapeChange } from '../acts-directory.ts';
import { dictionaryOf, entryOf } from '../entry.ts';
import { findingsAnswered, gradedBySize, namesPersons } from '../findings.ts';
import { type DictionaryColumn, RESOURCE_COLUMNS, resourceLife } from '../model.ts';
import { sameShape } from '../rules-directory.ts';
import { dataValues, keepVersion } from '../store.ts';
import { openSource, type SourceDatabase } from './database.ts';
import { type DirectoryImport, IMPORT_LIMITS, ImportFailure, ImportId, SNAPSHOT_TASK } from './model.ts';
import { secretOf } from './secret.ts';

/**
 * 数据快照入库: the data of a table, as they stood in the department's database, come into the zone with where they come
 * from. One act a table; a table that cannot be taken does not stop the others.
 */
export const recordSnapshot = act({
  name: 'resource.record-snapshot',
  title: text('数据快照入库', 'Record a snapshot of a table'),
  by: system(),
  input: z.object({
    importId: ImportId,
    position: z.number().int(),
    objectId: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.number().int().min(1),
    bytes: z.number().int().min(1),
    columns: z.array(ColumnSchema),
    profile: TableProfileSchema,
    findings: z.array(FindingSchema),
    takenAt: z.iso.datetime(),
  }),
  secretInput: ['columns', 'profile', 'findings'],
  output: z.object({ resourceId: z.string(), datasetId: z.string(), version: z.number() }),
  rules: [sameShape, findingsAnswered, gradedBySize],
  facts: async ({ tx, input }) => {
    const staged = await tx
      .selectFrom('directory_import_row as r')
      .innerJoin('directory_import as i', 'i.id', 'r.import_id')
      .select(['r.resource_id', 'r.snapshot', 'i.holder_id'])
      .where('r.import_id', '=', input.importId)
      .where('r.position', '=', input.position)
      .executeTakeFirst();
    if (!staged?.resource_id) throw notFound();
    const row = await tx
      .selectFrom('resource')
      .select(RESOURCE_COLUMNS)
      .where('id', '=', staged.resource_id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    if (staged.snapshot !== 'wanted')
      throw refused(
        'state',
        'HS-18.10',
        text('快照已处理', 'The snapshot is settled'),
        text('该表已处理完毕。', 'This table is settled.'),
        text('无须再次办理。', 'Nothing more is to be done.'),
      );
    const next = resourceLife.move(row.state, row.state === 'listed' ? 'gather' : 'refresh');
    // A directory without a dictionary takes the columns as they are.
    const shape = row.columns.length === 0 ? { columnsGone: [], columnsNew: [] } : shapeChange(row, input.columns);
    const columns = row.columns.length > 0 ? row.columns : columnsFrom(input);
    // Nobody is there to answer: what looks personal and is not declared so is not taken (HS-20.1).
    const found = await refreshedFindings(tx, { ...row, columns }, input);
    return { row, next, columns, ...shape, ...found };
  },
  perform: async ({ tx, input, facts: { row, next, columns: described }, at }) => {
    const datasetId = newId('dst');
    await tx
      .insertInto('dataset')
      .values({
        id: datasetId,
        party_id: row.holder_id,
        upload_id: null,
        title: row.title,
        state: 'ready',
        object_id: input.objectId,
        rows: input.rows,
        bytes: input.bytes,
        columns: JSON.stringify(input.columns),
        profile: JSON.stringify(input.profile),
        findings: JSON.stringify(input.findings),
        failure: null,
        created_at: at,
        settled_at: at,
      })
      .execute();
    const types = new Map(input.columns.map((c) => [c.name, c.type]));
    const entry = entryOf({ ...row, columns: described });
    const columns = dictionaryOf(entry.columns, (name) => types.get(name));
    const version = row.version + 1;
    const dataset = { id: datasetId, objectId: input.objectId, rows: input.rows, bytes: input.bytes };
    await tx
      .updateTable('resource')
      .set({
        state: next,
        version,
        columns: JSON.stringify(columns),
        origin: JSON.stringify({ ...row.origin, takenAt: input.takenAt }),
        ...dataValues({ ...dataset, profile: input.profile }, { columns, frequency: row.update_frequency, at }),
      })
      .where('id', '=', row.id)
      .execute();
    await tx
      .updateTable('directory_import_row')
      .set({ snapshot: 'taken' })
      .where('import_id', '=', input.importId)
      .where('position', '=', input.position)
      .execute();
    const event = next === row.state ? 'refresh' : 'gather';
    await keepVersion(
      tx,
      { id: row.id, holderId: row.holder_id, version },
      { event, changed: [], entry, personId: null, at },
    );
    return { resourceId: row.id, datasetId, version };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.resourceId,
    sealed: {
      dataset: result.datasetId,
      sha256: input.sha256,
      takenAt: input.takenAt,
      place: facts.row.origin?.place ?? null,
      table: facts.row.origin?.external ?? null,
    },
    parties: [facts.row.holder_id],
  }),
});

/** Columns of a table nobody described; what looks personal is guarded until somebody says otherwise. */
function columnsFrom(table: { readonly columns: readonly Column[]; readonly findings: readonly Finding[] }) {
  const found = new Set(table.findings.filter(namesPersons).map((f) => f.column));
  return table.columns.map(
    (c): DictionaryColumn => ({
      ...{ name: c.name, type: c.type, titleZh: c.name, titleEn: null, description: null, unit: null },
      sensitive: found.has(c.name),
    }),
  );
}

async function takeSnapshots(payload: Readonly<Record<string, unknown>>, context: JobContext): Promise<void> {
  const { db } = context.kernel;
  const from = await db
    .selectFrom('directory_import')
    .selectAll()
    .where('id', '=', String(payload.importId))
    .executeTakeFirst();
  if (from?.state !== 'committed') return;
  try {
    const { connection } = from.settings;
    const secret = secretOf(from);
    if (!connection || !secret || (from.kind !== 'postgresql' && from.kind !== 'mysql'))
      throw new ImportFailure(text('连接信息已清除。', 'The connection was erased.'));
    const source = await openSource(from.kind, connection, secret);
    try {
      await takeAll(context, from, source);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof ImportFailure)) throw error;
    await failed(db, from.id, undefined, error.text);
  }
  await db.updateTable('directory_import').set({ secret: null }).where('id', '=', from.id).execute();
}

async function takeAll(context: JobContext, from: DirectoryImport, source: SourceDatabase): Promise<void> {
  const { db } = context.kernel;
  const waiting = await db
    .selectFrom('directory_import_row')
    .select(['position', 'origin', 'title'])
    .where('import_id', '=', from.id)
    .where('snapshot', '=', 'wanted')
    .orderBy('position')
    .execute();
  for (const { position, origin, title } of waiting) {
    try {
      await takeOne(context, from, source, { position, title, table: origin?.external ?? '' });
    } catch (error) {
      const known = error instanceof ImportFailure || error instanceof TableFailure || error instanceof VaultFailure;
      if (!known) throw error;
      await failed(db, from.id, position, error.text);
    }
  }
}

interface Wanted {
  readonly position: number;
  readonly title: string;
  readonly table: string;
}

async function takeOne(
  { kernel, vault }: JobContext,
  from: DirectoryImport,
  source: SourceDatabase,
  { position, title, table }: Wanted,
): Promise<void> {
  await vault.withFolder(async (folder) => {
    const [csv, output] = [join(folder, 'table.csv'), join(folder, 'table.parquet')];
    const takenAt = new Date().toISOString();
    await source.copy(table, csv);
    const { rows, columns, bytes } = await ingestTable({ path: csv, format: 'csv', output, folder });
    const { profile, findings } = await inspectTable(output, { folder });
    const object = await vault.putFile(output, {
      ownerPartyId: from.holder_id,
      name: `${title}.parquet`,
      mediaType: 'application/vnd.apache.parquet',
    });
    const input = {
      importId: from.id,
      position,
      objectId: object.id,
      sha256: object.sha256,
      rows,
      bytes,
      columns,
      profile,
      findings: [...findings],
      takenAt,
    };
    const outcome = await execute(kernel, recordSnapshot, SYSTEM, input);
    if (outcome.ok) return;
    await vault.remove(object.id);
    // Taken meanwhile by a twin of this job: nothing is wrong.
    if (outcome.refusal.kind === 'state' && outcome.refusal.violations[0]?.rule === 'HS-18.10') return;
    throw new ImportFailure(outcome.refusal.violations[0]?.fact ?? outcome.refusal.title);
  });
}

async function failed(db: Database, importId: string, position: number | undefined, why: Text): Promise<void> {
  await db
    .updateTable('directory_import_row')
    .set({ snapshot: 'failed', failure: JSON.stringify(why) })
    .where('import_id', '=', importId)
    .where('snapshot', '=', 'wanted')
    .$if(position !== undefined, (q) => q.where('position', '=', position ?? 0))
    .execute();
}

export const snapshotTask = task(SNAPSHOT_TASK, takeSnapshots);

const HOUR_MS = 3_600_000;

/** Passwords do not outlive the time in which their import can still be committed (HS-18.9). */
export const sweepTask = task(
  'directory.sweep',
  async (_, { kernel: { db } }) => {
    const before = new Date(Date.now() - valueAt(IMPORT_LIMITS.previewHours, new Date()).value * HOUR_MS);
    await db
      .updateTable('directory_import')
      .set({ secret: null })
      .where('secret', 'is not', null)
      .where('started_at', '<', before)
      .execute();
  },
  { cron: '17 * * * *' },
);
