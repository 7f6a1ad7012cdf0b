import { describe, expect, it } from 'vitest';
import { besides, startExchange, withDatabase, withExchange } from '../bench/exchange.ts';
import { openMarket, seenFrom } from '../bench/trade.ts';
import { runClocks } from '../conformance/clocks/run.ts';
import { runKills } from '../conformance/kill/run.ts';
import { runSandboxFaults } from '../conformance/sandbox/faults.ts';
import { runTwins } from '../conformance/twins/run.ts';

const KILLS = 3;
/** `npm test` has compiled what it tests: a compiled server is up in half the time. */
const fromSources = process.env.SHUHENG_BUILT !== '1';

/** Whole exchanges in processes of their own; conformance/kill/kill.ts does the same two hundred times. */
describe('an exchange under faults', { timeout: 900_000 }, () => {
  it('fires clocks that are over at the same moment once each, killed in the middle', async () => {
    const said: string[] = [];
    const report = await runClocks({ clocks: 60, kills: 2, fromSources, say: (line) => said.push(line) });
    expect(report, said.join('\n')).toMatchObject({ kills: 2, databaseKills: 1, escalated: 48, moved: 12 });
  });

  it('does each of a hundred requests once on two servers of one database, then is killed while parties trade and the sandbox answers, and loses, doubles, lets out and leaves unproven nothing', async () => {
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const [twins, kills, sandbox] = await withExchange(
      async (exchange) => {
        const second = await startExchange(await besides(exchange, { fromSources }));
        const market = await openMarket(exchange, 4);
        const counted = await withDatabase(exchange.databaseUrl('postgres'), (db) =>
          runTwins(market, db, seenFrom(market, second.url)),
        ).catch(async (error: unknown) => {
          await second.kill();
          throw error;
        });
        const inSandbox = await runSandboxFaults({ kills: 1, running: exchange, second, say });
        const report = await runKills({ kills: KILLS, running: inSandbox.running, fromSources, say });
        return [counted, report, inSandbox.report];
      },
      { fromSources },
    );
    expect(twins).toEqual({ requests: 100, sent: 300, effects: 100, misused: 100 });
    expect(sandbox).toMatchObject({ kills: 1, rotations: 1, together: 2, halves: 2 });
    expect(kills.kills, said.join('\n')).toBe(KILLS);
    expect(kills.acknowledged).toBeGreaterThan(0);
    expect(kills.receipts).toBe(kills.acts);
  });
});
