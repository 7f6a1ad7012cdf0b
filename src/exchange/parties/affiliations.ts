import { sql } from 'kysely';
import { z } from 'zod';
import { getParty } from '../../kernel/access/index.ts';
import {
  type Act,
  act,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import { ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { PartyId } from './model.ts';

export const AffiliationId = idOf('afl', text('关联关系', 'Affiliation'));
const NATURES = ['holding', 'common-control', 'staff', 'business', 'other'] as const;

interface AffiliationTable {
  id: string;
  party_id: string;
  other_id: string;
  nature: (typeof NATURES)[number];
  note: string | null;
  declared_at: Date;
  ended_at: Date | null;
}
declare module '../../kernel/database/database.ts' {
  interface Tables {
    party_affiliation: AffiliationTable;
  }
}

/**
 * Which of some parties are tied to which of others: it is the same, both have the same head, or either has declared a
 * tie. Ties to ties are not followed: who judges decides on those by hand.
 */
export async function tiesBetween(
  q: Queryable,
  parties: readonly string[],
  others: readonly string[],
): Promise<readonly { readonly id: string; readonly otherId: string }[]> {
  const { rows } = await sql<{ id: string; otherId: string }>`select p.id, o.id as "otherId" from party p, party o
    where p.id = any (${[...parties]}::text[]) and o.id = any (${[...others]}::text[]) and (p.id = o.id
      or exists (select from party_affiliation a where a.ended_at is null
       and ((a.party_id = p.id and a.other_id = o.id) or (a.party_id = o.id and a.other_id = p.id)))
      or nullif(trim(p.legal_representative), '') = trim(o.legal_representative))
    order by p.id, o.id`.execute(q);
  return rows;
}

/** Parties that maintain the platform or are the exchange, and those tied to them (art. 13 of the Jinan draft). */
export async function maintainersTiedTo(q: Queryable, partyId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select p.id from party p
    left join party_register r on r.party_id = p.id
   where r.maintains_platform or 'exchange' = any (p.roles)`.execute(q);
  const ties = await tiesBetween(
    q,
    [partyId],
    rows.map((r) => r.id),
  );
  return ties.map((t) => t.otherId);
}

/** 申报关联关系: anybody may declare that the own party is tied to another, once. */
const tiedOnce = rule<{ readonly self: boolean; readonly living: boolean }>({
  id: 'HS-2.5',
  title: text('如实申报关联关系', 'Ties are declared, each once'),
  decide: ({ self, living }) =>
    self || living
      ? violated(
          text(
            '与自身的关系无须申报；同一关系只申报一次。',
            'A party is not tied to itself, and a tie is declared once.',
          ),
          text('请核对对方单位。', 'Check the other party.'),
        )
      : ok(),
  examples: [
    { name: 'another party', at: '2026-11-25', facts: { self: false, living: false }, expect: 'ok' },
    { name: 'itself', at: '2026-11-25', facts: { self: true, living: false }, expect: 'violated' },
    { name: 'again', at: '2026-11-25', facts: { self: false, living: true }, expect: 'violated' },
  ],
});

export const declareAffiliation = act({
  name: 'party.declare-affiliation',
  title: text('申报关联关系', 'Declare an affiliation'),
  by: signedIn(),
  input: z.object({
    otherId: PartyId,
    nature: z.enum(NATURES).meta({ title: '关系', 'x-title-en': 'Kind of tie' }),
    note: z.string().trim().max(500).optional().meta({ title: '说明', 'x-title-en': 'Note' }),
  }),
  output: z.object({ affiliationId: AffiliationId }),
  rules: [tiedOnce],
  facts: async ({ tx, actor, input }) => {
    const other = await getParty(tx, input.otherId);
    if (!other || actor.partyId === null) throw notFound();
    const living = await tx
      .selectFrom('party_affiliation')
      .select('id')
      .where('party_id', '=', actor.partyId)
      .where('other_id', '=', other.id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return { partyId: actor.partyId, self: other.id === actor.partyId, living: living !== undefined };
  },
  perform: async ({ tx, input, facts, at }) => {
    const affiliationId = newId('afl');
    await tx
      .insertInto('party_affiliation')
      .values({
        id: affiliationId,
        party_id: facts.partyId,
        other_id: input.otherId,
        nature: input.nature,
        note: input.note || null,
        declared_at: at,
        ended_at: null,
      })
      .execute();
    return { affiliationId };
  },
  entry: ({ input, facts, result }) => ({
    subject: facts.partyId,
    sealed: { affiliation: result.affiliationId, other: input.otherId, nature: input.nature },
  }),
});

export const endAffiliation = act({
  name: 'party.end-affiliation',
  title: text('终止关联关系', 'End an affiliation'),
  by: signedIn(),
  input: z.object({ affiliationId: AffiliationId }),
  output: z.object({ affiliationId: AffiliationId }),
  facts: async ({ tx, actor, input }) => {
    const row = await tx
      .selectFrom('party_affiliation')
      .selectAll()
      .where('id', '=', input.affiliationId)
      .where('party_id', '=', actor.partyId ?? '')
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    return { partyId: row.party_id };
  },
  perform: async ({ tx, input, at }) => {
    await tx.updateTable('party_affiliation').set({ ended_at: at }).where('id', '=', input.affiliationId).execute();
    return { affiliationId: input.affiliationId };
  },
  entry: ({ input, facts }) => ({ subject: facts.partyId, sealed: { affiliation: input.affiliationId } }),
});

export const affiliationActs: readonly Act[] = [declareAffiliation, endAffiliation];

const affiliations = read({
  path: '/affiliations',
  title: text('本单位关联关系', 'Ties of one’s own party'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: AffiliationId,
      /** The own party declared it, and may end it. */
      own: z.boolean(),
      other: z.object({ id: z.string(), name: z.string() }),
      nature: z.enum(NATURES),
      note: z.string().nullable(),
      declaredAt: z.iso.datetime(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    const self = actor.partyId ?? '';
    const rows = await db
      .selectFrom('party_affiliation as a')
      .innerJoin('party as p', (j) =>
        j.on((e) =>
          e.or([
            e.and([e('a.party_id', '=', self), e('p.id', '=', e.ref('a.other_id'))]),
            e.and([e('a.other_id', '=', self), e('p.id', '=', e.ref('a.party_id'))]),
          ]),
        ),
      )
      .select(['a.id', 'a.party_id', 'p.id as other', 'p.name', 'a.nature', 'a.note', 'a.declared_at'])
      .where('a.ended_at', 'is', null)
      .where('a.id', '>', afterOf(query.cursor) ?? '')
      .orderBy('a.id')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => ({
        id: r.id,
        own: r.party_id === self,
        other: { id: r.other, name: r.name },
        nature: r.nature,
        // What the other side wrote about it is for whoever it told.
        note: r.party_id === self ? r.note : null,
        declaredAt: r.declared_at.toISOString(),
      })),
      nextCursor,
    };
  },
});
export const affiliationReads: readonly Read[] = [affiliations];
