import { ed25519Verifies } from './ed25519.ts';

/**
 * Cosignatures of witnesses (C2SP tlog-cosignature v1.0.1, Ed25519): at the time signed with it, the tree of this
 * checkpoint was the largest consistent one the witness had seen under that log name.
 */
const TIME_BYTES = 8;
/** Seconds since 1970 fit 63 bits. */
const TIME_MAX = (1n << 63n) - 1n;

/** What a witness signs: a header of its own, so that the signature can pass for nothing else, then the note's text. */
export const cosignedText = (text: string, seconds: bigint): string => `cosignature/v1\ntime ${seconds}\n${text}`;

/**
 * Seconds since 1970 at which the witness signed; signed itself, so read it only after the signature was checked.
 * @returns undefined when there is none
 */
export function cosignatureTime(signature: Uint8Array): bigint | undefined {
  if (signature.length <= TIME_BYTES) return undefined;
  const seconds = signature.slice(0, TIME_BYTES).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  // Zero means a cosignature without a time, which this kind does not have.
  return seconds > 0n && seconds <= TIME_MAX ? seconds : undefined;
}

export function cosignatureVerifies(signature: Uint8Array, text: string, publicKey: Uint8Array): boolean {
  const seconds = cosignatureTime(signature);
  if (seconds === undefined) return false;
  return ed25519Verifies(signature.slice(TIME_BYTES), cosignedText(text, seconds), publicKey);
}
