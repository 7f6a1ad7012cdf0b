import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../../operator-error.ts';
import { codeOf, makeFolder, writeDurably } from '../durable.ts';

const KEY = /^0x[0-9a-f]{64}$/;

/** The key of the account that anchors, from a file that is made with mode 0600 at the first start. @throws OperatorError */
export async function anchorKey(file: string): Promise<`0x${string}`> {
  const path = resolve(file);
  try {
    const text = (await readFile(path, 'utf8')).trim().toLowerCase();
    const key = text.startsWith('0x') ? text : `0x${text}`;
    if (KEY.test(key)) return key as `0x${string}`;
    throw new OperatorError(
      `${path} 不是锚定账户私钥（64 位十六进制）。${path} holds no private key of 64 hex digits.`,
    );
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const key = `0x${randomBytes(32).toString('hex')}` as const;
  await makeFolder(dirname(path), 0o700);
  await writeDurably(path, Buffer.from(`${key}\n`), dirname(path), 0o600);
  return key;
}
