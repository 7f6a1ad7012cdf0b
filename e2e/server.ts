import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNDED_KEY, testChain } from '../src/kernel/evidence/anchor/testing.ts';
import { readSettings } from '../src/kernel/settings.ts';
import { startServer } from '../src/main.ts';
import { publishDataFolder } from './accounts.ts';

/** A whole exchange with the small sample in a folder of its own, anchored on a chain of its own; both gone when the tests are done. */
const port = process.argv[2] ?? '18080';
const folder = await mkdtemp(join(tmpdir(), 'shuheng-e2e-'));
const chain = await testChain();
const keyFile = join(folder, 'anchor.key');
await writeFile(keyFile, FUNDED_KEY, { mode: 0o600 });
const settings = readSettings({
  PORT: port,
  SHUHENG_DATA: folder,
  RATE_LIMIT: '100000',
  ANCHOR_RPC_URL: chain.url,
  ANCHOR_KEY_FILE: keyFile,
  ANCHOR_INTERVAL_SECONDS: '10',
  ANCHOR_CONFIRMATIONS: '1',
});
const server = await startServer(settings, (step) => process.stdout.write(`${step}\n`), { sampleSize: 'small' });
await publishDataFolder(folder);
process.stdout.write(`ready ${server.url}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.stop();
    await chain.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
}
