import type { DurableFile } from './durable.ts';
import {
  hashesAt,
  LEVELS_MAX,
  parseTilePath,
  partialsFolder,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tilesBetween,
} from './layout.ts';
import type { TileStore } from './store.ts';
import { deriveTiles, type Rows } from './tiles.ts';

/** Tiles derived in one query; a bundle may hold 256 × 65,537 bytes, so the largest possible ones make 67 MB. */
const TILES_A_QUERY = 4;
/** Files written together share fsyncs; so many, or so many bytes, are held in memory. */
const FILES_TOGETHER_MAX = 128;
const BYTES_TOGETHER_MAX = 16 * 1024 ** 2;

/** Makes the tiles that a log of `size` entries has and one of `before` had not durable in the store. */
export async function writeTiles(rows: Rows, store: TileStore, before: number, size: number): Promise<void> {
  await writeAll(rows, store, tilesBetween(before, size));
}

/** Writes what a kill, or a lost folder, left unwritten. */
export async function restoreTiles(rows: Rows, store: TileStore, size: number): Promise<void> {
  const present = await presentTiles(store, size);
  await writeAll(rows, store, missingOf(present, size));
}

/**
 * Removes the partial tiles of size `before` that are full by now: the specification lets them go, and the server still
 * derives them. Only where the log ended before can a tile have been published in part.
 */
export async function dropPartials(store: TileStore, before: number, size: number): Promise<void> {
  for (const tile of tilesBetween(before, size)) {
    const wasPartial = hashesAt(tile.level, before) > tile.n * TILE_WIDTH;
    if (wasPartial && tile.width === TILE_WIDTH) await store.removeFolder(partialsFolder(tile));
  }
}

async function writeAll(rows: Rows, store: TileStore, tiles: Iterable<Tile>): Promise<void> {
  let files: DurableFile[] = [];
  let held = 0;
  const flush = async () => {
    await store.putAll(files);
    files = [];
    held = 0;
  };
  for (const group of groupsOf(tiles, TILES_A_QUERY)) {
    const bytes = await deriveTiles(rows, group);
    for (const [i, tile] of group.entries()) {
      const file = { path: tilePath(tile), bytes: bytesOf(tile, bytes[i]) };
      files.push(file);
      held += file.bytes.length;
    }
    if (files.length >= FILES_TOGETHER_MAX || held >= BYTES_TOGETHER_MAX) await flush();
  }
  if (files.length > 0) await flush();
}

function* groupsOf<T>(items: Iterable<T>, count: number): Generator<T[]> {
  let group: T[] = [];
  for (const item of items) {
    if (group.push(item) < count) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** What the database cannot give is damage: see `shuheng log fsck`. */
export class MissingTile extends Error {
  override name = 'MissingTile';
}

function bytesOf(tile: Tile, bytes: Buffer | undefined): Buffer {
  if (!bytes) throw new MissingTile(`tile ${tilePath(tile)} cannot be derived`);
  return bytes;
}

type Level = Tile['level'];

/** One bit a tile, so that looking for gaps in a long log costs no memory to speak of. */
async function presentTiles(store: TileStore, size: number): Promise<ReadonlyMap<Level, Uint8Array>> {
  const present = new Map<Level, Uint8Array>();
  for (const level of ['entries', ...Array.from({ length: LEVELS_MAX }, (_, i) => i)] as const) {
    present.set(level, new Uint8Array(Math.ceil(Math.ceil(hashesAt(level, size) / TILE_WIDTH) / 8)));
  }
  for await (const path of store.list()) {
    const tile = parseTilePath(path);
    // A tile wider than this log's may be a later one's, but the narrower form is what this size needs.
    if (!tile || tile.width !== widthAt(tile, size)) continue;
    const bits = present.get(tile.level) as Uint8Array;
    bits[Math.floor(tile.n / 8)] = (bits[Math.floor(tile.n / 8)] ?? 0) | (1 << (tile.n % 8));
  }
  return present;
}

const widthAt = ({ level, n }: Tile, size: number): number =>
  Math.min(TILE_WIDTH, hashesAt(level, size) - n * TILE_WIDTH);

function* missingOf(present: ReadonlyMap<Level, Uint8Array>, size: number): Generator<Tile> {
  for (const tile of tilesBetween(0, size)) {
    const bits = present.get(tile.level)?.[Math.floor(tile.n / 8)] ?? 0;
    if ((bits & (1 << (tile.n % 8))) === 0) yield tile;
  }
}
