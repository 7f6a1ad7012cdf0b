import type { Queryable } from '../database/index.ts';
import {
  CHECKPOINT_PATH,
  type Form,
  formOf,
  hashesAt,
  POLICY_PATH,
  parseTilePath,
  SM2_VKEY_PATH,
  type Tile,
  VKEY_PATH,
} from './layout.ts';
import { sm2VkeyOf } from './log-keys.ts';
import { logKey, published } from './receipts.ts';
import type { TileStore } from './store.ts';
import { deriveTile, rowsOf } from './tiles.ts';
import { policyFile } from './witness/policies.ts';

export interface LogFile extends Form {
  readonly bytes: Buffer;
}

/**
 * A public file of the log, by its path below `/log/`: `checkpoint`, `vkey`, `vkey.sm2`, `policy` or `tile/…`.
 * A partial tile that was removed because it is full by now, or a file that was lost, is derived from the database.
 */
export async function logFile(db: Queryable, store: TileStore, path: string): Promise<LogFile | undefined> {
  const bytes = await bytesOf(db, store, path);
  return bytes && { bytes, ...formOf(path) };
}

async function bytesOf(db: Queryable, store: TileStore, path: string): Promise<Buffer | undefined> {
  if (path === VKEY_PATH) {
    const vkey = await logKey(db);
    return vkey === undefined ? undefined : Buffer.from(`${vkey}\n`);
  }
  if (path === POLICY_PATH) {
    const policy = await policyFile(db);
    return policy === undefined ? undefined : Buffer.from(policy);
  }
  const tile = parseTilePath(path);
  if (!tile && path !== CHECKPOINT_PATH && path !== SM2_VKEY_PATH) return undefined;
  const rows = rowsOf(db);
  const state = await published(rows);
  if (!state) return undefined;
  if (path === SM2_VKEY_PATH) {
    const vkey = await sm2VkeyOf(rows, state.checkpoint);
    return vkey === undefined ? undefined : Buffer.from(`${vkey}\n`);
  }
  if (!tile) return Buffer.from(state.checkpoint);
  if (!isWithin(tile, state.size)) return undefined;
  // A store that does not answer is no reason to keep back what the database knows.
  return (await store.get(path).catch(() => undefined)) ?? (await deriveTile(rows, tile));
}

const isWithin = ({ level, n, width }: Tile, size: number): boolean => n * 256 + width <= hashesAt(level, size);
