/** Blocks and transactions of an EVM chain, as far as an anchor needs them. */
import { fromHex, hex } from './bytes.ts';
import { decodeRlp, encodeRlp, numberOf, type Rlp } from './rlp.ts';
import { keccak, keyOf, provenValue } from './trie.ts';

export { encodeRlp, keccak, keyOf, type Rlp };

/** Where calldata stands in the body of a transaction, by its type (EIP-2718, 2930, 1559). */
const DATA_FIELD: Readonly<Record<number, number>> = { 1: 6, 2: 7 };
const LEGACY_DATA = 5;
const LEGACY_FIELDS = 9;
const LEGACY_V = 6;
/** v = 35 + 2 × chain id, or one more (EIP-155). */
const PROTECTED_V = 35n;
const TRANSACTIONS_ROOT = 4;
const NUMBER = 8;
const TIMESTAMP = 11;
/** Fields of a header before any fork added more. */
const HEADER_FIELDS_MIN = 15;

export const hex0x = (bytes: Uint8Array): string => `0x${hex(bytes)}`;
export const fromHex0x = (text: string): Uint8Array | undefined =>
  text.startsWith('0x') ? fromHex(text.slice(2)) : undefined;

export interface Transaction {
  /** `0x…` */
  readonly hash: string;
  /** Undefined for a legacy transaction without EIP-155 protection. */
  readonly chainId: bigint | undefined;
  readonly data: Uint8Array;
}

/** Reads a raw, signed transaction: legacy, 2930 or 1559. @returns undefined for any other */
export function readTransaction(raw: Uint8Array): Transaction | undefined {
  const type = raw[0] ?? 0;
  const typed = type < 0xc0;
  const fields = decodeRlp(typed ? raw.subarray(1) : raw);
  if (!Array.isArray(fields)) return undefined;
  const place = typed ? DATA_FIELD[type] : fields.length === LEGACY_FIELDS ? LEGACY_DATA : undefined;
  const data = place === undefined ? undefined : fields[place];
  if (!(data instanceof Uint8Array)) return undefined;
  return { hash: hex0x(keccak(raw)), chainId: typed ? numberOf(fields[0]) : legacyChain(fields[LEGACY_V]), data };
}

function legacyChain(field: Rlp | undefined): bigint | undefined {
  const v = numberOf(field);
  return v === undefined || v < PROTECTED_V ? undefined : (v - PROTECTED_V) / 2n;
}

export interface Header {
  /** `0x…`, the Keccak-256 of the header: what names the block. */
  readonly hash: string;
  readonly number: bigint;
  /** Unix seconds, as the block's maker wrote it. */
  readonly timestamp: bigint;
  readonly transactionsRoot: Uint8Array;
}

/** Reads the RLP of a block header of any fork. */
export function readHeader(bytes: Uint8Array): Header | undefined {
  const fields = decodeRlp(bytes);
  if (!Array.isArray(fields) || fields.length < HEADER_FIELDS_MIN) return undefined;
  const transactionsRoot = fields[TRANSACTIONS_ROOT];
  const number = numberOf(fields[NUMBER]);
  const timestamp = numberOf(fields[TIMESTAMP]);
  if (!(transactionsRoot instanceof Uint8Array) || number === undefined || timestamp === undefined) return undefined;
  return { hash: hex0x(keccak(bytes)), number, timestamp, transactionsRoot };
}

/** True when the block holds exactly this transaction at that place. */
export function holdsTransaction(
  header: Header,
  index: number,
  raw: Uint8Array,
  nodes: readonly Uint8Array[],
): boolean {
  const value = provenValue(header.transactionsRoot, index, nodes);
  return value !== undefined && hex(value) === hex(raw);
}
