import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { FrameReader } from '../frames.ts';
import type { Receiver } from '../process.ts';
import { IsolatedFailure } from '../types.ts';

const OVERHEAD_BYTES = 64 * 1024;
const PIECE_BYTES = 256 * 1024;

/**
 * Reads what a pod left on the shared volume: the same frames as over a pipe, and as little believed. The pod can put
 * anything in this place, a link too. @throws IsolatedFailure, FrameError
 */
export async function readAnswers(path: string, bytesMax: number, onFile: Receiver): Promise<unknown> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (!file) throw new IsolatedFailure('internal', 'no answer');
  try {
    if (!(await file.stat()).isFile()) throw new IsolatedFailure('internal', 'no file of answers');
    const reader = new FrameReader(bytesMax + OVERHEAD_BYTES);
    const piece = Buffer.alloc(PIECE_BYTES);
    let current: { take: (piece: Buffer | null) => void; missing: number } | null = null;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) throw new IsolatedFailure('internal', 'answers that break off');
      for (const frame of reader.push(Buffer.from(piece.subarray(0, bytesRead)))) {
        if ('bytes' in frame) {
          if (!current || frame.bytes.length > current.missing) throw misplaced();
          current.take(frame.bytes);
          current.missing -= frame.bytes.length;
        } else if (current || frame.answer.id !== 1) throw misplaced();
        else if ('failure' in frame.answer) throw new IsolatedFailure(frame.answer.failure, frame.answer.detail);
        else if ('file' in frame.answer)
          current = { take: onFile(frame.answer.file, frame.answer.bytes), missing: frame.answer.bytes };
        else return frame.answer.ok;
        if (current?.missing === 0) {
          current.take(null);
          current = null;
        }
      }
    }
  } finally {
    await file.close();
  }
}

const misplaced = () => new IsolatedFailure('internal', 'a frame nobody asked for');
