import { z } from 'zod';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read, role } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { PartyId, partiesById } from '../parties/index.ts';
import { DISCLOSERS, Year } from './acts.ts';
import { gather } from './gather.ts';
import { Disclosure, DisclosureId, type DisclosureRow } from './model.ts';

const Item = z.object({
  id: DisclosureId,
  party: z.object({ id: z.string(), name: z.string() }),
  year: z.number(),
  version: z.number(),
  sha256: z.string(),
  publishedAt: z.iso.datetime(),
  receiptId: z.string(),
});

const itemOf = (row: DisclosureRow, name: string) => ({
  id: row.id,
  party: { id: row.party_id, name },
  year: row.year,
  version: row.version,
  sha256: row.sha256,
  publishedAt: row.published_at.toISOString(),
  receiptId: row.published_act.replace('act_', 'rct_'),
});

export async function getDisclosure(q: Queryable, id: string): Promise<DisclosureRow> {
  const row = await q.selectFrom('disclosure').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

const disclosures = read({
  path: '/disclosures',
  title: text('年度信息披露', 'Yearly disclosures'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ year: Year.optional(), party: PartyId.optional() }),
  output: pageOf(Item),
  run: async ({ db, query }) => {
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('disclosure')
      .selectAll()
      .$if(query.year !== undefined, (q) => q.where('year', '=', query.year ?? 0))
      .$if(query.party !== undefined, (q) => q.where('party_id', '=', query.party ?? ''))
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const names = await partiesById(
      db,
      items.map((r) => r.party_id),
    );
    return { items: items.map((r) => itemOf(r, names.get(r.party_id)?.name ?? '')), nextCursor };
  },
});

const disclosure = read({
  path: '/disclosures/:disclosureId',
  title: text('年度信息披露详情', 'A yearly disclosure'),
  by: anyone(),
  params: z.object({ disclosureId: DisclosureId }),
  query: z.object({}),
  output: Item.extend({ document: Disclosure }),
  run: async ({ db, params }) => {
    const row = await getDisclosure(db, params.disclosureId);
    const document = Disclosure.parse(JSON.parse(row.document));
    return { ...itemOf(row, document.party.name), document };
  },
});

/** What would be published now, and what is still missing: for the party itself. */
const draft = read({
  path: '/disclosure-drafts',
  title: text('年度信息披露草稿', 'Draft of the yearly disclosure'),
  by: role(...DISCLOSERS),
  params: z.object({}),
  query: z.object({ year: Year }),
  output: z.object({ document: Disclosure, missing: z.array(TextSchema) }),
  run: async ({ db, actor, query }) => {
    const gathered = await gather(db, actor.partyId ?? '', query.year);
    if (!gathered) throw notFound();
    const { document, missing } = gathered;
    const all = [
      ...(document.implementing ? missing.implementing : []),
      ...(document.operating ? missing.operating : []),
    ];
    return { document, missing: all.filter((m, i) => all.findIndex((x) => x.zh === m.zh) === i) };
  },
});

export const reads: readonly Read[] = [disclosures, disclosure, draft];
