import {
  FILE_BYTES_MAX,
  type FileKind,
  HEAD_BYTES,
  kindOfHead,
  kindOfJson,
} from '../../../../../src/kernel/evidence/verify/index.ts';
import type { Text } from '../../../../../src/kernel/text.ts';
import { bytes as sizeText } from '../../../shared/format.ts';
import { noteInAddress, textInPicture } from './qr.ts';
import { TROUBLES } from './words.ts';

/** Something taken in, known by its content. */
export interface Piece {
  readonly kind: Exclude<FileKind, 'image'>;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The site a QR code names, where its certificate can be asked for. */
  readonly site?: string;
}

export type Taken = { readonly piece: Piece } | { readonly trouble: Text };

/** What people may drop: never read beyond what its kind can have. */
export async function takeFile(file: File): Promise<Taken> {
  const { name } = file;
  if (file.size === 0) return { trouble: TROUBLES.empty(name) };
  try {
    const head = kindOfHead(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
    if (head === undefined) return { trouble: TROUBLES.unknown(name) };
    const limit = head === 'json' ? FILE_BYTES_MAX.certificate : FILE_BYTES_MAX[head];
    if (file.size > limit) return { trouble: TROUBLES.tooLarge(name, sizeText(limit)) };
    return await take(name, new Uint8Array(await file.arrayBuffer()), head);
  } catch {
    // A folder dropped as a file, a file that is gone, one without permission.
    return { trouble: TROUBLES.unreadable(name) };
  }
}

/** Text somebody pasted or a QR code held: an address with a certificate in it, or a file's content. */
export async function takeText(name: string, text: string): Promise<Taken> {
  const note = noteInAddress(text);
  if (note !== undefined) {
    const site = /^https?:\/\/[^/\s#]+/.exec(text.trim())?.[0];
    return { piece: { kind: 'note', name, bytes: new TextEncoder().encode(note), ...(site ? { site } : {}) } };
  }
  // Copying adds or drops white space at the ends; an entry has none, a signed note ends with one newline.
  const trimmed = text.replaceAll('\r\n', '\n').trim();
  const bytes = new TextEncoder().encode(trimmed.startsWith('{') ? trimmed : `${trimmed}\n`);
  if (trimmed === '') return { trouble: TROUBLES.empty(name) };
  const head = kindOfHead(bytes);
  if (head === undefined) return { trouble: TROUBLES.unknown(name) };
  return take(name, bytes, head);
}

async function take(name: string, bytes: Uint8Array<ArrayBuffer>, head: FileKind | 'json'): Promise<Taken> {
  if (head === 'image') {
    const found = await textInPicture(name, bytes);
    if ('trouble' in found) return found;
    return noteInAddress(found.text) === undefined
      ? { trouble: TROUBLES.foreignCode(shortened(found.text)) }
      : takeText(name, found.text);
  }
  const kind = head === 'json' ? kindOfJson(bytes) : head;
  if (kind === undefined) return { trouble: TROUBLES.brokenJson(name) };
  if (kind === 'image') return { trouble: TROUBLES.unknown(name) };
  if (bytes.length > FILE_BYTES_MAX[kind]) return { trouble: TROUBLES.tooLarge(name, sizeText(FILE_BYTES_MAX[kind])) };
  return { piece: { kind, name, bytes } };
}

const SHOWN_MAX = 80;
const shortened = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
