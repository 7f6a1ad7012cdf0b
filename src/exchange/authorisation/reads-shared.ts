import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../kernel/acts/index.ts';
import { seesAllCases } from '../../kernel/cases/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { partiesById } from '../parties/index.ts';
import { operation } from './procedure.ts';

export const Party = z.object({ id: z.string(), name: z.string() });
export type NameOf = (id: string) => z.infer<typeof Party>;

/** The title of a state of the authorised operation. */
export const stateTitle = (state: string): Text =>
  operation.states[state as keyof typeof operation.states]?.title ?? text(state, state);

/** Names of parties for showing; an id nobody holds has none. */
export async function namesOf(q: Queryable, ids: readonly string[]): Promise<NameOf> {
  const names = await partiesById(q, [...new Set(ids)]);
  return (id) => ({ id, name: names.get(id)?.name ?? '' });
}

/** Parts whose players know the agreement and what follows from it; experts knew the application only. */
const SIDES: readonly string[] = ['applicant', 'authoriser', 'authority', 'provider'];

/** The column with its table: alone it would mean the column of the parts, and everybody would be in every case. */
type CaseColumn = `${string}.${string}`;

/** @param caseId the column, such as `g.case_id` @returns that the reader may know of the case */
export const inCase = (actor: Actor, caseId: CaseColumn): RawBuilder<boolean> =>
  seesAllCases(actor)
    ? sql<boolean>`true`
    : sql<boolean>`exists (select from case_part cp where cp.case_id = ${sql.ref(caseId)} and cp.party_id = ${actor.partyId})`;

/** @param caseId the column @returns that the reader is a side of what was agreed in the case, or supervises */
export const sideOfCase = (actor: Actor, caseId: CaseColumn): RawBuilder<boolean> =>
  seesAllCases(actor)
    ? sql<boolean>`true`
    : sql<boolean>`exists (select from case_part cp where cp.case_id = ${sql.ref(caseId)} and cp.party_id = ${actor.partyId}
        and cp.part = any (${SIDES}::text[]))`;
