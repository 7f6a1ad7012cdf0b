import { decimal, fromBase64, HASH_BYTES, type Note, parseNote, textOf } from '../verify/index.ts';

/** The body of `POST /add-checkpoint` (C2SP tlog-witness v1.0.0): old size, consistency proof, empty line, checkpoint. */
export interface AddCheckpoint {
  readonly oldSize: bigint;
  readonly proof: readonly Uint8Array[];
  readonly note: Note;
}

/** A tree of fewer than 2^63 entries needs no more. */
const HASHES_MAX = 63;

/** @returns undefined for what is not exactly of that form */
export function readAddCheckpoint(body: Uint8Array): AddCheckpoint | undefined {
  const text = textOf(body);
  const split = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, split).split('\n');
  const oldSize = first.startsWith('old ') ? decimal(first.slice('old '.length)) : undefined;
  const note = parseNote(text.slice(split + 2));
  if (oldSize === undefined || !note || lines.length > HASHES_MAX) return undefined;
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === HASH_BYTES) as Uint8Array[];
  return proof.length === lines.length ? { oldSize, proof, note } : undefined;
}
