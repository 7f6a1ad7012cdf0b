import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { Money, money } from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import { DemandId } from './acts.ts';
import type { Demand } from './model.ts';

export { acts, DemandId } from './acts.ts';

const Who = z.object({ id: z.string(), name: z.string() });

const DemandItem = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  sector: z.string(),
  purpose: z.string(),
  budget: Money.nullable(),
  /** `ended` is an open demand whose time is over. */
  state: z.enum(['open', 'ended', 'closed']),
  until: z.string(),
  publishedAt: z.string(),
  party: Who,
  responses: z.number(),
  version: z.number(),
});
export type DemandItem = z.infer<typeof DemandItem>;

const Response = z.object({
  id: z.string(),
  party: Who,
  productId: z.string().nullable(),
  message: z.string(),
  respondedAt: z.string(),
});

async function itemsOf(q: Queryable, rows: readonly Demand[], at: Date): Promise<DemandItem[]> {
  if (rows.length === 0) return [];
  const names = await partiesById(
    q,
    rows.map((r) => r.party_id),
  );
  const counts = await q
    .selectFrom('demand_response')
    .select((e) => ['demand_id', e.fn.countAll<number>().as('n')])
    .where(
      'demand_id',
      'in',
      rows.map((r) => r.id),
    )
    .groupBy('demand_id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    description: row.description,
    sector: row.sector,
    purpose: row.purpose,
    budget: row.budget_fen === null ? null : money(BigInt(row.budget_fen)),
    state: row.state === 'open' && at >= row.until ? 'ended' : row.state,
    until: row.until.toISOString(),
    publishedAt: row.published_at.toISOString(),
    party: { id: row.party_id, name: names.get(row.party_id)?.name ?? row.party_id },
    responses: counts.find((c) => c.demand_id === row.id)?.n ?? 0,
    version: row.version,
  }));
}

/** Demands that wait for answers, newest first. */
export async function openDemands(q: Queryable, at: Date, limit: number): Promise<DemandItem[]> {
  const rows = await q
    .selectFrom('demand')
    .selectAll()
    .where('state', '=', 'open')
    .where('until', '>', at)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return itemsOf(q, rows, at);
}

const RESPONSES_MAX = 200;

export const reads: readonly Read[] = [
  read({
    path: '/demands',
    title: text('数据需求', 'Data demands'),
    by: anyone(),
    params: z.object({}),
    query: PageQuery.extend({
      state: z.enum(['open', 'closed']).optional(),
      sector: z.string().max(40).optional(),
      mine: z.enum(['true', 'false']).optional(),
    }),
    output: pageOf(DemandItem),
    run: async ({ db, actor, query, at }) => {
      const after = afterOf(query.cursor);
      const rows = await db
        .selectFrom('demand')
        .selectAll()
        .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'open'))
        .$if(query.state === 'open', (q) => q.where('until', '>', at))
        .$if(query.sector !== undefined, (q) => q.where('sector', '=', query.sector ?? ''))
        .$if(query.mine === 'true', (q) => q.where('party_id', '=', actor.partyId ?? ''))
        .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
      return { items: await itemsOf(db, items, at), nextCursor };
    },
  }),
  read({
    path: '/demands/:demandId',
    title: text('数据需求详情', 'A data demand'),
    by: anyone(),
    params: z.object({ demandId: DemandId }),
    query: z.object({}),
    /** The party that asked sees all answers, a supplier its own. */
    output: DemandItem.extend({ answers: z.array(Response), closeReason: z.string().nullable() }),
    run: async ({ db, actor, params, at }) => {
      const row = await db.selectFrom('demand').selectAll().where('id', '=', params.demandId).executeTakeFirst();
      const [item] = row ? await itemsOf(db, [row], at) : [];
      if (!row || !item) throw notFound();
      const seesAll = row.party_id === actor.partyId || actor.roles.some((r) => r === 'exchange' || r === 'regulator');
      const answers = await db
        .selectFrom('demand_response')
        .selectAll()
        .where('demand_id', '=', row.id)
        .$if(!seesAll, (q) => q.where('party_id', '=', actor.partyId ?? ''))
        .orderBy('id')
        .limit(RESPONSES_MAX)
        .execute();
      const names = await partiesById(
        db,
        answers.map((a) => a.party_id),
      );
      return {
        ...item,
        closeReason: row.close_reason,
        answers: answers.map((a) => ({
          id: a.id,
          party: { id: a.party_id, name: names.get(a.party_id)?.name ?? a.party_id },
          productId: a.product_id,
          message: a.message,
          respondedAt: a.responded_at.toISOString(),
        })),
      };
    },
  }),
];

export const tasks: readonly Task[] = [];
