import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

/** Whether records end in more than one way, judged from a piece of the text (line ends in quotes count too). */
export function mixesLineEnds(text: string): boolean {
  const kinds = [/\r\n/, /(^|[^\r])\n/, /\r(?!\n|$)/].filter((k) => k.test(text));
  return kinds.length > 1;
}

/** Copies a CSV with every record ended by LF; line ends inside quoted fields stay as they are. */
export async function withOneLineEnd(path: string, output: string): Promise<void> {
  let quoted = false;
  let afterReturn = false;
  const transform = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      const out = Buffer.allocUnsafe(chunk.length);
      let length = 0;
      for (const byte of chunk) {
        if (byte === QUOTE) quoted = !quoted;
        const follows = afterReturn && byte === LF;
        afterReturn = !quoted && byte === CR;
        if (follows) continue;
        out[length++] = afterReturn ? LF : byte;
      }
      yield out.subarray(0, length);
    }
  };
  await pipeline(
    createReadStream(path, { highWaterMark: 1024 ** 2 }),
    transform,
    createWriteStream(output, { mode: 0o600 }),
  );
}
