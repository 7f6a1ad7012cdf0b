import { z } from 'zod';
import { type Act, type Actor, act, notFound, refused, role } from '../../kernel/acts/index.ts';
import { oneAtATime } from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { type Dataset, DatasetId, getDataset } from '../../kernel/vault/index.ts';
import { registeredEntity } from '../parties/index.ts';
import {
  changedParts,
  dictionaryOf,
  EntryChange,
  EntryColumn,
  EntryInput,
  entryOf,
  missingOf,
  updateDue,
} from './entry.ts';
import { findingFacts, findingsAnswered, gradedBySize, newFindings, personsOf } from './findings.ts';
import { type Entry, ResourceId, resourceLife } from './model.ts';
import * as rules from './rules.ts';
import * as directory from './rules-directory.ts';
import { dataValues, entryFacts, entryValues, holderFacts, insertEntry, keepVersion, lockEntry } from './store.ts';

/** Nothing of a directory changes between the look and the write. */
export const lockDirectory = (tx: Tx, holderId: string): Promise<void> => oneAtATime(tx, `directory ${holderId}`);

export async function numberTaken(q: Queryable, holderId: string, number: string, but = ''): Promise<boolean> {
  const found = await q
    .selectFrom('resource')
    .select('id')
    .where('holder_id', '=', holderId)
    .where('number', '=', number)
    .where('state', '<>', 'withdrawn')
    .where('id', '<>', but)
    .executeTakeFirst();
  return found !== undefined;
}

/** What each row of a directory must hold to, one by one or in an import. */
export const ENTRY_RULES = [
  rules.protectedByClass,
  rules.classifiedResource,
  rules.classifiedForExport,
  rules.coreNeverRegistered,
  rules.sourceExplained,
  rules.personalLawful,
  rules.personalVoluntary,
  rules.sensitiveAuthorised,
  directory.neverPublicPersonal,
  directory.importantNeverUnconditional,
  directory.conditionsStated,
  directory.zoneKnown,
  directory.exceptionByLaw,
] as const;

/** 目录编制: a department names a resource in its directory, before its data are gathered. */
export const listEntry = act({
  name: 'directory.list-entry',
  title: text('编制目录条目', 'List an entry in the directory'),
  by: role('data-provider'),
  input: EntryInput,
  output: z.object({ resourceId: ResourceId }),
  rules: [
    registeredEntity,
    rules.publicProvider,
    ...ENTRY_RULES,
    directory.numberOnce,
    directory.directoryStandard,
    directory.governmentGathered,
    directory.utilitiesGathered,
  ],
  facts: async ({ tx, actor, input }) => {
    const holder = await holderFacts(tx, actor);
    await lockDirectory(tx, holder.holderId);
    return {
      ...holder,
      ...entryFacts(input),
      gathered: false,
      numberTaken: await numberTaken(tx, holder.holderId, input.number),
    };
  },
  perform: async ({ tx, actor, input, facts, at }) => ({
    resourceId: await insertEntry(tx, input, { holderId: facts.holderId, personId: actor.personId, at }),
  }),
  entry: ({ input, result }) => ({
    subject: result.resourceId,
    public: true,
    open: {
      grade: input.grade,
      containsPersonalInformation: input.containsPersonalInformation,
      opening: input.opening,
    },
    sealed: { title: input.title, number: input.number, class: input.class, updateFrequency: input.updateFrequency },
  }),
});

/** Columns of data in the zone keep their names: what the data are is not changed by describing them. */
function keepShape(row: Entry, after: EntryInput): void {
  const names = (columns: readonly { readonly name: string }[]) => columns.map((c) => c.name).join('\n');
  if (row.object_id === null || names(row.columns) === names(after.columns)) return;
  throw refused(
    'rule',
    'HS-3.21',
    text('数据字典与数据集不一致', 'The dictionary does not match the dataset'),
    text(
      '该资源已有数据，字典的字段不能增减或改名。',
      'The resource has data: its columns cannot come, go or be renamed.',
    ),
    text(
      '请只修改名称、说明、单位和敏感标记。',
      'Change titles, descriptions, units and the mark of sensitivity only.',
    ),
  );
}

/** 目录变更: what is said of a resource changes; what was said before stays readable. */
export const changeEntry = act({
  name: 'directory.change-entry',
  title: text('变更目录条目', 'Change an entry of the directory'),
  by: role('data-provider'),
  input: z.object({ resourceId: ResourceId, change: EntryChange }),
  output: z.object({ resourceId: ResourceId, version: z.number(), changed: z.array(z.string()) }),
  rules: [
    registeredEntity,
    ...ENTRY_RULES,
    directory.numberOnce,
    directory.directoryStandard,
    directory.openingNotNarrowed,
  ],
  facts: async ({ tx, actor, input }) => {
    const row = await lockEntry(tx, input.resourceId, actor.partyId);
    resourceLife.move(row.state, 'change');
    const holder = await holderFacts(tx, actor);
    await lockDirectory(tx, holder.holderId);
    const before = entryOf(row);
    const after: EntryInput = { ...before, ...present(input.change) };
    keepShape(row, after);
    return {
      ...holder,
      ...entryFacts(after),
      row,
      before,
      after,
      openingBefore: row.opening,
      numberTaken: after.number !== '' && (await numberTaken(tx, holder.holderId, after.number, row.id)),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, actor, facts: { row, before, after }, at }) => {
    const changed = changedParts(before, after);
    const version = row.version + 1;
    const types = new Map(row.columns.map((c) => [c.name, c.type]));
    await tx
      .updateTable('resource')
      .set({
        ...entryValues(after, dictionaryOf(after.columns, row.object_id === null ? undefined : (n) => types.get(n))),
        number: after.number || null,
        version,
        responsible_id: actor.personId,
        update_due_at: row.data_at && updateDue(after.updateFrequency, row.data_at),
      })
      .where('id', '=', row.id)
      .execute();
    await keepVersion(
      tx,
      { id: row.id, holderId: row.holder_id, version },
      { event: 'change', changed, entry: after, personId: actor.personId, at },
    );
    return { resourceId: row.id, version, changed };
  },
  entry: ({ facts: { after }, result }) => ({
    subject: result.resourceId,
    public: true,
    open: {
      version: result.version,
      grade: after.grade,
      containsPersonalInformation: after.containsPersonalInformation,
      opening: after.opening,
    },
    sealed: { changed: result.changed, title: after.title },
  }),
});

/** Only what was said; a part that is left out stays. */
const present = (change: z.output<typeof EntryChange>): Partial<EntryInput> =>
  Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)) as Partial<EntryInput>;

/** A dataset of the actor's own, ready to stand behind a resource. */
async function readyDataset(tx: Tx, actor: Actor, datasetId: string): Promise<Dataset> {
  const dataset = await getDataset(tx, datasetId);
  if (!dataset || dataset.partyId !== actor.partyId) throw notFound();
  if (dataset.state === 'ready' && dataset.objectId !== null) return dataset;
  throw refused(
    'state',
    'HS-3.22',
    text('数据集尚未就绪', 'The dataset is not ready'),
    text('数据集仍在处理，或处理失败。', 'The dataset is still being read, or could not be read.'),
    text('请等待处理完成，或重新上传。', 'Wait until it is ready, or upload it again.'),
  );
}

const shapeFacts = (described: readonly string[], found: readonly string[]) => ({
  missing: found.filter((n) => !described.includes(n)),
  extra: described.filter((n) => !found.includes(n)),
  repeated: described.filter((n, i) => described.indexOf(n) !== i),
});

const FindingsStatement = z
  .string()
  .trim()
  .max(1_000)
  .optional()
  .meta({ title: '识别结果说明', 'x-title-en': 'Answer to what was found' });

/** 数据归集: the data of a listed resource come into the zone; from now on it is registered. */
export const gather = act({
  name: 'resource.gather',
  title: text('归集数据', 'Gather the data of a listed resource'),
  by: role('data-provider'),
  input: z.object({
    resourceId: ResourceId,
    datasetId: DatasetId,
    /** The dictionary of the data, where the directory has none yet. */
    columns: z.array(EntryColumn).max(500).optional(),
    findingsStatement: FindingsStatement,
  }),
  output: z.object({ resourceId: ResourceId, version: z.number() }),
  rules: [
    registeredEntity,
    ...ENTRY_RULES,
    rules.publicProvider,
    rules.dictionaryComplete,
    directory.governmentGathered,
    directory.utilitiesGathered,
    findingsAnswered,
    gradedBySize,
  ],
  facts: async ({ tx, actor, input }) => {
    const row = await lockEntry(tx, input.resourceId, actor.partyId);
    const next = resourceLife.move(row.state, 'gather');
    const dataset = await readyDataset(tx, actor, input.datasetId);
    const before = entryOf(row);
    const after: EntryInput = { ...before, columns: input.columns ?? before.columns };
    return {
      ...(await holderFacts(tx, actor)),
      ...entryFacts(after),
      ...findingFacts(dataset, {
        columns: after.columns,
        personal: after.containsPersonalInformation,
        statement: input.findingsStatement,
        grade: after.grade,
      }),
      ...{ row, next, dataset, before, after },
      gathered: true,
      dictionary: shapeFacts(
        after.columns.map((c) => c.name),
        dataset.columns.map((c) => c.name),
      ),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, actor, facts: { row, next, dataset, before, after }, at }) => {
    const version = row.version + 1;
    const types = new Map(dataset.columns.map((c) => [c.name, c.type]));
    const columns = dictionaryOf(after.columns, (n) => types.get(n));
    await tx
      .updateTable('resource')
      .set({
        state: next,
        version,
        columns: JSON.stringify(columns),
        missing: missingOf(after),
        ...dataValues(dataset, { columns, frequency: row.update_frequency, at }),
      })
      .where('id', '=', row.id)
      .execute();
    const changed = changedParts(before, after);
    await keepVersion(
      tx,
      { id: row.id, holderId: row.holder_id, version },
      { event: 'gather', changed, entry: after, personId: actor.personId, at },
    );
    return { resourceId: row.id, version };
  },
  entry: ({ input, result }) => ({
    subject: result.resourceId,
    public: true,
    open: { version: result.version },
    sealed: { dataset: input.datasetId },
  }),
});

/** 数据更新: newer data of the same shape; what was built from the older stays as it was built. */
export const refresh = act({
  name: 'resource.refresh',
  title: text('更新数据', 'Bring newer data'),
  by: role('data-provider', 'data-merchant', 'operating-unit'),
  input: z.object({ resourceId: ResourceId, datasetId: DatasetId, findingsStatement: FindingsStatement }),
  output: z.object({ resourceId: ResourceId, version: z.number(), updateDueAt: z.iso.datetime().nullable() }),
  rules: [registeredEntity, directory.sameShape, directory.updatedInTime, findingsAnswered, gradedBySize],
  facts: async ({ tx, actor, input, at }) => {
    const row = await lockEntry(tx, input.resourceId, actor.partyId);
    resourceLife.move(row.state, 'refresh');
    const dataset = await readyDataset(tx, actor, input.datasetId);
    return {
      ...(await holderFacts(tx, actor)),
      ...shapeChange(row, dataset.columns),
      ...(await refreshedFindings(tx, row, dataset, input.findingsStatement)),
      ...{ row, dataset },
      updateDueAt: row.update_due_at?.toISOString() ?? null,
      now: at.toISOString(),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, actor, facts: { row, dataset }, at }) => {
    const version = row.version + 1;
    await tx
      .updateTable('resource')
      .set({
        version,
        columns: JSON.stringify(typed(row, dataset)),
        ...dataValues(dataset, { columns: row.columns, frequency: row.update_frequency, at }),
      })
      .where('id', '=', row.id)
      .execute();
    await keepVersion(
      tx,
      { id: row.id, holderId: row.holder_id, version },
      { event: 'refresh', changed: [], entry: entryOf(row), personId: actor.personId, at },
    );
    return { resourceId: row.id, version, updateDueAt: updateDue(row.update_frequency, at)?.toISOString() ?? null };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.resourceId,
    public: true,
    open: { version: result.version },
    sealed: {
      dataset: input.datasetId,
      found: facts.found,
      findingsStatement: input.findingsStatement ?? null,
    },
  }),
});

/** The dictionary as it was written, with the types the newer data have. */
function typed(row: Entry, dataset: Pick<Dataset, 'columns'>) {
  const types = new Map(dataset.columns.map((c) => [c.name, c.type]));
  return row.columns.map((c) => ({ ...c, type: types.get(c.name) ?? c.type }));
}

/** What newer data show that nobody answered yet. */
export async function refreshedFindings(
  tx: Tx,
  row: Entry,
  dataset: Pick<Dataset, 'findings' | 'profile'>,
  statement?: string | undefined,
) {
  const before = row.dataset_id === null ? undefined : await getDataset(tx, row.dataset_id);
  const facts = findingFacts(
    { findings: newFindings(dataset, before), profile: dataset.profile },
    {
      columns: row.columns,
      personal: row.contains_personal_information,
      statement,
      grade: row.grade,
    },
  );
  return { ...facts, personsFound: personsOf(dataset) };
}

/** Which columns newer data lack or add, against those described. */
export function shapeChange(row: Entry, columns: readonly { readonly name: string }[]) {
  const described = row.columns.map((c) => c.name);
  const found = columns.map((c) => c.name);
  return {
    columnsGone: described.filter((n) => !found.includes(n)),
    columnsNew: found.filter((n) => !described.includes(n)),
  };
}

export const directoryActs: readonly Act[] = [listEntry, changeEntry, gather, refresh];
