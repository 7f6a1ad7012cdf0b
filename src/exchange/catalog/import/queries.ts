import { z } from 'zod';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  receiptsOf,
  role,
} from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { TextSchema } from '../../../kernel/text.ts';
import { STATES } from './acts.ts';
import { type DirectoryImport, ImportId } from './model.ts';

const READERS = role('data-provider');
const RECEIPTS_MAX = 10;

const Summary = z.object({
  id: ImportId,
  kind: z.string(),
  place: z.string(),
  state: z.string(),
  stateTitle: TextSchema,
  counts: z.object({
    total: z.number(),
    added: z.number(),
    changed: z.number(),
    same: z.number(),
    faulty: z.number(),
  }),
  failure: TextSchema.nullable(),
  startedAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  settledAt: z.iso.datetime().nullable(),
});

const summaryOf = (r: DirectoryImport): z.input<typeof Summary> => ({
  id: r.id,
  kind: r.kind,
  place: r.place,
  state: r.state,
  stateTitle: STATES[r.state],
  counts: { total: r.total, added: r.added, changed: r.changed, same: r.same, faulty: r.faulty },
  failure: r.failure,
  startedAt: r.started_at.toISOString(),
  readAt: r.read_at?.toISOString() ?? null,
  settledAt: r.settled_at?.toISOString() ?? null,
});

async function ownImport(db: Queryable, actor: Actor, importId: string): Promise<DirectoryImport> {
  const row = await db.selectFrom('directory_import').selectAll().where('id', '=', importId).executeTakeFirst();
  if (!row || row.holder_id !== actor.partyId) throw notFound();
  return row;
}

const list = read({
  path: '/directory-imports',
  title: { zh: '目录导入', en: 'Imports of the directory' },
  by: READERS,
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Summary),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('directory_import')
      .selectAll()
      .where('holder_id', '=', actor.partyId ?? '')
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return { items: items.map(summaryOf), nextCursor };
  },
});

const one = read({
  path: '/directory-imports/:importId',
  title: { zh: '目录导入详情', en: 'An import of the directory' },
  by: READERS,
  params: z.object({ importId: ImportId }),
  query: z.object({}),
  output: Summary.extend({
    version: z.number(),
    /** Tables whose data are taken into the zone, once it is committed. */
    snapshots: z.object({ wanted: z.number(), taken: z.number(), failed: z.number() }),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params }) => {
    const row = await ownImport(db, actor, params.importId);
    const counted = await db
      .selectFrom('directory_import_row')
      .select((e) => ['snapshot', e.fn.countAll<number>().as('n')])
      .where('import_id', '=', row.id)
      .where('snapshot', 'is not', null)
      .groupBy('snapshot')
      .execute();
    const count = (state: string) => Number(counted.find((c) => c.snapshot === state)?.n ?? 0);
    return {
      ...summaryOf(row),
      version: row.version,
      snapshots: { wanted: count('wanted'), taken: count('taken'), failed: count('failed') },
      receipts: await receiptsOf(db, [row.id], RECEIPTS_MAX),
    };
  },
});

const rowsRead = read({
  path: '/directory-imports/:importId/rows',
  title: { zh: '目录导入预览', en: 'Preview of an import' },
  by: READERS,
  params: z.object({ importId: ImportId }),
  query: PageQuery.extend({ outcome: z.enum(['new', 'changed', 'same', 'faulty']).optional() }),
  output: pageOf(
    z.object({
      position: z.number(),
      number: z.string(),
      title: z.string(),
      outcome: z.string(),
      resourceId: z.string().nullable(),
      columnCount: z.number(),
      changes: z.array(z.object({ part: z.string(), from: z.unknown(), to: z.unknown() })),
      problems: z.array(z.object({ rule: z.string(), citation: TextSchema.nullable(), fact: TextSchema })),
      missing: z.array(z.string()),
      snapshot: z.string().nullable(),
      failure: TextSchema.nullable(),
    }),
  ),
  run: async ({ db, actor, params, query }) => {
    const row = await ownImport(db, actor, params.importId);
    const after = Number(afterOf(query.cursor) ?? '0');
    const rows = await db
      .selectFrom('directory_import_row')
      .selectAll()
      .where('import_id', '=', row.id)
      .where('position', '>', Number.isInteger(after) && after >= 0 && after <= POSITION_MAX ? after : 0)
      .$if(query.outcome !== undefined, (q) => q.where('outcome', '=', query.outcome ?? 'new'))
      .orderBy('position')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => String(r.position));
    return {
      items: items.map((r) => ({
        position: r.position,
        number: r.number,
        title: r.title,
        outcome: r.outcome,
        // An entry that is only previewed has no page yet.
        resourceId: row.state === 'committed' || r.base_version !== null ? r.resource_id : null,
        columnCount: r.dictionary?.length ?? 0,
        changes: r.changes.map(({ part, from, to }) => ({ part, from, to })),
        problems: r.problems.map(({ rule, citation, fact }) => ({ rule, citation: citation ?? null, fact })),
        missing: r.missing,
        snapshot: r.snapshot,
        failure: r.failure,
      })),
      nextCursor,
    };
  },
});
const POSITION_MAX = 2 ** 31 - 1;

export const importReads: readonly Read[] = [list, one, rowsRead];
