import { hash } from 'node:crypto';
import { HASH_BYTES, hashesAt, LEVELS_MAX, TILE_WIDTH } from './layout.ts';

export { HASH_BYTES } from './layout.ts';

/**
 * Building the tree and its proofs (RFC 6962 §2.1, C2SP tlog-tiles). Checking them is the business of `verify/`; this
 * side hashes with Node's native SHA-256. Sizes here are numbers below 2^53, as the database returns them; no 32-bit
 * operator touches them.
 */
const LEAF = Buffer.of(0);
const NODE_PREFIX = 1;
const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** One call without a hash object: about twice as fast as createHash on input this short. */
const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.concat([LEAF, entry]));

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const pair = Buffer.concat([left, right]);
  hashPair(pair, 0, pair, 0);
  return pair.subarray(0, HASH_BYTES);
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/**
 * Hashes the two hashes at `from` of `source` into `target`. A digest as a Latin-1 string stays inside the engine's own
 * memory; a Buffer for each node costs three times as much, most of it in collecting them.
 */
function hashPair(source: Buffer, from: number, target: Buffer, to: number): void {
  source.copy(node, 1, from, from + 2 * HASH_BYTES);
  target.write(hash('sha256', node, 'binary'), to, HASH_BYTES, 'latin1');
}

/** Root of exactly 2^k hashes, back to back. */
function perfectRoot(hashes: Buffer): Buffer {
  const work = Buffer.from(hashes);
  for (let count = work.length / HASH_BYTES; count > 1; count /= 2) {
    for (let i = 0; i < count; i += 2) hashPair(work, i * HASH_BYTES, work, (i / 2) * HASH_BYTES);
  }
  return Buffer.from(work.subarray(0, HASH_BYTES));
}

/** A tile that got hashes: all of them from its beginning, back to back. */
export interface GrownTile {
  readonly level: number;
  readonly n: number;
  readonly hashes: Buffer;
}

/** The last tile of a level when that is partial: room for 256 hashes, and how many there are. */
interface OpenTile {
  readonly hashes: Buffer;
  count: number;
}

const openTile = (): OpenTile => ({ hashes: Buffer.alloc(TILE_BYTES), count: 0 });
const filled = ({ hashes, count }: OpenTile): Buffer => hashes.subarray(0, count * HASH_BYTES);

/** The right edge of the tree: all that is needed to append and to know the root, O(log n) in memory. */
export class Edge {
  #size: number;
  readonly #levels: OpenTile[];

  private constructor(size: number, levels: OpenTile[]) {
    this.#size = size;
    this.#levels = levels;
  }

  static empty(): Edge {
    return new Edge(0, []);
  }

  /** @param tileOf the stored hashes of a tile, at least as many as the edge needs */
  static at(size: number, tileOf: (level: number, n: number) => Buffer | undefined): Edge {
    const levels: OpenTile[] = [];
    for (const { level, n, width } of edgeTiles(size)) {
      const stored = tileOf(level, n);
      if (!stored || stored.length < width * HASH_BYTES)
        throw new Error(`tile ${level}/${n} has fewer than ${width} hashes`);
      const tile = openTile();
      stored.copy(tile.hashes, 0, 0, width * HASH_BYTES);
      tile.count = width;
      levels[level] = tile;
    }
    return new Edge(
      size,
      Array.from(levels, (tile) => tile ?? openTile()),
    );
  }

  get size(): number {
    return this.#size;
  }

  /** The partial tile of a level, all its hashes back to back. */
  tile(level: number): Buffer {
    const tile = this.#levels[level];
    return tile ? Buffer.from(filled(tile)) : Buffer.alloc(0);
  }

  copy(): Edge {
    return new Edge(
      this.#size,
      this.#levels.map(({ hashes, count }) => ({ hashes: Buffer.from(hashes), count })),
    );
  }

  /**
   * Appends leaf hashes.
   * @param leaves back to back
   * @returns each tile that grew, as it now stands; lower levels first within a tile's life
   */
  append(leaves: Buffer): GrownTile[] {
    const grown = new Map<string, GrownTile>();
    const note = (level: number, n: number, hashes: Buffer) =>
      grown.set(`${level}/${n}`, { level, n, hashes: Buffer.from(hashes) });
    const touched = new Set<number>();
    for (let at = 0; at < leaves.length; at += HASH_BYTES) {
      this.#push(leaves, at, touched, note);
      this.#size++;
    }
    for (const level of touched) {
      const tile = this.#levels[level];
      if (tile && tile.count > 0) note(level, Math.floor(hashesAt(level, this.#size) / TILE_WIDTH), filled(tile));
    }
    return [...grown.values()];
  }

  /** Puts one hash on level 0; each tile it fills sends its root a level up. */
  #push(leaves: Buffer, at: number, touched: Set<number>, full: (level: number, n: number, hashes: Buffer) => void) {
    let source = leaves;
    let from = at;
    for (let level = 0; ; level++) {
      this.#levels[level] ??= openTile();
      const tile = this.#levels[level] as OpenTile;
      source.copy(tile.hashes, tile.count * HASH_BYTES, from, from + HASH_BYTES);
      tile.count++;
      touched.add(level);
      if (tile.count < TILE_WIDTH) return;
      // The entry being appended is the last one below this tile.
      full(level, hashesAt(level, this.#size + 1) / TILE_WIDTH - 1, tile.hashes);
      tile.count = 0;
      source = perfectRoot(tile.hashes);
      from = 0;
    }
  }

  root(): Buffer {
    const subtrees: Buffer[] = [];
    for (const { hashes, count } of this.#levels.toReversed()) {
      let from = 0;
      for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
        if (count % (width * 2) < width) continue;
        subtrees.push(perfectRoot(hashes.subarray(from * HASH_BYTES, (from + width) * HASH_BYTES)));
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
      return perfectRoot(stored.subarray(from * HASH_BYTES, (from + count) * HASH_BYTES));
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
