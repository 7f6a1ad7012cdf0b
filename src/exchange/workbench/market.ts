import { sql } from 'kysely';
import { z } from 'zod';
import { anyone, type Read, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { logStatus } from '../../kernel/evidence/index.ts';
import { Money, money } from '../../kernel/ledger/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { turnover } from '../contracts/index.ts';
import { openDemands } from '../matching/index.ts';

const RECENT_MAX = 6;
/** Everybody who looks within this time sees the same figures: the public page costs the database little. */
const FRESH_MS = 5_000;

const Market = z.object({
  /** Money of cleared trades, since the beginning and since the first of this month (Beijing). */
  turnover: Money,
  turnoverMonth: Money,
  products: z.number(),
  sellers: z.number(),
  parties: z.number(),
  trades: z.number(),
  orders: z.number(),
  receipts: z.number(),
  /** Entries of the published evidence log. */
  logSize: z.number(),
  at: z.string(),
  recentListings: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      kind: z.string(),
      sector: z.string(),
      seller: z.object({ id: z.string(), name: z.string() }),
      price: Money,
      priceMode: z.enum(['one-off', 'per-call']),
      listedAt: z.string(),
    }),
  ),
  openDemands: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      sector: z.string(),
      budget: Money.nullable(),
      until: z.string(),
      party: z.object({ id: z.string(), name: z.string() }),
    }),
  ),
});
type Market = z.infer<typeof Market>;

const monthStart = (at: Date): Date => new Date(`${beijingDay(at).slice(0, 7)}-01T00:00:00+08:00`);

async function look(db: Queryable, at: Date): Promise<Market> {
  const trade = await turnover(db, monthStart(at));
  const { rows } = await sql<{ products: number; sellers: number; parties: number }>`select
      (select count(*) from product where state = 'listed') as products,
      (select count(distinct holder_id) from product where state = 'listed') as sellers,
      (select count(*) from party where state = 'admitted') as parties`.execute(db);
  const [counts] = rows;
  const log = await logStatus(db);
  return {
    turnover: money(BigInt(trade.totalFen)),
    turnoverMonth: money(BigInt(trade.monthFen)),
    products: counts?.products ?? 0,
    sellers: counts?.sellers ?? 0,
    parties: counts?.parties ?? 0,
    trades: trade.cleared,
    orders: trade.orders,
    receipts: (log?.size ?? 0) + (log?.waiting ?? 0),
    logSize: log?.publishedSize ?? 0,
    at: at.toISOString(),
    recentListings: await recentListings(db),
    openDemands: (await openDemands(db, at, RECENT_MAX)).map(({ id, title, sector, budget, until, party }) => ({
      id,
      title,
      sector,
      budget,
      until,
      party,
    })),
  };
}

async function recentListings(db: Queryable): Promise<Market['recentListings']> {
  const rows = await db
    .selectFrom('product as p')
    .innerJoin('party as s', 's.id', 'p.holder_id')
    .select(['p.id', 'p.title', 'p.kind', 'p.sector', 'p.listed_at', 'p.content', 'p.holder_id', 's.name'])
    .where('p.state', '=', 'listed')
    .orderBy('p.listed_at', 'desc')
    .limit(RECENT_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    kind: row.kind,
    sector: row.sector,
    seller: { id: row.holder_id, name: row.name },
    price: row.content.pricing.price,
    priceMode: row.content.pricing.mode,
    listedAt: (row.listed_at ?? new Date(0)).toISOString(),
  }));
}

/** Keeps the last look for a moment; of many who ask at once one looks. */
function keepFresh(): (db: Queryable, at: Date) => Promise<Market> {
  let seen: { readonly db: Queryable; readonly untilMs: number; readonly market: Promise<Market> } | undefined;
  return (db, at) => {
    if (seen && seen.db === db && at.getTime() < seen.untilMs) return seen.market;
    const market = look(db, at);
    seen = { db, untilMs: at.getTime() + FRESH_MS, market };
    market.catch(() => {
      seen = undefined;
    });
    return market;
  };
}
const freshLook = keepFresh();

export const marketRead: Read = read({
  path: '/market',
  title: text('市场概况', 'The market today'),
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  output: Market,
  run: ({ db, at }) => freshLook(db, at),
});
