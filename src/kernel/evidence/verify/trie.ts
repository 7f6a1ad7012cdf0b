/** Inclusion in a Merkle Patricia trie, as a block's transactions root commits to its transactions (Yellow Paper, appendix D). */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { same } from './bytes.ts';
import { bigEndian, decodeRlp, encodeRlp, type Rlp } from './rlp.ts';

const HASH_BYTES = 32;
const BRANCHES = 16;

export const keccak = (bytes: Uint8Array): Uint8Array => keccak_256(bytes);

/** The key of the transaction at a place of its block: the RLP of the place, one nibble a step. */
export const keyOf = (index: number): number[] =>
  [...encodeRlp(bigEndian(BigInt(index)))].flatMap((byte) => [byte >> 4, byte & 15]);

/**
 * Follows a key through the nodes of a proof, from the root down.
 * @param nodes RLP of each node on the way that is referred to by its hash, the root first
 * @returns the value that stands there, or undefined when these nodes prove none
 */
export function provenValue(root: Uint8Array, index: number, nodes: readonly Uint8Array[]): Uint8Array | undefined {
  let key = keyOf(index);
  let used = 0;
  let reference: Rlp | undefined = root;
  for (;;) {
    const node = resolve(reference);
    if (!Array.isArray(node)) return undefined;
    if (node.length === BRANCHES + 1) {
      const [step, ...rest] = key;
      if (step === undefined) return finish(node[BRANCHES]);
      key = rest;
      reference = node[step];
    } else if (node.length === 2) {
      const path = pathOf(node[0]);
      if (!path || path.steps.some((s, i) => s !== key[i])) return undefined;
      key = key.slice(path.steps.length);
      if (path.leaf) return key.length === 0 ? finish(node[1]) : undefined;
      reference = node[1];
    } else return undefined;
  }

  /** A node stands in its parent itself when it is short, else by its hash. */
  function resolve(at: Rlp | undefined): Rlp | undefined {
    if (!(at instanceof Uint8Array)) return at;
    const bytes = nodes[used++];
    return at.length === HASH_BYTES && bytes && same(keccak(bytes), at) ? decodeRlp(bytes) : undefined;
  }
  function finish(value: Rlp | undefined): Uint8Array | undefined {
    return value instanceof Uint8Array && value.length > 0 && used === nodes.length ? value : undefined;
  }
}

/** Hex-prefix encoding: the first nibble says whether it ends in a leaf and whether the steps are odd in number. */
function pathOf(encoded: Rlp | undefined): { leaf: boolean; steps: number[] } | undefined {
  if (!(encoded instanceof Uint8Array) || encoded.length === 0) return undefined;
  const nibbles = [...encoded].flatMap((byte) => [byte >> 4, byte & 15]);
  const flag = nibbles[0] ?? 0;
  if (flag > 3 || (flag % 2 === 0 && nibbles[1] !== 0)) return undefined;
  return { leaf: flag >= 2, steps: nibbles.slice(flag % 2 === 0 ? 2 : 1) };
}
