/** SM3 (GB/T 32905-2016) in plain JavaScript: browsers have none, and the verifier must run there. */
const BLOCK_BYTES = 64;
const WORDS = 8;
const ROUNDS = 64;
/** Rounds with the first pair of boolean functions. */
const EARLY_ROUNDS = 16;
const INITIAL = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
] as const;

const rotl = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const p0 = (x: number): number => x ^ rotl(x, 9) ^ rotl(x, 17);
const p1 = (x: number): number => x ^ rotl(x, 15) ^ rotl(x, 23);

/** T_j of the standard, already turned left by j. */
const CONSTANTS = Int32Array.from({ length: ROUNDS }, (_, j) =>
  rotl(j < EARLY_ROUNDS ? 0x79cc4519 : 0x7a879d8a, j % 32),
);

/** @returns the 32-byte digest of the parts, one after another */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array {
  const message = padded(parts);
  const state = Int32Array.from(INITIAL);
  const words = new Int32Array(ROUNDS + 4);
  for (let at = 0; at < message.byteLength; at += BLOCK_BYTES) compress(state, words, message, at);
  const digest = new DataView(new ArrayBuffer(WORDS * 4));
  for (const [i, word] of state.entries()) digest.setInt32(i * 4, word);
  return new Uint8Array(digest.buffer);
}

/** The message, one bit, zeros, and the length in bits as 64-bit big-endian (§5.2). */
function padded(parts: readonly Uint8Array[]): DataView {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.ceil((length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes[at] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(length) * 8n);
  return view;
}

/** Message expansion and compression (§5.3). */
function compress(state: Int32Array, w: Int32Array, block: DataView, at: number): void {
  const word = (i: number): number => w[i] ?? 0;
  for (let j = 0; j < 16; j++) w[j] = block.getInt32(at + j * 4);
  for (let j = 16; j < w.length; j++) {
    w[j] = p1(word(j - 16) ^ word(j - 9) ^ rotl(word(j - 3), 15)) ^ rotl(word(j - 13), 7) ^ word(j - 6);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let j = 0; j < ROUNDS; j++) {
    const early = j < EARLY_ROUNDS;
    const turned = rotl(a, 12);
    const ss1 = rotl((turned + e + (CONSTANTS[j] ?? 0)) | 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ turned) + (word(j) ^ word(j + 4))) | 0;
    const tt2 = (gg + h + ss1 + word(j)) | 0;
    [d, c, b, a] = [c, rotl(b, 9), a, tt1];
    [h, g, f, e] = [g, rotl(f, 19), e, p0(tt2)];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) ^ value;
}
