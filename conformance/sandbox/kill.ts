/**
 * Two servers asked at once, then kill -9 of a server while a query, a job and a rotation of keys run: nothing told or charged
 * twice, let out unreviewed, or left running.
 *   node --import tsx conformance/sandbox/kill.ts [kills]
 */
import { besides, startExchange, withExchange } from '../../bench/exchange.ts';
import { runSandboxFaults } from './faults.ts';

const fromSources = process.env.SHUHENG_FROM_SOURCES === '1';
const say = (line: string) => void process.stdout.write(`${line}\n`);
const report = await withExchange(
  async (exchange) => {
    const second = await startExchange(await besides(exchange, { fromSources }));
    const kills = Number(process.argv[2] ?? 10);
    const faults = await runSandboxFaults({ running: exchange, second, kills, say });
    await faults.running.stop();
    return faults.report;
  },
  { fromSources, sample: 'small' },
);
say(`ok: ${JSON.stringify(report)}`);
