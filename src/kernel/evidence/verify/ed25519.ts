import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8 } from './bytes.ts';

export const ED25519_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Checks an Ed25519 signature over a text, by the strict rules of RFC 8032. */
export function ed25519Verifies(signature: Uint8Array, text: string, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  try {
    return ed25519.verify(signature, utf8(text), publicKey, { zip215: false });
  } catch {
    return false;
  }
}
