/**
 * Complete orders a second over HTTP (order → both sign → pay → deliver → accept → cleared by the system, each act with
 * its evidence), eight lanes with a buyer each, against TPC-B on the same server: rounds take turns, medians are compared.
 */
import { median, print, repeatFor } from './client.ts';
import { withExchange } from './exchange.ts';
import { prepareTpcB } from './tpcb.ts';
import { openMarket, trade, untilCleared } from './trade.ts';

const LANES = 8;
const ROUNDS = 3;
const ROUND_SECONDS = 8;
const WARM_UP_SECONDS = 4;

await withExchange(async (exchange) => {
  const market = await openMarket(exchange, LANES);
  const round = async (seconds: number): Promise<number> => {
    const started = performance.now();
    const orders: { lane: number; id: string }[] = [];
    await repeatFor(seconds, LANES, async (lane) => {
      orders.push({ lane, id: await trade(market, lane) });
    });
    // The round ends when the last order is cleared.
    for (const { lane, id } of orders) await untilCleared(market, lane, id);
    return orders.length / ((performance.now() - started) / 1000);
  };
  const tpcb = await prepareTpcB(exchange, LANES);
  await round(WARM_UP_SECONDS);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    ours.push(await round(ROUND_SECONDS));
    theirs.push(await tpcb.round(ROUND_SECONDS));
  }
  await tpcb.close();
  print({
    name: 'orders',
    value: median(ours),
    unit: 'complete orders/s',
    baseline: `${tpcb.title}, tx/s`,
    baselineValue: median(theirs),
  });
});
