import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import type { Text } from '../text.ts';
import { Difference, missing } from './difference.ts';
import { keyTrouble } from './fsck-keys.ts';
import { checkActs, checkCounts, checkQueue } from './fsck-rows.ts';
import { checkOtherFiles, rebuild, type Wanted } from './fsck-tree.ts';
import { CHECKPOINT_PATH } from './layout.ts';
import { logKeys, signedByLog } from './log-keys.ts';
import { EMPTY_ROOT } from './merkle.ts';
import type { TileStore } from './store.ts';
import { type Rows, rowsOf } from './tiles.ts';
import {
  type Checkpoint,
  checkCosignatures,
  type Note,
  type Policy,
  parseCheckpoint,
  parseNote,
  parsePolicy,
} from './verify/index.ts';

export type FsckReport =
  | {
      readonly ok: true;
      readonly origin: string | null;
      readonly size: number;
      readonly publishedSize: number;
      readonly waiting: number;
      /** Hex. */
      readonly root: string;
      /** Tiles and bundles compared byte for byte. */
      readonly files: number;
    }
  | { readonly ok: false; readonly difference: Text };

interface State {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly root: Buffer;
  readonly checkpoint: string;
  readonly published_size: number | null;
  readonly published_checkpoint: string | null;
  readonly witnessed_size: number | null;
  readonly witnessed_checkpoint: string | null;
  readonly witness_policy: string | null;
}

/**
 * Makes the whole log again from the entries and compares it with everything stored: indexes, leaf hashes, commitments,
 * hash tiles in the database, every file, checkpoints with their roots, signatures and cosignatures, keys, queue, acts.
 * Works beside a running exchange: it looks at one snapshot. Memory holds 256 entries at a time, whatever the size.
 * @returns the first difference, in words
 */
export async function fsck(
  db: Database,
  store: TileStore,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<FsckReport> {
  // Read before the snapshot is taken: the database is then at least as far.
  const checkpointFile = (await store.get(CHECKPOINT_PATH))?.toString();
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx) => {
        const rows = rowsOf(tx);
        await sql`set local statement_timeout = 0`.execute(tx);
        const [state] = await rows<State>('select * from log_state', []);
        if (!state) return await emptyLog(rows, checkpointFile);
        const wanted = await checkpointsOf(rows, state, checkpointFile);
        const published = state.published_size ?? 0;
        const { edge, files } = await rebuild(rows, store, { size: state.size, published, wanted, onProgress });
        await checkCounts(rows, state.size);
        const others = await checkOtherFiles(rows, store, {
          size: state.size,
          published,
          // Beside a running sequencer the files may be ahead of the snapshot by now.
          current: async () => (await rowsOf(db)<{ size: number }>('select size from log_state', []))[0]?.size ?? 0,
        });
        const waiting = await checkQueue(rows);
        await checkActs(rows);
        return {
          ok: true,
          origin: state.origin,
          size: state.size,
          publishedSize: published,
          waiting,
          root: edge.root().toString('hex'),
          files: files + others,
        };
      });
  } catch (error) {
    if (error instanceof Difference) return { ok: false, difference: error.text };
    throw error;
  }
}

async function emptyLog(rows: Rows, checkpointFile: string | undefined): Promise<FsckReport> {
  const [leaf] = await rows('select 1 from evidence_leaf limit 1', []);
  if (leaf) throw new Difference('有已编号的记录，但日志状态缺失。', 'There are sequenced entries but no log state.');
  if (checkpointFile !== undefined) {
    throw new Difference(
      '日志目录中有检查点，但数据库中没有日志。',
      'The log folder holds a checkpoint but the database holds no log.',
    );
  }
  const waiting = await checkQueue(rows);
  return { ok: true, origin: null, size: 0, publishedSize: 0, waiting, root: EMPTY_ROOT.toString('hex'), files: 0 };
}

/** Every checkpoint there is, with its signatures checked, by the size at which its root must come out. */
async function checkpointsOf(rows: Rows, state: State, file: string | undefined): Promise<Wanted> {
  const trouble = await keyTrouble(rows, state);
  if (trouble) throw new Difference(trouble.zh, trouble.en);
  const reader = new CheckpointReader(
    state,
    (await logKeys(rows)).map((key) => key.vkey),
  );
  reader.read(state.checkpoint, { zh: '数据库中的检查点', en: 'checkpoint in the database' }, state.size);
  if (state.published_checkpoint !== null) {
    const name = { zh: '数据库中已公开的检查点', en: 'published checkpoint in the database' };
    reader.read(state.published_checkpoint, name, state.published_size ?? 0);
    if (file === undefined) throw missing(CHECKPOINT_PATH);
  }
  if (file !== undefined) reader.read(file, { zh: '检查点文件', en: 'checkpoint file' });
  if (state.witnessed_checkpoint !== null) {
    const name = { zh: '数据库中已见证的检查点', en: 'witnessed checkpoint in the database' };
    const note = reader.read(state.witnessed_checkpoint, name, state.witnessed_size ?? 0);
    if (!reader.isMet(note))
      throw new Difference(
        `${name.zh}不足策略所定的见证。`,
        `The ${name.en} has fewer witnesses than the policy asks for.`,
      );
  }
  reader.want(state.size, state.root, { zh: '日志状态', en: 'log state' });
  return reader.wanted;
}

class CheckpointReader {
  readonly wanted: Map<number, { root: Uint8Array; name: Text }[]> = new Map();
  readonly #state: State;
  /** Every key the log ever had. */
  readonly #vkeys: readonly string[];
  readonly #policy: Policy | undefined;

  constructor(state: State, vkeys: readonly string[]) {
    this.#state = state;
    this.#vkeys = vkeys;
    this.#policy = parsePolicy(state.witness_policy ?? 'quorum none\n').policy;
    if (!this.#policy) throw new Difference('见证策略无法读取。', 'The policy of witnesses cannot be read.');
  }

  want(size: number, root: Uint8Array, name: Text): void {
    this.wanted.set(size, [...(this.wanted.get(size) ?? []), { root, name }]);
  }

  isMet(note: Note): boolean {
    const cosigning = this.#policy && checkCosignatures(note, this.#policy);
    return cosigning !== undefined && cosigning.forged === undefined && cosigning.met;
  }

  /** @param at the size it should have */
  read(text: string, name: Text, at?: number): Note {
    const { note, checkpoint } = this.#parse(text, name);
    const size = Number(checkpoint.size);
    if (at !== undefined && size !== at)
      throw new Difference(
        `${name.zh}的条数是 ${size}，应为 ${at}。`,
        `The ${name.en} says ${size} entries, not ${at}.`,
      );
    if (size > this.#state.size) {
      throw new Difference(
        `${name.zh}有 ${size} 条，数据库只有 ${this.#state.size} 条。`,
        `The ${name.en} has ${size} entries, the database only ${this.#state.size}.`,
      );
    }
    this.want(size, checkpoint.root, name);
    return note;
  }

  #parse(text: string, name: Text): { note: Note; checkpoint: Checkpoint } {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (!note || checkpoint?.origin !== this.#state.origin)
      throw new Difference(`${name.zh}无法读取或日志名不符。`, `The ${name.en} cannot be read, or names another log.`);
    if (!signedByLog(note, this.#vkeys))
      throw new Difference(`${name.zh}的签名不符。`, `The signature of the ${name.en} is not right.`);
    const cosigning = this.#policy && checkCosignatures(note, this.#policy);
    if (cosigning?.forged !== undefined) {
      throw new Difference(
        `${name.zh}上见证“${cosigning.forged}”的联署不符。`,
        `The cosignature of ${cosigning.forged} on the ${name.en} is not right.`,
      );
    }
    return { note, checkpoint };
  }
}
