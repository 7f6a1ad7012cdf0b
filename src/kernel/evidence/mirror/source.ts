import type { Queryable } from '../../database/index.ts';
import { partialOf } from '../bundle.ts';
import { TILE_WIDTH, type Tile, tilePath } from '../layout.ts';
import { logFile } from '../log-files.ts';
import type { TileStore } from '../store.ts';

/** Where a log is read from: our own database, a folder or bucket, or somebody's web server. */
export interface LogSource {
  /** For people. */
  readonly name: string;
  /** @returns undefined when there is no such file. @throws SourceTrouble when that cannot be known */
  readonly get: (path: string) => Promise<Buffer | undefined>;
}

/** The source does not answer, or not in a way that says anything about the log. */
export class SourceTrouble extends Error {
  override name = 'SourceTrouble';
}

/** What this exchange publishes, also what is derived from the database alone. */
export const ownLog = (db: Queryable, store: TileStore): LogSource => ({
  name: 'database',
  get: async (path) => (await logFile(db, store, path))?.bytes,
});

export const storedLog = (name: string, store: TileStore): LogSource => ({ name, get: store.get });

const TRIES = 4;
const FIRST_PAUSE_MS = 250;
const REQUEST_MS = 30_000;
/** The largest file of a log: a bundle of 256 entries of 65,535 bytes and their lengths. */
const FILE_BYTES_MAX = TILE_WIDTH * 65_537;

/** A log on a web server, at the address below which `checkpoint` lies. */
export function webLog(address: string): LogSource {
  const base = address.endsWith('/') ? address : `${address}/`;
  return { name: address, get: (path) => fetchPatiently(new URL(path, base)) };
}

/** Tries again what may pass: no connection, a server that is busy or restarting. */
async function fetchPatiently(url: URL): Promise<Buffer | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetchOnce(url).catch((error: unknown) => ({ trouble: reasonOf(error) }));
    if (!('trouble' in answer)) return answer.bytes;
    if (attempt === TRIES) throw new SourceTrouble(`${url}: ${answer.trouble}`);
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
  }
}

async function fetchOnce(url: URL): Promise<{ bytes: Buffer | undefined } | { trouble: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) });
  if (answer.status === 404 || answer.status === 410) {
    await answer.body?.cancel();
    return { bytes: undefined };
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    return { trouble: `HTTP ${answer.status}` };
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > FILE_BYTES_MAX) throw new SourceTrouble(`${url}: longer than any file of a log`);
    parts.push(part);
  }
  return { bytes: Buffer.concat(parts) };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** A tile, also where the partial form has already given way to the full one (C2SP tlog-tiles). */
export async function readTile(source: LogSource, tile: Tile): Promise<Buffer | undefined> {
  const exact = await source.get(tilePath(tile));
  if (exact || tile.width === TILE_WIDTH) return exact;
  const full = await source.get(tilePath({ ...tile, width: TILE_WIDTH }));
  return full && partialOf(tile, full);
}
