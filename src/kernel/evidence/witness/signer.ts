import type { LogSigner } from '../note.ts';
import { type HeldKey, heldKey } from '../private-keys.ts';
import { cosignedText, formatKey, isKeyName, keyId, typeAndKey } from '../verify/index.ts';

const TIME_BYTES = 8;

/** Seconds since 1970. */
type Clock = () => number | bigint;
const now: Clock = () => Math.floor(Date.now() / 1000);

/**
 * A witness's signer (C2SP tlog-cosignature v1.0.1, Ed25519): the line holds the time of signing, big-endian, then the
 * signature over time and note. The name is not signed, so one key must stand for one witness only.
 * @param key Ed25519, wherever it is
 */
export function heldCosigner(name: string, { publicKey, sign }: HeldKey, clock: Clock = now): LogSigner {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a witness: no spaces, no plus sign`);
  return {
    name,
    vkey: formatKey(name, publicKey, 'cosignature'),
    keyId: keyId(name, typeAndKey('cosignature', publicKey)),
    sign: async (text) => {
      const seconds = BigInt(clock());
      const time = Buffer.alloc(TIME_BYTES);
      time.writeBigUInt64BE(seconds);
      return Buffer.concat([time, await sign(Buffer.from(cosignedText(text, seconds)))]);
    },
  };
}

/** @param seed the 32 bytes an Ed25519 private key is made of */
export const cosigner = (name: string, seed: Uint8Array, clock: Clock = now): LogSigner =>
  heldCosigner(name, heldKey('ed25519', seed), clock);
