import { randomBytes } from 'node:crypto';
import { type Hex, parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex0x, hex0x, holdsTransaction, readHeader, readTransaction } from '../verify/chain.ts';
import { evmChain } from './evm.ts';
import type { AnchorChain, Place, Try } from './port.ts';
import { FUNDED_KEY, memoryChain, type TestChain, testChain } from './testing.ts';

/** The port's contract on a real node and on the fake, and what only a real chain does. */
let node: TestChain;
beforeAll(async () => {
  node = await testChain();
});
afterAll(() => node.stop());

const aDigest = (): string => randomBytes(32).toString('hex');
const onNode = (more: Partial<Parameters<typeof evmChain>[0]> = {}, url = node.url): AnchorChain =>
  evmChain({ url, privateKey: FUNDED_KEY, feeMaxGwei: 500, ...more });
const bytes = (text: string): Uint8Array => fromHex0x(text) ?? new Uint8Array();

/** Publishes as the job does: what is kept is there for the next call. */
async function published(chain: AnchorChain, digest: string, tries: Try[] = []): Promise<Place> {
  for (let looks = 0; looks < 100; looks++) {
    const place = await chain.publish(digest, [...tries], async (next) => void tries.push(next));
    if (place) return place;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('no block took it');
}

describe.each([
  ['a real node', () => onNode()],
  ['a chain in memory', () => memoryChain('7')],
])('the port on %s', (_, open) => {
  it('keeps what it sends before it sends it, and publishes a digest once however often it is asked', async () => {
    const chain = open();
    const digest = aDigest();
    const tries: Try[] = [];
    const place = await published(chain, digest, tries);
    expect(tries).toHaveLength(1);
    expect(tries[0]?.hash).toBe(place.transactionHash);
    expect(await published(chain, digest, tries)).toEqual(place);
    expect(tries).toHaveLength(1);
  });

  it('sends nothing that could not be kept', async () => {
    const chain = open();
    const digest = aDigest();
    let made: Try | undefined;
    const failing = chain.publish(digest, [], async (next) => {
      made = next;
      throw new Error('the database is away');
    });
    await expect(failing).rejects.toThrow('the database is away');
    expect(made).toBeDefined();
    const place = { transactionHash: made?.hash ?? '', blockNumber: 1, blockHash: `0x${'0'.repeat(64)}` };
    expect(await chain.verify(place)).toMatchObject({ found: false, confirmations: 0 });
  });

  it('finds the right digest, and nothing in another block or under an unknown transaction', async () => {
    const chain = open();
    const digest = aDigest();
    const place = await published(chain, digest);
    const standing = await chain.verify(place);
    expect(standing).toMatchObject({ found: true, digest });
    expect(standing.confirmations).toBeGreaterThanOrEqual(1);
    expect(Math.abs((standing.blockTime?.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
    const nowhere = `0x${aDigest()}`;
    expect(await chain.verify({ ...place, blockHash: nowhere })).toMatchObject({ found: false, digest: null });
    expect(await chain.verify({ ...place, transactionHash: nowhere })).toMatchObject({ found: false, digest: null });
    await published(chain, aDigest());
    expect((await chain.verify(place)).confirmations).toBeGreaterThan(standing.confirmations);
  });
});

describe('a real chain', () => {
  it('tells its own id; the account is that of the key', async () => {
    const other = await testChain('--chain-id', '20200');
    expect(await onNode({}, other.url).identify()).toEqual({
      chain: 'evm',
      chainId: '20200',
      account: privateKeyToAccount(FUNDED_KEY).address,
    });
    await other.stop();
  });

  it.each(['berlin', 'london', 'paris', 'shanghai', 'cancun', 'prague'])(
    'of the %s rules: its transactions are proven down to the hash of the block',
    async (fork) => {
      const chain = await testChain('--hardfork', fork);
      const digest = aDigest();
      const place = await published(onNode({}, chain.url), digest);
      const proof = await onNode({}, chain.url).prove(place);
      const raw = bytes(proof.transaction);
      const header = readHeader(bytes(proof.header ?? ''));
      expect(header).toMatchObject({ hash: place.blockHash, number: BigInt(place.blockNumber) });
      expect(readTransaction(raw)).toMatchObject({
        hash: place.transactionHash,
        chainId: 31337n,
        data: bytes(`0x${digest}`),
      });
      expect(header && holdsTransaction(header, proof.index, raw, (proof.trie ?? []).map(bytes))).toBe(true);
      await chain.stop();
    },
  );

  it('with full blocks: every place of the trie is proven, and no changed proof', async () => {
    const chain = await testChain('--no-mining');
    const sender = privateKeyToAccount(FUNDED_KEY);
    let nonce = 0;
    for (const count of [1, 2, 16, 17, 130]) {
      const sent: string[] = [];
      for (let i = 0; i < count; i++) {
        const common = {
          chainId: 31337,
          nonce: nonce++,
          gas: 30_000n,
          to: sender.address,
          data: `0x${aDigest()}` as Hex,
        };
        // Legacy, access-list and fee-market transactions side by side.
        const raw =
          i % 3 === 0
            ? await sender.signTransaction({ ...common, type: 'legacy', gasPrice: 3_000_000_000n })
            : i % 3 === 1
              ? await sender.signTransaction({
                  ...common,
                  type: 'eip2930',
                  gasPrice: 3_000_000_000n,
                  accessList: [{ address: sender.address, storageKeys: [`0x${aDigest()}`] }],
                })
              : await sender.signTransaction({
                  ...common,
                  type: 'eip1559',
                  maxFeePerGas: 3_000_000_000n,
                  maxPriorityFeePerGas: 1n,
                });
        sent.push(raw);
        await chain.rpc('eth_sendRawTransaction', raw);
      }
      await chain.rpc('evm_mine');
      const block = await chain.rpc<{ hash: string; number: string; transactions: string[] }>(
        'eth_getBlockByNumber',
        'latest',
        false,
      );
      expect(block.transactions).toHaveLength(count);
      for (const [index, transactionHash] of block.transactions.entries()) {
        if (index > 20 && index % 7 !== 0) continue;
        const place = { transactionHash, blockNumber: Number(block.number), blockHash: block.hash };
        const proof = await onNode({}, chain.url).prove(place);
        const raw = bytes(proof.transaction);
        expect(sent).toContain(proof.transaction);
        expect(proof.index).toBe(index);
        const header = readHeader(bytes(proof.header ?? ''));
        if (!header) throw new Error('no header');
        const nodes = (proof.trie ?? []).map(bytes);
        expect(holdsTransaction(header, index, raw, nodes)).toBe(true);
        expect(holdsTransaction(header, index + 1, raw, nodes)).toBe(false);
        expect(holdsTransaction(header, index, bytes(sent[(index + 1) % count] ?? ''), nodes)).toBe(count === 1);
        expect(holdsTransaction(header, index, raw, nodes.slice(1))).toBe(false);
        expect(holdsTransaction(header, index, raw, [...nodes, bytes('0xc0')])).toBe(false);
        if (index % 20 !== 0) continue;
        for (const [n, node] of nodes.entries()) {
          for (let at = 0; at < node.length; at += 7) {
            const bent = node.slice();
            bent[at] = (bent[at] ?? 0) ^ 1;
            expect(holdsTransaction(header, index, raw, nodes.with(n, bent))).toBe(false);
          }
        }
      }
    }
    await chain.stop();
  });

  it('that takes no transaction for long gets it again under the same number with higher fees', async () => {
    const chain = await testChain('--no-mining');
    const digest = aDigest();
    const tries: Try[] = [];
    const hasty = onNode({ patienceMs: 0 }, chain.url);
    const look = () => hasty.publish(digest, [...tries], async (next) => void tries.push(next));
    for (let i = 0; i < 3; i++) expect(await look()).toBeUndefined();
    expect(tries.map((t) => t.nonce)).toEqual([0, 0, 0]);
    const fees = tries.map((t) => parseTransaction(t.raw as Hex));
    for (let i = 1; i < fees.length; i++) {
      expect(Number(fees[i]?.maxFeePerGas)).toBeGreaterThanOrEqual(Number(fees[i - 1]?.maxFeePerGas) * 1.1);
      expect(Number(fees[i]?.maxPriorityFeePerGas)).toBeGreaterThanOrEqual(
        Number(fees[i - 1]?.maxPriorityFeePerGas) * 1.1,
      );
    }
    await chain.rpc('evm_mine');
    expect(await look()).toMatchObject({ blockNumber: 1, transactionHash: tries.at(-1)?.hash });
    expect(tries).toHaveLength(3);
    await chain.stop();
  });

  it('takes a new number when another transaction of the account used up the kept one', async () => {
    const chain = await testChain();
    const evm = onNode({}, chain.url);
    const digest = aDigest();
    const tries: Try[] = [];
    await evm
      .publish(digest, [], async (next) => {
        tries.push(next);
        throw new Error('killed before it was sent');
      })
      .catch(() => undefined);
    await published(evm, aDigest());
    const place = await published(evm, digest, tries);
    expect(tries.map((t) => t.nonce)).toEqual([0, 1]);
    expect(await evm.verify(place)).toMatchObject({ found: true, digest });
    await chain.stop();
  });

  it('that asks more than the operator pays, or an account without money, is told of in words', async () => {
    const dear = await testChain('--base-fee', '9000000000000');
    await expect(published(onNode({}, dear.url), aDigest())).rejects.toThrow('more than the 500 allowed');
    await dear.stop();
    const poor = onNode({ privateKey: `0x${'11'.repeat(32)}` });
    await expect(published(poor, aDigest())).rejects.toThrow(/insufficient funds/i);
  });

  it('with blocks of its own kind keeps the transaction and says that no block is proven', async () => {
    const chain = onNode();
    const place = await published(chain, aDigest());
    const whole = await chain.prove(place);
    expect(whole.header).not.toBeNull();
    // The same node through a wire that changes one field of each block, as a chain with another header would.
    const { createServer } = await import('node:http');
    const proxy = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const answer = await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.end((await answer.text()).replace(/"sha3Uncles":"0x../, '"sha3Uncles":"0x00'));
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const address = proxy.address() as { port: number };
    const proof = await onNode({}, `http://127.0.0.1:${address.port}`).prove(place);
    expect(proof).toEqual({ ...whole, header: null, trie: null });
    expect(hex0x(bytes(proof.transaction))).toBe(whole.transaction);
    await new Promise((done) => proxy.close(done));
  });
});
