import type { Selectable } from 'kysely';
import { notFound } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import type { PartyState, PartyTable } from './model.ts';

export interface Party {
  readonly id: string;
  readonly name: string;
  readonly uscc: string;
  readonly legalRepresentative: string | null;
  readonly contact: string | null;
  readonly statement: string | null;
  readonly requestedRoles: readonly string[];
  /** Roles the party is admitted to. */
  readonly roles: readonly string[];
  readonly state: PartyState;
  readonly stateReason: string | null;
  readonly stateAt: Date;
  readonly createdAt: Date;
  readonly version: number;
}

export interface NewParty {
  readonly name: string;
  /** Checked by {@link checkUscc} before. */
  readonly uscc: string;
  readonly legalRepresentative?: string | null;
  readonly contact?: string | null;
  readonly statement?: string | null;
  readonly requestedRoles: readonly string[];
  /** `applied` unless said otherwise; then `roles` are those it is admitted to. */
  readonly state?: PartyState;
  readonly roles?: readonly string[];
  readonly at: Date;
}

/** Adds a party. A second living party with the same code violates the unique index `party_uscc`: look first with {@link partyByUscc}. */
export async function createParty(tx: Tx, party: NewParty): Promise<Party> {
  const row = await tx
    .insertInto('party')
    .values({
      id: newId('pty'),
      name: party.name,
      uscc: party.uscc,
      legal_representative: party.legalRepresentative ?? null,
      contact: party.contact ?? null,
      statement: party.statement ?? null,
      requested_roles: [...party.requestedRoles],
      roles: [...(party.roles ?? [])],
      state: party.state ?? 'applied',
      state_reason: null,
      state_at: party.at,
      created_at: party.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return partyOf(row);
}

/** Moves a party; `roles` replaces the roles it is admitted to. Whether the move is lawful is the act's affair. */
export async function setPartyState(
  tx: Tx,
  partyId: string,
  change: {
    readonly state: PartyState;
    readonly roles?: readonly string[];
    readonly reason?: string | null;
    readonly at: Date;
  },
): Promise<Party> {
  const row = await tx
    .updateTable('party')
    .set((e) => ({
      state: change.state,
      state_reason: change.reason ?? null,
      state_at: change.at,
      version: e('version', '+', 1),
      ...(change.roles ? { roles: [...change.roles] } : {}),
    }))
    .where('id', '=', partyId)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw notFound();
  return partyOf(row);
}

export async function getParty(q: Queryable, partyId: string): Promise<Party | undefined> {
  const row = await q.selectFrom('party').selectAll().where('id', '=', partyId).executeTakeFirst();
  return row && partyOf(row);
}

/** The living party with this code; refused applicants do not count. */
export async function partyByUscc(q: Queryable, uscc: string): Promise<Party | undefined> {
  const row = await q
    .selectFrom('party')
    .selectAll()
    .where('uscc', '=', uscc)
    .where('state', '<>', 'refused')
    .executeTakeFirst();
  return row && partyOf(row);
}

/** Locks the party for the rest of the transaction. @throws notFound when there is none */
export async function lockParty(tx: Tx, partyId: string): Promise<Party> {
  const row = await tx.selectFrom('party').selectAll().where('id', '=', partyId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return partyOf(row);
}

/** Parties by id, for showing names beside ids. */
export async function partiesById(q: Queryable, partyIds: readonly string[]): Promise<ReadonlyMap<string, Party>> {
  if (partyIds.length === 0) return new Map();
  const rows = await q
    .selectFrom('party')
    .selectAll()
    .where('id', 'in', [...new Set(partyIds)])
    .execute();
  return new Map(rows.map((row) => [row.id, partyOf(row)]));
}

function partyOf(row: Selectable<PartyTable>): Party {
  return {
    id: row.id,
    name: row.name,
    uscc: row.uscc,
    legalRepresentative: row.legal_representative,
    contact: row.contact,
    statement: row.statement,
    requestedRoles: row.requested_roles,
    roles: row.roles,
    state: row.state,
    stateReason: row.state_reason,
    stateAt: row.state_at,
    createdAt: row.created_at,
    version: row.version,
  };
}
