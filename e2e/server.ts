import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../src/kernel/settings.ts';
import { startServer } from '../src/main.ts';
import { publishDataFolder } from './accounts.ts';

/** A whole exchange with the small sample in a folder of its own, gone when the tests are done. */
const port = process.argv[2] ?? '18080';
const folder = await mkdtemp(join(tmpdir(), 'shuheng-e2e-'));
const settings = readSettings({ PORT: port, SHUHENG_DATA: folder, RATE_LIMIT: '100000' });
const server = await startServer(settings, (step) => process.stdout.write(`${step}\n`), { sampleSize: 'small' });
await publishDataFolder(folder);
process.stdout.write(`ready ${server.url}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
}
