import { z } from 'zod';
import { act, notFound, system } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { AuthorisationId } from './model.ts';
import type { StoppedUse } from './rights.ts';
import * as rules from './use-rules.ts';

/**
 * 取用数据: counts a use and its rows before the work begins, with the right locked, so that two at once cannot take more
 * than it gives. The caller names the rows it is about to read.
 */
export const takeUse = act({
  name: 'resource.take',
  title: text('取用资源数据', 'Take data of a resource'),
  by: system(),
  input: z.object({
    authorisationId: AuthorisationId,
    madeId: z.string().max(60),
    version: z.number().int().min(1),
    rows: z.number().int().min(0),
  }),
  output: z.object({
    authorisationId: AuthorisationId,
    usesLeft: z.number().nullable(),
    rowsLeft: z.number().nullable(),
  }),
  rules: [...rules.rightsLive, rules.withinQuantity],
  facts: async ({ tx, input, at }) => {
    const right = await tx
      .selectFrom('resource_authorisation as a')
      .innerJoin('resource as r', 'r.id', 'a.resource_id')
      .selectAll('a')
      .select(['r.title', 'r.holder_id'])
      .where('a.id', '=', input.authorisationId)
      .forUpdate('a')
      .executeTakeFirst();
    if (!right) throw notFound();
    const stopped = (state: StoppedUse['state'], since: Date): StoppedUse => ({
      resource: right.title,
      state,
      forConsent: right.holds.includes('consent'),
      since: since.toISOString(),
    });
    return {
      right,
      useStopped: right.revoked_at
        ? stopped('ended', right.revoked_at)
        : right.valid_until <= at
          ? stopped('expired', right.valid_until)
          : right.suspended_at
            ? stopped('suspended', right.suspended_at)
            : null,
      usesLeft: right.uses_max === null ? null : right.uses_max - right.uses,
      rowsLeft: right.rows_max === null ? null : right.rows_max - right.rows_used,
      rows: input.rows,
    };
  },
  perform: async ({ tx, input, facts: { right, usesLeft, rowsLeft }, at }) => {
    await tx
      .updateTable('resource_authorisation')
      .set((e) => ({ uses: e('uses', '+', 1), rows_used: e('rows_used', '+', input.rows) }))
      .where('id', '=', right.id)
      .execute();
    await tx
      .insertInto('resource_use')
      .values({
        id: newId('usd'),
        authorisation_id: right.id,
        resource_id: right.resource_id,
        made_id: input.madeId,
        made_version: input.version,
        rows: input.rows,
        taken_at: at,
      })
      .execute();
    return {
      authorisationId: right.id,
      usesLeft: usesLeft === null ? null : usesLeft - 1,
      rowsLeft: rowsLeft === null ? null : rowsLeft - input.rows,
    };
  },
  entry: ({ facts: { right }, input }) => ({
    subject: right.resource_id,
    sealed: { authorisation: right.id, made: input.madeId, version: input.version, rows: input.rows },
    parties: [right.party_id, right.holder_id],
  }),
});

/** The right taken for each resource of something made, by resource; empty before the first try. */
export async function takenFor(q: Queryable, madeId: string, version: number): Promise<ReadonlyMap<string, string>> {
  const rows = await q
    .selectFrom('resource_use')
    .select(['resource_id', 'authorisation_id'])
    .where('made_id', '=', madeId)
    .where('made_version', '=', version)
    .execute();
  return new Map(rows.map((r) => [r.resource_id, r.authorisation_id]));
}
