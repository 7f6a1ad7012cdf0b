/** Where the log's files lie (C2SP tlog-tiles v0.1.0). Hash i of tile (level, n) covers 256^level entries from (n·256 + i)·256^level on. */
export const TILE_WIDTH = 256;
export const HASH_BYTES = 32;
/** Entries are counted in 63 bits, eight to a level. */
export const LEVELS_MAX = 8;

export const CHECKPOINT_PATH = 'checkpoint';
export const VKEY_PATH = 'vkey';
export const POLICY_PATH = 'policy';
export const SM2_VKEY_PATH = 'vkey.sm2';

/** How a file of the log is served (C2SP tlog-tiles): tiles never change, everything else may within a second. */
export interface Form {
  readonly mediaType: string;
  readonly cacheControl: string;
}

export function formOf(path: string): Form {
  return path.startsWith('tile/')
    ? { mediaType: 'application/octet-stream', cacheControl: 'public, max-age=31536000, immutable' }
    : { mediaType: 'text/plain; charset=utf-8', cacheControl: 'public, max-age=1' };
}

export interface Tile {
  /** Level of a hash tile, or `entries` for the bundle of the entries themselves. */
  readonly level: number | 'entries';
  readonly n: number;
  /** 1 to 256; below 256 it is a partial tile. */
  readonly width: number;
}

/** Path below the log's address, such as `tile/0/x001/234.p/17`. */
export function tilePath({ level, n, width }: Tile): string {
  const whole = `tile/${level}/${groups(n)}`;
  return width === TILE_WIDTH ? whole : `${whole}.p/${width}`;
}

/** Folder of the partial forms of a tile, which may go once the full one exists. */
export const partialsFolder = ({ level, n }: Tile): string => `tile/${level}/${groups(n)}.p`;

function groups(n: number): string {
  const text = String(n);
  const digits = text.padStart(Math.ceil(text.length / 3) * 3, '0');
  const parts = digits.match(/\d{3}/g) ?? [];
  return parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/');
}

/** Reads a path strictly: one tile has one path, and no path leads out of the log. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  const [, levelText, groupText, widthText] = match ?? [];
  if (!levelText || !groupText) return undefined;
  const level = levelText === 'entries' ? 'entries' : Number(levelText);
  const n = Number(groupText.replaceAll(/[x/]/g, ''));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (widthText !== undefined && width >= TILE_WIDTH) return undefined;
  if (typeof level === 'number' && level >= LEVELS_MAX) return undefined;
  const tile: Tile = { level, n, width };
  return tilePath(tile) === path ? tile : undefined;
}

/** How many hashes level `level` has in a log of `size` entries. */
export function hashesAt(level: number | 'entries', size: number): number {
  return level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
}

/** The tiles a log of `size` entries has that it did not have, or not as wide, at `before` entries; bundles first. */
export function* tilesBetween(before: number, size: number): Generator<Tile> {
  for (const level of ['entries', ...Array.from({ length: LEVELS_MAX }, (_, i) => i)] as const) {
    const from = hashesAt(level, before);
    const to = hashesAt(level, size);
    for (let n = Math.floor(from / TILE_WIDTH); n * TILE_WIDTH < to && from < to; n++) {
      yield { level, n, width: Math.min(TILE_WIDTH, to - n * TILE_WIDTH) };
    }
  }
}
