/**
 * What an exchange does when it has much behind it: acts a second (whole trades), reads of a product page, and the reads
 * that look at many rows, with 10^3 and 10^5 acts behind them, 10^6 with `--million`. Baseline: the same exchange with 10^3.
 * The control, a read that looks at no table but the session, tells how much of a difference is the machine.
 * The acts behind come from bench/fill.ts, which copies a real trade row for row.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { median, print, repeatFor } from './client.ts';
import { type Exchange, withDatabase, withExchange } from './exchange.ts';
import { fill } from './fill.ts';
import { connections } from './light.ts';
import { ACTS_OF_A_TRADE, type Market, openMarket, trade, untilCleared } from './trade.ts';

const LANES = 8;
const ROUND_SECONDS = 6;
const LOOKS = 15;
const LEVELS = process.argv.includes('--million') ? [1_000, 100_000, 1_000_000] : [1_000, 100_000];

await withExchange(async (exchange) => {
  const market = await openMarket(exchange, LANES);
  const template = await trade(market, 0);
  await untilCleared(market, 0, template);
  await repeatFor(3, LANES, async (lane) => void (await trade(market, lane)));
  await withDatabase(exchange.databaseUrl('postgres'), async (db) => {
    let first: Map<string, number> | undefined;
    let filled = 0;
    for (const level of LEVELS) {
      const behind = await count(db);
      const { orders } = await fill(db, template, Math.max(0, level - behind), filled);
      filled += orders;
      await sequenced(db);
      await db.query('vacuum analyze');
      const figures = await look(exchange, market);
      first ??= figures;
      for (const [what, value] of figures) {
        const [, unit = '', name = what] = /^(\S+) (.*)$/.exec(what) ?? [];
        print({
          name: `growth ${name}, ${level} acts behind`,
          value,
          unit,
          baseline: `with ${LEVELS[0]} acts behind`,
          baselineValue: first.get(what) ?? Number.NaN,
        });
      }
    }
  });
});

async function look({ url }: Exchange, market: Market): Promise<Map<string, number>> {
  const figures = new Map<string, number>();
  const trades = await repeatFor(ROUND_SECONDS, LANES, async (lane) => void (await trade(market, lane)));
  figures.set('acts/s acts of whole trades', (trades.done * ACTS_OF_A_TRADE) / trades.seconds);
  const http = connections(LANES);
  const pages = await repeatFor(
    ROUND_SECONDS,
    LANES,
    async () => void (await http.get(`${url}/v1/products/${market.productId}`)),
  );
  http.close();
  figures.set('pages/s product pages', pages.done / pages.seconds);
  const [buyer] = market.buyers;
  const slow: [string, () => Promise<unknown>][] = [
    // Has nothing behind it: where this moves, the machine does.
    ['ms control (/v1/sessions/methods)', () => market.seller.get('/sessions/methods')],
    ['ms market figures', () => buyer?.get('/market') ?? Promise.resolve()],
    ['ms list of orders', () => market.seller.get('/orders')],
    ['ms list of receipts', () => market.seller.get('/receipts')],
    ['ms list of tasks', () => market.seller.get('/tasks')],
    ['ms list of clearings', () => market.seller.get('/clearings')],
    ['ms list of deliveries', () => market.seller.get('/deliveries')],
    ['ms trial balance', () => market.auditor.get('/ledger/trial-balance')],
  ];
  for (const [name, read] of slow) {
    const times: number[] = [];
    for (let i = 0; i < LOOKS; i++) {
      const started = performance.now();
      await read();
      times.push(performance.now() - started);
    }
    figures.set(name, median(times));
  }
  return figures;
}

async function count(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ n: string }>('select count(*) as n from act_log');
  return Number(rows[0]?.n ?? 0);
}

async function sequenced(db: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ waits: boolean }>('select exists (select from evidence_queue) as waits');
    if (!rows[0]?.waits) return;
    await sleep(50);
  }
}
