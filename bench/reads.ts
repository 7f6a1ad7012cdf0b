/**
 * Reads of a product page a second, by a stranger, against a bare node:http server that sends the same bytes from memory:
 * what is in between is the database, the checks, and JSON. Rounds take turns.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Client, median, print, repeatFor } from './client.ts';
import { freePort, withExchange } from './exchange.ts';
import { connections } from './light.ts';

const LANES = 8;
const ROUNDS = 3;
const ROUND_SECONDS = 4;

await withExchange(async (exchange) => {
  const { items } = await new Client(exchange.url, '').get<{ items: { id: string }[] }>('/products');
  const path = `/v1/products/${items[0]?.id}`;
  const body = await (await fetch(`${exchange.url}${path}`)).text();
  const bare = await startBare(body);
  const http = connections(LANES);
  const round = async (url: string, seconds: number) => {
    const { done, seconds: took } = await repeatFor(seconds, LANES, async () => {
      if ((await http.get(url)).length !== Buffer.byteLength(body)) throw new Error('another answer than before');
    });
    return done / took;
  };
  await round(`${exchange.url}${path}`, 2);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    ours.push(await round(`${exchange.url}${path}`, ROUND_SECONDS));
    theirs.push(await round(bare.url, ROUND_SECONDS));
  }
  bare.process.kill();
  http.close();
  print({
    name: 'reads',
    value: median(ours),
    unit: 'product pages/s',
    baseline: `bare node:http, the same ${Buffer.byteLength(body)} bytes`,
    baselineValue: median(theirs),
  });
});

async function startBare(body: string): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort();
  const child = fork(new URL('./bare.mjs', import.meta.url), [String(port)]);
  child.send(body);
  await new Promise((done) => child.once('message', done));
  return { url: `http://127.0.0.1:${port}/`, process: child };
}
