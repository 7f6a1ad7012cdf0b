import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { chromium } from '@playwright/test';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import {
  diskTileStore,
  entryBytes,
  fileKeyProvider,
  logKey,
  proofFor,
  settled,
  startSequencer,
} from '../../src/kernel/evidence/index.ts';
import { writeCopies, writeEntries } from '../../src/kernel/evidence/testing.ts';
import { verifyReceipt } from '../../src/kernel/evidence/verify/index.ts';
import { median, print } from '../client.ts';
import { temporaryFolder } from '../exchange.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRIES = 20_000;
const TIMES = 200;
const PROCESSES = 5;

interface Receipt {
  readonly proof: string;
  readonly entry: Buffer;
  readonly vkey: string;
}

/** A receipt of a log of 20,000 entries: in this process, as a person calls the command line, and in Chromium. */
export async function verifying(): Promise<void> {
  const { db, url, drop } = await testDatabase();
  const folder = await temporaryFolder();
  try {
    const sequencer = await startSequencer({
      url,
      store: diskTileStore(join(folder, 'log')),
      keys: fileKeyProvider(join(folder, 'keys')),
    });
    const [id = ''] = await writeEntries(db, 1);
    await writeCopies(db, ENTRIES - 1);
    await settled(db);
    await sequencer.stop();
    const receipt: Receipt = {
      proof: (await proofFor(db, id)) ?? '',
      entry: (await entryBytes(db, id)) ?? Buffer.alloc(0),
      vkey: (await logKey(db)) ?? '',
    };
    const bare = bareSignature();
    const report = (where: string, value: number, baseline: string, baselineValue: number) =>
      print({ name: `evidence, verify a receipt ${where}`, value, unit: 'ms', baseline, baselineValue });
    report('in Node', inNode(receipt), 'one bare Ed25519 check by the same library, ms', bare);
    const [whole, empty] = await asProcess(receipt, folder);
    report('by bin/shuheng verify', whole, 'a Node process that does nothing, ms', empty);
    report('in Chromium', await inChromium(receipt), 'in Node, ms', inNode(receipt));
  } finally {
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

function timed(work: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  return median(times);
}

function bareSignature(): number {
  const secret = Buffer.alloc(32, 1);
  const message = Buffer.alloc(100, 2);
  const [key, signature] = [ed25519.getPublicKey(secret), ed25519.sign(message, secret)];
  return timed(() => void ed25519.verify(signature, message, key));
}

function inNode(receipt: Receipt): number {
  return timed(() => {
    if (verifyReceipt(receipt).outcome !== 'proven') throw new Error('the receipt is not proven');
  });
}

async function asProcess({ proof, entry, vkey }: Receipt, folder: string): Promise<[number, number]> {
  const files = { proof: join(folder, 'r.tlog-proof'), entry: join(folder, 'r.json') };
  await writeFile(files.proof, proof);
  await writeFile(files.entry, entry);
  const words = [join(ROOT, 'bin', 'shuheng'), 'verify', '--proof', files.proof, '--entry', files.entry, '--key', vkey];
  const run = (args: readonly string[]) => {
    const started = performance.now();
    const done = spawnSync(process.execPath, args, { cwd: ROOT });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return performance.now() - started;
  };
  const whole: number[] = [];
  const empty: number[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    whole.push(run(words));
    empty.push(run(['-e', '']));
  }
  return [median(whole), median(empty)];
}

/** The built verifier as it is, its libraries by an import map: no bundler between. */
async function inChromium(receipt: Receipt): Promise<number> {
  const map = { imports: { '@noble/': '/node_modules/@noble/', fflate: '/node_modules/fflate/esm/browser.js' } };
  const page = `<!doctype html><script type="importmap">${JSON.stringify(map)}</script>`;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    const file = await readFile(join(ROOT, path)).catch(() => undefined);
    return response.writeHead(file ? 200 : 404, { 'content-type': 'text/javascript' }).end(file);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const executablePath =
    ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path)) ?? '';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${port}/`);
    return await tab.evaluate(
      async ([times, proof, entry, vkey]) => {
        const path = '/dist/src/kernel/evidence/verify/index.js';
        const { verifyReceipt: verify } = (await import(path)) as { verifyReceipt: typeof verifyReceipt };
        const bytes = Uint8Array.from(entry);
        const spent: number[] = [];
        for (let i = 0; i < times; i++) {
          const started = performance.now();
          if (verify({ proof, entry: bytes, vkey }).outcome !== 'proven') throw new Error('the receipt is not proven');
          spent.push(performance.now() - started);
        }
        return spent.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
      },
      [TIMES, receipt.proof, [...receipt.entry], receipt.vkey] as const,
    );
  } finally {
    await browser.close();
    server.close();
  }
}
