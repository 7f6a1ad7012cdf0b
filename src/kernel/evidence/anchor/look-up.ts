import { z } from 'zod';
import type { Block } from '../verify/index.ts';
import type { Text } from '../verify/text.ts';

const REQUEST_MS = 15_000;

const Answer = z.object({ result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const Hex = z.string().regex(/^0x[0-9a-f]+$/i);
const Receipt = z.object({ blockHash: Hex, blockNumber: Hex }).nullable();
const BlockHead = z.object({ hash: Hex }).nullable();

export interface LookedUp {
  readonly held: boolean;
  readonly says: Text;
}

/**
 * Asks a node of the chain for what an offline check takes on trust: that the chain, at that number, holds that block,
 * and the transaction in it. Which node is asked is up to whoever checks.
 * @throws Error when the node cannot be asked
 */
export async function lookUpBlock(url: string, block: Block): Promise<LookedUp> {
  const chainId = BigInt(Hex.parse(await ask(url, 'eth_chainId', [])));
  if (String(chainId) !== block.chainId) {
    return {
      held: false,
      says: {
        zh: `该节点属于链 ${chainId}，锚定写明链 ${block.chainId}。`,
        en: `The node is of chain ${chainId}, the anchor names chain ${block.chainId}.`,
      },
    };
  }
  const number = `0x${BigInt(block.number).toString(16)}`;
  const [head, receipt, newest] = await Promise.all([
    ask(url, 'eth_getBlockByNumber', [number, false]).then((r) => BlockHead.parse(r)),
    ask(url, 'eth_getTransactionReceipt', [block.transactionHash]).then((r) => Receipt.parse(r)),
    ask(url, 'eth_blockNumber', []).then((r) => BigInt(Hex.parse(r))),
  ]);
  const held = head?.hash.toLowerCase() === block.hash && receipt?.blockHash.toLowerCase() === block.hash;
  const deep = newest - BigInt(block.number) + 1n;
  return {
    held,
    says: held
      ? {
          zh: `已向节点查询：链 ${chainId} 的区块 ${block.number} 即此区块，含此交易，至今 ${deep} 块确认。`,
          en: `Asked the node: block ${block.number} of chain ${chainId} is this one and holds the transaction; ${deep} confirmations by now.`,
        }
      : {
          zh: `已向节点查询：链 ${chainId} 上没有这个区块，或其中没有这笔交易。`,
          en: `Asked the node: chain ${chainId} does not hold this block, or not this transaction in it.`,
        },
  };
}

async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const { result, error } = Answer.parse(await answer.json());
  if (error) throw new Error(`${method}: ${error.message}`);
  return result ?? null;
}
