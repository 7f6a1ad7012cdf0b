import { type HeldKey, heldKey, type KeyAlgorithm, readPrivateKey } from './private-keys.ts';
import { base64, formatKey, HASH_BYTES, isKeyName, keyId, typeAndKey } from './verify/index.ts';

/** Signing of notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0); reading them is in `verify/`. */

/** Who signs checkpoints. More kinds of signature (such as SM2 with SM3) are further signers on the same note. */
export interface LogSigner {
  readonly name: string;
  /** The public key as verifiers take it. */
  readonly vkey: string;
  /** @returns the bytes after the key id of the signature line */
  readonly sign: (text: string) => Promise<Uint8Array>;
  readonly keyId: Uint8Array;
}

/** Signs notes with a key, wherever that is. @throws RangeError for a name with spaces or a plus sign */
export function noteSigner(name: string, algorithm: KeyAlgorithm, key: HeldKey): LogSigner {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a log: no spaces, no plus sign`);
  return {
    name,
    vkey: formatKey(name, key.publicKey, algorithm),
    keyId: keyId(name, typeAndKey(algorithm, key.publicKey)),
    sign: (text) => key.sign(Buffer.from(text)),
  };
}

export const ed25519Signer = (name: string, seed: Uint8Array): LogSigner =>
  noteSigner(name, 'ed25519', heldKey('ed25519', seed));

/** The signer of a private key as text; undefined when it is none. */
export function parsePrivateKey(text: string): LogSigner | undefined {
  const key = readPrivateKey(text);
  return key && noteSigner(key.name, key.algorithm, heldKey(key.algorithm, key.secret));
}

/** @param text ends with a newline */
export async function signNote(text: string, signers: readonly LogSigner[]): Promise<string> {
  const lines: string[] = [];
  for (const signer of signers) {
    lines.push(await signatureLine(text, signer));
  }
  return `${text}\n${lines.join('')}`;
}

/** One line under a note, with its newline. */
export async function signatureLine(text: string, signer: LogSigner): Promise<string> {
  return `— ${signer.name} ${base64(Buffer.concat([signer.keyId, await signer.sign(text)]))}\n`;
}

export function checkpointText({ origin, size, root }: { origin: string; size: number; root: Uint8Array }): string {
  if (root.length !== HASH_BYTES) throw new RangeError(`a root has ${HASH_BYTES} bytes`);
  return `${origin}\n${size}\n${base64(root)}\n`;
}
