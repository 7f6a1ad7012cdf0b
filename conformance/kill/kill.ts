/**
 * Kills a trading exchange with kill -9 at random moments, 200 times unless told otherwise, and checks after each start
 * that nothing was lost, doubled or left without evidence.
 *
 *   node --import tsx conformance/kill/kill.ts [kills] [--second]
 *
 * With --second two programs serve the same database, and are killed in turn.
 */
import { runKills } from './run.ts';

const report = await runKills({
  kills: Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 200),
  second: process.argv.includes('--second'),
  fromSources: process.env.SHUHENG_FROM_SOURCES === '1',
  say: (line) => process.stdout.write(`${line}\n`),
});
const middle = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]?.toFixed(0) ?? '–';
const most = (values: number[]) => (values.length > 0 ? Math.max(...values).toFixed(0) : '–');
const { program, database } = report.recoveryMs;
process.stdout.write(
  `ok: ${report.kills} kill -9 (${report.databaseKills} of them with the database, ${report.startKills} once more while starting, ${report.witnessKills} after one of a witness alone), ` +
    `${report.orders} orders, ${report.acknowledged} acts acknowledged, ${report.acts} in the log; ` +
    `${report.retries} requests sent again, of which ${report.replayed} had been done; ` +
    `all ${report.receipts} receipts verify\n` +
    `ready again: program killed ${middle(program)} ms (most ${most(program)}), database too ${middle(database)} ms (most ${most(database)})\n`,
);
