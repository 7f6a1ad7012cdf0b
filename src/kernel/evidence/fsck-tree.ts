import type { Text } from '../text.ts';
import { bundle, partialOf } from './bundle.ts';
import { changed, Difference, missing } from './difference.ts';
import type { SealedValue } from './entry.ts';
import { checkEntry } from './fsck-rows.ts';
import { hashesAt, parseTilePath, TILE_WIDTH, type Tile, tilePath } from './layout.ts';
import { Edge, edgeTiles, type GrownTile, HASH_BYTES, leafHash } from './merkle.ts';
import type { TileStore } from './store.ts';
import { deriveTile, type Rows, readTiles } from './tiles.ts';

/** By size: the roots that must come out there, and who says so. */
export type Wanted = ReadonlyMap<number, readonly { readonly root: Uint8Array; readonly name: Text }[]>;

interface Span {
  /** Entries in the snapshot, and below its public checkpoint. */
  readonly size: number;
  readonly published: number;
}

interface LeafRow {
  readonly index: number;
  readonly entry_id: string;
  readonly bytes: Buffer | null;
  readonly sealed: Record<string, SealedValue> | null;
}

/** Appends entry after entry, 256 at a time, and looks at every tile as it fills. */
export async function rebuild(
  rows: Rows,
  store: TileStore,
  {
    size,
    published,
    wanted,
    onProgress,
  }: Span & { readonly wanted: Wanted; readonly onProgress: (done: number, total: number) => void },
): Promise<{ edge: Edge; files: number }> {
  const edge = Edge.empty();
  let files = 0;
  const compare = async (tile: Tile, bytes: Buffer) => {
    if (await isServed(store, tile, bytes, published)) files++;
  };
  checkRoot(edge, wanted);
  while (edge.size < size) {
    const n = edge.size / TILE_WIDTH;
    const entries = await readEntries(rows, edge.size, Math.min(TILE_WIDTH, size - edge.size));
    const grown = appendInSteps(edge, entries, wanted);
    await compare({ level: 'entries', n, width: entries.length }, bundle(entries));
    await checkHashTiles(rows, grown, compare);
    onProgress(edge.size, size);
  }
  const last = edgeTiles(size).map(({ level, n }) => ({ level, n, hashes: edge.tile(level) }));
  await checkHashTiles(rows, last, compare);
  return { edge, files };
}

function checkRoot(edge: Edge, wanted: Wanted): void {
  for (const { root, name } of wanted.get(edge.size) ?? []) {
    if (edge.root().equals(root)) continue;
    throw new Difference(
      `由 ${edge.size} 条记录算出的根哈希与${name.zh}不一致。`,
      `The root of ${edge.size} entries is not the one in the ${name.en}.`,
    );
  }
}

/** Appends up to 256 entries, stopping where a root is to be looked at. @returns the full tiles among those that grew */
function appendInSteps(edge: Edge, entries: readonly Buffer[], wanted: Wanted): GrownTile[] {
  const start = edge.size;
  const end = start + entries.length;
  const stops = [...wanted.keys()].filter((size) => size > start && size < end).sort((a, b) => a - b);
  const full: GrownTile[] = [];
  let from = start;
  for (const stop of [...stops, end]) {
    const grown = edge.append(Buffer.concat(entries.slice(from - start, stop - start).map(leafHash)));
    full.push(...grown.filter((tile) => tile.hashes.length === TILE_WIDTH * HASH_BYTES));
    from = stop;
    checkRoot(edge, wanted);
  }
  return full;
}

async function readEntries(rows: Rows, from: number, count: number): Promise<Buffer[]> {
  const leaves = await rows<LeafRow>(
    `select l.index, l.entry_id, e.bytes, e.sealed from evidence_leaf l left join evidence_entry e on e.id = l.entry_id
      where l.index >= $1 and l.index < $2 order by l.index`,
    [from, from + count],
  );
  return Array.from({ length: count }, (_, i) => {
    const index = from + i;
    const leaf = leaves[i];
    if (leaf?.index !== index) throw new Difference(`序号 ${index} 没有记录。`, `No entry stands at index ${index}.`);
    if (!leaf.bytes) {
      throw new Difference(
        `序号 ${index}：记录 ${leaf.entry_id} 不见了。`,
        `Index ${index}: entry ${leaf.entry_id} is gone.`,
      );
    }
    checkEntry(index, leaf.entry_id, leaf.bytes, leaf.sealed ?? {});
    return leaf.bytes;
  });
}

async function checkHashTiles(
  rows: Rows,
  tiles: readonly GrownTile[],
  compare: (tile: Tile, bytes: Buffer) => Promise<void>,
): Promise<void> {
  if (tiles.length === 0) return;
  const stored = await readTiles(rows, tiles);
  for (const { level, n, hashes } of tiles) {
    if (!stored(level, n)?.equals(hashes)) {
      throw new Difference(
        `数据库中的哈希块 ${level}/${n} 与记录不一致。`,
        `Hash tile ${level}/${n} in the database does not follow from the entries.`,
      );
    }
    await compare({ level, n, width: hashes.length / HASH_BYTES }, hashes);
  }
}

/** Width of a tile's form in a log of so many entries; 0 or less when it has none. */
const widthAt = ({ level, n }: Tile, size: number): number =>
  Math.min(TILE_WIDTH, hashesAt(level, size) - n * TILE_WIDTH);

/**
 * Looks at the form of a tile that the public checkpoint needs.
 * @param known the tile as it follows from the entries, and its bytes
 * @returns false when it is not public yet
 */
async function isServed(store: TileStore, known: Tile, bytes: Buffer, published: number): Promise<boolean> {
  const needed = { ...known, width: widthAt(known, published) };
  if (needed.width <= 0) return false;
  const file = await store.get(tilePath(needed));
  if (file === undefined) {
    // Beside a running sequencer a partial file gives way to the full one.
    if (needed.width < TILE_WIDTH && (await store.get(tilePath({ ...known, width: TILE_WIDTH })))) return false;
    throw missing(tilePath(needed));
  }
  if (!file.equals(formOf(known, bytes, needed.width))) throw changed(tilePath(needed));
  return true;
}

function formOf(tile: Tile, bytes: Buffer, width: number): Buffer {
  const form = width === tile.width ? bytes : partialOf({ ...tile, width }, bytes);
  if (!form) throw new Error(`${tilePath(tile)} has no form of width ${width}`);
  return form;
}

/**
 * Looks at every other file below `tile/`: partial tiles of earlier sizes follow from the entries too, and nothing lies
 * there that no size of this log has.
 * @returns how many were compared
 */
export async function checkOtherFiles(
  rows: Rows,
  store: TileStore,
  { size, published, current }: Span & { readonly current: () => Promise<number> },
): Promise<number> {
  let files = 0;
  for await (const path of store.list()) {
    if (!path.startsWith('tile/')) continue;
    const tile = parseTilePath(path);
    if (tile && tile.width === widthAt(tile, published)) continue;
    if (!tile || widthAt(tile, size) < tile.width) {
      if (tile && widthAt(tile, await current()) >= tile.width) continue;
      throw new Difference(`文件 ${path} 不属于这个日志。`, `File ${path} is no part of this log.`);
    }
    const [file, expected] = [await store.get(path), await deriveTile(rows, tile)];
    if (file === undefined) continue;
    if (!expected?.equals(file)) throw changed(path);
    files++;
  }
  return files;
}
