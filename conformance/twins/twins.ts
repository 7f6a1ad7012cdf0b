/** The same hundred requests twice at once and once more: one effect each. `node --import tsx conformance/twins/twins.ts` */
import { withDatabase, withExchange } from '../../bench/exchange.ts';
import { openMarket } from '../../bench/trade.ts';
import { runTwins } from './run.ts';

await withExchange(async (exchange) => {
  const market = await openMarket(exchange, 4);
  const report = await withDatabase(exchange.databaseUrl('postgres'), (db) => runTwins(market, db));
  process.stdout.write(
    `ok: ${report.requests} requests sent ${report.sent} times had ${report.effects} effects; ${report.misused} uses of a key for another request were refused\n`,
  );
});
