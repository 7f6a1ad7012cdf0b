import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../database/index.ts';
import { codeOf, makeFolder, writeDurably } from './durable.ts';
import { formatPrivateKey, type LogSigner, parsePrivateKey } from './note.ts';

const SEED_BYTES = 32;

/** Where the log's signing key lives: a file by default; a hardware module or a key service is another provider. */
export interface LogKeyProvider {
  /** @returns undefined when there is no key yet */
  readonly load: () => Promise<LogSigner | undefined>;
  /** Makes the key of a new log; never called once a log exists. */
  readonly create: (name: string) => Promise<LogSigner>;
}

/** A key file in Go's form, created with mode 0600. It belongs into every backup: without it the log cannot go on. */
export function fileKeyProvider(file: string): LogKeyProvider {
  const path = resolve(file);
  const load = async (): Promise<LogSigner | undefined> => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new OperatorError(
        `无法读取日志签名密钥 ${path}（${codeOf(error)}）。The log's signing key ${path} cannot be read.`,
      );
    }
    const signer = parsePrivateKey(text);
    if (!signer)
      throw new OperatorError(
        `${path} 不是日志签名密钥，请从备份恢复。${path} holds no log signing key: restore it from a backup.`,
      );
    return signer;
  };
  const create = async (name: string): Promise<LogSigner> => {
    const key = formatPrivateKey(name, randomBytes(SEED_BYTES));
    await makeFolder(dirname(path), 0o700);
    await writeDurably(path, Buffer.from(`${key}\n`), dirname(path), 0o600);
    const signer = await load();
    if (!signer) throw new Error(`${path} vanished while it was being made`);
    return signer;
  };
  return { load, create };
}
