import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consistencyRanges, Edge, EMPTY_ROOT, inclusionRanges, leafHash, rangeRoot } from '../merkle.ts';
import { checkpointText, ed25519Signer, type LogSigner, signNote } from '../note.ts';
import { base64, type NoteKey, parseKey } from '../verify/index.ts';

/** A log in memory. */
export interface MemoryLog {
  readonly signer: LogSigner;
  readonly key: NoteKey;
  readonly entry: (index: number) => Buffer;
  readonly root: (size: number) => Buffer;
  readonly checkpoint: (size: number, signers?: readonly LogSigner[]) => Promise<string>;
  readonly consistency: (older: number, size: number) => Buffer[];
  readonly inclusion: (index: number, size: number) => Buffer[];
  /** Body of add-checkpoint. */
  readonly request: (older: number, size: number) => Promise<string>;
}

/** @param forkedAt from this entry on another history than the same log without it */
export function memoryLog({
  origin = 'log.example/memory',
  seed = 7,
  size = 600,
  forkedAt = Number.POSITIVE_INFINITY,
} = {}): MemoryLog {
  const signer = ed25519Signer(origin, Buffer.alloc(32, seed));
  const entry = (i: number): Buffer => Buffer.from(i < forkedAt ? `leaf ${i}` : `other leaf ${i}`);
  const tiles = new Map<string, Buffer>();
  const edge = Edge.empty();
  const leaves = Array.from({ length: size }, (_, i) => leafHash(entry(i)));
  for (const { level, n, hashes } of edge.append(Buffer.concat(leaves))) tiles.set(`${level}/${n}`, hashes);
  const tileOf = (level: number, n: number) => tiles.get(`${level}/${n}`);
  const root = (at: number): Buffer => (at === 0 ? EMPTY_ROOT : rangeRoot({ start: 0, end: at }, tileOf));
  const checkpoint = (at: number, signers: readonly LogSigner[] = [signer]) =>
    signNote(checkpointText({ origin, size: at, root: root(at) }), signers);
  const consistency = (older: number, at: number) => consistencyRanges(older, at).map((r) => rangeRoot(r, tileOf));
  const inclusion = (index: number, at: number) => inclusionRanges(index, at).map((r) => rangeRoot(r, tileOf));
  const request = async (older: number, at: number) =>
    requestOf(older, older === 0 || older > at ? [] : consistency(older, at), await checkpoint(at));
  const key = parseKey(signer.vkey) as NoteKey;
  return { signer, key, entry, root, checkpoint, consistency, inclusion, request };
}

export const requestOf = (older: number, proof: readonly Uint8Array[], checkpoint: string): string =>
  `old ${older}\n${proof.map((hash) => `${base64(hash)}\n`).join('')}\n${checkpoint}`;

/** A folder of one's own, gone after `drop`. */
export async function scratch(): Promise<{ folder: string; drop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'shuheng-witness-'));
  return { folder, drop: () => rm(folder, { recursive: true, force: true }) };
}
