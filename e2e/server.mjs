// A whole exchange with the small sample in a folder of its own, anchored on a chain of its own; both gone when the tests
// are done. `npm test` compiled just before and says so (SHUHENG_BUILT=1): what is compiled starts sooner and costs less.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

const ours = (path) =>
  process.env.SHUHENG_BUILT === '1' ? import(`../dist/src/${path}.js`) : tsImport(`../src/${path}.ts`, import.meta.url);
const { startServer } = await ours('main');
const { readSettings } = await ours('kernel/settings');
const { FUNDED_KEY, testChain } = await tsImport('../src/kernel/evidence/anchor/testing.ts', import.meta.url);
const { publishDataFolder } = await tsImport('./accounts.ts', import.meta.url);
const { copyBuiltSample } = await tsImport('../bench/built-sample.ts', import.meta.url);

const port = process.argv[2] ?? '18080';
const folder = await mkdtemp(join(tmpdir(), 'shuheng-e2e-'));
copyBuiltSample(folder);
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
const begun = Date.now();
const server = await startServer(settings, (step) => process.stdout.write(`${step}\n`), { sampleSize: 'small' });
await publishDataFolder(folder);
process.stdout.write(`ready ${server.url} after ${Math.round((Date.now() - begun) / 1000)} s\n`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.stop();
    await chain.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
}
