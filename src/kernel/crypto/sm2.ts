import { randomBytes } from 'node:crypto';
import { sm2 as library } from 'sm-crypto-v2';
import {
  isScalar,
  isSm2PublicKey,
  SM2_ORDER,
  SM2_USER_ID,
  scalarBytes,
  scalarOf,
  sm2Verifies,
} from '../evidence/verify/sm2.ts';

/**
 * The one place that makes SM2 keys and signatures (GB/T 32918.2-2016 with SM3). `node:crypto` must not: with a fresh key
 * on the SM2 curve it makes plain ECDSA signatures, with an imported one SM2 signatures over an empty user id.
 */
const SCALAR_BYTES = 32;

export interface Sm2PrivateKey {
  /** 32 bytes, big-endian. */
  readonly scalar: Uint8Array;
  /** 04 ‖ x ‖ y. */
  readonly publicKey: Uint8Array;
}

/** A fresh key, uniform between 1 and n − 2 (GB/T 32918.1 §6.1). */
export function generateSm2Key(): Sm2PrivateKey {
  for (;;) {
    const key = sm2KeyOf(randomBytes(SCALAR_BYTES));
    if (key) return key;
  }
}

/** @returns undefined when the bytes are no private key: 0, or n − 1 and above */
export function sm2KeyOf(scalar: Uint8Array): Sm2PrivateKey | undefined {
  const value = scalarOf(scalar);
  // With n − 1 no signature exists: 1 + d has no inverse.
  if (scalar.length !== SCALAR_BYTES || !isScalar(value) || value === SM2_ORDER - 1n) return undefined;
  const publicKey = library.getPublicKeyFromPrivateKey(hexOf(scalar));
  return { scalar: scalar.slice(), publicKey: Buffer.from(publicKey, 'hex') };
}

/**
 * Signs a message. Each signature is checked by the verifier, which shares no code with the signing library: a fault
 * in either, or in the machine, gives no signature rather than a wrong one.
 * @returns r ‖ s, 64 bytes
 * @throws Error when the signature does not verify
 */
export function sm2Sign(message: Uint8Array, key: Sm2PrivateKey, userId: string = SM2_USER_ID): Uint8Array {
  const publicKey = hexOf(key.publicKey);
  const signature = Buffer.from(
    library.doSignature(message, hexOf(key.scalar), { hash: true, der: false, publicKey, userId }),
    'hex',
  );
  if (!sm2Verifies(signature, message, key.publicKey, userId)) throw new Error('an SM2 signature went wrong');
  return signature;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** r ‖ s as the DER sequence of two integers that the openssl command reads and writes (GM/T 0009-2012 §7.3). */
export function sm2SignatureToDer(signature: Uint8Array): Uint8Array {
  if (signature.length !== 2 * SCALAR_BYTES) throw new RangeError('an SM2 signature has 64 bytes');
  const integers = [signature.subarray(0, SCALAR_BYTES), signature.subarray(SCALAR_BYTES)].map(derInteger);
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(SEQUENCE, body.length), body]);
}

/** Shortest form: no leading zero byte but the one that keeps a set top bit from reading as a minus sign. */
function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const sign = (digits[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  return Buffer.concat([Buffer.of(INTEGER, sign.length + digits.length), sign, digits]);
}

/**
 * The DER form as r ‖ s. One signature has one form: padding, longer lengths, bytes left over, negative numbers and
 * numbers out of range are all refused.
 */
export function sm2SignatureFromDer(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der.length > 0x7f) return undefined;
  const first = readInteger(der, 2);
  const second = first && readInteger(der, first.end);
  if (!first || second?.end !== der.length) return undefined;
  return Buffer.concat([scalarBytes(first.value), scalarBytes(second.value)]);
}

function readInteger(der: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  const digits = der.subarray(at + 2, end);
  if (der[at] !== INTEGER || length < 1 || length > SCALAR_BYTES + 1 || digits.length !== length) return undefined;
  const [high = 0, next] = digits;
  if (high >= 0x80 || (high === 0 && (next ?? 0) < 0x80)) return undefined;
  const value = scalarOf(digits);
  return isScalar(value) ? { value, end } : undefined;
}

/** SubjectPublicKeyInfo of a point on the SM2 curve: id-ecPublicKey, curve 1.2.156.10197.1.301, uncompressed point. */
const SPKI_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');

/** The public key as the openssl command takes it. */
export function sm2PublicPem(publicKey: Uint8Array): string {
  const body = Buffer.concat([SPKI_PREFIX, publicKey]).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${body.replace(/.{64}/g, '$&\n').trim()}\n-----END PUBLIC KEY-----\n`;
}

/** @returns 04 ‖ x ‖ y, or undefined when the text is no SM2 public key in PEM */
export function sm2PublicFromPem(pem: string): Uint8Array | undefined {
  const [, body] =
    /^-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem.trim()) ?? [];
  const der = Buffer.from(body ?? '', 'base64');
  if (!der.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX)) return undefined;
  const publicKey = der.subarray(SPKI_PREFIX.length);
  return isSm2PublicKey(publicKey) ? publicKey : undefined;
}
