/**
 * Lets ten thousand clocks be over at the same moment, unless told otherwise, kills the program with kill -9 while they
 * fire, and counts that each fired once.
 *
 *   node --import tsx conformance/clocks/clocks.ts [clocks] [kills]
 */
import { runClocks } from './run.ts';

const [clocks = 10_000, kills = 6] = process.argv.slice(2).map(Number);
const report = await runClocks({
  clocks,
  kills,
  fromSources: process.env.SHUHENG_FROM_SOURCES === '1',
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(
  `ok: ${report.clocks} clocks over at once, ${report.kills} kill -9 (${report.databaseKills} of them with the database) after ` +
    `${report.firedAtKills.join(', ')} had fired, the clock set forward and back ${report.jumps} times: ` +
    `${report.escalated} escalated and ${report.moved} moved on, each once\n` +
    `unkilled: ${report.perSecond.clocks.toFixed(0)} clocks a second, ${(report.perSecond.clocks / report.perSecond.bare).toFixed(2)} of bare jobs that write one row (${report.perSecond.bare.toFixed(0)} a second)\n`,
);
