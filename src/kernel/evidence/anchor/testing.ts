import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AnchorChain, Place, Try } from './port.ts';

/** The first of the keys every local test chain gives money to; published with the tool, worth nothing elsewhere. */
export const FUNDED_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const UP_WITHIN_MS = 120_000;
const POLL_MS = 50;

export interface TestChain {
  readonly url: string;
  readonly port: number;
  readonly rpc: <T = unknown>(method: string, ...params: unknown[]) => Promise<T>;
  readonly stop: () => Promise<void>;
}

/** A real node of a chain of its own, with anvil's options; it is one process and ends with `stop`. */
export async function testChain(...options: readonly string[]): Promise<TestChain> {
  const at = options.indexOf('--port');
  const port = at >= 0 ? Number(options[at + 1]) : await freePort();
  const binary = createRequire(import.meta.url).resolve(
    `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`,
  );
  const child = spawn(binary, ['--silent', ...(at >= 0 ? [] : ['--port', String(port)]), ...options], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  const rpc = async <T>(method: string, ...params: unknown[]): Promise<T> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await answer.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const end = Date.now() + UP_WITHIN_MS;
  while (!(await rpc('eth_chainId').catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error('the test chain did not start');
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  return { url, port, rpc, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

/** A chain in memory with the contract of the port and nothing else: each block holds one digest. */
export function memoryChain(chainId: string): AnchorChain {
  const blocks: { digest: string; transaction: string; hash: string; at: Date }[] = [];
  const hashOf = (text: string): string => `0x${createHash('sha256').update(text).digest('hex')}`;
  const placeOf = (transactionHash: string): Place | undefined => {
    const blockNumber = blocks.findIndex((b) => b.transaction === transactionHash);
    const block = blocks[blockNumber];
    return block && { transactionHash, blockNumber, blockHash: block.hash };
  };
  return {
    identify: async () => ({ chain: 'memory', chainId, account: 'nobody' }),
    publish: async (digest, tries, keep) => {
      for (const { hash } of tries) if (placeOf(hash)) return placeOf(hash);
      const made: Try = tries.at(-1) ?? {
        hash: hashOf(`transaction ${digest} ${blocks.length}`),
        raw: `0x${digest}`,
        nonce: blocks.length,
        at: new Date().toISOString(),
      };
      if (!tries.includes(made)) await keep(made);
      blocks.push({ digest, transaction: made.hash, hash: hashOf(`block ${blocks.length}`), at: new Date() });
      return placeOf(made.hash);
    },
    verify: async ({ transactionHash, blockHash }) => {
      const place = placeOf(transactionHash);
      const block = place && blocks[place.blockNumber];
      if (!place || !block || place.blockHash !== blockHash)
        return { found: false, digest: null, blockTime: null, confirmations: 0 };
      return {
        found: true,
        digest: block.digest,
        blockTime: block.at,
        confirmations: blocks.length - place.blockNumber,
      };
    },
    prove: async ({ transactionHash }) => ({
      transaction: `0x${blocks.find((b) => b.transaction === transactionHash)?.digest ?? ''}`,
      index: 0,
      header: null,
      trie: null,
    }),
  };
}
