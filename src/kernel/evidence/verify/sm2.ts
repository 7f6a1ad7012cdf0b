import { type WeierstrassPoint, weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { join, same, utf8 } from './bytes.ts';
import { sm3 } from './sm3.ts';

/**
 * SM2 signatures with SM3 (GB/T 32918.2-2016, the recommended curve of GB/T 32918.5-2017): checking only. Stricter than
 * the libraries: one value has one spelling, and nothing outside the ranges of the standard is computed with.
 */
const CURVE = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const Point = weierstrass(CURVE);

/** The user id of the standard's examples (GM/T 0009-2012 §10); always given, never left out. */
export const SM2_USER_ID = '1234567812345678';
/** Order of the base point: private keys, r and s lie between 0 and n. */
export const SM2_ORDER = CURVE.n;
export const SM2_PUBLIC_KEY_BYTES = 65;
export const SM2_SIGNATURE_BYTES = 64;
const SCALAR_BYTES = 32;
const USER_ID_BYTES_MAX = 8_191;
/** Keys met lately, with their tables of multiples: after the first signature a key checks eight times faster. */
const KEYS_MAX = 16;
/** Bits a step of the tables: 6 costs some 10 ms for a key, more gains little. */
const WINDOW_BITS = 6;

interface Sm2Key {
  readonly bytes: Uint8Array;
  readonly point: WeierstrassPoint<bigint>;
}

const keys: Sm2Key[] = [];

/** @returns undefined unless it is `04 ‖ x ‖ y` of a point on the curve */
function keyOf(publicKey: Uint8Array): Sm2Key | undefined {
  const known = keys.findIndex((key) => same(key.bytes, publicKey));
  const key = known >= 0 ? keys.splice(known, 1)[0] : readKey(publicKey);
  if (!key) return undefined;
  keys.unshift(key);
  keys.length = Math.min(keys.length, KEYS_MAX);
  return key;
}

function readKey(publicKey: Uint8Array): Sm2Key | undefined {
  if (publicKey.length !== SM2_PUBLIC_KEY_BYTES || publicKey[0] !== 0x04) return undefined;
  try {
    const point = Point.fromBytes(publicKey);
    point.assertValidity();
    point.precompute(WINDOW_BITS);
    return { bytes: publicKey.slice(), point };
  } catch {
    return undefined;
  }
}

/** Whether these are 65 bytes `04 ‖ x ‖ y` of a point on the curve. */
export const isSm2PublicKey = (publicKey: Uint8Array): boolean => keyOf(publicKey) !== undefined;

/**
 * What is signed: e = SM3(Z ‖ message), where Z binds the signer's id, the curve and the key (GB/T 32918.2 §5.5, §6.1).
 * @throws RangeError for an id of more than 8,191 bytes: its length in bits must fit two bytes
 */
export function sm2Digest(message: Uint8Array, publicKey: Uint8Array, userId: string): Uint8Array {
  const id = utf8(userId);
  if (id.length > USER_ID_BYTES_MAX) throw new RangeError('an SM2 user id has at most 8,191 bytes');
  const bits = id.length * 8;
  const z = sm3(Uint8Array.of(bits >> 8, bits & 0xff), id, PARAMETERS, publicKey.subarray(1));
  return sm3(z, message);
}

const PARAMETERS = join(...[CURVE.a, CURVE.b, CURVE.Gx, CURVE.Gy].map(scalarBytes));

/** 32 bytes, big-endian. */
export function scalarBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES);
  for (let i = SCALAR_BYTES - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

export function scalarOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** @returns r and s, or undefined when one of them is 0 or not below the order of the curve */
export function sm2SignatureParts(signature: Uint8Array): { r: bigint; s: bigint } | undefined {
  if (signature.length !== SM2_SIGNATURE_BYTES) return undefined;
  const r = scalarOf(signature.subarray(0, SCALAR_BYTES));
  const s = scalarOf(signature.subarray(SCALAR_BYTES));
  return isScalar(r) && isScalar(s) ? { r, s } : undefined;
}

/** Between 1 and n − 1. */
export const isScalar = (value: bigint): boolean => value > 0n && value < CURVE.n;

/**
 * Checks a signature (GB/T 32918.2 §7.1).
 * @param signature r ‖ s, 32 bytes each, big-endian
 * @param publicKey 04 ‖ x ‖ y
 */
export function sm2Verifies(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  userId: string = SM2_USER_ID,
): boolean {
  const parts = sm2SignatureParts(signature);
  const key = keyOf(publicKey);
  if (!parts || !key) return false;
  const { r, s } = parts;
  const t = (r + s) % CURVE.n;
  if (t === 0n) return false;
  const point = Point.BASE.multiplyUnsafe(s).add(key.point.multiplyUnsafe(t));
  if (point.is0()) return false;
  const e = scalarOf(sm2Digest(message, key.bytes, userId));
  return (e + point.x) % CURVE.n === r;
}

/** The signature line of a note: over its text, under the default user id. */
export const sm2NoteVerifies = (signature: Uint8Array, text: string, publicKey: Uint8Array): boolean =>
  sm2Verifies(signature, utf8(text), publicKey);
