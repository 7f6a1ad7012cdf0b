import { entriesOf } from '../bundle.ts';
import { hashesAt, TILE_WIDTH, type Tile, tilePath } from '../layout.ts';
import { type Edge, type GrownTile, HASH_BYTES, leafHash } from '../merkle.ts';
import { type LogSource, readTile } from './source.ts';

/** Bundles and tiles on their way at once; each bundle is 17 MB at the very most, some 150 kB in life. */
const BUNDLES_AHEAD = 8;

/** What a log serves does not fit together. */
export class BrokenLog extends Error {
  readonly path: string;
  constructor(path: string, what: string) {
    super(`${path} ${what}`);
    this.path = path;
  }
}

export interface ReadBundle {
  readonly tile: Tile;
  readonly bytes: Buffer;
  /** Hash tiles as they stand after it. */
  readonly grown: readonly GrownTile[];
}

/**
 * Reads the entries of a log from where `edge` stands up to `size`, and appends them to it. Everything served is held
 * against what follows from the entries: bundle by bundle, every hash tile of every level.
 * @throws BrokenLog naming the first file that does not follow; SourceTrouble
 */
export async function* readEntries(source: LogSource, edge: Edge, size: number): AsyncGenerator<ReadBundle> {
  const ahead = new Map<number, Promise<[Buffer | undefined, Buffer | undefined]>>();
  const last = Math.ceil(size / TILE_WIDTH);
  const ask = (n: number) => {
    if (n >= last || ahead.has(n)) return;
    const width = Math.min(TILE_WIDTH, size - n * TILE_WIDTH);
    const pair = Promise.all([
      readTile(source, { level: 'entries', n, width }),
      readTile(source, { level: 0, n, width }),
    ]);
    // Whoever waits for it sees the failure; until then it is not to end the process.
    pair.catch(() => undefined);
    ahead.set(n, pair);
  };
  for (let n = Math.floor(edge.size / TILE_WIDTH); n < last; n++) {
    for (let i = 0; i < BUNDLES_AHEAD; i++) ask(n + i);
    const [bytes, hashes] = (await ahead.get(n)) ?? [];
    ahead.delete(n);
    const tile: Tile = { level: 'entries', n, width: Math.min(TILE_WIDTH, size - n * TILE_WIDTH) };
    const leaves = leavesOf(tile, bytes);
    held(tilePath({ ...tile, level: 0 }), hashes, leaves);
    const known = edge.size - n * TILE_WIDTH;
    held(tilePath(tile), leaves.subarray(0, known * HASH_BYTES), edge.tile(0));
    const grown = edge.append(leaves.subarray(known * HASH_BYTES));
    for (const { level, n: at, hashes: expected } of grown) {
      const width = expected.length / HASH_BYTES;
      // Lower tiles were looked at above; of the others the partial form only where the log ends.
      if (level === 0 || (width < TILE_WIDTH && at * TILE_WIDTH + width !== hashesAt(level, size))) continue;
      held(tilePath({ level, n: at, width }), await readTile(source, { level, n: at, width }), expected);
    }
    yield { tile, bytes: bytes as Buffer, grown };
  }
}

function leavesOf(tile: Tile, bytes: Buffer | undefined): Buffer {
  if (!bytes) throw new BrokenLog(tilePath(tile), 'is missing');
  const entries = entriesOf(bytes);
  if (entries?.length !== tile.width) throw new BrokenLog(tilePath(tile), `does not hold ${tile.width} entries`);
  return Buffer.concat(entries.map(leafHash));
}

function held(path: string, served: Buffer | undefined, expected: Buffer): void {
  if (!served) throw new BrokenLog(path, 'is missing');
  if (!served.equals(expected)) throw new BrokenLog(path, 'does not follow from the entries');
}
