import { textOf } from './bytes.ts';
import { parseKey } from './note.ts';

/**
 * What people bring to be verified, told apart by content and never by name:
 * `proof` a `.tlog-proof` · `entry` an entry's bytes · `openings` what opens an entry's commitments · `certificate` its JSON · `pdf` its paper form · `note` the line
 * in its QR code · `bundle` a court bundle · `anchor` an anchored checkpoint · `trust` a key or a policy · `image` a
 * photo of a QR code.
 */
export type FileKind =
  | 'proof'
  | 'entry'
  | 'openings'
  | 'certificate'
  | 'pdf'
  | 'note'
  | 'bundle'
  | 'anchor'
  | 'trust'
  | 'image';

const MEBI = 1024 * 1024;

/** Larger files are none of the kind, and are not read at all. Bytes. */
export const FILE_BYTES_MAX: Readonly<Record<FileKind, number>> = {
  proof: 1.1 * MEBI,
  entry: 65_535,
  openings: 8 * MEBI,
  certificate: 8 * MEBI,
  pdf: 32 * MEBI,
  note: 64 * 1024,
  bundle: 256 * MEBI,
  anchor: 8 * MEBI,
  trust: MEBI,
  image: 32 * MEBI,
};

/** So many bytes from the beginning of a file tell its kind, or that it is JSON. */
export const HEAD_BYTES = 4096;

const MAGIC: readonly (readonly [FileKind, readonly number[]])[] = [
  ['pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['bundle', [0x50, 0x4b, 0x03, 0x04]],
  // An empty archive has nothing but its end record.
  ['bundle', [0x50, 0x4b, 0x05, 0x06]],
  ['image', [0x89, 0x50, 0x4e, 0x47]],
  ['image', [0xff, 0xd8, 0xff]],
];

const BEGINNINGS: readonly (readonly [FileKind, string])[] = [
  ['proof', 'c2sp.org/tlog-proof@'],
  ['note', 'shuheng/certificate/'],
];

/** @returns `json` where only the whole text can tell, undefined for what is none of ours */
export function kindOfHead(head: Uint8Array): FileKind | 'json' | undefined {
  const magic = MAGIC.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte));
  if (magic) return magic[0];
  // Lenient on purpose: the head may end within a letter.
  const text = new TextDecoder().decode(head.subarray(0, HEAD_BYTES));
  const beginning = BEGINNINGS.find(([, start]) => text.startsWith(start));
  if (beginning) return beginning[0];
  if (/^\s*\{/.test(text)) return 'json';
  return looksLikeTrust(text) ? 'trust' : undefined;
}

/** A verifier key alone on its line, or the first lines of a policy (C2SP tlog-policy). */
function looksLikeTrust(text: string): boolean {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first === undefined) return false;
  return /^(log|witness|group|quorum)[ \t]/.test(first) || parseKey(first) !== undefined;
}

const JSON_TYPES: readonly (readonly [FileKind, RegExp])[] = [
  ['entry', /^shuheng\/act\//],
  ['certificate', /^shuheng\/certificate\//],
  ['anchor', /^shuheng\/anchor/],
];

/** The kind of a JSON file by its `type`; an object of another type is taken for an entry, since logs of others exist. */
export function kindOfJson(bytes: Uint8Array): FileKind | undefined {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if ('openings' in value && Array.isArray(value.openings)) return 'openings';
  const type = 'type' in value && typeof value.type === 'string' ? value.type : '';
  return JSON_TYPES.find(([, pattern]) => pattern.test(type))?.[0] ?? 'entry';
}
