/**
 * Resident memory of the server process (VmRSS): idle after the sample was built and the process started anew, and after
 * many acts over HTTP (`--acts 100000`; 5,000 unless told otherwise). bench/upload.ts watches it during an upload.
 * The baseline of the second figure is the memory after a tenth of the acts: warm, but with little behind it.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, print, readAccounts } from './client.ts';
import { type Exchange, endPostgres, startExchange, temporaryFolder } from './exchange.ts';

const LANES = 8;
const REST_MS = 5_000;
const AIM_MEBIBYTES = 250;
const asked = process.argv.indexOf('--acts');
const acts = asked > 0 ? Number(process.argv[asked + 1]) : 5_000;

const residentMebibytes = ({ pid }: Exchange): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const folder = await temporaryFolder();
try {
  await (await startExchange({ folder })).stop();
  const exchange = await startExchange({ folder });
  await sleep(REST_MS);
  print({
    name: 'memory idle',
    value: residentMebibytes(exchange),
    unit: 'MiB',
    baseline: 'aim, MiB',
    baselineValue: AIM_MEBIBYTES,
  });
  const buyer = (await readAccounts(folder)).find((a) => a.roles.includes('buyer'));
  if (!buyer) throw new Error('the sample has no buyer');
  const client = await Client.signIn(exchange.url, buyer);
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const publish = async (count: number) => {
    let left = count;
    const lane = async () => {
      while (left-- > 0) {
        await client.act('demand.publish', {
          title: '压测需求',
          description: '压测用需求（示例）。',
          sector: '测试',
          budget: null,
          until,
          purpose: '压测',
        });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    await sleep(REST_MS);
    return residentMebibytes(exchange);
  };
  const early = await publish(Math.floor(acts / 10));
  const late = await publish(acts - Math.floor(acts / 10));
  print({
    name: `memory after ${acts} acts`,
    value: late,
    unit: 'MiB',
    baseline: `after ${Math.floor(acts / 10)} acts, MiB`,
    baselineValue: early,
  });
  await exchange.stop();
} finally {
  await endPostgres(folder);
  await rm(folder, { recursive: true, force: true });
}
