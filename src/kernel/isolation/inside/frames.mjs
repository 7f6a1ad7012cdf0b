// How a process inside answers: frames of a length (4 bytes, big-endian), a kind (1 byte) and content, on a private pipe.
import { readSync, writeSync } from 'node:fs';

const CHANNEL = 4;
const JSON_FRAME = 0x4a;
const BYTES_FRAME = 0x42;
const REQUEST_BYTES_MAX = 2 * 1024 * 1024;

function readExactly(bytes) {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; ) {
    const read = readSync(CHANNEL, buffer, at, bytes - at, null);
    // The other end is gone: nobody waits for an answer any more.
    if (read === 0) process.exit(0);
    at += read;
  }
  return buffer;
}

function writeAll(buffer) {
  for (let at = 0; at < buffer.length; ) at += writeSync(CHANNEL, buffer, at, buffer.length - at);
}

export function readRequest() {
  const head = readExactly(5);
  const bytes = head.readUInt32BE(0);
  if (bytes > REQUEST_BYTES_MAX || head[4] !== JSON_FRAME) process.exit(1);
  return JSON.parse(readExactly(bytes).toString('utf8'));
}

function writeFrame(kind, content) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(content.length, 0);
  head[4] = kind;
  writeAll(head);
  writeAll(content);
}

export const writeAnswer = (answer) => writeFrame(JSON_FRAME, Buffer.from(JSON.stringify(answer), 'utf8'));
export const writeBytes = (bytes) => writeFrame(BYTES_FRAME, bytes);
