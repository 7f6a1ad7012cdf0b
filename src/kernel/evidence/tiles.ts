import { CompiledQuery } from 'kysely';
import type { Queryable } from '../database/index.ts';
import { TILE_WIDTH, type Tile } from './layout.ts';
import { HASH_BYTES } from './merkle.ts';

/** Runs one query: the sequencer's own connection and the pool of the reads look the same from here. */
export type Rows = <R>(text: string, values: readonly unknown[]) => Promise<R[]>;

export const rowsOf =
  (db: Queryable): Rows =>
  async <R>(text: string, values: readonly unknown[]) => {
    const { rows } = await db.executeQuery<R>(CompiledQuery.raw(text, [...values]));
    return rows;
  };

export interface TileKey {
  readonly level: number;
  readonly n: number;
}

/** Stored hashes of some tiles in one query. @returns a look-up for {@link rangeRoot} and Edge.at */
export async function readTiles(
  rows: Rows,
  tiles: readonly TileKey[],
): Promise<(level: number, n: number) => Buffer | undefined> {
  const found = await rows<TileKey & { hashes: Buffer }>(
    `select t.level, t.n, t.hashes from unnest($1::smallint[], $2::bigint[]) as wanted (level, n)
       join log_tile t on t.level = wanted.level and t.n = wanted.n`,
    [tiles.map((t) => t.level), tiles.map((t) => t.n)],
  );
  const byKey = new Map(found.map((t) => [`${t.level}/${t.n}`, t.hashes]));
  return (level, n) => byKey.get(`${level}/${n}`);
}

/** Bytes of a tile or entry bundle, from the database. @returns undefined when the log has not come that far */
export async function deriveTile(rows: Rows, tile: Tile): Promise<Buffer | undefined> {
  return (await deriveTiles(rows, [tile]))[0];
}

/** The same for several tiles, in two queries at most; memory holds all of them. */
export async function deriveTiles(rows: Rows, tiles: readonly Tile[]): Promise<(Buffer | undefined)[]> {
  const bundles = await readBundles(rows, tiles.filter(isBundle));
  const hashed = tiles.filter(isHashTile);
  const hashesOf = hashed.length > 0 ? await readTiles(rows, hashed) : () => undefined;
  return tiles.map((tile) => {
    if (isBundle(tile)) return bundles.get(bundleName(tile));
    if (!isHashTile(tile)) return undefined;
    const hashes = hashesOf(tile.level, tile.n);
    return hashes && hashes.length >= tile.width * HASH_BYTES ? hashes.subarray(0, tile.width * HASH_BYTES) : undefined;
  });
}

const isBundle = (tile: Tile): boolean => tile.level === 'entries';
const isHashTile = (tile: Tile): tile is Tile & TileKey => tile.level !== 'entries';
const bundleName = ({ n, width }: Tile): string => `${n}/${width}`;

/** An entry bundle: each entry after its length in two bytes, big-endian. One row a bundle, put together where the entries lie. */
async function readBundles(rows: Rows, bundles: readonly Tile[]): Promise<Map<string, Buffer>> {
  if (bundles.length === 0) return new Map();
  const found = await rows<{ n: number; width: number; count: number; bytes: Buffer }>(
    `select b.n, b.width, x.count, x.bytes from unnest($1::bigint[], $2::bigint[]) as b (n, width),
       lateral (select count(*) as count,
                       string_agg(substr(int4send(length(e.bytes)), 3) || e.bytes, ''::bytea order by l.index) as bytes
                  from evidence_leaf l join evidence_entry e on e.id = l.entry_id
                 where l.index >= b.n * ${TILE_WIDTH} and l.index < b.n * ${TILE_WIDTH} + b.width) x`,
    [bundles.map((b) => b.n), bundles.map((b) => b.width)],
  );
  return new Map(found.filter((b) => b.count === b.width).map((b) => [`${b.n}/${b.width}`, b.bytes]));
}
