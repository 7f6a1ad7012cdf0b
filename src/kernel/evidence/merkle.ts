import { hash } from 'node:crypto';
import { hashesAt, LEVELS_MAX, TILE_WIDTH } from './layout.ts';

/**
 * Building the tree and its proofs (RFC 6962 §2.1, C2SP tlog-tiles). Checking them is the business of `verify/`; this
 * side hashes with Node's native SHA-256. Sizes here are numbers below 2^53, as the database returns them; no 32-bit
 * operator touches them.
 */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
export const HASH_BYTES = 32;

/** One call without a hash object: about twice as fast as createHash on input this short. */
const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.concat([LEAF, entry]));
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.concat([NODE, left, right]));

/** Root of exactly 2^k hashes. */
function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(at(level, i), at(level, i + 1)));
    level = above;
  }
  return at(level, 0);
}

function at(hashes: readonly Buffer[], i: number): Buffer {
  const found = hashes[i];
  if (!found) throw new Error(`hash ${i} of ${hashes.length} is missing`);
  return found;
}

/** A tile that got hashes: all of them from its beginning, back to back. */
export interface GrownTile {
  readonly level: number;
  readonly n: number;
  readonly hashes: Buffer;
}

/** The right edge of the tree: all that is needed to append and to know the root, O(log n) in memory. */
export class Edge {
  #size: number;
  /** By level, the hashes of its last tile when that is partial (0 to 255 of them). */
  readonly #levels: Buffer[][];

  private constructor(size: number, levels: Buffer[][]) {
    this.#size = size;
    this.#levels = levels;
  }

  static empty(): Edge {
    return new Edge(0, []);
  }

  /** @param tileOf the stored hashes of a tile, at least as many as the edge needs */
  static at(size: number, tileOf: (level: number, n: number) => Buffer | undefined): Edge {
    const levels: Buffer[][] = [];
    for (const { level, n, width } of edgeTiles(size)) {
      const stored = tileOf(level, n);
      if (!stored || stored.length < width * HASH_BYTES)
        throw new Error(`tile ${level}/${n} has fewer than ${width} hashes`);
      levels[level] = split(stored).slice(0, width);
    }
    return new Edge(
      size,
      Array.from(levels, (hashes) => hashes ?? []),
    );
  }

  get size(): number {
    return this.#size;
  }

  /** The partial tile of a level, all its hashes back to back. */
  tile(level: number): Buffer {
    return Buffer.concat(this.#levels[level] ?? []);
  }

  copy(): Edge {
    return new Edge(
      this.#size,
      this.#levels.map((hashes) => [...hashes]),
    );
  }

  /** Appends leaf hashes. @returns each tile that grew, as it now stands; lower levels first within a tile's life */
  append(leaves: readonly Buffer[]): GrownTile[] {
    const grown = new Map<string, GrownTile>();
    const note = (level: number, n: number, hashes: readonly Buffer[]) =>
      grown.set(`${level}/${n}`, { level, n, hashes: Buffer.concat(hashes) });
    const touched = new Set<number>();
    for (const leaf of leaves) {
      let node = leaf;
      for (let level = 0; ; level++) {
        this.#levels[level] ??= [];
        const tile = this.#levels[level] as Buffer[];
        tile.push(node);
        touched.add(level);
        if (tile.length < TILE_WIDTH) break;
        // The entry being appended is the last one below this tile.
        note(level, hashesAt(level, this.#size + 1) / TILE_WIDTH - 1, tile);
        this.#levels[level] = [];
        node = perfectRoot(tile);
      }
      this.#size++;
    }
    for (const level of touched) {
      const tile = this.#levels[level] ?? [];
      if (tile.length > 0) note(level, Math.floor(hashesAt(level, this.#size) / TILE_WIDTH), tile);
    }
    return [...grown.values()];
  }

  root(): Buffer {
    const subtrees: Buffer[] = [];
    for (const tile of this.#levels.toReversed()) {
      let from = 0;
      for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
        if (tile.length % (width * 2) < width) continue;
        subtrees.push(perfectRoot(tile.slice(from, from + width)));
        from += width;
      }
    }
    return subtrees.length > 0 ? subtrees.reduceRight((right, left) => nodeHash(left, right)) : EMPTY_ROOT;
  }
}

/** The partial tiles of a log of `size` entries, which together hold its right edge. */
export function edgeTiles(size: number): { level: number; n: number; width: number }[] {
  const tiles: { level: number; n: number; width: number }[] = [];
  for (let level = 0; level < LEVELS_MAX; level++) {
    const count = hashesAt(level, size);
    const width = count % TILE_WIDTH;
    if (width > 0) tiles.push({ level, n: Math.floor(count / TILE_WIDTH), width });
  }
  return tiles;
}

export function split(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / HASH_BYTES }, (_, i) =>
    hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

/** Entries [start, end): a subtree of the tree over `end` or more entries. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Largest power of two below `count` (which is at least 2). */
function half(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The subtrees whose roots prove entry `index` in a log of `size`, leaf sibling first (RFC 6962 §2.1.1 PATH). */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`entry ${index} is not in a log of ${size}`);
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + half(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees whose roots prove that a log of `size` begins with the log of `older` entries (RFC 6962 §2.1.2 PROOF). */
export function consistencyRanges(older: number, size: number): Range[] {
  if (!(older >= 0 && older <= size)) throw new RangeError(`a log of ${size} has no earlier state of ${older}`);
  if (older === 0 || older === size) return [];
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end > older) {
    const middle = start + half(end - start);
    if (older <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The older tree itself needs no hash when it is one whole subtree from the beginning.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** Root of a subtree, from the tiles that {@link tilesOf} names. */
export function rangeRoot(range: Range, tileOf: (level: number, n: number) => Buffer | undefined): Buffer {
  return perfectRanges(range)
    .map(({ level, n, from, count }) => {
      const stored = tileOf(level, n);
      if (!stored || stored.length < (from + count) * HASH_BYTES)
        throw new Error(`tile ${level}/${n} has fewer than ${from + count} hashes`);
      return perfectRoot(split(stored.subarray(from * HASH_BYTES, (from + count) * HASH_BYTES)));
    })
    .reduceRight((right, left) => nodeHash(left, right));
}

/** The tiles to read for the roots of these subtrees: a handful, whatever the size of the log. */
export function tilesOf(ranges: readonly Range[]): { level: number; n: number }[] {
  const tiles = new Map<string, { level: number; n: number }>();
  for (const range of ranges) {
    for (const { level, n } of perfectRanges(range)) tiles.set(`${level}/${n}`, { level, n });
  }
  return [...tiles.values()];
}

/** Cuts a subtree into perfect ones, left to right, each standing inside one tile. */
function perfectRanges({ start, end }: Range): { level: number; n: number; from: number; count: number }[] {
  const parts: { level: number; n: number; from: number; count: number }[] = [];
  for (let at = start; at < end; ) {
    let leaves = 1;
    while (at % (leaves * 2) === 0 && at + leaves * 2 <= end) leaves *= 2;
    let level = 0;
    while (TILE_WIDTH ** (level + 1) <= leaves) level++;
    const first = at / TILE_WIDTH ** level;
    parts.push({
      level,
      n: Math.floor(first / TILE_WIDTH),
      from: first % TILE_WIDTH,
      count: leaves / TILE_WIDTH ** level,
    });
    at += leaves;
  }
  return parts;
}
