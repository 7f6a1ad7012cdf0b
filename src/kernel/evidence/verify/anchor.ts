import { sha256 } from '@noble/hashes/sha2.js';
import * as words from './anchor-words.ts';
import { fromBase64, hex, textOf } from './bytes.ts';
import { fromHex0x, holdsTransaction, readHeader, readTransaction } from './chain.ts';
import { parseProof } from './proof.ts';
import { type Proven, type ReceiptParts, type Verification, verifyReceipt, type Words } from './receipt.ts';
import { timeOf } from './receipt-words.ts';

const ANCHOR_TYPE = 'shuheng/anchor/1';
const HASH = /^0x[0-9a-f]{64}$/;
const NODES_MAX = 64;

export interface AnchorParts extends Pick<ReceiptParts, 'vkey' | 'policy'> {
  /** Text or bytes of the file `GET /v1/receipts/<id>/anchor` gives. */
  readonly file: string | Uint8Array;
}

/** What is left to trust: that a chain really holds a block. Anybody can look it up. */
export interface Block {
  readonly chain: string;
  readonly chainId: string;
  readonly number: string;
  readonly hash: string;
  /** RFC 3339, UTC, as the block's maker wrote it; null where the block's header could not be checked. */
  readonly at: string | null;
  readonly transactionHash: string;
}

export interface AnchorProven {
  readonly receipt: Proven;
  /** SHA-256 of the anchored checkpoint, hex. */
  readonly digest: string;
  /** `block`: proven down to the block's hash; `transaction`: only the signed transaction holds the digest. */
  readonly level: 'block' | 'transaction';
  readonly block: Block;
}

/** `checkpoint`: not the one the entry is proven in · `digest`: the transaction holds another · `transaction`, `block`: they do not belong together. */
export type FailedAnchorCheck = 'receipt' | 'checkpoint' | 'digest' | 'transaction' | 'block';

export type AnchorVerification =
  | (Words & { readonly outcome: 'proven'; readonly proven: AnchorProven })
  | (Words & { readonly outcome: 'false'; readonly check: FailedAnchorCheck })
  | (Words & { readonly outcome: 'unreadable'; readonly part: 'file' | 'transaction' | 'receipt' });

/**
 * Checks an anchor with nothing but its file and the keys one trusts: the entry stands in the anchored checkpoint, the
 * checkpoint's digest in the transaction, the transaction in the block. That the chain holds the block is taken on
 * trust, and said.
 */
export function verifyAnchor({ file, ...trust }: AnchorParts): AnchorVerification {
  const parts = readFile(typeof file === 'string' ? file : textOf(file));
  if (!parts) return { outcome: 'unreadable', part: 'file', ...words.unreadableFile };
  const transaction = readTransaction(parts.transaction);
  if (!transaction) return { outcome: 'unreadable', part: 'transaction', ...words.unreadableTransaction };

  const receipt = verifyReceipt({ proof: parts.proof, entry: parts.entry, ...trust });
  if (receipt.outcome !== 'proven') return receiptFailed(receipt);
  if (parseProof(parts.proof)?.checkpoint !== parts.checkpoint) return untrue('checkpoint', words.otherCheckpoint);
  const digest = hex(sha256(new TextEncoder().encode(parts.checkpoint)));
  if (hex(transaction.data) !== digest) return untrue('digest', words.otherDigest);
  if (transaction.hash !== parts.transactionHash || String(transaction.chainId) !== parts.chainId)
    return untrue('transaction', words.otherTransaction);

  const block = {
    chain: parts.chain,
    chainId: parts.chainId,
    number: parts.blockNumber,
    hash: parts.blockHash,
    transactionHash: transaction.hash,
  };
  if (!parts.inBlock)
    return proven({ receipt: receipt.proven, digest, level: 'transaction', block: { ...block, at: null } });
  const header = readHeader(parts.inBlock.header);
  if (!header || header.hash !== parts.blockHash || String(header.number) !== parts.blockNumber)
    return untrue('block', words.otherBlock);
  if (!holdsTransaction(header, parts.inBlock.index, parts.transaction, parts.inBlock.trie))
    return untrue('block', words.notInBlock);
  const at = timeOf(header.timestamp);
  return proven({ receipt: receipt.proven, digest, level: 'block', block: { ...block, at } });
}

const proven = (result: AnchorProven): AnchorVerification => ({
  outcome: 'proven',
  ...words.proven(result),
  proven: result,
});

const untrue = (check: FailedAnchorCheck, detail: words.Text): AnchorVerification => ({
  outcome: 'false',
  check,
  says: words.untrue,
  details: [detail],
});

function receiptFailed(receipt: Exclude<Verification, { outcome: 'proven' }>): AnchorVerification {
  const { says, details } = receipt;
  return receipt.outcome === 'unreadable'
    ? { outcome: 'unreadable', part: 'receipt', says, details }
    : { outcome: 'false', check: 'receipt', says, details };
}

interface AnchorFile {
  readonly entry: Uint8Array;
  readonly proof: string;
  readonly checkpoint: string;
  readonly chain: string;
  readonly chainId: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly transaction: Uint8Array;
  readonly inBlock: { readonly header: Uint8Array; readonly index: number; readonly trie: Uint8Array[] } | undefined;
}

function readFile(text: string | undefined): AnchorFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || (value as { type?: unknown }).type !== ANCHOR_TYPE)
    return undefined;
  const file = value as Record<string, unknown>;
  const { proof, checkpoint, chain, chainId, blockNumber, blockHash, transactionHash, index } = file;
  const entry = typeof file.entry === 'string' ? fromBase64(file.entry) : undefined;
  const transaction = bytesOf(file.transaction);
  if (!entry || !transaction || typeof proof !== 'string' || typeof checkpoint !== 'string') return undefined;
  if (typeof chain !== 'string' || typeof chainId !== 'string' || typeof blockNumber !== 'string') return undefined;
  if (!isHash(blockHash) || !isHash(transactionHash)) return undefined;
  const told = { entry, proof, checkpoint, chain, chainId, blockNumber, blockHash, transactionHash, transaction };
  if (file.header === null && file.trie === null) return { ...told, inBlock: undefined };
  const header = bytesOf(file.header);
  const trie = Array.isArray(file.trie) && file.trie.length <= NODES_MAX ? file.trie.map(bytesOf) : [undefined];
  if (!header || !Number.isSafeInteger(index) || Number(index) < 0) return undefined;
  if (!trie.every((node) => node !== undefined)) return undefined;
  return { ...told, inBlock: { header, index: Number(index), trie } };
}

const bytesOf = (value: unknown): Uint8Array | undefined => (typeof value === 'string' ? fromHex0x(value) : undefined);
const isHash = (value: unknown): value is string => typeof value === 'string' && HASH.test(value);
