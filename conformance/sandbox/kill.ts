/**
 * Two servers asked at once, then kill -9 of a server while a query, a job and a rotation of keys run: nothing told or charged
 * twice, let out unreviewed, or left running.
 *   node --import tsx conformance/sandbox/kill.ts [kills]
 */
import { withExchange } from '../../bench/exchange.ts';
import { runSandboxFaults } from './faults.ts';

const fromSources = process.env.SHUHENG_FROM_SOURCES === '1';
const say = (line: string) => void process.stdout.write(`${line}\n`);
const report = await withExchange(
  async (exchange) => {
    await exchange.stop();
    const kills = Number(process.argv[2] ?? 10);
    return runSandboxFaults({ folder: exchange.folder, fromSources, kills, say });
  },
  { fromSources, sample: 'small' },
);
say(`ok: ${JSON.stringify(report)}`);
