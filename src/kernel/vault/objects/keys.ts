import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../../database/index.ts';
import { KEY_BYTES } from './frames.ts';

/**
 * Keeps the master key and wraps the data keys of objects with it. The default reads a file; a key management service
 * or a hardware module takes its place behind this interface.
 */
export interface KeyProvider {
  /** Names the master key without telling it. */
  readonly id: string;
  /** @param context bound to the wrapped key; the same is needed to unwrap it */
  readonly wrap: (dataKey: Buffer, context: string) => Promise<Buffer>;
  /** @throws Error when the key was wrapped by another master key or for another context */
  readonly unwrap: (wrapped: Buffer, context: string) => Promise<Buffer>;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DOMAIN = 'shuheng vault key v1';

/** A key provider on a master key in memory: AES-256-GCM with a random nonce in front. */
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

/**
 * The master key in a file of 64 hex digits (0600), made at the first start and never again once something is
 * encrypted with it.
 * @param keysInUse key ids of the objects that exist
 * @throws OperatorError when the file is gone, unreadable or holds another key while objects exist
 */
export async function fileKeyProvider(path: string, keysInUse: readonly string[]): Promise<KeyProvider> {
  let text = await readKey(path);
  if (text === undefined) {
    if (keysInUse.length > 0) {
      throw new OperatorError(
        `密钥文件 ${path} 不见了，已加密的文件无法读取；请从备份恢复该文件。The key file ${path} is gone and objects are encrypted with it; restore it from the backup.`,
      );
    }
    await createKey(path);
    text = (await readKey(path)) ?? '';
  }
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) {
    throw new OperatorError(
      `密钥文件 ${path} 内容有误；请从备份恢复。The key file ${path} is not a key; restore it from the backup.`,
    );
  }
  const provider = keyProvider(Buffer.from(text.trim(), 'hex'));
  if (keysInUse.some((id) => id !== provider.id)) {
    throw new OperatorError(
      `密钥文件 ${path} 不是加密现有文件所用的密钥；请从备份恢复原来的密钥。The key in ${path} is not the one the objects are encrypted with; restore the right one.`,
    );
  }
  return provider;
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, and of two that start at once only one makes it. */
async function createKey(path: string): Promise<void> {
  const making = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(making, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(making, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(making, { force: true });
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
}
