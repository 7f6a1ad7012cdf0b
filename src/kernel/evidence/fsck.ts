import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import type { Text } from '../text.ts';
import { bundle } from './bundle.ts';
import { commitment, type SealedValue } from './entry.ts';
import { keyTrouble } from './fsck-keys.ts';
import { CHECKPOINT_PATH, parseTilePath, TILE_WIDTH, type Tile, tilePath } from './layout.ts';
import { logKeys, signedByLog } from './log-keys.ts';
import { Edge, edgeTiles, type GrownTile, HASH_BYTES, leafHash } from './merkle.ts';
import type { TileStore } from './store.ts';
import { type Rows, readTiles, rowsOf } from './tiles.ts';
import { parseCheckpoint, parseNote } from './verify/index.ts';

export type FsckReport =
  | {
      readonly ok: true;
      readonly origin: string | null;
      readonly size: number;
      readonly publishedSize: number;
      readonly waiting: number;
      /** Hex. */
      readonly root: string;
      /** Files compared byte for byte. */
      readonly files: number;
    }
  | { readonly ok: false; readonly difference: Text };

/** Thrown at the first difference; {@link fsck} turns it into its report. */
class Difference extends Error {
  readonly text: Text;
  constructor(zh: string, en: string) {
    super(en);
    this.text = { zh, en };
  }
}

interface State {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly root: Buffer;
  readonly checkpoint: string;
  readonly published_size: number | null;
  readonly published_checkpoint: string | null;
}

interface LeafRow {
  readonly index: number;
  readonly entry_id: string;
  readonly bytes: Buffer | null;
  readonly sealed: Record<string, SealedValue> | null;
}

/**
 * Makes the whole log again from the entries and compares it with everything stored: indexes, commitments, hash tiles
 * in the database, files, roots, signatures. Works beside a running exchange: it looks at one snapshot.
 * @returns the first difference, in words
 */
export async function fsck(
  db: Database,
  store: TileStore,
  onProgress?: (done: number, total: number) => void,
): Promise<FsckReport> {
  // The files are listed before the snapshot is taken: the database is then at least as far as they are.
  const checkpointFile = (await store.get(CHECKPOINT_PATH))?.toString();
  const files: Tile[] = [];
  for await (const path of store.list()) {
    const tile = parseTilePath(path);
    if (tile) files.push(tile);
  }
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx) => {
        const rows = rowsOf(tx);
        await sql`set local statement_timeout = 0`.execute(tx);
        const [state] = await rows<State>('select * from log_state', []);
        if (!state) return await emptyLog(rows, checkpointFile);
        const trouble = await keyTrouble(rows, state);
        if (trouble) throw new Difference(trouble.zh, trouble.en);
        const vkeys = (await logKeys(rows)).map((key) => key.vkey);
        return await new Check(rows, store, state, vkeys, files, onProgress).run(checkpointFile);
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
  return {
    ok: true,
    origin: null,
    size: 0,
    publishedSize: 0,
    waiting,
    root: Edge.empty().root().toString('hex'),
    files: 0,
  };
}

class Check {
  readonly #rows: Rows;
  readonly #store: TileStore;
  readonly #state: State;
  readonly #publishedSize: number;
  /** Every key the log ever had. */
  readonly #vkeys: readonly string[];
  /** By path without width: widths of the files that are there, 256 for a full one. */
  readonly #widths = new Map<string, number[]>();
  readonly #progress: (done: number, total: number) => void;
  #files = 0;

  constructor(
    rows: Rows,
    store: TileStore,
    state: State,
    vkeys: readonly string[],
    files: readonly Tile[],
    onProgress?: (done: number, total: number) => void,
  ) {
    this.#rows = rows;
    this.#store = store;
    this.#state = state;
    this.#publishedSize = state.published_size ?? 0;
    this.#progress = onProgress ?? (() => undefined);
    this.#vkeys = vkeys;
    for (const { level, n, width } of files) {
      const name = `${level}/${n}`;
      this.#widths.set(name, [...(this.#widths.get(name) ?? []), width]);
    }
  }

  async run(checkpointFile: string | undefined): Promise<FsckReport> {
    const { size, root, checkpoint, published_checkpoint: published, origin } = this.#state;
    const wanted = new Map<number, { root: Uint8Array; name: Text }[]>();
    const want = (text: string, name: Text, at?: number) => {
      const parsed = this.#checkpoint(text, name);
      if (at !== undefined && parsed.size !== BigInt(at)) {
        throw new Difference(
          `${name.zh}的条数是 ${parsed.size}，应为 ${at}。`,
          `The ${name.en} says ${parsed.size} entries, not ${at}.`,
        );
      }
      const where = Number(parsed.size);
      if (where > size) {
        throw new Difference(
          `${name.zh}有 ${where} 条，数据库只有 ${size} 条。`,
          `The ${name.en} has ${where} entries, the database only ${size}.`,
        );
      }
      wanted.set(where, [...(wanted.get(where) ?? []), { root: parsed.root, name }]);
    };
    want(checkpoint, { zh: '数据库中的检查点', en: 'checkpoint in the database' }, size);
    if (published !== null) {
      want(
        published,
        { zh: '数据库中已公开的检查点', en: 'published checkpoint in the database' },
        this.#publishedSize,
      );
      if (checkpointFile === undefined) throw missing(CHECKPOINT_PATH);
    }
    if (checkpointFile !== undefined) want(checkpointFile, { zh: '检查点文件', en: 'checkpoint file' });
    wanted.set(size, [...(wanted.get(size) ?? []), { root, name: { zh: '日志状态', en: 'log state' } }]);

    const edge = await this.#rebuild(wanted);
    await this.#noMoreTiles(edge);
    const waiting = await checkQueue(this.#rows);
    await checkActs(this.#rows);
    return {
      ok: true,
      origin,
      size,
      publishedSize: this.#publishedSize,
      waiting,
      root: root.toString('hex'),
      files: this.#files,
    };
  }

  #checkpoint(text: string, name: Text) {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (!note || !checkpoint || checkpoint.origin !== this.#state.origin) {
      throw new Difference(`${name.zh}无法读取或日志名不符。`, `The ${name.en} cannot be read, or names another log.`);
    }
    if (!signedByLog(note, this.#vkeys)) {
      throw new Difference(`${name.zh}的签名不符。`, `The signature of the ${name.en} is not right.`);
    }
    return checkpoint;
  }

  /** Appends entry after entry, 256 at a time, and looks at every tile as it fills. */
  async #rebuild(wanted: ReadonlyMap<number, { root: Uint8Array; name: Text }[]>): Promise<Edge> {
    const { size } = this.#state;
    const edge = Edge.empty();
    const lookAtRoot = () => {
      for (const { root, name } of wanted.get(edge.size) ?? []) {
        if (!edge.root().equals(root)) {
          throw new Difference(
            `由 ${edge.size} 条记录算出的根哈希与${name.zh}不一致。`,
            `The root of ${edge.size} entries is not the one in the ${name.en}.`,
          );
        }
      }
    };
    lookAtRoot();
    while (edge.size < size) {
      const n = edge.size / TILE_WIDTH;
      const chunk = await this.#leaves(edge.size);
      const stops = [...wanted.keys()]
        .filter((s) => s > edge.size && s < edge.size + chunk.length)
        .sort((a, b) => a - b);
      const grown = new Map<string, GrownTile>();
      let done = 0;
      const start = edge.size;
      for (const stop of [...stops, start + chunk.length]) {
        for (const tile of edge.append(Buffer.concat(chunk.slice(done, stop - start).map(leafHash))))
          grown.set(`${tile.level}/${tile.n}`, tile);
        done = stop - start;
        lookAtRoot();
      }
      await this.#bundleFiles(n, chunk);
      for (const tile of grown.values()) {
        if (tile.hashes.length === TILE_WIDTH * HASH_BYTES) await this.#hashTile(tile);
      }
      this.#progress(edge.size, size);
    }
    for (const { level, n, width } of edgeTiles(size)) {
      const hashes = edge.tile(level);
      if (hashes.length !== width * HASH_BYTES) throw new Error('the edge lost a tile');
      await this.#hashTile({ level, n, hashes });
    }
    return edge;
  }

  async #leaves(from: number): Promise<Buffer[]> {
    const count = Math.min(TILE_WIDTH, this.#state.size - from);
    const leaves = await this.#rows<LeafRow>(
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

  async #hashTile({ level, n, hashes }: GrownTile): Promise<void> {
    const stored = (await readTiles(this.#rows, [{ level, n }]))(level, n);
    if (!stored?.equals(hashes)) {
      throw new Difference(
        `数据库中的哈希块 ${level}/${n} 与记录不一致。`,
        `Hash tile ${level}/${n} in the database does not follow from the entries.`,
      );
    }
    await this.#compareFiles(level, n, hashes.length / HASH_BYTES, (width) => hashes.subarray(0, width * HASH_BYTES));
  }

  async #bundleFiles(n: number, entries: readonly Buffer[]): Promise<void> {
    await this.#compareFiles('entries', n, entries.length, (width) => bundle(entries.slice(0, width)));
  }

  /** Compares the files of one tile, the earlier partial ones too. @param known how wide the tile is by the snapshot */
  async #compareFiles(
    level: number | 'entries',
    n: number,
    known: number,
    bytesOf: (width: number) => Buffer,
  ): Promise<void> {
    const count = level === 'entries' ? this.#publishedSize : Math.floor(this.#publishedSize / TILE_WIDTH ** level);
    const needed = Math.max(0, Math.min(TILE_WIDTH, count - n * TILE_WIDTH));
    const widths = this.#widths.get(`${level}/${n}`) ?? [];
    // Beside a running sequencer a partial file gives way to a wider one between listing and looking.
    if (
      needed > 0 &&
      !widths.some((w) => w >= needed) &&
      !(await this.#store.get(tilePath({ level, n, width: needed })))
    ) {
      throw missing(tilePath({ level, n, width: needed }));
    }
    for (const width of widths) {
      if (width > known) continue;
      const path = tilePath({ level, n, width });
      const file = await this.#store.get(path);
      if (file === undefined) continue;
      if (!file.equals(bytesOf(width)))
        throw new Difference(`文件 ${path} 与记录不一致。`, `File ${path} does not follow from the entries.`);
      this.#files++;
    }
  }

  async #noMoreTiles(edge: Edge): Promise<void> {
    let expected = 0;
    for (let count = edge.size; count > 0; count = Math.floor(count / TILE_WIDTH))
      expected += Math.ceil(count / TILE_WIDTH);
    const [tiles] = await this.#rows<{ count: number }>('select count(*) as count from log_tile', []);
    if (tiles?.count !== expected) {
      throw new Difference(
        `数据库有 ${tiles?.count} 个哈希块，应为 ${expected} 个。`,
        `The database holds ${tiles?.count} hash tiles, not ${expected}.`,
      );
    }
    const [leaves] = await this.#rows<{ count: number }>('select count(*) as count from evidence_leaf', []);
    if (leaves?.count !== edge.size) {
      throw new Difference(
        `有 ${leaves?.count} 个序号，应为 ${edge.size} 个。`,
        `There are ${leaves?.count} indexes, not ${edge.size}.`,
      );
    }
  }
}

const missing = (path: string) => new Difference(`缺少文件 ${path}。`, `File ${path} is missing.`);

/** The entry is the one it says, and what opens its commitments still does (what was erased is not there). */
function checkEntry(index: number, id: string, bytes: Buffer, sealed: Record<string, SealedValue>): void {
  let entry: { id?: unknown; sealed?: Record<string, unknown> } | null;
  try {
    entry = JSON.parse(bytes.toString()) as typeof entry;
  } catch {
    entry = null;
  }
  if (entry?.id !== id) {
    throw new Difference(
      `序号 ${index}：记录 ${id} 的内容不是这条记录。`,
      `Index ${index}: the bytes of entry ${id} are not that entry.`,
    );
  }
  for (const [name, value] of Object.entries(sealed)) {
    if (!('erasedAt' in value) && commitment(value) !== entry.sealed?.[name]) {
      throw new Difference(
        `记录 ${id}：“${name}”与其承诺值不符。`,
        `Entry ${id}: the value of ${name} does not fit its commitment.`,
      );
    }
  }
}

/** Each entry is either sequenced or waiting. @returns how many wait */
async function checkQueue(rows: Rows): Promise<number> {
  const [odd] = await rows<{ id: string; both: boolean }>(
    `select coalesce(e.id, q.entry_id) as id, l.entry_id is not null and q.entry_id is not null as both
       from evidence_entry e
       full join evidence_queue q on q.entry_id = e.id
       left join evidence_leaf l on l.entry_id = coalesce(e.id, q.entry_id)
      where e.id is null or (l.entry_id is null) = (q.entry_id is null) order by 1 limit 1`,
    [],
  );
  if (odd?.both)
    throw new Difference(`记录 ${odd.id} 已编号却仍在待编队列。`, `Entry ${odd.id} is sequenced and still waiting.`);
  if (odd)
    throw new Difference(
      `记录 ${odd.id} 既未编号也不在待编队列，或只在队列中。`,
      `Entry ${odd.id} is neither sequenced nor waiting, or only in the queue.`,
    );
  const [other] = await rows<{ entry_id: string }>(
    `select q.entry_id from evidence_queue q join evidence_entry e on e.id = q.entry_id
      where q.leaf <> sha256('\\x00'::bytea || e.bytes) order by 1 limit 1`,
    [],
  );
  if (other)
    throw new Difference(
      `待编队列中记录 ${other.entry_id} 的哈希不是这条记录的。`,
      `The hash waiting for entry ${other.entry_id} is not the hash of its entry.`,
    );
  const [queue] = await rows<{ count: number }>('select count(*) as count from evidence_queue', []);
  return queue?.count ?? 0;
}

/** No act without evidence, no evidence without act: they share their ULID. */
async function checkActs(rows: Rows): Promise<void> {
  const [odd] = await rows<{ act: string | null; entry: string | null }>(
    `select a.id as act, e.id as entry from act_log a full join evidence_entry e on substr(e.id, 5) = substr(a.id, 5)
      where a.id is null or e.id is null limit 1`,
    [],
  );
  if (odd?.act) throw new Difference(`业务 ${odd.act} 没有存证记录。`, `Act ${odd.act} has no evidence entry.`);
  if (odd) throw new Difference(`记录 ${odd.entry} 没有对应的业务。`, `Entry ${odd.entry} has no act.`);
}
