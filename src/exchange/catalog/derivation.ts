import { sql } from 'kysely';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { TableProfile } from '../../kernel/vault/index.ts';
import { dictionaryOf, type EntryInput } from './entry.ts';
import type { DictionaryColumn } from './model.ts';
import { rightsBehind, type StoppedUse } from './rights.ts';
import { dataValues, entryValues, keepVersion } from './store.ts';

/** What makes a component counts the uses of its rights under one version. */
const MADE_VERSION = 1;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    resource_derivation: { resource_id: string; source_id: string; made_id: string; columns: string[] };
  }
}

/** A table that was made of resources and may be registered as one: 数据元件. */
export interface DerivedResource {
  readonly entry: EntryInput;
  readonly holderId: string;
  readonly personId: string | null;
  readonly publicData: boolean;
  readonly table: {
    readonly objectId: string;
    readonly rows: number;
    readonly bytes: number;
    readonly columns: readonly Pick<DictionaryColumn, 'name' | 'type'>[];
    readonly profile: TableProfile;
  };
  readonly madeId: string;
  readonly sources: readonly { readonly resourceId: string; readonly columns: readonly string[] }[];
}

/** Registers what was made of resources as a resource of its own, with where it comes from. @returns its id */
export async function registerDerived(tx: Tx, made: DerivedResource, at: Date): Promise<string> {
  const { entry, holderId, personId, table } = made;
  const [resourceId, datasetId] = [newId('res'), newId('dst')];
  await tx
    .insertInto('dataset')
    .values({
      id: datasetId,
      party_id: holderId,
      upload_id: null,
      title: entry.title,
      state: 'ready',
      object_id: table.objectId,
      rows: table.rows,
      bytes: table.bytes,
      columns: JSON.stringify(table.columns),
      profile: JSON.stringify(table.profile),
      failure: null,
      created_at: at,
      settled_at: at,
    })
    .execute();
  const types = new Map(table.columns.map((c) => [c.name, c.type]));
  const columns = dictionaryOf(entry.columns, (name) => types.get(name));
  await tx
    .insertInto('resource')
    .values({
      ...entryValues(entry, columns),
      ...dataValues({ id: datasetId, ...table }, { columns, frequency: entry.updateFrequency, at }),
      id: resourceId,
      holder_id: holderId,
      state: 'registered',
      number: null,
      public_data: made.publicData,
      responsible_id: personId,
      registered_at: at,
      withdrawn_at: null,
      withdrawal_reason: null,
    })
    .execute();
  await tx
    .insertInto('resource_derivation')
    .values(
      made.sources.map((s) => ({
        resource_id: resourceId,
        source_id: s.resourceId,
        made_id: made.madeId,
        columns: [...s.columns],
      })),
    )
    .execute();
  await keepVersion(
    tx,
    { id: resourceId, holderId, version: 1 },
    { event: 'derive', changed: [], entry, personId, at },
  );
  return resourceId;
}

const madeBy = async (q: Queryable, resourceIds: readonly string[]): Promise<string[]> => {
  if (resourceIds.length === 0) return [];
  const rows = await q
    .selectFrom('resource_derivation')
    .select('made_id')
    .distinct()
    .where('resource_id', 'in', [...resourceIds])
    .execute();
  return rows.map((r) => r.made_id);
};

/** Whether a resource stands for query templates that are asked in the sandbox: there is no table of data to hand out. */
export async function isService(q: Queryable, resourceIds: readonly string[]): Promise<boolean> {
  return (await madeBy(q, resourceIds)).some((id) => id.startsWith('sbs_'));
}

/** What lies behind resources, through every component: themselves, and all they were made of. */
export async function sourcesBehind(
  q: Queryable,
  resourceIds: readonly string[],
): Promise<{ readonly id: string; readonly holderId: string; readonly publicData: boolean }[]> {
  if (resourceIds.length === 0) return [];
  const { rows } = await sql<{ id: string; holder_id: string; public_data: boolean }>`
    with recursive behind (id) as (
      select unnest(${[...resourceIds]}::text[])
      union select d.source_id from resource_derivation d join behind b on b.id = d.resource_id)
    select r.id, r.holder_id, r.public_data from behind join resource r using (id) order by r.id`.execute(q);
  return rows.map((r) => ({ id: r.id, holderId: r.holder_id, publicData: r.public_data }));
}

/** Why one of these resources, being a component, may not be used now: a right behind it stands still or has ended. */
export async function componentStopped(
  q: Queryable,
  resourceIds: readonly string[],
  at: Date,
): Promise<StoppedUse | null> {
  for (const madeId of await madeBy(q, resourceIds)) {
    const { stopped } = await rightsBehind(q, madeId, MADE_VERSION, at);
    if (stopped) return stopped;
  }
  return null;
}

/**
 * What is made of components stands on the rights behind them: a stop of one stops it too. Nothing is counted again; a
 * withdrawal of consent reaches it by the time at which the component was made.
 */
export async function carryUses(
  tx: Tx,
  resourceIds: readonly string[],
  made: { readonly id: string; readonly version: number },
): Promise<void> {
  const from = await madeBy(tx, resourceIds);
  if (from.length === 0) return;
  const { rows } = await sql<{
    authorisation_id: string;
    resource_id: string;
    taken_at: Date;
    withdrawn_at: Date | null;
  }>`
    select authorisation_id, resource_id, min(taken_at) as taken_at, min(consent_withdrawn_at) as withdrawn_at
      from resource_use where made_id = any (${from}) group by 1, 2`.execute(tx);
  for (const use of rows)
    await sql`insert into resource_use (id, authorisation_id, resource_id, made_id, made_version, rows, taken_at, consent_withdrawn_at)
      values (${newId('usd')}, ${use.authorisation_id}, ${use.resource_id}, ${made.id}, ${made.version}, 0, ${use.taken_at}, ${use.withdrawn_at})
      on conflict do nothing`.execute(tx);
}
