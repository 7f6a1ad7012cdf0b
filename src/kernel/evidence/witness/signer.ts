import type { LogSigner } from '../note.ts';
import { ed25519Pair } from '../private-keys.ts';
import { cosignedText, formatKey, isKeyName, keyId, typeAndKey } from '../verify/index.ts';

const TIME_BYTES = 8;

/**
 * A witness's signer (C2SP tlog-cosignature v1.0.1, Ed25519): the line holds the time of signing, big-endian, then the
 * signature over time and note. The name is not signed, so one key must stand for one witness only.
 * @param now seconds since 1970
 */
export function cosigner(
  name: string,
  seed: Uint8Array,
  now: () => number | bigint = () => Math.floor(Date.now() / 1000),
): LogSigner {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a witness: no spaces, no plus sign`);
  const { publicKey, sign } = ed25519Pair(seed);
  return {
    name,
    vkey: formatKey(name, publicKey, 'cosignature'),
    keyId: keyId(name, typeAndKey('cosignature', publicKey)),
    sign: async (text) => {
      const seconds = BigInt(now());
      const time = Buffer.alloc(TIME_BYTES);
      time.writeBigUInt64BE(seconds);
      return Buffer.concat([time, sign(cosignedText(text, seconds))]);
    },
  };
}
