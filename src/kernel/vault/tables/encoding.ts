import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { failures } from './failures.ts';
import type { IngestSummary, Progress } from './types.ts';

const CHUNK_BYTES = 4 * 1024 ** 2;
/** A UTF-8 character has at most 3 bytes after its first. */
const TAIL_BYTES_MAX = 3;

export interface PlainText {
  /** The file itself, or a UTF-8 copy of it. */
  readonly path: string;
  readonly bytes: number;
  readonly encoding: NonNullable<IngestSummary['encoding']>;
}

/**
 * Finds out how a text is encoded by reading all of it (a Chinese name may come after megabytes of digits), and makes a
 * UTF-8 copy when it is anything else. GB18030 (GB 18030-2022) includes GBK and GB 2312.
 * @throws TableFailure for binary content and for unknown encodings
 */
export async function asUtf8(path: string, folder: string, report: (p: Progress) => void): Promise<PlainText> {
  const { size } = await stat(path);
  if (size === 0) throw failures.empty();
  const mark = await head(path, 4);
  const wide =
    mark[0] === 0xff && mark[1] === 0xfe ? 'utf-16le' : mark[0] === 0xfe && mark[1] === 0xff ? 'utf-16be' : undefined;
  if (wide) return decode(path, join(folder, 'text'), wide, size, report);
  if (await isAllUtf8(path, size, report)) return { path, bytes: size, encoding: 'utf-8' };
  return decode(path, join(folder, 'text'), 'gb18030', size, report);
}

export async function head(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Reads into one buffer over and over. @throws TableFailure when a byte cannot be part of any text */
async function isAllUtf8(path: string, size: number, report: (p: Progress) => void): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + TAIL_BYTES_MAX);
  const file = await open(path, 'r');
  let whole = true;
  try {
    for (let done = 0, carried = 0; done < size; ) {
      const { bytesRead } = await file.read(buffer, carried, CHUNK_BYTES, done);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(carried, carried + bytesRead);
      if (chunk.indexOf(0) >= 0 || (done === 0 && hasControls(chunk.subarray(0, 4_096)))) throw failures.binary();
      done += bytesRead;
      report({ stage: 'checking', done, total: size, unit: 'bytes' });
      if (!whole) continue;
      const joined = buffer.subarray(0, carried + bytesRead);
      const cut = done < size ? boundary(joined) : joined.length;
      whole = isUtf8(joined.subarray(0, cut));
      carried = joined.copy(buffer, 0, cut);
    }
  } finally {
    await file.close();
  }
  return whole;
}

/** Control characters that no text table holds (tab, line ends, form feed and the old end-of-file mark aside). */
function hasControls(bytes: Buffer): boolean {
  return bytes.some((b) => b < 0x20 && b !== 0x09 && b !== 0x0a && b !== 0x0d && b !== 0x0c && b !== 0x1a);
}

/** Where the last whole UTF-8 character ends. */
function boundary(bytes: Buffer): number {
  for (let back = 1; back <= TAIL_BYTES_MAX && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length - back + 1;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back >= length ? bytes.length : bytes.length - back;
    }
  }
  return bytes.length;
}

async function decode(
  path: string,
  output: string,
  encoding: 'gb18030' | 'utf-16le' | 'utf-16be',
  size: number,
  report: (p: Progress) => void,
): Promise<PlainText> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let done = 0;
  let bytes = 0;
  const text = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      done += chunk.length;
      report({ stage: 'checking', done, total: size, unit: 'bytes' });
      const part = Buffer.from(understood(() => decoder.decode(chunk, { stream: true })));
      bytes += part.length;
      yield part;
    }
    const rest = Buffer.from(understood(() => decoder.decode()));
    bytes += rest.length;
    yield rest;
  };
  await pipeline(
    createReadStream(path, { highWaterMark: CHUNK_BYTES }),
    text,
    createWriteStream(output, { mode: 0o600 }),
  );
  return { path: output, bytes, encoding };
}

function understood(decode: () => string): string {
  let text: string;
  try {
    text = decode();
  } catch {
    throw failures.encoding();
  }
  if (text.includes('\0')) throw failures.binary();
  return text;
}
