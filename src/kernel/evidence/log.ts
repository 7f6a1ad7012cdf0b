import type pg from 'pg';
import { OperatorError } from '../operator-error.ts';
import { type KeyProvider, otherName } from './keys.ts';
import { CHECKPOINT_PATH } from './layout.ts';
import { dueTurn, logKeys, openSigners, signedByLog, writeTurn } from './log-keys.ts';
import { Edge, EMPTY_ROOT, edgeTiles, HASH_BYTES, rangeRoot, tilesOf } from './merkle.ts';
import { checkpointText, type LogSigner, noteSigner, signNote } from './note.ts';
import { dropPartials, MissingTile, restoreTiles, writeTiles } from './publication.ts';
import { published } from './receipts.ts';
import type { CryptoSuite } from './signers.ts';
import type { TileStore } from './store.ts';
import { type Rows, readTiles } from './tiles.ts';
import { parseCheckpoint, parseNote } from './verify/index.ts';

/** Entries taken in one transaction; the batch grows towards it while the last one is on its way to disk. */
export const BATCH_ENTRIES_MAX = 4_096;
/** A backlog is looked at from its beginning again after so many batches. */
const BATCHES_A_ROUND = 16;

interface LogState {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly root: Buffer;
  readonly checkpoint: string;
  readonly published_size: number | null;
}

/** Another sequencer moved the log on: nothing is lost, but what this one holds in memory is out of date. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

export interface LogOptions {
  readonly store: TileStore;
  readonly keys: KeyProvider;
  /** Which signatures checkpoints carry; `international` without one. */
  readonly suite?: CryptoSuite;
  /** Name of the log and of its key: its public address without scheme or last slash. */
  readonly origin: string;
  /** A connection for publication, which may then go on beside the commits; the same one without it. */
  readonly publisher?: pg.Client;
}

/**
 * The log in the hands of one sequencer. The order that makes every crash harmless (after Sunlight): hashes, indexes
 * and the signed checkpoint commit in one transaction that compares and swaps the state; tiles are derived from the
 * database afterwards, and the checkpoint is published last.
 */
export class EvidenceLog {
  readonly #client: pg.Client;
  readonly #rows: Rows;
  /** For publication. */
  readonly #publicRows: Rows;
  readonly #store: TileStore;
  readonly #keys: { readonly provider: KeyProvider; readonly suite: CryptoSuite; readonly origin: string };
  #signers: readonly LogSigner[] = [];
  #state: LogState;
  #edge: Edge;
  #published: number;
  /** The last entry taken while working off a backlog; '' starts at the beginning. */
  #after = '';
  #batches = 0;
  /** The checkpoint at the published size was signed anew. */
  #signedAnew = false;
  /** The store was looked through for gaps. */
  #restored = false;

  private constructor(
    client: pg.Client,
    { store, keys, suite = 'international', origin, publisher = client }: LogOptions,
    state: LogState,
    edge: Edge,
  ) {
    this.#client = client;
    this.#rows = rowsOn(client);
    this.#publicRows = rowsOn(publisher);
    this.#store = store;
    this.#keys = { provider: keys, suite, origin };
    this.#state = state;
    this.#edge = edge;
    this.#published = state.published_size ?? 0;
  }

  /**
   * Takes up the log where it stands, or begins one where there is none.
   * @throws OperatorError when going on could fork the log or leave it unsigned
   */
  static async open(client: pg.Client, options: LogOptions): Promise<EvidenceLog> {
    const rows = rowsOn(client);
    const state = (await loadState(rows)) ?? (await createState(rows, options));
    if (state.origin !== options.origin) throw otherName(state.origin, options.origin);
    const tileOf = await readTiles(rows, edgeTiles(state.size));
    const edge = Edge.at(state.size, tileOf);
    const log = new EvidenceLog(client, options, state, edge);
    await refuseDamage(rows, state, edge);
    await refuseOlderDatabase(rows, state, options.store);
    await log.turnKeys();
    return log;
  }

  /**
   * For a process that stands by: whether it could go on with this log.
   * @throws OperatorError when its name of the log or its keys are not this log's
   */
  static async refuseMisfit(client: pg.Client, { keys, suite = 'international', origin }: LogOptions): Promise<void> {
    const rows = rowsOn(client);
    const state = await loadState(rows);
    // Whoever leads is only just beginning it.
    if (!state) return;
    if (state.origin !== origin) throw otherName(state.origin, origin);
    const { signing } = await dueTurn(rows, state.published_size ?? 0, new Date());
    await openSigners(signing, { provider: keys, suite, origin });
  }

  get size(): number {
    return this.#state.size;
  }

  /** True when there is a committed state that is not yet public, or files may be missing. */
  get unpublished(): boolean {
    return this.#published < this.#state.size || this.#signedAnew || !this.#restored;
  }

  /**
   * Lets keys begin and end where that is due, and signs the same checkpoint anew with those that sign now.
   * @throws OperatorError when one of them is gone, or another stands in its place
   */
  async turnKeys(): Promise<void> {
    const turn = await dueTurn(this.#rows, this.#published, new Date());
    const isDue = turn.begin.length > 0 || turn.end.length > 0;
    if (!isDue && this.#signers.length > 0) return;
    const signers = await openSigners(turn.signing, this.#keys);
    const vkey = turn.signing.find((key) => key.algorithm === 'ed25519')?.vkey;
    if (!vkey) throw damaged('signing keys');
    if (isDue || !carries(this.#state.checkpoint, signers)) {
      const { size } = this.#state;
      const checkpoint = await signNote(checkpointText(this.#state), signers);
      await this.#client.query('begin');
      try {
        await writeTurn(this.#rows, turn, size);
        const swapped = await this.#rows(
          `update log_state set checkpoint = $1, vkey = $2, committed_at = now()
            where size = $3 and root = $4 and checkpoint = $5 and vkey = $6 returning size`,
          [checkpoint, vkey, size, this.#state.root, this.#state.checkpoint, this.#state.vkey],
        );
        if (swapped.length !== 1) throw new Overtaken(`the log is no longer at ${size}, or signed by others`);
        await this.#client.query('commit');
      } catch (error) {
        await this.#client.query('rollback').catch(() => undefined);
        throw error;
      }
      this.#state = { ...this.#state, checkpoint, vkey };
      this.#signedAnew = true;
    }
    this.#signers = signers;
  }

  /**
   * Gives the waiting entries their indexes. After an error the object must not be used again: whether the commit
   * happened is then for the database to say, by opening the log anew.
   * @returns how many entries were taken, at most {@link BATCH_ENTRIES_MAX}
   */
  async commit(): Promise<number> {
    await this.#client.query('begin');
    try {
      const { ids, leaves } = await this.#take();
      if (ids.length === 0) {
        await this.#client.query('rollback');
        return 0;
      }
      const edge = this.#edge.copy();
      const grown = edge.append(leaves);
      const root = edge.root();
      const before = this.#state;
      const text = checkpointText({ origin: before.origin, size: edge.size, root });
      const checkpoint = await signNote(text, this.#signers);
      const swapped = await this.#rows(
        `update log_state set size = $1, root = $2, checkpoint = $3, committed_at = now()
          where size = $4 and root = $5 and checkpoint = $6 and vkey = $7 returning size`,
        [edge.size, root, checkpoint, before.size, before.root, before.checkpoint, before.vkey],
      );
      if (swapped.length !== 1) throw new Overtaken(`the log is no longer at ${this.#state.size}`);
      await this.#rows(
        `with t as (insert into log_tile (level, n, hashes)
             select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])
             on conflict (level, n) do update set hashes = excluded.hashes)
         insert into evidence_leaf (index, entry_id)
           select $4::bigint + ordinality - 1, id from unnest($5::text[]) with ordinality as u (id, ordinality)`,
        [grown.map((g) => g.level), grown.map((g) => g.n), grown.map((g) => g.hashes), this.#state.size, ids],
      );
      await this.#client.query('commit');
      this.#edge = edge;
      this.#state = { ...this.#state, size: edge.size, root, checkpoint };
      this.#resume(ids);
      return ids.length;
    } catch (error) {
      await this.#client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** Takes the next waiting entries off the queue, by the numbers of their rows: no index is searched twice. */
  async #take(): Promise<Taken> {
    const [taken] = await this.#rows<{ ids: string[] | null; leaves: Buffer | null }>(
      `with taken as (delete from evidence_queue where ctid = any (array(
           select ctid from evidence_queue where entry_id > $2 order by entry_id limit $1)) returning entry_id, leaf)
       select array_agg(entry_id) as ids, string_agg(leaf, ''::bytea) as leaves from taken`,
      [BATCH_ENTRIES_MAX, this.#after],
    );
    return inOrder(taken?.ids ?? [], taken?.leaves ?? Buffer.alloc(0));
  }

  /**
   * A backlog is worked off from where the last batch ended, past the rows it left dead; entries that committed behind
   * that place come with the next round, which starts at the beginning.
   */
  #resume(ids: readonly string[]): void {
    this.#batches = ids.length === BATCH_ENTRIES_MAX ? (this.#batches + 1) % BATCHES_A_ROUND : 0;
    this.#after = this.#batches === 0 ? '' : (ids.at(-1) ?? '');
  }

  /**
   * Writes the tiles of the committed state, then its checkpoint, then says so in the database; the first time also what
   * a kill or a lost folder left unwritten. It may run while {@link commit} goes on, over a connection of its own, and
   * be tried again after a failure; two at once are the caller's mistake.
   */
  async publish(): Promise<void> {
    const { size, checkpoint } = this.#state;
    const before = this.#published;
    const anew = this.#signedAnew;
    if (this.#restored) await writeTiles(this.#publicRows, this.#store, before, size).catch(asDamage);
    else await restoreTiles(this.#publicRows, this.#store, size).catch(asDamage);
    await this.#store.put(CHECKPOINT_PATH, Buffer.from(checkpoint));
    await this.#publicRows(
      `update log_state set published_size = $1, published_checkpoint = $2
        where published_size is null or published_size < $1
           or (published_size = $1 and ($3 or not starts_with(published_checkpoint, $2))) returning size`,
      [size, checkpoint, anew],
    );
    this.#restored = true;
    this.#published = size;
    // Keys may have turned meanwhile.
    if (checkpoint === this.#state.checkpoint) this.#signedAnew = false;
    await dropPartials(this.#store, before, size);
  }

  /**
   * Brings the checkpoint file to what `/log/checkpoint` says: with the cosignatures gathered since, and never older,
   * also when a sequencer that lost its office wrote it last. Whoever reads folder or bucket directly sees the same.
   */
  async refreshCheckpoint(): Promise<void> {
    const state = await published(this.#publicRows);
    if (!state) return;
    const file = await this.#store.get(CHECKPOINT_PATH);
    if (file?.toString() !== state.checkpoint) await this.#store.put(CHECKPOINT_PATH, Buffer.from(state.checkpoint));
  }
}

/** Entries off the queue, and their leaf hashes back to back. */
interface Taken {
  readonly ids: readonly string[];
  readonly leaves: Buffer;
}

/** Rows come as they lie; indexes follow the time in the entries' numbers. */
function inOrder(ids: readonly string[], leaves: Buffer): Taken {
  if (ids.every((id, i) => i === 0 || (ids[i - 1] ?? '') < id)) return { ids, leaves };
  const order = ids.map((_, i) => i).sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
  return {
    ids: order.map((i) => ids[i] ?? ''),
    leaves: Buffer.concat(order.map((i) => leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))),
  };
}

const rowsOn =
  (client: pg.Client): Rows =>
  async <R>(text: string, values: readonly unknown[]) =>
    (await client.query(text, [...values])).rows as R[];

async function loadState(rows: Rows): Promise<LogState | undefined> {
  return (await rows<LogState>('select origin, vkey, size, root, checkpoint, published_size from log_state', []))[0];
}

/** Begins a log. A state is never made where a log already was: that would be a second history under one name. */
async function createState(rows: Rows, { store, keys, origin }: LogOptions): Promise<LogState> {
  const [leaf] = await rows('select 1 from evidence_leaf limit 1', []);
  if (leaf) {
    throw new OperatorError(
      '日志状态（log_state）丢失，但已有编入日志的记录：请从备份恢复数据库。The log state is gone but sequenced entries exist: restore the database from a backup.',
    );
  }
  if (await store.get(CHECKPOINT_PATH)) {
    throw new OperatorError(
      '日志目录中已有检查点，而数据库中没有日志：请恢复与其对应的数据库，或清空日志目录另建新日志。The log folder holds a checkpoint but the database holds no log: restore the database that belongs to it, or empty the folder to begin a new log.',
    );
  }
  const label = { purpose: 'log', algorithm: 'ed25519', generation: 1 } as const;
  const signer = noteSigner(origin, 'ed25519', (await keys.find(label, origin)) ?? (await keys.create(label, origin)));
  const checkpoint = await signNote(checkpointText({ origin, size: 0, root: EMPTY_ROOT }), [signer]);
  // Keys of a log that never had an entry and is gone would be keys of nothing.
  await rows(`delete from signing_key where purpose = 'log' and not exists (select from log_state)`, []);
  await rows(
    `with state as (
       insert into log_state (origin, vkey, size, root, checkpoint) values ($1, $2, 0, $3, $4)
         on conflict do nothing returning vkey)
     insert into signing_key (vkey, purpose, algorithm, generation, reason, first_size)
       select vkey, 'log', 'ed25519', 1, 'first', 0 from state`,
    [origin, signer.vkey, EMPTY_ROOT, checkpoint],
  );
  const state = await loadState(rows);
  if (!state) throw new Error('the log state was not written');
  return state;
}

/** Whether exactly these have signed the note. */
function carries(note: string, signers: readonly LogSigner[]): boolean {
  const lines = parseNote(note)?.signatures ?? [];
  const ids = lines.map((line) => Buffer.from(line.keyId).toString('hex')).sort();
  const wanted = signers.map((signer) => Buffer.from(signer.keyId).toString('hex')).sort();
  return ids.join() === wanted.join();
}

const damaged = (what: string) =>
  new OperatorError(
    `日志数据损坏（${what}）：请运行 shuheng log fsck。The log's data is damaged (${what}): run shuheng log fsck.`,
  );

function asDamage(error: unknown): never {
  throw error instanceof MissingTile ? damaged(error.message) : error;
}

async function refuseDamage(rows: Rows, state: LogState, edge: Edge): Promise<void> {
  if (!edge.root().equals(state.root)) throw damaged('root');
  const [last] = await rows<{ size: number }>('select coalesce(max(index) + 1, 0) as size from evidence_leaf', []);
  if (last?.size !== state.size) throw damaged('leaves');
}

/** A public checkpoint beyond the database, or beside it, means an older database was restored: going on would fork. */
async function refuseOlderDatabase(rows: Rows, state: LogState, store: TileStore): Promise<void> {
  const published = await store.get(CHECKPOINT_PATH);
  const note = published && parseNote(published.toString());
  const vkeys = (await logKeys(rows)).map((key) => key.vkey);
  // A file nobody can read says nothing; it is written again from the database.
  if (!note || !signedByLog(note, vkeys)) return;
  const checkpoint = parseCheckpoint(note.text);
  if (!checkpoint || checkpoint.origin !== state.origin) return;
  if (checkpoint.size > BigInt(state.size)) {
    throw new OperatorError(
      `已公开的检查点有 ${checkpoint.size} 条，数据库只有 ${state.size} 条：数据库比日志旧，继续会造成分叉，请恢复较新的数据库。The published checkpoint has ${checkpoint.size} entries, the database ${state.size}: the database is older than the log, and going on would fork it. Restore a newer database.`,
    );
  }
  const range = { start: 0, end: Number(checkpoint.size) };
  const root = range.end === 0 ? EMPTY_ROOT : rangeRoot(range, await readTiles(rows, tilesOf([range])));
  if (!root.equals(checkpoint.root)) {
    throw new OperatorError(
      `已公开的检查点（${checkpoint.size} 条）与数据库不一致：请恢复与其对应的数据库。The published checkpoint (${checkpoint.size} entries) is not of this database: restore the one that belongs to it.`,
    );
  }
}
