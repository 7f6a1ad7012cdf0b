import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { KEY_BYTES } from './frames.ts';

/** Wraps keys with one key, which it keeps to itself. */
export interface KeyProvider {
  /** Names the key without telling it. */
  readonly id: string;
  /** @param context bound to the wrapped key; the same is needed to unwrap it */
  readonly wrap: (dataKey: Buffer, context: string) => Promise<Buffer>;
  /** @throws Error when the key was wrapped by another master key or for another context */
  readonly unwrap: (wrapped: Buffer, context: string) => Promise<Buffer>;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DOMAIN = 'shuheng vault key v1';

/** A key provider on a key in memory: AES-256-GCM with a random nonce in front. */
export function keyProvider(master: Buffer): KeyProvider {
  if (master.length !== KEY_BYTES) throw new RangeError('a master key has 32 bytes');
  const id = createHash('sha256').update(`${DOMAIN} id\n`).update(master).digest('hex').slice(0, 16);
  const binding = (context: string) => Buffer.from(`${DOMAIN}\n${context}`);
  return {
    id,
    wrap: async (dataKey, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', master, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(binding(context));
      return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap: async (wrapped, context) => {
      const end = wrapped.length - TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', master, wrapped.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(binding(context));
      decipher.setAuthTag(wrapped.subarray(end));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, end)), decipher.final()]);
    },
  };
}
