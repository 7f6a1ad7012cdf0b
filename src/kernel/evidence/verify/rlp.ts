/** Recursive Length Prefix, the encoding of Ethereum's transactions, headers and trie nodes (Yellow Paper, appendix B). */
import { join } from './bytes.ts';

export type Rlp = Uint8Array | readonly Rlp[];

const SHORT_MAX = 55;
const TEXT = 0x80;
const LIST = 0xc0;
/** Deeper than any transaction, header or node of a trie. */
const DEPTH_MAX = 32;

export function encodeRlp(value: Rlp): Uint8Array {
  if (value instanceof Uint8Array) {
    const [first] = value;
    return value.length === 1 && first !== undefined && first < TEXT ? value : join(prefix(TEXT, value.length), value);
  }
  const body = join(...value.map(encodeRlp));
  return join(prefix(LIST, body.length), body);
}

function prefix(kind: number, length: number): Uint8Array {
  if (length <= SHORT_MAX) return Uint8Array.of(kind + length);
  const digits = bigEndian(BigInt(length));
  return join(Uint8Array.of(kind + SHORT_MAX + digits.length), digits);
}

/** A number as RLP holds it: no leading zero, and nothing at all for zero. */
export function bigEndian(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return Uint8Array.from(bytes);
}

/** @returns undefined for a number with a leading zero, which RLP does not write */
export function numberOf(bytes: Rlp | undefined): bigint | undefined {
  if (!(bytes instanceof Uint8Array) || bytes[0] === 0) return undefined;
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Reads exactly one canonical item. @returns undefined for anything else: left-over bytes, a longer spelling, a cut end */
export function decodeRlp(bytes: Uint8Array): Rlp | undefined {
  const read = item(bytes, 0, 0);
  return read && read.end === bytes.length ? read.value : undefined;
}

interface Item {
  readonly value: Rlp;
  readonly end: number;
}

function item(bytes: Uint8Array, at: number, depth: number): Item | undefined {
  const first = bytes[at];
  if (first === undefined || depth > DEPTH_MAX) return undefined;
  if (first < TEXT) return { value: bytes.slice(at, at + 1), end: at + 1 };
  const kind = first < LIST ? TEXT : LIST;
  const span = spanOf(bytes, at, first - kind);
  if (!span || span.end > bytes.length) return undefined;
  if (kind === LIST) return list(bytes, span, depth);
  const value = bytes.slice(span.start, span.end);
  // One byte below 0x80 stands for itself.
  return value.length === 1 && (value[0] ?? 0) < TEXT ? undefined : { value, end: span.end };
}

function spanOf(bytes: Uint8Array, at: number, word: number): { start: number; end: number } | undefined {
  if (word <= SHORT_MAX) return { start: at + 1, end: at + 1 + word };
  const start = at + 1 + (word - SHORT_MAX);
  const length = numberOf(bytes.subarray(at + 1, start));
  if (start > bytes.length || length === undefined || length <= BigInt(SHORT_MAX)) return undefined;
  return length > BigInt(bytes.length) ? undefined : { start, end: start + Number(length) };
}

function list(bytes: Uint8Array, { start, end }: { start: number; end: number }, depth: number): Item | undefined {
  const values: Rlp[] = [];
  const body = bytes.subarray(0, end);
  for (let at = start; at < end; ) {
    const next = item(body, at, depth + 1);
    if (!next) return undefined;
    values.push(next.value);
    at = next.end;
  }
  return { value: values, end };
}
