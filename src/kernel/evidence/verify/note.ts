import { sha256 } from '@noble/hashes/sha2.js';
import { base64, fromBase64, hex, join, utf8 } from './bytes.ts';
import { cosignatureVerifies } from './cosignature.ts';
import { ED25519_KEY_BYTES, ed25519Verifies } from './ed25519.ts';
import { isSm2PublicKey, SM2_PUBLIC_KEY_BYTES, sm2NoteVerifies } from './sm2.ts';

/** Signed notes (C2SP signed-note v1.0.0): a text, an empty line, and one signature line for each signer. */
const KEY_ID_BYTES = 4;
/** The specification asks for at least 16 signature lines; Go's reader stops at 100 as well. */
const SIGNATURES_MAX = 100;
const NOTE_CHARACTERS_MAX = 1_000_000;

/** `ed25519` signs notes; `cosignature` is a witness's, with its time; `sm2` is SM2 with SM3 (GB/T 32918). */
export type KeyType = 'ed25519' | 'cosignature' | 'sm2';

/** A public key, written `<name>+<8 hex digits of its id>+<base64 of type and key>` (a vkey). */
export interface NoteKey {
  readonly name: string;
  readonly id: Uint8Array;
  readonly type: KeyType;
  /** Without the type. */
  readonly publicKey: Uint8Array;
  /** The whole key as text. */
  readonly vkey: string;
}

interface Kind {
  readonly type: KeyType;
  /** What stands before the public key: the type byte, for 0xff with a longer identifier. */
  readonly prefix: Uint8Array;
  readonly keyBytes: number;
  /** Where not every string of so many bytes is a key. */
  readonly isKey?: (publicKey: Uint8Array) => boolean;
  readonly verifies: (signature: Uint8Array, text: string, publicKey: Uint8Array) => boolean;
}

/** The kinds of key this verifier knows; a note's lines of other kinds are lines of unknown keys. */
const KINDS: readonly Kind[] = [
  { type: 'ed25519', prefix: Uint8Array.of(0x01), keyBytes: ED25519_KEY_BYTES, verifies: ed25519Verifies },
  { type: 'cosignature', prefix: Uint8Array.of(0x04), keyBytes: ED25519_KEY_BYTES, verifies: cosignatureVerifies },
  {
    type: 'sm2',
    prefix: join(Uint8Array.of(0xff), utf8('shuheng/sm2-sm3/v1')),
    keyBytes: SM2_PUBLIC_KEY_BYTES,
    isKey: isSm2PublicKey,
    verifies: sm2NoteVerifies,
  },
];

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

export const isKeyName = (name: string): boolean =>
  name !== '' && !/[\p{White_Space}+]/u.test(name) && !hasControls(name);

/** First four bytes of SHA-256(name ‖ newline ‖ type ‖ key): the type is part of it, so one key under two types has two ids. */
export function keyId(name: string, typeAndKey: Uint8Array): Uint8Array {
  return sha256(join(utf8(`${name}\n`), typeAndKey)).slice(0, KEY_ID_BYTES);
}

/** Type and key as they are hashed into the key id and written into a vkey. @throws RangeError for a kind unknown here */
export function typeAndKey(type: KeyType, publicKey: Uint8Array): Uint8Array {
  const kind = KINDS.find((k) => k.type === type);
  if (!kind || !isKeyOf(kind, publicKey)) throw new RangeError(`this is no ${type} key`);
  return join(kind.prefix, publicKey);
}

export function formatKey(name: string, publicKey: Uint8Array, type: KeyType = 'ed25519'): string {
  const bytes = typeAndKey(type, publicKey);
  return `${name}+${hex(keyId(name, bytes))}+${base64(bytes)}`;
}

/** @returns undefined when the text is no key of a kind known here, or its id does not belong to it */
export function parseKey(text: string): NoteKey | undefined {
  const vkey = text.trim();
  const [, name, id, encoded] = /^([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? [];
  if (!name || !id || !encoded || !isKeyName(name)) return undefined;
  const bytes = fromBase64(encoded);
  const kind = bytes && KINDS.find((k) => k.prefix.length + k.keyBytes === bytes.length && startsWith(bytes, k.prefix));
  if (!bytes || !kind) return undefined;
  const publicKey = bytes.slice(kind.prefix.length);
  const expected = keyId(name, bytes);
  if (hex(expected) !== id || !isKeyOf(kind, publicKey)) return undefined;
  return { name, id: expected, type: kind.type, publicKey, vkey };
}

const isKeyOf = ({ keyBytes, isKey }: Kind, publicKey: Uint8Array): boolean =>
  publicKey.length === keyBytes && (isKey?.(publicKey) ?? true);

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean => prefix.every((byte, i) => byte === bytes[i]);

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
export function checkNote(note: Note, key: NoteKey): 'signed' | 'unsigned' | 'forged' {
  const own = linesOf(note, key);
  if (own.length === 0) return 'unsigned';
  const verifies = KINDS.find((k) => k.type === key.type)?.verifies;
  return verifies && own.every((line) => verifies(line.signature, note.text, key.publicKey)) ? 'signed' : 'forged';
}

/** The signature lines that claim to be the key's: name and id both match. */
export function linesOf(note: Note, key: NoteKey): SignatureLine[] {
  return note.signatures.filter((line) => line.name === key.name && hex(line.keyId) === hex(key.id));
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
