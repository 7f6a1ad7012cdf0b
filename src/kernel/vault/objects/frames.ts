import { createCipheriv, createDecipheriv } from 'node:crypto';
import { vaultFailures } from './failures.ts';

/**
 * Objects are encrypted in frames of 64 KiB, so that any range can be read and checked without the rest (the STREAM
 * construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, with AES-256-GCM). Each object has its own key, so the
 * frame's number is the nonce. The associated data binds the object, the frame's number and whether it is the last:
 * bits flipped, frames moved, swapped between objects, left out or cut off are all found.
 */
export const FRAME_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
export const KEY_BYTES = 32;
export const SEALED_FRAME_BYTES = FRAME_BYTES + TAG_BYTES;
const DOMAIN = 'shuheng vault frame v1';

const nonceOf = (index: number): Buffer => {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(index), NONCE_BYTES - 8);
  return nonce;
};

const bindingOf = (objectId: string, index: number, isLast: boolean): Buffer =>
  Buffer.from(`${DOMAIN}\n${objectId}\n${index}\n${isLast ? 'last' : 'more'}`);

/** Number of frames; an empty object has one, empty frame. */
export const framesOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / FRAME_BYTES));

/** Size of the encrypted form of so many plain bytes. */
export const sealedBytesOf = (bytes: number): number => bytes + framesOf(bytes) * TAG_BYTES;

export function sealFrame(key: Buffer, objectId: string, index: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG_BYTES });
  cipher.setAAD(bindingOf(objectId, index, isLast));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws VaultFailure `damaged` when the frame is not exactly what was sealed at this place of this object */
export function openFrame(key: Buffer, objectId: string, index: number, isLast: boolean, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw vaultFailures.damaged(objectId);
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG_BYTES });
  decipher.setAAD(bindingOf(objectId, index, isLast));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw vaultFailures.damaged(objectId);
  }
  return plain;
}

/** Cuts a stream into pieces of exactly `size` bytes; the last one may be shorter, an empty stream gives one empty piece. */
export async function* inPieces(
  source: AsyncIterable<Buffer | Uint8Array | string>,
  size: number,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let given = 0;
  for await (const chunk of source) {
    let rest =
      typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (heldBytes + rest.length >= size) {
      const take = size - heldBytes;
      held.push(rest.subarray(0, take));
      yield held.length === 1 && held[0] ? held[0] : Buffer.concat(held, size);
      given++;
      held = [];
      heldBytes = 0;
      rest = rest.subarray(take);
    }
    if (rest.length > 0) {
      held.push(rest);
      heldBytes += rest.length;
    }
  }
  if (heldBytes > 0 || given === 0) yield Buffer.concat(held, heldBytes);
}

/** The encrypted form of a stream; holds one frame back, because only the end tells which is the last. */
export async function* seal(
  source: AsyncIterable<Buffer | Uint8Array | string>,
  key: Buffer,
  objectId: string,
): AsyncGenerator<Buffer> {
  let index = 0;
  let held: Buffer | undefined;
  for await (const piece of inPieces(source, FRAME_BYTES)) {
    if (held) yield sealFrame(key, objectId, index++, false, held);
    held = piece;
  }
  yield sealFrame(key, objectId, index, true, held ?? Buffer.alloc(0));
}

/**
 * The plain bytes `start` to `end` (inclusive) of an object of `bytes` plain bytes.
 * @param source the sealed frames from the one that holds `start` on
 * @throws VaultFailure `damaged`
 */
export async function* unseal(
  source: AsyncIterable<Buffer>,
  key: Buffer,
  objectId: string,
  bytes: number,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Buffer> {
  const lastIndex = framesOf(bytes) - 1;
  let index = Math.floor(range.start / FRAME_BYTES);
  const until = Math.floor(Math.max(range.end, 0) / FRAME_BYTES);
  for await (const sealed of inPieces(source, SEALED_FRAME_BYTES)) {
    if (index > until) break;
    const plain = openFrame(key, objectId, index, index === lastIndex, sealed);
    const offset = index * FRAME_BYTES;
    const expected = Math.min(FRAME_BYTES, bytes - offset);
    if (plain.length !== expected) throw vaultFailures.damaged(objectId);
    const from = Math.max(range.start - offset, 0);
    const to = Math.min(range.end + 1 - offset, plain.length);
    index++;
    if (to > from) yield plain.subarray(from, to);
  }
  if (index <= until) throw vaultFailures.damaged(objectId);
}
