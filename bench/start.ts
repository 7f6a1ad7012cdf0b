/**
 * From the start of the process to the first ready answer: empty folder without and with the sample exchange, a second
 * start, a start after kill -9 of the program, and of program and database. Baseline: initdb and start of the embedded
 * PostgreSQL alone; for later starts the start of an empty Node process. `--empty` leaves the whole sample out.
 */
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { startEmbeddedServer } from '../src/kernel/database/index.ts';
import { median, print } from './client.ts';
import { endPostgres, isAlive, postmasterPid, startExchange, temporaryFolder } from './exchange.ts';

const STARTS = 3;
const sample = process.argv.includes('--empty') ? ('none' as const) : ('full' as const);

const timed = async (work: () => unknown): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

const bareFolder = await temporaryFolder();
const bareDatabase = await timed(async () => startEmbeddedServer(bareFolder));
await endPostgres(bareFolder);
const bareNode = median(
  await Promise.all([1, 2, 3].map(() => timed(() => spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' })))),
);
await rm(bareFolder, { recursive: true, force: true });

const seconds = (name: string, ms: number, baseline: string, baselineMs: number) =>
  print({ name, value: ms / 1000, unit: 's', baseline: `${baseline}, s`, baselineValue: baselineMs / 1000 });

const cold = async (kind: 'none' | 'full') => {
  const folder = await temporaryFolder();
  const exchange = await startExchange({ folder, sample: kind });
  seconds(`start cold, sample ${kind}`, exchange.readyAfterMs, 'initdb and start of PostgreSQL alone', bareDatabase);
  return { folder, exchange };
};
const empty = await cold('none');
await empty.exchange.stop();
let { folder, exchange } = sample === 'full' ? await cold('full') : empty;
const again = async (name: string, end: () => Promise<void>) => {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    await end();
    exchange = await startExchange({ folder, sample });
    times.push(exchange.readyAfterMs);
  }
  seconds(name, median(times), 'an empty Node process', bareNode);
};
await again('start again', () => exchange.stop());
await again('start after kill -9', () => exchange.kill());
await again('start after kill -9 of program and database', async () => {
  await exchange.kill();
  const pid = await postmasterPid(folder);
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 5));
});
await exchange.stop();
for (const f of new Set([empty.folder, folder])) {
  await endPostgres(f);
  await rm(f, { recursive: true, force: true });
}
