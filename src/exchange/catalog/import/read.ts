import { sql } from 'kysely';
import { erasures, keepErasuresOut } from '../../../kernel/access/index.ts';
import { execute, type Kernel, SYSTEM } from '../../../kernel/acts/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { type JobContext, task } from '../../../kernel/jobs.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { getFile, TableFailure } from '../../../kernel/vault/index.ts';
import { changedParts, dictionaryOf, type EntryInput, entryOf, entryVector, missingOf, updateDue } from '../entry.ts';
import { type Entry, type Origin, RESOURCE_COLUMNS } from '../model.ts';
import { recordRead } from './acts.ts';
import { ckanEntries } from './ckan.ts';
import { openSource } from './database.ts';
import { dcatEntries } from './dcat.ts';
import { type Draft, draftOf, twice } from './draft.ts';
import { withFileEntries } from './file.ts';
import {
  type DirectoryImport,
  type DirectoryImportRowTable,
  type Found,
  IMPORT_LIMITS,
  ImportFailure,
  type PartChange,
  type Problem,
  READ_TASK,
} from './model.ts';
import { secretOf } from './secret.ts';

const BATCH = 1_000;
/** Readings begun anew within one job; after them the job itself is tried again, later. */
const TRIES_MAX = 3;

class ErasedMeanwhile extends Error {}

/** Reads the source of an import into its preview: every row judged and compared, nothing of the directory touched. */
async function readImport(
  payload: Readonly<Record<string, unknown>>,
  context: JobContext,
  triesLeft = TRIES_MAX - 1,
): Promise<void> {
  const { db } = context.kernel;
  const erasedBefore = await erasures(db);
  const found = await db
    .selectFrom('directory_import')
    .selectAll()
    .where('id', '=', String(payload.importId))
    .executeTakeFirst();
  if (found?.state !== 'reading') return;
  // A broken attempt may have left rows.
  await db.deleteFrom('directory_import_row').where('import_id', '=', found.id).execute();
  try {
    await withEntries(context, found, (entries) => stage(context.kernel, found, entries, erasedBefore));
    await settle(context, { importId: found.id, failure: null });
  } catch (error) {
    // What was read names a person who was erased meanwhile, perhaps: read it again.
    if (error instanceof ErasedMeanwhile && triesLeft > 0) return readImport(payload, context, triesLeft - 1);
    if (!(error instanceof ImportFailure) && !(error instanceof TableFailure)) throw error;
    await db.deleteFrom('directory_import_row').where('import_id', '=', found.id).execute();
    await settle(context, { importId: found.id, failure: error.text });
  }
}

async function settle({ kernel }: JobContext, input: unknown): Promise<void> {
  const outcome = await execute(kernel, recordRead, SYSTEM, input);
  // Discarded meanwhile: nobody waits for it.
  if (!outcome.ok && outcome.refusal.kind !== 'state')
    throw new Error(`directory.record-read: ${outcome.refusal.title.en}`);
}

type Use = (entries: AsyncIterable<Found>) => Promise<void>;

async function withEntries({ kernel, vault }: JobContext, from: DirectoryImport, use: Use): Promise<void> {
  const { fileId, url, connection } = from.settings;
  switch (from.kind) {
    case 'file': {
      const file = await getFile(kernel.db, fileId ?? '');
      if (!file?.objectId) throw new ImportFailure(text('文件已不在。', 'The file is gone.'));
      return withFileEntries(vault, file.objectId, file.name, use);
    }
    case 'ckan':
      return use(ckanEntries(url ?? ''));
    case 'dcat':
      return use(dcatEntries(url ?? ''));
    default: {
      const secret = secretOf(from);
      if (!connection || !secret) throw new ImportFailure(text('连接信息已清除。', 'The connection was erased.'));
      const source = await openSource(from.kind, connection, secret);
      try {
        return await use(source.entries());
      } finally {
        await source.close();
      }
    }
  }
}

type Row = Omit<DirectoryImportRowTable, 'entry' | 'dictionary' | 'changes' | 'problems' | 'origin' | 'failure'> & {
  entry: string | null;
  dictionary: string | null;
  changes: string;
  problems: string;
  origin: string | null;
  failure: null;
};

async function stage(
  { db, rulebook }: Kernel,
  into: DirectoryImport,
  entries: AsyncIterable<Found>,
  erasedBefore: number,
): Promise<void> {
  const write = (rows: typeof batch) =>
    db.transaction().execute(async (tx) => {
      if ((await keepErasuresOut(tx)) !== erasedBefore) throw new ErasedMeanwhile('a person was erased meanwhile');
      await stageBatch(tx, into, rows);
    });
  const at = new Date();
  const { value: rowsMax } = valueAt(IMPORT_LIMITS.rows, at);
  const numbers = new Set<string>();
  let batch: { found: Found; draft: Draft; position: number }[] = [];
  let position = 0;
  for await (const found of entries) {
    position++;
    if (position > rowsMax)
      throw new ImportFailure(
        text(`一次导入不超过 ${rowsMax} 条（第18.7条）。`, `One import holds at most ${rowsMax} entries (HS-18.7).`),
      );
    const draft = draftOf(found.said, into.settings.defaults, at);
    const again = draft.number !== '' && numbers.has(draft.number);
    numbers.add(draft.number);
    const problems = again ? [...draft.problems, twice(draft.number)] : draft.problems;
    batch.push({
      found,
      position,
      draft: { ...draft, problems: problems.map((p) => ({ ...p, citation: rulebook.citation(p.rule) })) },
    });
    if (batch.length < BATCH) continue;
    await write(batch);
    batch = [];
  }
  if (position === 0) throw new ImportFailure(text('来源中没有条目。', 'The source holds no entry.'));
  await write(batch);
}

async function stageBatch(
  db: Tx,
  into: DirectoryImport,
  batch: readonly { found: Found; draft: Draft; position: number }[],
): Promise<void> {
  if (batch.length === 0) return;
  const present = await db
    .selectFrom('resource')
    .select(RESOURCE_COLUMNS)
    .where('holder_id', '=', into.holder_id)
    .where('state', '<>', 'withdrawn')
    .where('number', 'in', [...new Set(batch.map((b) => b.draft.number))])
    .execute();
  const byNumber = new Map(present.map((r) => [r.number, r]));
  const rows = batch.map((b) => rowOf(into, b, byNumber.get(b.draft.number)));
  await sql`insert into directory_import_row
      (import_id, position, number, title, outcome, resource_id, base_version, entry, dictionary, changed, changes,
       problems, origin, missing, update_due_at, search, snapshot)
    select import_id, position, number, title, outcome, resource_id, base_version, entry, dictionary, changed, changes,
       problems, origin, missing, update_due_at, search, snapshot
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (import_id text, position int, number text, title text,
       outcome text, resource_id text, base_version int, entry jsonb, dictionary jsonb, changed text[], changes jsonb,
       problems jsonb, origin jsonb, missing text[], update_due_at timestamptz, search text, snapshot text)`.execute(
    db,
  );
}

const UNSHAPED: Problem = {
  rule: 'HS-3.21',
  fact: text(
    '该资源已有数据，字段不能增减或改名。',
    'The resource has data: its columns cannot come, go or be renamed.',
  ),
};

function rowOf(
  into: DirectoryImport,
  { found, draft, position }: { found: Found; draft: Draft; position: number },
  present: Entry | undefined,
): Record<string, unknown> {
  const { entry } = draft;
  const before = present && entryOf(present);
  const changed = entry && before ? changedParts(before, withTypes(entry, present)) : [];
  const unshaped = entry && present && changed.includes('columns') && !sameNames(present, entry);
  const problems = unshaped ? [...draft.problems, UNSHAPED] : draft.problems;
  const outcome = problems.length > 0 || !entry ? 'faulty' : !present ? 'new' : changed.length > 0 ? 'changed' : 'same';
  const head = {
    import_id: into.id,
    position,
    number: draft.number,
    title: draft.title,
    outcome,
    changed: [] as string[],
  };
  if (!entry || outcome === 'faulty') return { ...head, changes: [], problems, missing: [] };
  const said = withTypes(entry, present);
  const snapshot = into.settings.snapshot && entry.exceptionBasis === undefined ? 'wanted' : null;
  return {
    ...head,
    resource_id: present?.id ?? newId('res'),
    base_version: present?.version ?? null,
    entry: said,
    dictionary: dictionaryOf(said.columns),
    changed,
    changes: changed.map((part): PartChange => ({ part, from: before?.[part] ?? null, to: said[part] ?? null })),
    problems: [],
    origin: originOf(into, found),
    missing: missingOf(said),
    update_due_at: present?.data_at ? updateDue(said.updateFrequency, present.data_at) : null,
    search: entryVector(said).search,
    snapshot,
  } satisfies Record<keyof Omit<Row, 'failure'>, unknown>;
}

/** Data in the zone keep the types that were found in them, whatever a catalogue says. */
function withTypes(entry: EntryInput, present: Entry | undefined): EntryInput {
  if (!present || present.object_id === null) return entry;
  const types = new Map(present.columns.map((c) => [c.name, c.type]));
  // A source that says nothing of columns does not take away the dictionary of data that are there.
  if (entry.columns.length === 0) return { ...entry, columns: entryOf(present).columns };
  return { ...entry, columns: entry.columns.map((c) => ({ ...c, type: types.get(c.name) ?? c.type })) };
}

const sameNames = (present: Entry, entry: EntryInput): boolean =>
  present.object_id === null ||
  present.columns.map((c) => c.name).join('\n') === entry.columns.map((c) => c.name).join('\n');

const originOf = (into: DirectoryImport, { external, page }: Found): Origin => ({
  kind: into.kind,
  importId: into.id,
  place: into.place,
  external,
  page: page ?? null,
});

export const readTask = task(READ_TASK, (payload, context) => readImport(payload, context));
