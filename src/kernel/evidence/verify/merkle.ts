import { sha256 } from '@noble/hashes/sha2.js';
import { join, same } from './bytes.ts';

/**
 * Checking Merkle proofs (RFC 6962 §2.1, RFC 9162 §2.1.3.2 and §2.1.4.2). Sizes are bigint: 32-bit operators would
 * break at 2^31 entries.
 */
export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Leaves and nodes are hashed under different prefixes, so that no node can be passed off as an entry. */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(join(LEAF, entry));
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(join(NODE, left, right));

/**
 * The root that an entry's hash and its sibling hashes (leaf sibling first) lead to.
 * @returns undefined when the proof has the wrong length for this index and size
 */
export function rootFromInclusion(
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0n || index >= size) return undefined;
  let node = index;
  let last = size - 1n;
  let root = leaf;
  for (const sibling of proof) {
    if (last === 0n) return undefined;
    if (node & 1n || node === last) {
      root = nodeHash(sibling, root);
      // A last node without a right sibling climbs unhashed to the level where it has a left one.
      while (node !== 0n && !(node & 1n)) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
}

export interface Tree {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** True when the newer tree only appended to the older one. */
export function isConsistent(older: Tree, newer: Tree, proof: readonly Uint8Array[]): boolean {
  if (older.size < 0n || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (older.size === 0n) return proof.length === 0;
  const roots = rootsFromConsistency(older, newer, proof);
  return roots !== undefined && same(roots.older, older.root) && same(roots.newer, newer.root);
}

/**
 * The roots that the hashes of a consistency proof lead to: of the newer tree, and of its first `older.size` entries.
 * @returns undefined when the proof has the wrong length for these sizes, or one of the trees is empty
 */
export function rootsFromConsistency(
  older: Tree,
  newer: Tree,
  proof: readonly Uint8Array[],
): { older: Uint8Array; newer: Uint8Array } | undefined {
  if (older.size <= 0n || older.size >= newer.size) return undefined;
  // A whole power of two is itself the first node of the path.
  const path = (older.size & (older.size - 1n)) === 0n ? [older.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (!first) return undefined;
  let node = older.size - 1n;
  let last = newer.size - 1n;
  while (node & 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  let oldRoot = first;
  let newRoot = first;
  for (const hash of rest) {
    if (last === 0n) return undefined;
    if (node & 1n || node === last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      while (node !== 0n && !(node & 1n)) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      newRoot = nodeHash(newRoot, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? { older: oldRoot, newer: newRoot } : undefined;
}
