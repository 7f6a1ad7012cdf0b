import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type Actor, afterOf, notFound, PageQuery, page, pageOf, type Read, read, role } from '../../acts/index.ts';
import type { Queryable } from '../../database/index.ts';
import { TextSchema } from '../../text.ts';
import type { Column } from '../tables/types.ts';
import type { DatasetTable } from '../tables.ts';
import { fileChanges, tableFiles } from './files.ts';
import { DatasetId, INGEST_ROLES } from './model.ts';

const COLUMNS = [
  'id',
  'party_id',
  'upload_id',
  'title',
  'state',
  'object_id',
  'rows',
  'bytes',
  'columns',
  'series_id',
] as const satisfies readonly (keyof DatasetTable)[];

type Row = Pick<Selectable<DatasetTable>, (typeof COLUMNS)[number]>;

/** @throws notFound for what is not the actor's */
async function ownDataset(q: Queryable, id: string, actor: Actor): Promise<Row> {
  const row = await q.selectFrom('dataset').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  if (!row || (actor.kind !== 'system' && row.party_id !== actor.partyId)) throw notFound();
  return row;
}

const State = z.enum(['ingesting', 'ready', 'failed', 'erased']);

const Revision = z.object({
  id: DatasetId,
  revision: z.number().int(),
  baseId: DatasetId.nullable(),
  title: z.string(),
  state: State,
  rows: z.number().int().nullable(),
  bytes: z.number().int().nullable(),
  files: z.number().int(),
  /** SHA-256 of the table, or of the list of its files; null while there is none. */
  sha256: z.string().nullable(),
  failure: TextSchema.nullable(),
  createdAt: z.iso.datetime(),
});

const revisions = read({
  path: '/datasets/:datasetId/revisions',
  title: { zh: '数据集历次版本', en: 'Revisions of a data set' },
  by: role(...INGEST_ROLES),
  params: z.object({ datasetId: DatasetId }),
  query: PageQuery,
  output: pageOf(Revision),
  run: async ({ db, actor, params, query }) => {
    const row = await ownDataset(db, params.datasetId, actor);
    const series = row.series_id ?? row.id;
    const after = afterOf(query.cursor);
    const found = await db
      .selectFrom('dataset as d')
      .leftJoin('vault_object as o', 'o.id', 'd.object_id')
      .select(['d.id', 'd.revision', 'd.base_id', 'd.title', 'd.state', 'd.rows', 'd.bytes', 'd.failure'])
      .select(['d.created_at', 'd.object_id', 'o.sha256'])
      .select((e) => [
        e
          .selectFrom('dataset_file as f')
          .select((c) => c.fn.countAll<number>().as('n'))
          .whereRef('f.whole_id', '=', 'd.object_id')
          .as('files'),
      ])
      .where((e) => e.or([e('d.id', '=', series), e('d.series_id', '=', series)]))
      .$if(after !== undefined, (q) => q.where('d.revision', '<', Number(after)))
      .orderBy('d.revision', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      found.map((d) => ({
        ...{ id: d.id, revision: d.revision, baseId: d.base_id, title: d.title, state: d.state },
        ...{ rows: d.rows, bytes: d.bytes, sha256: d.sha256, failure: d.failure },
        files: Number(d.files ?? 0) || (d.object_id === null ? 0 : 1),
        createdAt: d.created_at.toISOString(),
      })),
      query.limit,
      (d) => String(d.revision),
    );
  },
});

const FileChange = z.object({
  name: z.string(),
  change: z
    .enum(['added', 'removed', 'replaced', 'kept'])
    .meta({ title: '文件变更', 'x-title-en': 'What became of a file' }),
  rowsBefore: z.number().int().nullable(),
  rowsAfter: z.number().int().nullable(),
  bytes: z.number().int(),
  sha256: z.string(),
});

const ColumnChange = z.object({
  name: z.string(),
  /** Null where the table does not have it. */
  before: z.string().nullable(),
  after: z.string().nullable(),
});

const Changes = z.object({
  id: DatasetId,
  /** Compared with; null: nothing came before. */
  fromId: DatasetId.nullable(),
  rowsBefore: z.number().int(),
  rowsAfter: z.number().int(),
  files: z.array(FileChange),
  columns: z.array(ColumnChange),
});

/** Columns that came, went or changed their type. */
function columnChanges(before: readonly Column[], after: readonly Column[]): z.output<typeof ColumnChange>[] {
  const was = new Map(before.map((c) => [c.name, c.type]));
  const now = new Map(after.map((c) => [c.name, c.type]));
  return [...new Set([...was.keys(), ...now.keys()])]
    .map((name) => ({ name, before: was.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((c) => c.before !== c.after);
}

const changes = read({
  path: '/datasets/:datasetId/changes',
  title: { zh: '数据集变更清单', en: 'What changed in a data set' },
  by: role(...INGEST_ROLES),
  params: z.object({ datasetId: DatasetId }),
  /** Without `from`: what it was made from. */
  query: z.object({ from: DatasetId.optional() }),
  output: Changes,
  run: async ({ db, actor, params, query }) => {
    const row = await ownDataset(db, params.datasetId, actor);
    const made = await db.selectFrom('dataset').select('base_id').where('id', '=', row.id).executeTakeFirstOrThrow();
    const fromId = query.from ?? made.base_id;
    const before = fromId === null ? undefined : await ownDataset(db, fromId, actor);
    return {
      id: row.id,
      fromId,
      rowsBefore: before?.rows ?? 0,
      rowsAfter: row.rows ?? 0,
      files: fileChanges(before ? await tableFiles(db, before) : [], await tableFiles(db, row)),
      columns: columnChanges(before?.columns ?? [], row.columns ?? []),
    };
  },
});

export const revisionReads: Read[] = [revisions, changes];
