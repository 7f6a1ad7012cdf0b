import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '../operator-error.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const TOKEN_BYTES = 32;

let master: Buffer | undefined;

/** Takes a key directly, where there is no file: tests, or an operator's own key store. */
export function useAccessKey(key: Buffer): void {
  if (key.length !== KEY_BYTES) throw new RangeError(`the access key has ${key.length} bytes, not ${KEY_BYTES}`);
  master = key;
}

/**
 * Reads the key that seals second-factor secrets and sign-in cookies, or makes one (mode 0600).
 * All processes of one platform must share it; without it second factors must be set up again.
 * @throws OperatorError when others can read the file, or when it holds no key
 */
export async function openAccessKey(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await makeKeyFile(path);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new OperatorError(`${path} 可被他人读取，请执行 chmod 600。Others can read ${path}: run chmod 600 on it.`);
  }
  const hex = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new OperatorError(`${path} 中没有有效的密钥。${path} holds no valid key.`);
  useAccessKey(Buffer.from(hex, 'hex'));
}

/** Written beside and linked into place: a kill in the middle leaves no half key, of two starters one wins. */
async function makeKeyFile(path: string): Promise<void> {
  const making = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await stat(path);
    return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
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
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(making);
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** A key of its own for another purpose of this installation, made from the access key (HKDF, RFC 5869). */
export const derivedKey = (purpose: string): Buffer => keyFor(purpose);

function keyFor(purpose: string): Buffer {
  if (!master) throw new Error('the access key was not opened');
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `shuheng/access/${purpose}`, KEY_BYTES));
}

/**
 * AES-256-GCM under a key for this purpose alone: iv ‖ tag ‖ ciphertext.
 * @param context bound to the ciphertext, such as the person's id, so that it cannot be moved to another row
 */
export function seal(purpose: string, context: string, plain: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** The plain text, or undefined when it was sealed with another key or context, or was changed. */
export function unseal(purpose: string, context: string, sealed: Buffer): string | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

const SESSION_PREFIX = 'shs_';
const KEY_PREFIX = 'shk_';

/** 256 random bits; the prefix lets secret scanners and people see what it is. */
export const newSessionToken = (): string => SESSION_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
export const newApiKey = (): string => KEY_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');

export function tokenKind(token: string): 'session' | 'key' | undefined {
  if (!/^sh[sk]_[\w-]{43}$/.test(token)) return undefined;
  return token.startsWith(SESSION_PREFIX) ? 'session' : 'key';
}

/** A token has 256 random bits, so one round of SHA-256 is enough: there is nothing to guess. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();
