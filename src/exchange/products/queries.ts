import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Actor,
  afterOf,
  anyone,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { searchQuery } from '../../kernel/search.ts';
import { addDerivedSource, rightsBehind } from '../catalog/index.ts';
import { partiesById } from '../parties/index.ts';
import { PRODUCT_COLUMNS, type Product, ProductId, ProductKind, productLife } from './model.ts';
import { ProductPage, pageVersion, productPage } from './page.ts';

/** Ranking looks at the newest of this many hits: a word that is everywhere needs no order. */
const CANDIDATES_MAX = 2_000;
const FACET_MAX = 50;
const DERIVED_MAX = 50;

const Summary = z.object({
  id: ProductId,
  title: z.string(),
  kind: z.string(),
  state: z.string(),
  summary: z.string(),
  sector: z.string(),
  seller: z.object({ id: z.string(), name: z.string() }),
  version: z.number(),
  pricing: z.object({
    mode: z.string(),
    price: z.object({ amountFen: z.string(), currency: z.literal('CNY') }),
    callsPerPackage: z.number().nullable(),
  }),
  buildState: z.string(),
  rows: z.number().nullable(),
  updateFrequency: z.string(),
  qualityScore: z.number().nullable(),
  listedAt: z.iso.datetime().nullable(),
});

const PRICE_FEN = sql`(content #>> '{pricing,price,amountFen}')::bigint`;
/** Text that sorts downwards in the order asked for; the id makes it unique. */
const SORT_KEY = {
  price: sql<string>`to_char(999999999999999 - ${PRICE_FEN}, 'FM000000000000000') || ':' || id collate "C"`,
  '-price': sql<string>`to_char(${PRICE_FEN}, 'FM000000000000000') || ':' || id collate "C"`,
  '-quality': sql<string>`to_char(coalesce((quality ->> 'score')::numeric, -1) + 1, 'FM000.0000') || ':' || id collate "C"`,
} as const;
const Facet = z.array(z.object({ value: z.string(), count: z.number() }));

const supervises = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');

/** Which products the actor may see: the market for all, one's own, those assessed or shared in, all for supervisors. */
function visible(db: Queryable, actor: Actor, mine: boolean) {
  const self = actor.partyId ?? '';
  return db.selectFrom('product').where((e) => {
    const own = e('holder_id', '=', self);
    const assigned = e.exists(
      e
        .selectFrom('product_viewer as v')
        .select('v.party_id')
        .whereRef('v.product_id', '=', 'product.id')
        .where('v.party_id', '=', self),
    );
    if (mine) return e.or([own, assigned]);
    return supervises(actor) ? e('state', '<>', 'draft') : e('state', '=', 'listed');
  });
}

const list = read({
  path: '/products',
  title: { zh: '产品目录', en: 'Catalogue of products' },
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({
    q: z.string().trim().max(100).optional(),
    kind: ProductKind.optional(),
    sector: z.string().trim().max(60).optional(),
    mode: z.enum(['one-off', 'per-call']).optional(),
    state: z.enum(productLife.states).optional(),
    sellerId: z.string().max(60).optional(),
    /** What my party holds, assesses or has a share in, in every state. */
    mine: z.enum(['true', 'false']).optional(),
    /** Newest, or best match of `q`, first when left out. */
    sort: z.enum(['price', '-price', '-quality']).optional(),
  }),
  output: pageOf(Summary).extend({ facets: z.object({ kind: Facet, sector: Facet, mode: Facet }) }),
  run: async ({ db, actor, query }) => {
    const words = query.q ? searchQuery(query.q) : undefined;
    const found = visible(db, actor, query.mine === 'true' && actor.partyId !== null)
      .$if(query.kind !== undefined, (q) => q.where('kind', '=', query.kind ?? 'dataset'))
      .$if(query.sector !== undefined, (q) => q.where('sector', '=', query.sector ?? ''))
      .$if(query.mode !== undefined, (q) => q.where('price_mode', '=', query.mode ?? 'one-off'))
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'listed'))
      .$if(query.sellerId !== undefined, (q) => q.where('holder_id', '=', query.sellerId ?? ''))
      .$if(query.q !== undefined && query.q !== '', (q) =>
        q.where(words ? sql<boolean>`search @@ ${words}::tsquery` : sql<boolean>`false`),
      );
    const facet = (column: 'kind' | 'sector' | 'price_mode') =>
      found
        .select((e) => [`${column} as value`, e.fn.countAll<number>().as('count')])
        .groupBy(column)
        .orderBy('count', 'desc')
        .orderBy('value')
        .limit(FACET_MAX)
        .execute();
    // One sortable key for each order, read downwards: as asked, by rank and then newest first, or newest first alone.
    const after = afterOf(query.cursor);
    const rank = query.sort
      ? SORT_KEY[query.sort]
      : words
        ? sql<string>`to_char(round(ts_rank_cd(search, ${words}::tsquery)::numeric, 6), 'FM0000.000000') || ':' || id collate "C"`
        : sql<string>`id collate "C"`;
    const candidates = found
      .select(['id', rank.as('key')])
      .orderBy('id', 'desc')
      .$if(words !== undefined || query.sort !== undefined, (q) => q.limit(CANDIDATES_MAX))
      .as('c');
    const rows = await db
      .selectFrom(candidates)
      .innerJoin('product as p', 'p.id', 'c.id')
      .select(PRODUCT_COLUMNS.map((c) => `p.${c}` as const))
      .select('c.key')
      .$if(after !== undefined, (q) => q.where('c.key', '<', after ?? ''))
      .orderBy('c.key', 'desc')
      .limit(query.limit + 1)
      .execute();
    const [kinds, sectors, modes] = await Promise.all([facet('kind'), facet('sector'), facet('price_mode')]);
    const names = await partiesById(
      db,
      rows.map((r) => r.holder_id),
    );
    const { items, nextCursor } = page(rows, query.limit, (r) => r.key);
    return {
      items: items.map((p) => summaryOf(p, names.get(p.holder_id)?.name ?? '')),
      nextCursor,
      facets: { kind: kinds, sector: sectors, mode: modes },
    };
  },
});

function summaryOf(p: Product, sellerName: string) {
  const { pricing, supply, summary } = p.content;
  return {
    id: p.id,
    title: p.title,
    kind: p.kind,
    state: p.state,
    summary,
    sector: p.sector,
    seller: { id: p.holder_id, name: sellerName },
    version: p.version,
    pricing: { mode: pricing.mode, price: pricing.price, callsPerPackage: pricing.callsPerPackage ?? null },
    buildState: p.build_state,
    rows: p.rows,
    updateFrequency: supply.updateFrequency,
    qualityScore: p.quality?.score ?? null,
    listedAt: p.listed_at?.toISOString() ?? null,
  };
}

const one = read({
  path: '/products/:productId',
  title: { zh: '产品详情', en: 'A product' },
  by: anyone(),
  params: z.object({ productId: ProductId }),
  query: z.object({}),
  output: ProductPage,
  version: ({ db, actor, params }) => pageVersion(db, params.productId, actor),
  run: async ({ db, actor, params }) => {
    const product = await db
      .selectFrom('product')
      .select(PRODUCT_COLUMNS)
      .where('id', '=', params.productId)
      .executeTakeFirst();
    if (!product || !(await sees(db, product, actor))) throw notFound();
    return productPage(db, product, actor);
  },
});

/** Whether the rights it was made under let it be ordered and delivered now. */
const standing = read({
  path: '/products/:productId/standing',
  title: { zh: '产品所依据的使用权限', en: 'The rights a product rests on' },
  by: anyone(),
  params: z.object({ productId: ProductId }),
  query: z.object({}),
  output: z.object({
    stopped: z
      .object({ state: z.enum(['ended', 'expired', 'suspended']), forConsent: z.boolean(), since: z.iso.datetime() })
      .nullable(),
  }),
  run: async ({ db, actor, params, at }) => {
    const product = await db
      .selectFrom('product')
      .select(['id', 'version', 'state', 'listed_at', 'holder_id'])
      .where('id', '=', params.productId)
      .executeTakeFirst();
    if (!product || !(await sees(db, product, actor))) throw notFound();
    const { stopped } = await rightsBehind(db, product.id, product.version, at);
    return { stopped: stopped && { state: stopped.state, forConsent: stopped.forConsent, since: stopped.since } };
  },
});

type Seen = Pick<Product, 'id' | 'state' | 'listed_at' | 'holder_id'>;

async function sees(db: Queryable, product: Seen, actor: Actor): Promise<boolean> {
  const own = product.holder_id === actor.partyId;
  // What was once on the market stays to be seen: who bought it must find its page again.
  const once = product.listed_at !== null;
  const watched = supervises(actor) && product.state !== 'draft';
  return own || once || watched || isViewer(db, product.id, actor);
}

async function isViewer(db: Queryable, productId: string, actor: Actor): Promise<boolean> {
  if (actor.partyId === null) return false;
  const row = await db
    .selectFrom('product_viewer')
    .select('party_id')
    .where('product_id', '=', productId)
    .where('party_id', '=', actor.partyId)
    .executeTakeFirst();
  return row !== undefined;
}

addDerivedSource(async (q, actor, resourceId) => {
  const listed = await q
    .selectFrom('product')
    .select(['id', 'kind', 'title'])
    .where((e) => e.or([e('state', '=', 'listed'), e('holder_id', '=', actor.partyId ?? '')]))
    .where('id', 'in', (e) =>
      e.selectFrom('product_resource').select('product_id').where('resource_id', '=', resourceId),
    )
    .orderBy('id', 'desc')
    .limit(DERIVED_MAX)
    .execute();
  return listed;
});

export const reads: readonly Read[] = [list, one, standing];
