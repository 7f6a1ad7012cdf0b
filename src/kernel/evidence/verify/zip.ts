import { Inflate } from 'fflate';
import { join, same, textOf, utf8 } from './bytes.ts';
import type { Text } from './text.ts';

/**
 * The archive of a court bundle (PKWARE APPNOTE 6.3, the part everybody reads): files stored without compression, in
 * order, with one fixed time and nothing else. So each byte of it is either content, covered by a hash, or follows from
 * the content; a changed byte anywhere shows. Archives packed anew by another program are read as well.
 */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
/** Names are UTF-8. */
const UTF8_FLAG = 0x0800;
const ENCRYPTED_FLAG = 0x0001;
/** 1 January 1980, midnight: the beginning of DOS time, which no program that packs real files writes. */
const DOS_DATE = 0x0021;
const STORED = 0;
const DEFLATED = 8;

export const ZIP_BYTES_MAX = 256 * 1024 * 1024;
const FILES_MAX = 40_000;
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const CONTENT_BYTES_MAX = 256 * 1024 * 1024;
/** How far from its end a comment may push the end record. */
const COMMENT_BYTES_MAX = 65_535;
const PIECE_BYTES = 64 * 1024;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (CRC_TABLE[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers of two or four bytes. */
function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}

/** Writes an archive piece by piece. */
export class ZipWriter {
  readonly #directory: Uint8Array[] = [];
  #offset = 0;

  /** @returns the bytes of the file's part of the archive */
  add(path: string, content: Uint8Array): readonly Uint8Array[] {
    const name = utf8(path);
    const shared = numbers(
      [VERSION, 2],
      [UTF8_FLAG, 2],
      [STORED, 2],
      [0, 2],
      [DOS_DATE, 2],
      [crc32(content), 4],
      [content.length, 4],
      [content.length, 4],
      [name.length, 2],
      [0, 2],
    );
    this.#directory.push(
      join(
        numbers([CENTRAL, 4], [VERSION, 2]),
        shared,
        numbers([0, 2], [0, 2], [0, 2], [0, 4], [this.#offset, 4]),
        name,
      ),
    );
    this.#offset += LOCAL_BYTES + name.length + content.length;
    return [join(numbers([LOCAL, 4]), shared, name), content];
  }

  /** @returns the directory, which ends the archive */
  end(): Uint8Array {
    const directory = join(...this.#directory);
    const count = this.#directory.length;
    return join(
      directory,
      numbers([END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [directory.length, 4], [this.#offset, 4], [0, 2]),
    );
  }
}

export interface Archive {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Packed anew by another program: the content may still be the original. */
  readonly repacked: boolean;
}

/** Why an archive cannot be read, or was changed outside its files. */
export interface ArchiveTrouble {
  readonly kind: 'unreadable' | 'changed';
  readonly says: Text;
}

class Trouble extends Error {
  readonly kind: ArchiveTrouble['kind'];
  readonly says: Text;
  constructor(kind: ArchiveTrouble['kind'], zh: string, en: string) {
    super(en);
    this.kind = kind;
    this.says = { zh, en };
  }
}

const broken = () =>
  new Trouble(
    'unreadable',
    '压缩包不完整或已损坏；可能只下载了一半，请重新下载。',
    'The archive is incomplete or damaged; it may be half a download. Download it again.',
  );
const tooLarge = () =>
  new Trouble(
    'unreadable',
    '压缩包解开后过大，不是司法包，没有继续解压。',
    'Unpacked, the archive is too large for a court bundle; unpacking was stopped.',
  );

/** Reads an archive within fixed limits, whatever its header claims. */
export function readZip(bytes: Uint8Array): { archive: Archive } | { trouble: ArchiveTrouble } {
  try {
    return { archive: read(bytes) };
  } catch (error) {
    if (error instanceof Trouble) return { trouble: { kind: error.kind, says: error.says } };
    // An offset beyond the end.
    if (error instanceof RangeError) return { trouble: { kind: 'unreadable', says: broken().says } };
    throw error;
  }
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly ours: boolean;
}

function read(bytes: Uint8Array): Archive {
  if (bytes.length > ZIP_BYTES_MAX) throw tooLarge();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directoryOf(bytes, view);
  if (entries.reduce((sum, e) => sum + e.size, 0) > CONTENT_BYTES_MAX) throw tooLarge();
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.path))
      throw new Trouble('unreadable', `压缩包里有两个“${entry.path}”。`, `The archive holds “${entry.path}” twice.`);
    files.set(entry.path, contentOf(entry, bytes, view));
  }
  // Every file carries our time in the original, none of them in a copy packed anew.
  const repacked = entries.length > 0 && entries.every((entry) => !entry.ours);
  if (!repacked && !isOriginal(files, bytes))
    throw new Trouble(
      'changed',
      '压缩包在文件之外被改动过：它不再是平台制作时的样子。请取原始的压缩包，或解开后核验文件夹。',
      'The archive was changed outside its files: it is not as the platform made it. Get the original, or unpack it and verify the folder.',
    );
  return { files, repacked };
}

/** Whether packing these files in this order gives exactly these bytes. */
function isOriginal(files: ReadonlyMap<string, Uint8Array>, bytes: Uint8Array): boolean {
  const writer = new ZipWriter();
  let at = 0;
  const follows = (part: Uint8Array): boolean => {
    const ok = same(part, bytes.subarray(at, at + part.length));
    at += part.length;
    return ok;
  };
  for (const [path, content] of files) if (!writer.add(path, content).every(follows)) return false;
  return follows(writer.end()) && at === bytes.length;
}

function directoryOf(bytes: Uint8Array, view: DataView): Entry[] {
  const end = endRecordAt(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > FILES_MAX || count === 0xffff || at === 0xffffffff) throw tooLarge();
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== CENTRAL) throw broken();
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const path = textOf(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    if (view.getUint16(at + 8, true) & ENCRYPTED_FLAG)
      throw new Trouble('unreadable', '压缩包设有口令，请先解开。', 'The archive is encrypted; decrypt it first.');
    // Folders have entries of their own in what other programs pack.
    if (path === undefined || !/^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(path) || path.split('/').includes('..'))
      throw new Trouble(
        'unreadable',
        '压缩包里有不允许的文件名，不是司法包。',
        'A file name in the archive is not one of a court bundle.',
      );
    if (!path.endsWith('/'))
      entries.push({
        path,
        method: view.getUint16(at + 10, true),
        ours: view.getUint16(at + 12, true) === 0 && view.getUint16(at + 14, true) === DOS_DATE,
        crc: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      });
    at += CENTRAL_BYTES + nameBytes + extraBytes;
  }
  return entries;
}

function endRecordAt(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at--)
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  throw broken();
}

function contentOf({ method, offset, packed, size, crc }: Entry, bytes: Uint8Array, view: DataView): Uint8Array {
  if (view.getUint32(offset, true) !== LOCAL) throw broken();
  if (size > FILE_BYTES_MAX) throw tooLarge();
  const start = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw broken();
  const held = bytes.subarray(start, start + packed);
  const content = method === STORED ? held : method === DEFLATED ? inflated(held, size) : undefined;
  if (!content || content.length !== size || crc32(content) !== crc) throw broken();
  return content;
}

/** Unpacks no further than the size that was announced and allowed. */
function inflated(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let over = false;
  const inflate = new Inflate((chunk) => {
    if (at + chunk.length > size) over = true;
    else out.set(chunk, at);
    at += chunk.length;
  });
  try {
    for (let from = 0; from < packed.length || from === 0; from += PIECE_BYTES) {
      inflate.push(packed.subarray(from, from + PIECE_BYTES), from + PIECE_BYTES >= packed.length);
      if (over) throw tooLarge();
    }
  } catch (error) {
    throw error instanceof Trouble ? error : broken();
  }
  if (at !== size) throw broken();
  return out;
}
