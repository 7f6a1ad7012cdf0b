import { sha256 } from '@noble/hashes/sha2.js';

const PIECE_BYTES = 4 * 1024 * 1024;

/** Reads a file piece by piece, away from the page, and tells its SHA-256 in Base64. */
self.onmessage = async ({ data: file }: MessageEvent<File>) => {
  const digest = sha256.create();
  for (let at = 0; at < file.size; at += PIECE_BYTES)
    digest.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
  self.postMessage(btoa(String.fromCharCode(...digest.digest())));
};
