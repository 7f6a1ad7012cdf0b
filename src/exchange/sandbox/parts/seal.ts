import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

/** X25519 (RFC 7748), HKDF-SHA-256 (RFC 5869), AES-256-GCM under a key used once. */
const CURVE = 'x25519';
const CIPHER = 'aes-256-gcm';
const [KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [32, 12, 16];
const PUBLIC_BYTES = 44;

export interface AnswerKey {
  /** What answers are sealed to. */
  readonly publicKey: Buffer;
  /** @param name what the answer must be of @throws Error for one that was sealed to another key or is of something else */
  readonly open: (sealed: Buffer, name: string, bytesMax: number) => unknown;
}

/** A key of this process for one query: partial cells are not guarded yet, and nobody else reads them. */
export function answerKey(): AnswerKey {
  const { publicKey, privateKey } = generateKeyPairSync(CURVE);
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    open: (sealed, name, bytesMax) => {
      const from = sealed.subarray(0, PUBLIC_BYTES);
      const decipher = createDecipheriv(CIPHER, keyOf(privateKey, from), Buffer.alloc(NONCE_BYTES));
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const packed = Buffer.concat([decipher.update(sealed.subarray(PUBLIC_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(gunzipSync(packed, { maxOutputLength: bytesMax }).toString('utf8'));
    },
  };
}

export function sealAnswer(answer: unknown, to: Buffer, name: string): Buffer {
  const { publicKey, privateKey } = generateKeyPairSync(CURVE);
  const from = publicKey.export({ type: 'spki', format: 'der' });
  const cipher = createCipheriv(CIPHER, keyOf(privateKey, to), Buffer.alloc(NONCE_BYTES));
  cipher.setAAD(Buffer.from(name));
  const packed = gzipSync(JSON.stringify(answer));
  return Buffer.concat([from, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

function keyOf(own: KeyObject, other: Buffer): Buffer {
  const secret = diffieHellman({
    privateKey: own,
    publicKey: createPublicKey({ key: other, type: 'spki', format: 'der' }),
  });
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'sandbox part', KEY_BYTES));
}
