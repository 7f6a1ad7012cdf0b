import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { base64, formatKey, fromBase64, HASH_BYTES, hex, isKeyName, keyId, typeAndKey } from './verify/index.ts';

/** Signing of notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0); reading them is in `verify/`. */
const SEED_BYTES = 32;
const ED25519_TYPE = 0x01;
/** PKCS#8 wrapping of an Ed25519 seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX_BYTES = 12;

/** Who signs checkpoints. More kinds of signature (such as SM2 with SM3) are further signers on the same note. */
export interface LogSigner {
  readonly name: string;
  /** The public key as verifiers take it. */
  readonly vkey: string;
  /** @returns the bytes after the key id of the signature line */
  readonly sign: (text: string) => Promise<Uint8Array>;
  readonly keyId: Uint8Array;
}

export function ed25519Signer(name: string, seed: Uint8Array): LogSigner {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a log: no spaces, no plus sign`);
  const { publicKey, sign } = ed25519Pair(seed);
  return {
    name,
    vkey: formatKey(name, publicKey),
    keyId: keyId(name, typeAndKey('ed25519', publicKey)),
    sign: async (text) => sign(text),
  };
}

/** @param seed the 32 bytes an Ed25519 private key is made of (RFC 8032 §5.1.5) */
export function ed25519Pair(seed: Uint8Array): { publicKey: Buffer; sign: (text: string) => Buffer } {
  if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 seed has ${SEED_BYTES} bytes`);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return { publicKey: rawPublicKey(privateKey), sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES);
}

/** The private key in the form Go's sumdb/note writes: `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`. */
export function formatPrivateKey(name: string, seed: Uint8Array): string {
  const { keyId: id } = ed25519Signer(name, seed);
  return `PRIVATE+KEY+${name}+${hex(id)}+${base64(Buffer.concat([Buffer.of(ED25519_TYPE), seed]))}`;
}

/** @returns undefined when the text is no such key, or its id does not belong to it */
export function parsePrivateKey(text: string): LogSigner | undefined {
  const key = readPrivateKey(text);
  return key && ed25519Signer(key.name, key.seed);
}

/** Name and seed of a key in Go's form; undefined as for {@link parsePrivateKey}. */
export function readPrivateKey(text: string): { name: string; seed: Uint8Array } | undefined {
  const [, name, id, encoded] = /^PRIVATE\+KEY\+([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const typeAndSeed = encoded === undefined ? undefined : fromBase64(encoded);
  if (!name || !isKeyName(name) || typeAndSeed?.length !== 1 + SEED_BYTES || typeAndSeed[0] !== ED25519_TYPE)
    return undefined;
  const seed = typeAndSeed.slice(1);
  return hex(ed25519Signer(name, seed).keyId) === id ? { name, seed } : undefined;
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
