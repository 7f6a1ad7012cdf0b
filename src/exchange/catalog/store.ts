import { sql } from 'kysely';
import { type Actor, notFound } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { Dataset } from '../../kernel/vault/index.ts';
import { getParty, registerOf } from '../parties/index.ts';
import { dictionaryOf, type EntryInput, entryVector, missingOf, updateDue } from './entry.ts';
import { type DictionaryColumn, type Entry, maskProfile, RESOURCE_COLUMNS } from './model.ts';

/** Locks an entry of the catalogue. @throws notFound when it does not exist or the party does not hold it */
export async function lockEntry(tx: Tx, resourceId: string, partyId: string | null): Promise<Entry> {
  const row = await tx
    .selectFrom('resource')
    .select(RESOURCE_COLUMNS)
    .where('id', '=', resourceId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.holder_id !== partyId) throw notFound();
  return row;
}

/** What the rules ask of whoever holds a resource. @throws notFound for who acts for no party */
export async function holderFacts(tx: Tx, actor: Actor) {
  const holder = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
  if (!holder) throw notFound();
  return {
    holderId: holder.id,
    partyState: holder.state,
    roles: holder.roles,
    providerClass: (await registerOf(tx, holder.id)).providerClass,
    publicData: holder.roles.includes('data-provider'),
  };
}

/** What the rules ask of an entry. */
export const entryFacts = (entry: EntryInput) => ({
  number: entry.number,
  classification: { class: entry.class, grade: entry.grade },
  source: entry.source,
  sourceStatement: entry.sourceStatement,
  containsPersonalInformation: entry.containsPersonalInformation,
  sensitive: entry.containsPersonalInformation || entry.columns.some((c) => c.sensitive),
  consentBasis: entry.consentBasis ?? null,
  opening: entry.opening,
  conditions: entry.conditions ?? null,
  zone: entry.zone ?? null,
  exceptionBasis: entry.exceptionBasis ?? null,
  missing: missingOf(entry),
});

/** The columns of the table that an entry fills. */
export function entryValues(entry: EntryInput, columns: readonly DictionaryColumn[] = dictionaryOf(entry.columns)) {
  const { search, searchVersion } = entryVector(entry);
  return {
    number: entry.number,
    title: entry.title,
    summary: entry.summary,
    source: entry.source,
    source_statement: entry.sourceStatement,
    sector: entry.sector,
    class: entry.class,
    grade: entry.grade,
    contains_personal_information: entry.containsPersonalInformation,
    consent_basis: entry.consentBasis || null,
    opening: entry.opening,
    conditions: entry.conditions || null,
    zone: entry.zone || null,
    exception_basis: entry.exceptionBasis || null,
    update_frequency: entry.updateFrequency,
    region: entry.region,
    covers_from: entry.coversFrom || null,
    covers_to: entry.coversTo || null,
    office: entry.office || null,
    columns: JSON.stringify(columns),
    missing: missingOf(entry),
    search: sql`${search}::tsvector`,
    search_version: searchVersion,
  };
}

/** Writes an entry whose data are not in the zone. @returns its id */
export async function insertEntry(
  tx: Tx,
  entry: EntryInput,
  { holderId, personId, at }: { holderId: string; personId: string | null; at: Date },
): Promise<string> {
  const id = newId('res');
  await tx
    .insertInto('resource')
    .values({
      ...entryValues(entry),
      id,
      holder_id: holderId,
      state: 'listed',
      public_data: true,
      dataset_id: null,
      object_id: null,
      rows: 0,
      bytes: 0,
      profile: null,
      registered_at: at,
      withdrawn_at: null,
      withdrawal_reason: null,
      responsible_id: personId,
    })
    .execute();
  await keepVersion(tx, { id, holderId, version: 1 }, { event: 'list', changed: [], entry, personId, at });
  return id;
}

export interface VersionSaid {
  readonly event: string;
  readonly changed: readonly string[];
  readonly entry: EntryInput;
  readonly personId: string | null;
  readonly at: Date;
}

/** Keeps what an entry says from now on, beside what it said before. */
export async function keepVersion(
  tx: Tx,
  { id, holderId, version }: { readonly id: string; readonly holderId: string; readonly version: number },
  { event, changed, entry, personId, at }: VersionSaid,
): Promise<void> {
  await tx
    .insertInto('resource_version')
    .values({
      resource_id: id,
      holder_id: holderId,
      version,
      at,
      person_id: personId,
      event,
      changed: [...changed],
      content: JSON.stringify(entry),
    })
    .execute();
}

/** The columns of the table that data in the zone fill; the profile shows no value of a sensitive column. */
export function dataValues(
  dataset: Pick<Dataset, 'id' | 'objectId' | 'rows' | 'bytes' | 'profile'>,
  { columns, frequency, at }: { columns: readonly DictionaryColumn[]; frequency: string; at: Date },
) {
  const hidden = new Set(columns.filter((c) => c.sensitive).map((c) => c.name));
  const profile = dataset.profile && maskProfile(dataset.profile, (name) => hidden.has(name));
  return {
    dataset_id: dataset.id,
    object_id: dataset.objectId,
    rows: dataset.rows ?? 0,
    bytes: dataset.bytes ?? 0,
    profile: profile && JSON.stringify(profile),
    data_at: at,
    update_due_at: updateDue(frequency, at),
  };
}
