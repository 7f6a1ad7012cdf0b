import {
  createPublicClient,
  type Hex,
  http,
  keccak256,
  parseTransaction,
  type RpcTransaction,
  serializeTransaction,
  type TransactionSerializable,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { formatTransaction } from 'viem/utils';
import { OperatorError } from '../../operator-error.ts';
import { encodeRlp, fromHex0x, hex0x, keccak, type Rlp } from '../verify/chain.ts';
import type { AnchorChain, ChainProof, Place, Standing, Try } from './port.ts';
import { transactionProof } from './trie.ts';

const REQUEST_MS = 10_000;
/** A transaction no block took for this long is sent again with a higher fee. */
const PATIENCE_MS = 120_000;
const FEE_RISE_PERCENT = 25n;
const TRIES_MAX = 12;
const GWEI = 1_000_000_000n;
/** Base fees may double while a transaction waits; only what the block asks is paid. */
const BASE_FEE_ROOM = 2n;
const DIGEST_BYTES = 32;

export interface EvmOptions {
  /** Ethereum JSON-RPC; FISCO BCOS 3 serves it as Web3 RPC. */
  readonly url: string;
  readonly privateKey: Hex;
  /** The most that is offered for a unit of gas, in gwei; above it anchoring waits and says so. */
  readonly feeMaxGwei: number;
  /** Patience with a transaction no block takes, ms. */
  readonly patienceMs?: number;
}

interface RpcBlock {
  readonly number: Hex;
  readonly hash: Hex;
  readonly timestamp: Hex;
  readonly transactions: readonly RpcTransaction[];
  readonly [field: string]: unknown;
}

/** A chain that speaks Ethereum's JSON-RPC. The digest is the calldata of a transaction from the account to itself. */
export function evmChain({ url, privateKey, feeMaxGwei, patienceMs = PATIENCE_MS }: EvmOptions): AnchorChain {
  const account = privateKeyToAccount(privateKey);
  const client = createPublicClient({ transport: http(url, { timeout: REQUEST_MS, retryCount: 0 }) });
  const feeMax = BigInt(feeMaxGwei) * GWEI;

  const make = async (digest: string, nonce: number, before: Try | undefined): Promise<Try> => {
    const data: Hex = `0x${digest}`;
    const [chainId, gas, block] = await Promise.all([
      client.getChainId(),
      client.estimateGas({ account: account.address, to: account.address, data }),
      client.getBlock({ blockTag: 'latest' }),
    ]);
    const offered = before && parseTransaction(before.raw as Hex);
    const common = { chainId, nonce, gas, to: account.address, value: 0n, data };
    const sign = async () => {
      if (typeof block.baseFeePerGas !== 'bigint') {
        const gasPrice = capped(most(await client.getGasPrice(), raised(offered?.gasPrice)));
        return account.signTransaction({ ...common, type: 'legacy', gasPrice });
      }
      const tip = await client.estimateMaxPriorityFeePerGas().catch(() => GWEI);
      const maxPriorityFeePerGas = most(tip, raised(offered?.maxPriorityFeePerGas));
      const fee = block.baseFeePerGas * BASE_FEE_ROOM + maxPriorityFeePerGas;
      const maxFeePerGas = capped(most(fee, raised(offered?.maxFeePerGas)));
      return account.signTransaction({ ...common, type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas });
    };
    const raw = await sign();
    return { hash: keccak256(raw), raw, nonce, at: new Date().toISOString() };
  };

  const capped = (fee: bigint): bigint => {
    if (fee > feeMax)
      throw new OperatorError(
        `链上手续费 ${fee / GWEI} gwei 超过上限 ${feeMaxGwei}。The chain asks ${fee / GWEI} gwei, more than the ${feeMaxGwei} allowed.`,
      );
    return fee;
  };

  const send = async (raw: string): Promise<void> => {
    try {
      await client.sendRawTransaction({ serializedTransaction: raw as Hex });
    } catch (error) {
      // The node has it already, or a block took it meanwhile: the next look tells.
      if (
        !/already known|already imported|already exists|nonce too low|AlreadyKnown|AlreadyInTxPool/i.test(String(error))
      )
        throw error;
    }
  };

  const placeOf = async (hash: string): Promise<Place | undefined> => {
    const receipt = (await client.request({ method: 'eth_getTransactionReceipt', params: [hash as Hex] })) as {
      blockNumber: Hex | null;
      blockHash: Hex | null;
    } | null;
    if (!receipt?.blockNumber || !receipt.blockHash) return undefined;
    return { transactionHash: hash, blockNumber: Number(receipt.blockNumber), blockHash: receipt.blockHash };
  };

  const publish: AnchorChain['publish'] = async (digest, tries, keep) => {
    for (const { hash } of [...tries].reverse()) {
      const place = await placeOf(hash);
      if (place) return place;
    }
    const last = tries.at(-1);
    const next = await client.getTransactionCount({ address: account.address, blockTag: 'latest' });
    if (last && last.nonce >= next) {
      const impatient = Date.now() - Date.parse(last.at) > patienceMs && tries.length < TRIES_MAX;
      if (!impatient) {
        await send(last.raw);
        return undefined;
      }
    }
    // A nonce that another transaction of the account used up leaves the earlier tries dead; then the next one is taken.
    const replaces = last && last.nonce >= next ? last : undefined;
    const made = await make(digest, replaces?.nonce ?? next, replaces);
    await keep(made);
    await send(made.raw);
    return placeOf(made.hash);
  };

  const verify = async ({ transactionHash, blockHash }: Place): Promise<Standing> => {
    const nothing = { found: false, digest: null, blockTime: null, confirmations: 0 };
    const place = await placeOf(transactionHash);
    if (!place || place.blockHash !== blockHash) return nothing;
    const block = await blockAt(place.blockHash);
    const found = block?.transactions.find((t) => t.hash === transactionHash);
    const digest = found?.input.slice(2);
    if (!block || digest?.length !== DIGEST_BYTES * 2) return nothing;
    const newest = await client.getBlockNumber({ cacheTime: 0 });
    return {
      found: true,
      digest,
      blockTime: new Date(Number(BigInt(block.timestamp)) * 1_000),
      confirmations: Number(newest) - place.blockNumber + 1,
    };
  };

  const blockAt = async (hash: string): Promise<RpcBlock | null> =>
    (await client.request({ method: 'eth_getBlockByHash', params: [hash as Hex, true] })) as RpcBlock | null;

  const prove = async (place: Place): Promise<ChainProof> => {
    const block = await blockAt(place.blockHash);
    const index = block?.transactions.findIndex((t) => t.hash === place.transactionHash) ?? -1;
    const own = block?.transactions[index];
    if (!block || !own) throw new Error(`block ${place.blockHash} does not hold ${place.transactionHash}`);
    const raw = rawOf(own);
    if (!raw) throw new Error(`the chain shows ${place.transactionHash} otherwise than it was sent`);
    const whole = block.transactions.map(rawOf);
    const header = headerOf(block);
    const alone = { transaction: hex0x(raw), index, header: null, trie: null };
    if (!header || !whole.every((t) => t !== undefined)) return alone;
    const { root, nodes } = transactionProof(whole, index);
    return hex0x(root) === block.transactionsRoot ? { ...alone, header: hex0x(header), trie: nodes.map(hex0x) } : alone;
  };

  return {
    identify: async () => ({ chain: 'evm', chainId: String(await client.getChainId()), account: account.address }),
    publish,
    verify,
    prove,
  };
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** A node takes one transaction for another of the same number only when every fee rises. */
const raised = (fee: bigint | undefined): bigint => (fee ? (fee * (100n + FEE_RISE_PERCENT)) / 100n + 1n : 0n);

/** The bytes of a transaction, made again from what the node tells and held against its hash; undefined where they do not fit. */
function rawOf(told: RpcTransaction): Uint8Array | undefined {
  try {
    const formatted = formatTransaction(told);
    const { r, s, v, yParity } = formatted as { r: Hex; s: Hex; v: bigint; yParity?: number };
    const signature = { r, s, v, ...(yParity === undefined ? {} : { yParity }) };
    // The node calls calldata "input"; blobs travel beside a block, not in it.
    const body = { ...formatted, data: formatted.input, sidecars: undefined } as unknown as TransactionSerializable;
    const raw = fromHex0x(serializeTransaction(body, signature));
    return raw && hex0x(keccak(raw)) === told.hash ? raw : undefined;
  } catch {
    return undefined;
  }
}

/** Fields of a header in the order of their forks: Frontier, London, Shanghai, Cancun, Prague. */
const HEADER: readonly string[] = [
  ...['parentHash', 'sha3Uncles', 'miner', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'logsBloom', 'difficulty'],
  ...['number', 'gasLimit', 'gasUsed', 'timestamp', 'extraData', 'mixHash', 'nonce'],
  ...['baseFeePerGas', 'withdrawalsRoot', 'blobGasUsed', 'excessBlobGas', 'parentBeaconBlockRoot', 'requestsHash'],
];
const QUANTITIES = [
  'difficulty',
  'number',
  'gasLimit',
  'gasUsed',
  'timestamp',
  'baseFeePerGas',
  'blobGasUsed',
  'excessBlobGas',
];

/** The header's RLP; undefined where it does not hash to the block, as on chains with blocks of their own. */
function headerOf(block: RpcBlock): Uint8Array | undefined {
  const fields: Rlp[] = [];
  for (const name of HEADER) {
    const value = block[name];
    if (typeof value !== 'string') continue;
    const bytes = fromHex0x(QUANTITIES.includes(name) ? evenHex(value) : value);
    if (!bytes) return undefined;
    fields.push(bytes);
  }
  const header = encodeRlp(fields);
  return hex0x(keccak(header)) === block.hash ? header : undefined;
}

/** `0x0` is nothing and `0x5` one byte: quantities come without leading zeros, but with half bytes. */
function evenHex(quantity: string): string {
  const digits = quantity.slice(2).replace(/^0+/, '');
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
