import { z } from 'zod';
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
