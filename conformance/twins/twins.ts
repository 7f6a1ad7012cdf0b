/** The same hundred requests twice at once, to two servers of one database, and once more: one effect each. `node --import tsx conformance/twins/twins.ts` */
import { besides, startExchange, withDatabase, withExchange } from '../../bench/exchange.ts';
import { openMarket, seenFrom } from '../../bench/trade.ts';
import { runTwins } from './run.ts';

await withExchange(async (exchange) => {
  const market = await openMarket(exchange, 4);
  const second = await startExchange(await besides(exchange, {}));
  const report = await withDatabase(exchange.databaseUrl('postgres'), (db) =>
    runTwins(market, db, seenFrom(market, second.url)),
  ).finally(second.stop);
  process.stdout.write(
    `ok: ${report.requests} requests sent ${report.sent} times had ${report.effects} effects; ${report.misused} uses of a key for another request were refused\n`,
  );
});
