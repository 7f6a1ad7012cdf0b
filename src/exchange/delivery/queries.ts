import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { afterOf, notFound, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { rightsBehind } from '../catalog/index.ts';
import { type DeliverySummary, oversees } from '../contracts/index.ts';
import { DeliveryId } from './acts.ts';
import { getDelivery } from './grants.ts';
import { callsLeftOf, type Delivery, grantState } from './model.ts';

const Who = z.object({ id: z.string(), name: z.string() });

const StoppedUse = z.object({
  resource: z.string(),
  state: z.enum(['suspended', 'expired', 'ended']),
  forConsent: z.boolean(),
  since: z.iso.datetime(),
});

const DeliveryItem = z.object({
  id: z.string(),
  orderId: z.string(),
  product: z.object({ id: z.string(), title: z.string(), version: z.number() }),
  seller: Who,
  buyer: Who,
  method: z.enum(['file', 'query']),
  state: z.enum(['live', 'expired', 'revoked', 'used-up']),
  purpose: z.string(),
  deliveredAt: z.string(),
  validUntil: z.string(),
  callsLimit: z.number().nullable(),
  callsLeft: z.number().nullable(),
  revokedReason: z.string().nullable(),
});

const Usage = z.object({
  id: z.string(),
  kind: z.enum(['download', 'query']),
  format: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: z.enum(['complete', 'broken-off', 'revoked']).nullable(),
  bytes: z.number(),
  rows: z.number(),
});

const USAGE_SHOWN = 50;

async function itemsOf(q: Queryable, rows: readonly Delivery[], at: Date): Promise<z.infer<typeof DeliveryItem>[]> {
  const names = await partiesById(
    q,
    rows.flatMap((r) => [r.seller_party_id, r.buyer_party_id]),
  );
  const titles = new Map<string, string>();
  if (rows.length > 0) {
    const orders = await q
      .selectFrom('trade_order')
      .select(['id', 'terms'])
      .where(
        'id',
        'in',
        rows.map((r) => r.order_id),
      )
      .execute();
    for (const o of orders) titles.set(o.id, o.terms.product.title);
  }
  const who = (id: string) => ({ id, name: names.get(id)?.name ?? id });
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    product: { id: row.product_id, title: titles.get(row.order_id) ?? row.product_id, version: row.product_version },
    seller: who(row.seller_party_id),
    buyer: who(row.buyer_party_id),
    method: row.method,
    state: grantState(row, at),
    purpose: row.purpose,
    deliveredAt: row.delivered_at.toISOString(),
    validUntil: row.valid_until.toISOString(),
    callsLimit: row.calls_limit,
    callsLeft: callsLeftOf(row),
    revokedReason: row.revoked_reason,
  }));
}

export const reads: readonly Read[] = [
  read({
    path: '/deliveries',
    title: text('交付', 'Deliveries'),
    by: signedIn(),
    params: z.object({}),
    query: PageQuery.extend({ productId: z.string().max(40).optional() }),
    output: pageOf(DeliveryItem),
    run: async ({ db, actor, query, at }) => {
      const after = afterOf(query.cursor);
      const mine = actor.partyId ?? '';
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .$if(!oversees(actor), (q) =>
          q.where((e) => e.or([e('buyer_party_id', '=', mine), e('seller_party_id', '=', mine)])),
        )
        .$if(query.productId !== undefined, (q) => q.where('product_id', '=', query.productId ?? ''))
        .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
      return { items: await itemsOf(db, items, at), nextCursor };
    },
  }),
  read({
    path: '/deliveries/:deliveryId',
    title: text('交付详情', 'A delivery'),
    by: signedIn(),
    params: z.object({ deliveryId: DeliveryId }),
    query: z.object({}),
    output: DeliveryItem.extend({
      /** Why it rests or is over although its own grant lives: a right to the data behind it does not. */
      useStopped: StoppedUse.nullable(),
      usage: z.object({ downloads: z.number(), calls: z.number(), bytes: z.number(), latest: z.array(Usage) }),
    }),
    run: async ({ db, actor, params, at }) => {
      const row = await getDelivery(db, params.deliveryId);
      const mine = row && [row.buyer_party_id, row.seller_party_id].some((id) => id === actor.partyId);
      if (!row || !(mine || oversees(actor))) throw notFound();
      const [item] = await itemsOf(db, [row], at);
      if (!item) throw notFound();
      const { stopped } = await rightsBehind(db, row.product_id, row.product_version, at);
      return { ...item, useStopped: stopped, usage: await usageOf(db, row.id) };
    },
  }),
];

async function usageOf(q: Queryable, deliveryId: string) {
  const of = () => q.selectFrom('delivery_usage').where('delivery_id', '=', deliveryId);
  const sums = await of()
    .select((e) => [
      e.fn.count<number>('id').filterWhere('kind', '=', 'download').as('downloads'),
      e.fn.coalesce(e.fn.sum<string>('calls'), e.val('0')).as('calls'),
      e.fn.coalesce(e.fn.sum<string>('bytes'), e.val('0')).as('bytes'),
    ])
    .executeTakeFirst();
  const latest = await of().selectAll().orderBy('id', 'desc').limit(USAGE_SHOWN).execute();
  return {
    downloads: Number(sums?.downloads ?? 0),
    calls: Number(sums?.calls ?? 0),
    bytes: Number(sums?.bytes ?? 0),
    latest: latest.map((u) => ({
      id: u.id,
      kind: u.kind,
      format: u.format,
      startedAt: u.started_at.toISOString(),
      endedAt: u.ended_at?.toISOString() ?? null,
      outcome: u.outcome,
      bytes: u.bytes,
      rows: u.rows,
    })),
  };
}

/** For the page of the order. */
export async function summaryOf(q: Queryable, orderId: string, at: Date): Promise<DeliverySummary | null> {
  const row = await q.selectFrom('delivery').selectAll().where('order_id', '=', orderId).executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    method: row.method,
    state: grantState(row, at),
    deliveredAt: row.delivered_at,
    validUntil: row.valid_until,
    callsLeft: callsLeftOf(row),
  };
}
