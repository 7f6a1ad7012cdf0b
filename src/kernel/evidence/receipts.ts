import type { Queryable } from '../database/index.ts';
import { OperatorError } from '../operator-error.ts';
import { consistencyRanges, inclusionRanges, type Range, rangeRoot, tilesOf } from './merkle.ts';
import { type Rows, readTiles, rowsOf } from './tiles.ts';
import { formatProof } from './verify/index.ts';

export interface Published {
  readonly size: number;
  /** With the cosignatures gathered for exactly it so far. */
  readonly checkpoint: string;
  /** The newest published state that met the quorum of the policy. */
  readonly witnessed: { readonly size: number; readonly checkpoint: string } | null;
}

/** The state everybody can see: its tiles are durable. Receipts are made at this state, never at a private one. */
export async function published(rows: Rows): Promise<Published | undefined> {
  const [state] = await rows<{
    published_size: number | null;
    published_checkpoint: string | null;
    witnessed_size: number | null;
    witnessed_checkpoint: string | null;
    lines: string | null;
  }>(
    `select published_size, published_checkpoint, witnessed_size, witnessed_checkpoint,
            (select string_agg(w.line, '' order by w.name) from log_witness w where w.size = published_size) as lines
       from log_state`,
    [],
  );
  if (!state || state.published_size === null || state.published_checkpoint === null) return undefined;
  const { witnessed_size: size, witnessed_checkpoint: checkpoint } = state;
  return {
    size: state.published_size,
    checkpoint: state.published_checkpoint + (state.lines ?? ''),
    witnessed: size === null || checkpoint === null ? null : { size, checkpoint },
  };
}

/**
 * The receipt of an entry as a `.tlog-proof` text: at the newest witnessed checkpoint that holds it, else at the newest
 * published one. Reads a handful of rows, whatever the size of the log.
 * @returns undefined when there is no such entry, or it has no public index yet
 */
export async function proofFor(db: Queryable, receiptId: string): Promise<string | undefined> {
  const rows = rowsOf(db);
  // State first, then the leaf: a leaf below the published size stays where it is for ever.
  const state = await published(rows);
  if (!state) return undefined;
  return (state.witnessed && (await proofAt(db, receiptId, state.witnessed))) ?? proofAt(db, receiptId, state);
}

/** The receipt of an entry at one particular checkpoint of the log. @returns undefined when the entry is not below it */
export async function proofAt(
  db: Queryable,
  receiptId: string,
  { size, checkpoint }: { readonly size: number; readonly checkpoint: string },
): Promise<string | undefined> {
  const rows = rowsOf(db);
  const [leaf] = await rows<{ index: number }>('select index from evidence_leaf where entry_id = $1', [receiptId]);
  if (!leaf || leaf.index >= size) return undefined;
  const hashes = await rootsOf(rows, inclusionRanges(leaf.index, size));
  return formatProof({ index: BigInt(leaf.index), hashes, checkpoint });
}

/** Hashes proving that the log of `size` entries begins with the log of `older` entries. @throws RangeError */
export async function consistencyProof(db: Queryable, older: number, size: number): Promise<Buffer[]> {
  return rootsOf(rowsOf(db), consistencyRanges(older, size));
}

async function rootsOf(rows: Rows, ranges: readonly Range[]): Promise<Buffer[]> {
  const tileOf = await readTiles(rows, tilesOf(ranges));
  return ranges.map((range) => rangeRoot(range, tileOf));
}

/** The exact bytes that were hashed into the log. */
export async function entryBytes(db: Queryable, receiptId: string): Promise<Buffer | undefined> {
  const [entry] = await rowsOf(db)<{ bytes: Buffer }>('select bytes from evidence_entry where id = $1', [receiptId]);
  return entry?.bytes;
}

/** The log's public key, from the database: a process that does not sequence needs no key file. */
export async function logKey(db: Queryable): Promise<string | undefined> {
  const [state] = await rowsOf(db)<{ vkey: string }>('select vkey from log_state', []);
  return state?.vkey;
}

/** Counting is for the eye; a backlog of more is simply long. */
const WAITING_COUNT_MAX = 10_000;

export interface LogStatus {
  readonly origin: string;
  readonly vkey: string;
  /** Entries with an index. */
  readonly size: number;
  /** Entries below the public checkpoint. */
  readonly publishedSize: number;
  /** Entries below the newest checkpoint that met the quorum of the policy; null where there is none. */
  readonly witnessedSize: number | null;
  /** Committed acts whose entries wait for an index (counted up to 10,000), and since when the oldest does. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
}

/** @returns undefined before the first sequencer has begun the log */
export async function logStatus(db: Queryable): Promise<LogStatus | undefined> {
  const [state] = await rowsOf(db)<{
    origin: string;
    vkey: string;
    size: number;
    published_size: number | null;
    witnessed_size: number | null;
    waiting: number;
    waiting_since: Date | null;
  }>(
    `select origin, vkey, size, published_size, witnessed_size,
            (select count(*) from (select from evidence_queue limit $1) q) as waiting,
            (select e.at from evidence_entry e
              where e.id = (select entry_id from evidence_queue order by entry_id limit 1)) as waiting_since
       from log_state`,
    [WAITING_COUNT_MAX],
  );
  if (!state) return undefined;
  return {
    origin: state.origin,
    vkey: state.vkey,
    size: state.size,
    publishedSize: state.published_size ?? 0,
    witnessedSize: state.witnessed_size,
    waiting: state.waiting,
    waitingSince: state.waiting_since,
  };
}

const SETTLE_POLL_MS = 20;

/**
 * Waits until every entry committed so far is sequenced and public, by whichever process sequences.
 * @throws OperatorError when that takes longer than `timeoutMs`
 */
export async function settled(db: Queryable, timeoutMs = 60_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const [state] = await rowsOf(db)<{ settled: boolean }>(
      'select published_size = size and not exists (select from evidence_queue) as settled from log_state',
      [],
    );
    if (state?.settled) return;
    if (Date.now() > until) {
      const status = await logStatus(db);
      throw new OperatorError(
        `存证日志未能及时编完（待编 ${status?.waiting ?? '?'} 条）。The evidence log did not settle in time (${status?.waiting ?? '?'} entries waiting).`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
}
