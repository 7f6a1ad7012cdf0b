import { z } from 'zod';

/** Frames of the private pipe: length (4 bytes, big-endian), kind (1 byte), content. */
const HEAD_BYTES = 5;
const JSON_FRAME = 0x4a;
const BYTES_FRAME = 0x42;

/** The other side did not keep to the protocol; it is hostile or broken, and dies for it. */
export class FrameError extends Error {
  override name = 'FrameError';
}

/** Kinds of failure that a process may name; the others are found out here. */
const Named = z.enum(['syntax', 'policy', 'resource', 'data', 'internal']);
const DETAIL_MAX = 4_000;
const Id = z.number().int().min(1);
const Bytes = z.number().int().min(0);
const Answer = z.union([
  z.strictObject({ id: Id, failure: Named, detail: z.string().max(DETAIL_MAX) }),
  z.strictObject({ id: Id, file: z.string().min(1).max(255), bytes: Bytes }),
  z.strictObject({ id: Id, ok: z.unknown() }),
]);
export type Answer = z.infer<typeof Answer>;
export type Frame = { readonly answer: Answer } | { readonly bytes: Buffer };

export function encodeRequest(message: unknown): Buffer {
  const content = Buffer.from(JSON.stringify(message), 'utf8');
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(content.length, 0);
  head[4] = JSON_FRAME;
  return Buffer.concat([head, content]);
}

/** Cuts a hostile stream into frames; holds no more of it than `bytesMax` in all. */
export class FrameReader {
  readonly #bytesMax: number;
  #received = 0;
  #pieces: Buffer[] = [];
  #held = 0;

  /** @param bytesMax what the other side may send in its whole life */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get received(): number {
    return this.#received;
  }

  /** @throws FrameError */
  push(chunk: Buffer): Frame[] {
    this.#received += chunk.length;
    if (this.#received > this.#bytesMax) throw new FrameError('too many bytes');
    this.#pieces.push(chunk);
    this.#held += chunk.length;
    const frames: Frame[] = [];
    while (this.#held >= HEAD_BYTES) {
      const head = this.#front(HEAD_BYTES);
      const length = head.readUInt32BE(0);
      if (length > this.#bytesMax) throw new FrameError('a frame too long');
      if (this.#held < HEAD_BYTES + length) break;
      const content = this.#front(HEAD_BYTES + length).subarray(HEAD_BYTES);
      this.#drop(HEAD_BYTES + length);
      frames.push(frameOf(head[4] ?? 0, content));
    }
    return frames;
  }

  /** The first bytes in one piece; what was joined stays joined, so that small pieces do not cost the more the more there are. */
  #front(bytes: number): Buffer {
    const first = this.#pieces[0];
    if (first && first.length >= bytes) return first.subarray(0, bytes);
    const joined = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [joined];
    return joined.subarray(0, bytes);
  }

  #drop(bytes: number): void {
    this.#held -= bytes;
    const first = this.#pieces[0];
    if (!first) return;
    if (first.length === bytes) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(bytes);
  }
}

function frameOf(kind: number, content: Buffer): Frame {
  if (kind === BYTES_FRAME) return { bytes: content };
  if (kind !== JSON_FRAME) throw new FrameError('an unknown kind of frame');
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    throw new FrameError('no JSON');
  }
  const answer = Answer.safeParse(value);
  if (!answer.success) throw new FrameError('an answer of another shape');
  return { answer: answer.data };
}
