import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { generateSm2Key, sm2KeyOf, sm2Sign } from '../crypto/index.ts';
import { base64, fromBase64, hex, isKeyName, keyId, typeAndKey } from './verify/index.ts';

/** Signatures of the house: Ed25519 always; SM2 with SM3 beside it where CRYPTO_SUITE=sm. */
export type KeyAlgorithm = 'ed25519' | 'sm2';

/** A private key that can be used and, unless its holder lets go of it, not be read. */
export interface HeldKey {
  /** Ed25519: 32 bytes; SM2: 04 ‖ x ‖ y. */
  readonly publicKey: Uint8Array;
  /** @returns 64 bytes; for SM2 r ‖ s under the default user id */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/** The private half of both kinds: an Ed25519 seed (RFC 8032 §5.1.5), an SM2 scalar. */
const SECRET_BYTES = 32;
/** PKCS#8 wrapping of an Ed25519 seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX_BYTES = 12;
const ALGORITHMS: readonly KeyAlgorithm[] = ['ed25519', 'sm2'];

/** @throws RangeError when the bytes are no private key of this kind */
export function heldKey(algorithm: KeyAlgorithm, secret: Uint8Array): HeldKey {
  if (secret.length !== SECRET_BYTES) throw new RangeError(`a private key has ${SECRET_BYTES} bytes`);
  return algorithm === 'sm2' ? heldSm2(secret) : heldEd25519(secret);
}

function heldEd25519(seed: Uint8Array): HeldKey {
  const { publicKey, sign: signed } = ed25519Pair(seed);
  return { publicKey, sign: async (message) => signed(message) };
}

/** @param seed the 32 bytes an Ed25519 private key is made of (RFC 8032 §5.1.5) */
export function ed25519Pair(seed: Uint8Array): { publicKey: Buffer; sign: (message: string | Uint8Array) => Buffer } {
  if (seed.length !== SECRET_BYTES) throw new RangeError(`an Ed25519 seed has ${SECRET_BYTES} bytes`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES);
  return { publicKey, sign: (message) => sign(null, Buffer.from(message), key) };
}

function heldSm2(scalar: Uint8Array): HeldKey {
  const key = sm2KeyOf(scalar);
  if (!key) throw new RangeError('this is no SM2 private key');
  return { publicKey: key.publicKey, sign: async (message) => sm2Sign(message, key) };
}

export const newSecret = (algorithm: KeyAlgorithm): Uint8Array =>
  algorithm === 'sm2' ? generateSm2Key().scalar : randomBytes(SECRET_BYTES);

/**
 * A private key as text, in the form Go's sumdb/note writes: `PRIVATE+KEY+<name>+<id>+<base64 of type and secret>`; the
 * type of an SM2 key is the same as in its public key.
 */
export function formatPrivateKey(name: string, secret: Uint8Array, algorithm: KeyAlgorithm = 'ed25519'): string {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a key: no spaces, no plus sign`);
  const { publicKey } = heldKey(algorithm, secret);
  const id = keyId(name, typeAndKey(algorithm, publicKey));
  return `PRIVATE+KEY+${name}+${hex(id)}+${base64(Buffer.concat([typeOf(algorithm, publicKey), secret]))}`;
}

const typeOf = (algorithm: KeyAlgorithm, publicKey: Uint8Array): Uint8Array => {
  const whole = typeAndKey(algorithm, publicKey);
  return whole.subarray(0, whole.length - publicKey.length);
};

export interface NamedKey {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly secret: Uint8Array;
}

/** @returns undefined when the text is no such key, or its id does not belong to it */
export function readPrivateKey(text: string): NamedKey | undefined {
  const wanted = text.trim();
  const [, name, encoded] = /^PRIVATE\+KEY\+([^+\n]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]+)$/.exec(wanted) ?? [];
  const secret = fromBase64(encoded ?? '')?.slice(-SECRET_BYTES);
  if (!name || !secret) return undefined;
  // A key has one spelling, so writing it again tells whether it was read right.
  const algorithm = ALGORITHMS.find((a) => written(name, secret, a) === wanted);
  return algorithm && { name, algorithm, secret };
}

function written(name: string, secret: Uint8Array, algorithm: KeyAlgorithm): string | undefined {
  try {
    return formatPrivateKey(name, secret, algorithm);
  } catch {
    return undefined;
  }
}
