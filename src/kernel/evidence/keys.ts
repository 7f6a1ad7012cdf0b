import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { codeOf, makeFolder, syncFolder, writeDurably } from './durable.ts';
import {
  formatPrivateKey,
  type HeldKey,
  heldKey,
  type KeyAlgorithm,
  newSecret,
  readPrivateKey,
} from './private-keys.ts';

/** What a key of the exchange signs: checkpoints of the log, or certificates. */
export type KeyPurpose = 'log' | 'certificate';

/** Which key is meant; a provider makes a name of its own of it. */
export interface KeyLabel {
  /** A witness is a party of its own with its own provider; its key is never announced by the log. */
  readonly purpose: KeyPurpose | 'witness';
  readonly algorithm: KeyAlgorithm;
  /** 1 is the first; each rotation takes the next number. */
  readonly generation: number;
}

/**
 * Where private keys live. The default keeps them in files; a hardware module or a key service stands behind the same
 * three calls, and no private key ever passes through them.
 */
export interface KeyProvider {
  /** Shown to the operator when a key is missing, such as the folder of the files. */
  readonly place: string;
  /**
   * @param name of the key as its signatures show it; a provider that keeps names refuses a key of another one
   * @returns undefined when there is no such key
   * @throws OperatorError when there is one that cannot be used
   */
  readonly find: (label: KeyLabel, name: string) => Promise<HeldKey | undefined>;
  /** Makes the key, once: of two that try at the same time both get the one that stayed. */
  readonly create: (label: KeyLabel, name: string) => Promise<HeldKey>;
}

/** `log`, `log-sm2`, `log-2`, `log-2-sm2`, `certificate` … */
export function labelText({ purpose, algorithm, generation }: KeyLabel): string {
  return [purpose, generation > 1 ? generation : '', algorithm === 'sm2' ? 'sm2' : ''].filter(Boolean).join('-');
}

/** Key files `<label>.key` in Go's form, made with mode 0600. They belong into every backup. */
export function fileKeyProvider(folder: string): KeyProvider {
  const root = resolve(folder);
  const find = async (label: KeyLabel, name: string): Promise<HeldKey | undefined> => {
    const path = join(root, `${labelText(label)}.key`);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new OperatorError(`无法读取签名密钥 ${path}（${codeOf(error)}）。The signing key ${path} cannot be read.`);
    }
    const key = readPrivateKey(text);
    if (key?.algorithm !== label.algorithm)
      throw new OperatorError(
        `${path} 不是签名密钥，请从备份恢复。${path} holds no signing key: restore it from a backup.`,
      );
    if (key.name !== name) throw otherName(key.name, name);
    return heldKey(key.algorithm, key.secret);
  };
  const create = async (label: KeyLabel, name: string): Promise<HeldKey> => {
    const path = join(root, `${labelText(label)}.key`);
    await makeFolder(root, 0o700);
    await writeOnce(path, Buffer.from(`${formatPrivateKey(name, newSecret(label.algorithm), label.algorithm)}\n`));
    const key = await find(label, name);
    if (!key) throw new Error(`${path} vanished while it was being made`);
    return key;
  };
  return { place: root, find, create };
}

/** Whole or not at all; what is there stays. */
async function writeOnce(path: string, bytes: Uint8Array): Promise<void> {
  const making = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await writeDurably(making, bytes, resolve(path, '..'), 0o600);
    await link(making, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(making, { force: true });
  }
  await syncFolder(resolve(path, '..'));
}

export const otherName = (is: string, wanted: string) =>
  new OperatorError(
    `日志名已定为“${is}”，不能改为“${wanted}”。The log is named ${is}; it cannot be renamed to ${wanted}.`,
  );
