import type { Queryable } from '../database/index.ts';
import { OperatorError } from '../operator-error.ts';
import { type KeyLabel, type KeyProvider, type KeyPurpose, labelText } from './keys.ts';
import { type LogSigner, noteSigner } from './note.ts';
import type { KeyAlgorithm } from './private-keys.ts';
import { rowsOf } from './tiles.ts';

/** Which signatures are made: Ed25519 alone, or SM2 with SM3 beside it. */
export type CryptoSuite = 'international' | 'sm';

export const algorithmsOf = (suite: CryptoSuite): readonly KeyAlgorithm[] =>
  suite === 'sm' ? ['ed25519', 'sm2'] : ['ed25519'];

/** The keys of this process: set once when the engine starts. */
export interface SigningKeys {
  readonly provider: KeyProvider;
  readonly suite: CryptoSuite;
  /** Name of the log; certificate keys are named below it. */
  readonly origin: string;
}

let current: SigningKeys | undefined;

export function configureKeys(keys: SigningKeys): void {
  current = keys;
}

export const keyName = (origin: string, purpose: KeyPurpose): string =>
  purpose === 'log' ? origin : `${origin}/${purpose}`;

/** A signer, and the receipt of the log entry that announced its key: with that receipt, trust in the log is enough. */
export interface AnnouncedSigner extends LogSigner {
  readonly announcedBy: string;
}

interface CurrentKey extends KeyLabel {
  readonly vkey: string;
  readonly announced_by: string;
}

/**
 * Who signs certificates today: Ed25519, and SM2 beside it where CRYPTO_SUITE=sm.
 * @throws OperatorError when a key is missing or is not the one that was announced
 */
export async function signers(db: Queryable, purpose: 'certificate'): Promise<readonly AnnouncedSigner[]> {
  if (!current) throw new Error('the signing keys are not configured');
  const { provider, suite, origin } = current;
  const keys = await rowsOf(db)<CurrentKey>(
    `select purpose, algorithm, generation, vkey, announced_by from signing_key
      where purpose = $1 and algorithm = any($2) and retired_at is null order by algorithm`,
    [purpose, algorithmsOf(suite)],
  );
  if (!keys.some((key) => key.algorithm === 'ed25519'))
    throw new OperatorError(
      `${purpose} 的签名密钥尚未公布，请重新启动。The signing key for ${purpose} has not been announced: start again.`,
    );
  const name = keyName(origin, purpose);
  return Promise.all(
    keys.map(async (key) => ({ ...(await signerOf(provider, key, name)), announcedBy: key.announced_by })),
  );
}

/** @throws OperatorError when the key is gone, or another one stands in its place */
export async function signerOf(
  provider: KeyProvider,
  key: KeyLabel & { readonly vkey: string },
  name: string,
): Promise<LogSigner> {
  const held = await provider.find(key, name);
  if (!held) throw lostKey(provider, key, name);
  const signer = noteSigner(name, key.algorithm, held);
  if (signer.vkey !== key.vkey) throw otherKey(provider, key, name, signer.vkey);
  return signer;
}

const lostKey = ({ place }: KeyProvider, key: KeyLabel & { readonly vkey: string }, name: string) =>
  new OperatorError(
    `“${name}”的签名密钥 ${labelText(key)} 丢失（${place}）：请从备份恢复密钥文件（公钥 ${key.vkey}），确已无法恢复的见 docs/evidence.md“密钥”。The signing key ${labelText(key)} of ${name} is gone: restore the key file from a backup; if there is none, see docs/evidence.md, Keys.`,
  );

const otherKey = ({ place }: KeyProvider, key: KeyLabel & { readonly vkey: string }, name: string, given: string) =>
  new OperatorError(
    `${place} 中的签名密钥 ${labelText(key)} 不是“${name}”的密钥：应为 ${key.vkey}，现有 ${given}，请恢复原密钥。The signing key ${labelText(key)} is not the one this log was made with: restore the original key file.`,
  );
