import { describe, expect, it } from 'vitest';
import { besides, startExchange, withDatabase, withExchange } from '../bench/exchange.ts';
import { openMarket, seenFrom } from '../bench/trade.ts';
import { runClocks } from '../conformance/clocks/run.ts';
import { runKills } from '../conformance/kill/run.ts';
import { runTwins } from '../conformance/twins/run.ts';

const KILLS = 3;

/** Whole exchanges in processes of their own; conformance/kill/kill.ts does the same two hundred times. */
describe('an exchange under faults', { timeout: 900_000 }, () => {
  it('loses, doubles and leaves unproven nothing when it is killed while parties trade', async () => {
    const said: string[] = [];
    const report = await runKills({ kills: KILLS, fromSources: true, say: (line) => said.push(line) });
    expect(report.kills, said.join('\n')).toBe(KILLS);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report.receipts).toBe(report.acts);
  });

  it('fires clocks that are over at the same moment once each, killed in the middle', async () => {
    const said: string[] = [];
    const report = await runClocks({ clocks: 60, kills: 2, fromSources: true, say: (line) => said.push(line) });
    expect(report, said.join('\n')).toMatchObject({ kills: 2, databaseKills: 1, escalated: 48, moved: 12 });
  });

  it('does the same hundred requests once each, however close together they come to two servers of one database', async () => {
    const report = await withExchange(
      async (exchange) => {
        const second = await startExchange(await besides(exchange, { fromSources: true }));
        try {
          const market = await openMarket(exchange, 4);
          return await withDatabase(exchange.databaseUrl('postgres'), (db) =>
            runTwins(market, db, seenFrom(market, second.url)),
          );
        } finally {
          await second.stop();
        }
      },
      { fromSources: true },
    );
    expect(report).toEqual({ requests: 100, sent: 300, effects: 100, misused: 100 });
  });
});
