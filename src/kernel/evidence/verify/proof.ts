import { base64, decimal, fromBase64 } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of fewer than 2^63 entries is at most 63 levels deep. */
const HASHES_MAX = 63;
const PROOF_CHARACTERS_MAX = 1_100_000;

/** A receipt: where an entry stands and the hashes that lead from it to a signed checkpoint (C2SP tlog-proof). */
export interface TlogProof {
  readonly index: bigint;
  /** Leaf sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

export function formatProof({ index, hashes, checkpoint }: TlogProof): string {
  return `${HEADER}\nindex ${index}\n${hashes.map((hash) => `${base64(hash)}\n`).join('')}\n${checkpoint}`;
}

/**
 * Reads a receipt, stricter than Go's reader: only canonical base64 and numbers, only plain newlines. An `extra` line
 * is allowed but proves nothing and is dropped.
 */
export function parseProof(text: string): TlogProof | undefined {
  if (text.length > PROOF_CHARACTERS_MAX || text.includes('\r')) return undefined;
  const split = text.indexOf('\n\n');
  if (split < 0) return undefined;
  const lines = text.slice(0, split).split('\n');
  if (lines.shift() !== HEADER) return undefined;
  if (lines[0]?.startsWith('extra ')) {
    const extra = lines.shift();
    if (fromBase64(extra?.slice('extra '.length) ?? '') === undefined) return undefined;
  }
  const [, digits] = /^index (\d+)$/.exec(lines.shift() ?? '') ?? [];
  const index = decimal(digits ?? '');
  if (index === undefined || lines.length > HASHES_MAX) return undefined;
  const hashes: Uint8Array[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) return undefined;
    hashes.push(hash);
  }
  return { index, hashes, checkpoint: text.slice(split + 2) };
}
