import { CompiledQuery } from 'kysely';
import type { Queryable } from '../database/index.ts';
import type { Tile } from './layout.ts';
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
export async function deriveTile(rows: Rows, { level, n, width }: Tile): Promise<Buffer | undefined> {
  if (level !== 'entries') {
    const hashes = (await readTiles(rows, [{ level, n }]))(level, n);
    return hashes && hashes.length >= width * HASH_BYTES ? hashes.subarray(0, width * HASH_BYTES) : undefined;
  }
  const entries = await rows<{ bytes: Buffer }>(
    `select e.bytes from evidence_leaf l join evidence_entry e on e.id = l.entry_id
      where l.index >= $1 and l.index < $2 order by l.index`,
    [n * 256, n * 256 + width],
  );
  return entries.length === width ? bundle(entries.map((e) => e.bytes)) : undefined;
}

/** An entry bundle: each entry after its length in two bytes, big-endian. */
export function bundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}
