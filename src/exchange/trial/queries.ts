import { z } from 'zod';
import { afterOf, anyone, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';
import { partiesById } from '../parties/index.ts';
import { ProductId, titlesOf } from '../products/index.ts';
import { MEASURES, Outcome, scoreOf, TrialId } from './model.ts';
import { numbersAt } from './parameters.ts';
import { chargedOf } from './store.ts';

const MeasureSchema = z.enum(MEASURES);

/** What of a product may be tried. Of one that is not on the market, or not open: nothing. */
const offer = read({
  path: '/trial-offers/:productId',
  title: text('试用范围', 'What may be tried of a product'),
  by: anyone(),
  params: z.object({ productId: ProductId }),
  query: z.object({}),
  output: z.object({
    offer: z
      .object({
        keyColumn: z.string(),
        columns: z.array(z.string()),
        measures: z.array(MeasureSchema),
        openedAt: z.iso.datetime(),
      })
      .nullable(),
    /** Trials of all parties together that may still be charged; for the seller alone. */
    allLeft: z.number().int().nullable(),
    /** Nobody may try it anew until the oldest trials are past their time. */
    isUsedUp: z.boolean(),
    limits: z.object({
      ownKeysLeast: z.number().int(),
      matchedLeast: z.number().int(),
      runsMost: z.number().int(),
      runsDays: z.number().int(),
      allMost: z.number().int(),
      allDays: z.number().int(),
      step: z.number(),
    }),
  }),
  run: async ({ db, actor, params, at }) => {
    const row = await db
      .selectFrom('trial_offer as o')
      .innerJoin('product as p', 'p.id', 'o.product_id')
      .selectAll('o')
      .select('p.holder_id')
      .where('o.product_id', '=', params.productId)
      .where('o.closed_at', 'is', null)
      .where('p.state', '=', 'listed')
      .executeTakeFirst();
    const n = numbersAt(at);
    const daysAgo = row ? await chargedOf(db, params.productId, null, at) : [];
    const allLeft = Math.max(0, n.allMost - daysAgo.filter((ago) => ago < n.allDays).length);
    return {
      allLeft: row && row.holder_id === actor.partyId ? allLeft : null,
      isUsedUp: allLeft === 0,
      offer: row
        ? {
            keyColumn: row.key_column,
            columns: row.columns,
            measures: row.measures,
            openedAt: row.opened_at.toISOString(),
          }
        : null,
      limits: {
        ...{ ownKeysLeast: n.ownLeast, matchedLeast: n.matchedLeast, runsMost: n.runsMost, runsDays: n.runsDays },
        ...{ allMost: n.allMost, allDays: n.allDays },
        step: scoreOf(n.step) ?? 0,
      },
    };
  },
});

const Trial = z.object({
  id: TrialId,
  product: z.object({ id: z.string(), title: z.string() }),
  buyer: z.object({ id: z.string(), name: z.string() }),
  measure: MeasureSchema,
  column: z.string().nullable(),
  at: z.iso.datetime(),
  repeated: z.boolean(),
  /** What came out is for who tried it alone. */
  mine: z.object({ outcome: Outcome, score: z.number().nullable(), within: z.number().nullable() }).nullable(),
});

const trials = read({
  path: '/trials',
  title: text('试用记录', 'Trials'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ productId: ProductId.optional() }),
  output: pageOf(Trial),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    const me = actor.partyId ?? '';
    const rows = await db
      .selectFrom('trial_run')
      .selectAll()
      .where((e) => e.or([e('buyer_id', '=', me), e('seller_id', '=', me)]))
      .$if(query.productId !== undefined, (q) => q.where('product_id', '=', query.productId ?? ''))
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const [names, titles] = await Promise.all([
      partiesById(
        db,
        items.map((r) => r.buyer_id),
      ),
      titlesOf(
        db,
        items.map((r) => r.product_id),
      ),
    ]);
    return {
      items: items.map((r) => ({
        id: r.id,
        product: { id: r.product_id, title: titles.get(r.product_id) ?? r.product_id },
        buyer: { id: r.buyer_id, name: names.get(r.buyer_id)?.name ?? r.buyer_id },
        measure: r.measure,
        column: r.product_column,
        at: r.at.toISOString(),
        repeated: r.same_as !== null,
        mine: r.buyer_id === me ? { outcome: r.outcome, score: scoreOf(r.score), within: scoreOf(r.within) } : null,
      })),
      nextCursor,
    };
  },
});

export const reads: readonly Read[] = [offer, trials];
