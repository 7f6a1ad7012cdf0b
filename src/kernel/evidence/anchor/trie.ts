import { encodeRlp, keccak, keyOf, type Rlp } from '../verify/chain.ts';

const HASH_BYTES = 32;
const NIBBLES = 16;
const EMPTY = new Uint8Array();

interface Item {
  readonly key: readonly number[];
  readonly value: Uint8Array;
}

/** A node beside the nodes below it on the way to the one key that is proven. */
interface Built {
  readonly node: Rlp;
  readonly path: readonly Uint8Array[];
}

/**
 * The transactions trie of a block with the proof of one transaction: the nodes on the way to it, the root first.
 * @param transactions raw bytes, in the order of the block
 */
export function transactionProof(
  transactions: readonly Uint8Array[],
  index: number,
): { root: Uint8Array; nodes: Uint8Array[] } {
  const items = transactions.map((value, i) => ({ key: keyOf(i), value }));
  const { node, path } = build(items, keyOf(index), true);
  const root = encodeRlp(node);
  return { root: keccak(root), nodes: [root, ...path] };
}

function build(items: readonly Item[], wanted: readonly number[], onPath: boolean): Built {
  const [first] = items;
  if (!first) return { node: EMPTY, path: [] };
  if (items.length === 1) return { node: [packed(first.key, true), first.value], path: [] };
  const shared = sharedSteps(items);
  if (shared > 0) {
    const below = items.map((i) => ({ ...i, key: i.key.slice(shared) }));
    const child = build(below, wanted.slice(shared), onPath);
    const { reference, path } = refer(child, onPath);
    return { node: [packed(first.key.slice(0, shared), false), reference], path };
  }
  const branch: Rlp[] = [];
  let path: readonly Uint8Array[] = [];
  for (let step = 0; step < NIBBLES; step++) {
    const below = items.filter((i) => i.key[0] === step).map((i) => ({ ...i, key: i.key.slice(1) }));
    const here = onPath && wanted[0] === step;
    const child = refer(build(below, wanted.slice(1), here), here);
    branch.push(child.reference);
    if (here) path = child.path;
  }
  return { node: [...branch, items.find((i) => i.key.length === 0)?.value ?? EMPTY], path };
}

/** How a parent holds a node: itself when shorter than a hash, else its hash; only the latter takes a node of the proof. */
function refer({ node, path }: Built, onPath: boolean): { reference: Rlp; path: readonly Uint8Array[] } {
  if (node instanceof Uint8Array) return { reference: node, path };
  const bytes = encodeRlp(node);
  if (bytes.length < HASH_BYTES) return { reference: node, path };
  return { reference: keccak(bytes), path: onPath ? [bytes, ...path] : path };
}

function sharedSteps(items: readonly Item[]): number {
  const [first] = items;
  if (!first) return 0;
  let shared = 0;
  while (shared < first.key.length && items.every((i) => i.key[shared] === first.key[shared])) shared++;
  return shared;
}

/** Hex-prefix encoding of steps. */
function packed(steps: readonly number[], leaf: boolean): Uint8Array {
  const odd = steps.length % 2 === 1;
  const flag = (leaf ? 2 : 0) + (odd ? 1 : 0);
  const nibbles = odd ? [flag, ...steps] : [flag, 0, ...steps];
  return Uint8Array.from(
    { length: nibbles.length / 2 },
    (_, i) => ((nibbles[2 * i] ?? 0) << 4) | (nibbles[2 * i + 1] ?? 0),
  );
}
