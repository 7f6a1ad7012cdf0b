import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64, fromBase64, hex, join, utf8 } from './bytes.ts';

/** Signed notes (C2SP signed-note v1.0.0): a text, an empty line, and one signature line for each signer. */
export const ED25519_TYPE = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
/** Go's reader stops at 100 signature lines as well. */
const SIGNATURES_MAX = 100;
const NOTE_CHARACTERS_MAX = 1_000_000;

/** A log's public key, written `<name>+<8 hex digits of its id>+<base64 of type and key>`. */
export interface LogKey {
  readonly name: string;
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

export const isKeyName = (name: string): boolean => name !== '' && !/[\s\u0085+]/u.test(name) && !hasControls(name);

/** First four bytes of SHA-256(name ‖ newline ‖ type ‖ key): the type is part of it, so one key under two types has two ids. */
export function keyId(name: string, typeAndKey: Uint8Array): Uint8Array {
  return sha256(join(utf8(`${name}\n`), typeAndKey)).slice(0, KEY_ID_BYTES);
}

export function formatKey(name: string, publicKey: Uint8Array): string {
  const typeAndKey = join(Uint8Array.of(ED25519_TYPE), publicKey);
  return `${name}+${hex(keyId(name, typeAndKey))}+${base64(typeAndKey)}`;
}

/** @returns undefined when the text is no Ed25519 log key, or its id does not belong to it */
export function parseKey(text: string): LogKey | undefined {
  const match = /^([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  const [, name, id, encoded] = match ?? [];
  if (!name || !id || !encoded || !isKeyName(name)) return undefined;
  const typeAndKey = fromBase64(encoded);
  if (typeAndKey?.length !== 1 + KEY_BYTES || typeAndKey[0] !== ED25519_TYPE) return undefined;
  const expected = keyId(name, typeAndKey);
  return hex(expected) === id ? { name, id: expected, publicKey: typeAndKey.slice(1) } : undefined;
}

/** @returns undefined when it is not in the form of a signed note */
export function parseNote(note: string): Note | undefined {
  if (note.length > NOTE_CHARACTERS_MAX || hasControls(note)) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return undefined;
  const signatures = lines.map(parseSignature);
  if (!signatures.every((line) => line !== undefined)) return undefined;
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignature(line: string): SignatureLine | undefined {
  const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (!name || !encoded || !isKeyName(name)) return undefined;
  const bytes = fromBase64(encoded);
  if (!bytes || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
}

/**
 * Looks for the key's signature. Lines of other keys are ignored, but each line of this key must be right: the
 * specification says a note should then be rejected, we always do.
 */
export function checkNote(note: Note, key: LogKey): 'signed' | 'unsigned' | 'forged' {
  const own = note.signatures.filter((line) => line.name === key.name && hex(line.keyId) === hex(key.id));
  if (own.length === 0) return 'unsigned';
  const message = utf8(note.text);
  return own.every((line) => verifies(line.signature, message, key.publicKey)) ? 'signed' : 'forged';
}

function verifies(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Control characters other than the newline have no place in a note. */
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) return true;
    // A lone half of a surrogate pair has no UTF-8 form, so it could not be what was signed.
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(i + 1);
      if (code >= 0xdc00 || !(next >= 0xdc00 && next <= 0xdfff)) return true;
      i++;
    }
  }
  return false;
}
