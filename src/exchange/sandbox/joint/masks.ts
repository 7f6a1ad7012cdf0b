import { createECDH, hkdfSync } from 'node:crypto';

/**
 * Secure sums by pairwise masks that cancel (Bonawitz et al. 2017, CCS, without dropouts): every two parties share a seed
 * by ECDH; the one with the smaller key adds the mask, the other takes it off. The exchange adds the masked vectors and
 * learns the totals alone. Semi-honest; whoever joins with the exchange and all others but one learns that one's numbers.
 */

const WORD = 64n;
const MODULUS = 1n << WORD;
const HALF = MODULUS >> 1n;
const WORD_BYTES = 8;
const DOMAIN = 'shuheng secure sum v1';
/** HKDF-SHA256 gives 255 × 32 bytes at most (RFC 5869 §2.3). */
const HKDF_BYTES_MAX = 255 * 32;
/** So that the sum of all parties stays within half the modulus. */
export const VALUE_MAX = (1n << 53n) - 1n;

export interface SumKeys {
  /** Hex of the compressed point, 33 bytes. */
  readonly publicKey: string;
  readonly secret: Buffer;
}

export function sumKeys(): SumKeys {
  const curve = createECDH('prime256v1');
  const publicKey = curve.generateKeys('hex', 'compressed');
  return { publicKey, secret: curve.getPrivateKey() };
}

/**
 * This party's values under its masks, as decimal numbers modulo 2⁶⁴.
 * @param others public keys of all other parties
 * @throws RangeError for a value outside ±(2⁵³ − 1), a key that is none, or a key that stands twice
 */
export function masked(session: string, keys: SumKeys, others: readonly string[], values: readonly bigint[]): string[] {
  const words = values.map((value) => {
    if (value > VALUE_MAX || value < -VALUE_MAX) throw new RangeError('a value lies outside ±(2^53 − 1)');
    return modulo(value);
  });
  if (new Set([keys.publicKey, ...others]).size !== others.length + 1) throw new RangeError('a key stands twice');
  for (const other of others) {
    const mask = maskOf(session, keys, other, values.length);
    const sign = keys.publicKey < other ? 1n : -1n;
    for (const [i, word] of mask.entries()) words[i] = modulo((words[i] ?? 0n) + sign * word);
  }
  return words.map(String);
}

function maskOf(session: string, keys: SumKeys, other: string, length: number): bigint[] {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(keys.secret);
  let shared: Buffer;
  try {
    shared = curve.computeSecret(other, 'hex');
  } catch {
    throw new RangeError('a key is no point of the curve');
  }
  const bytes = length * WORD_BYTES;
  if (bytes > HKDF_BYTES_MAX) throw new RangeError('too many values');
  const pair = [keys.publicKey, other].sort().join('\n');
  const stream = Buffer.from(hkdfSync('sha256', shared, session, `${DOMAIN}\n${pair}`, bytes));
  return Array.from({ length }, (_, i) => stream.readBigUInt64BE(i * WORD_BYTES));
}

/** The totals of all masked vectors together. @throws RangeError for vectors of different length or words that are none */
export function totalsOf(vectors: readonly (readonly string[])[]): bigint[] {
  const [first] = vectors;
  if (!first || vectors.some((v) => v.length !== first.length)) throw new RangeError('vectors of different length');
  return first.map((_, i) => {
    const sum = modulo(vectors.reduce((total, v) => total + wordOf(v[i] ?? ''), 0n));
    return sum >= HALF ? sum - MODULUS : sum;
  });
}

function wordOf(text: string): bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= MODULUS) throw new RangeError('not a word of 64 bits');
  return BigInt(text);
}

const modulo = (value: bigint): bigint => ((value % MODULUS) + MODULUS) % MODULUS;
