import { HASH_BYTES, type Tile } from './layout.ts';

/** An entry bundle (C2SP tlog-tiles): each entry after its length in two bytes, big-endian. */
export function bundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** The entries of a bundle. @returns undefined when it is not whole, or has bytes behind its last entry */
export function entriesOf(bundle: Buffer): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return undefined;
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** The first `width` hashes or entries of the full form of a tile. */
export function partialOf({ level, width }: Tile, full: Buffer): Buffer | undefined {
  if (level !== 'entries') return full.length < width * HASH_BYTES ? undefined : full.subarray(0, width * HASH_BYTES);
  const entries = entriesOf(full)?.slice(0, width);
  if (entries?.length !== width) return undefined;
  return full.subarray(
    0,
    entries.reduce((sum, entry) => sum + 2 + entry.length, 0),
  );
}
