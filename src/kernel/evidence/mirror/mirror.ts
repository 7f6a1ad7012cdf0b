import type { Text } from '../../text.ts';
import type { DurableFile } from '../durable.ts';
import { CHECKPOINT_PATH, HASH_BYTES, POLICY_PATH, TILE_WIDTH, type Tile, tilePath, VKEY_PATH } from '../layout.ts';
import { consistencyRanges, Edge, EMPTY_ROOT, edgeTiles, rangeRoot, tilesOf } from '../merkle.ts';
import { dropPartials } from '../publication.ts';
import type { TileStore } from '../store.ts';
import { type Checkpoint, hex, isConsistent } from '../verify/index.ts';
import { BrokenLog, readEntries } from './read.ts';
import { README_PATH, readme } from './readme.ts';
import { type LogSource, readTile } from './source.ts';
import { readCheckpoint, type Trust } from './trust.ts';

/** Files written together share their fsyncs. */
const FILES_TOGETHER = 64;
const BYTES_TOGETHER = 16 * 1024 ** 2;
const REFUSED = 'refused';

/**
 * `unsigned`: not by the keys one trusts · `shrunk`: an older state than the mirror's · `forked`: two histories under one
 * name, both signed · `broken`: what is served does not fit its own checkpoint · `mirror`: the folder itself is damaged.
 */
export type Refusal = 'unsigned' | 'shrunk' | 'forked' | 'broken' | 'mirror';

export type MirrorReport =
  | {
      readonly ok: true;
      readonly origin: string;
      /** Entries the mirror had, and has now. */
      readonly before: number;
      readonly size: number;
      /** Hex. */
      readonly root: string;
      /** Files written. */
      readonly files: number;
    }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly says: Text;
      /** Where in the mirror the refused checkpoint is kept: signed, it speaks against whoever signed it. */
      readonly kept?: string;
    };

class Refused extends Error {
  readonly refusal: Refusal;
  readonly says: Text;
  /** The checkpoint it is about. */
  readonly note: string | undefined;
  constructor(refusal: Refusal, zh: string, en: string, note?: string) {
    super(en);
    this.refusal = refusal;
    this.says = { zh, en };
    this.note = note;
  }
}

interface Held {
  readonly checkpoint: Checkpoint;
  readonly edge: Edge;
}

/**
 * Brings a mirror up to the log's newest checkpoint: proves that the log only appended since the last time, makes the
 * tree from the entries, holds every served tile against it, and writes the checkpoint last. A run that is cut off
 * leaves the mirror at its old checkpoint; the next one goes on from there.
 * @throws SourceTrouble when the log cannot be reached
 */
export async function mirrorLog(
  source: LogSource,
  target: TileStore,
  trust: Trust,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<MirrorReport> {
  try {
    return await bringForward(source, target, trust, onProgress);
  } catch (error) {
    const refused = error instanceof BrokenLog ? brokenOf(error) : error;
    if (!(refused instanceof Refused)) throw error;
    const kept = refused.note === undefined ? undefined : await keep(target, refused.note);
    return { ok: false, refusal: refused.refusal, says: refused.says, ...(kept ? { kept } : {}) };
  }
}

const brokenOf = (error: BrokenLog): Refused =>
  new Refused('broken', `文件与日志不符：${error.message}。`, `A file does not fit the log: ${error.message}.`);

async function keep(target: TileStore, note: string): Promise<string> {
  const path = `${REFUSED}/${new Date().toISOString().replaceAll(':', '')}.checkpoint`;
  await target.put(path, Buffer.from(note));
  return path;
}

async function bringForward(
  source: LogSource,
  target: TileStore,
  trust: Trust,
  onProgress: (done: number, total: number) => void,
): Promise<MirrorReport> {
  const held = await heldBy(target, trust);
  const { checkpoint: offered, note } = await offeredBy(source, trust);
  const before = held.edge.size;
  const size = Number(offered.size);
  await refuseOther(source, target, held, offered, note);
  const writer = new Writer(target);
  const report = { ok: true, origin: offered.origin, before, size, root: hex(offered.root) } as const;
  if (size === before && size > 0) {
    // Perhaps more witnesses cosigned meanwhile.
    await target.put(CHECKPOINT_PATH, Buffer.from(note));
    return { ...report, files: 1 };
  }
  for await (const { tile, bytes, grown } of readEntries(source, held.edge, size)) {
    await writer.add(tilePath(tile), bytes);
    for (const { level, n, hashes } of grown) {
      const form: Tile = { level, n, width: hashes.length / HASH_BYTES };
      if (form.width === TILE_WIDTH) await writer.add(tilePath(form), hashes);
    }
    onProgress(held.edge.size, size);
  }
  if (!held.edge.root().equals(offered.root))
    throw new BrokenLog(CHECKPOINT_PATH, `does not carry the root of its ${size} entries`);
  for (const { level, n, width } of edgeTiles(size))
    await writer.add(tilePath({ level, n, width }), held.edge.tile(level));
  await writer.add(VKEY_PATH, Buffer.from(trust.keys.map((key) => `${key.vkey}\n`).join('')));
  const policy = await source.get(POLICY_PATH);
  if (policy) await writer.add(POLICY_PATH, policy);
  await writer.add(README_PATH, Buffer.from(readme(offered.origin, source.name)));
  await writer.flush();
  await target.put(CHECKPOINT_PATH, Buffer.from(note));
  await dropPartials(target, before, size);
  return { ...report, files: writer.written + 1 };
}

/** Where the mirror stands; its tiles must lead to the root of its checkpoint. */
async function heldBy(target: TileStore, trust: Trust): Promise<Held> {
  const file = await target.get(CHECKPOINT_PATH);
  if (!file) return { checkpoint: { origin: '', size: 0n, root: EMPTY_ROOT }, edge: Edge.empty() };
  const { checkpoint, ...trouble } = readCheckpoint(file.toString(), { keys: trust.keys, policy: null });
  if (!checkpoint) {
    const { zh, en } = trouble as Text;
    throw new Refused('mirror', `副本自身的检查点不可用：${zh}。`, `The mirror's own checkpoint is of no use: ${en}.`);
  }
  const size = Number(checkpoint.size);
  const tileOf = await tilesFrom(storedIn(target), edgeTiles(size), size);
  const edge = attempt(() => Edge.at(size, tileOf));
  if (!edge?.root().equals(checkpoint.root)) {
    throw new Refused(
      'mirror',
      '副本的哈希块与其检查点不符：请用 shuheng log fsck <文件夹> 检查，或另建副本。',
      'The tiles of the mirror do not lead to its checkpoint: look with shuheng log fsck <folder>, or begin a new mirror.',
    );
  }
  return { checkpoint, edge };
}

async function offeredBy(source: LogSource, trust: Trust): Promise<{ checkpoint: Checkpoint; note: string }> {
  const file = await source.get(CHECKPOINT_PATH);
  if (!file) throw new BrokenLog(CHECKPOINT_PATH, 'is missing');
  const note = file.toString();
  const standing = readCheckpoint(note, trust);
  if (!standing.checkpoint)
    throw new Refused('unsigned', `不予采信：${standing.zh}。`, `Not to be trusted: ${standing.en}.`, note);
  return { checkpoint: standing.checkpoint, note };
}

/** The log must only have appended to what the mirror holds. */
async function refuseOther(
  source: LogSource,
  target: TileStore,
  { checkpoint: held }: Held,
  offered: Checkpoint,
  note: string,
): Promise<void> {
  if (held.size === 0n) return;
  const [older, newer] = offered.size < held.size ? [offered, held] : [held, offered];
  // The smaller tree is judged by the tiles of whoever has the larger one.
  const owner = newer === held ? storedIn(target) : source;
  if (!(await isBeginning(owner, older, newer))) {
    if (newer !== held) await refuseBroken(source, Number(offered.size), offered);
    throw new Refused(
      'forked',
      `日志已分叉：它签署的 ${offered.size} 条的检查点与副本持有的 ${held.size} 条的检查点不是同一历史。`,
      `The log has forked: the checkpoint it signed over ${offered.size} entries and the one the mirror holds over ${held.size} are not of one history.`,
      note,
    );
  }
  if (offered.size < held.size) {
    throw new Refused(
      'shrunk',
      `日志变短了：它给出 ${offered.size} 条，副本已有 ${held.size} 条。若不是中间缓存过旧，就是被回退。`,
      `The log has shrunk: it offers ${offered.size} entries, the mirror has ${held.size}. Unless a cache in between is old, it was rolled back.`,
      note,
    );
  }
}

async function isBeginning(owner: LogSource, older: Checkpoint, newer: Checkpoint): Promise<boolean> {
  const size = Number(newer.size);
  const ranges = consistencyRanges(Number(older.size), size);
  const tileOf = await tilesFrom(owner, tilesOf(ranges), size);
  const proof = attempt(() => ranges.map((range) => rangeRoot(range, tileOf)));
  return proof !== undefined && isConsistent(older, newer, proof);
}

/**
 * Before a log is called forked its entries are read from the first: only when they lead to the root it signed is the
 * difference its doing, and not a damaged file's.
 */
async function refuseBroken(source: LogSource, size: number, offered: Checkpoint): Promise<void> {
  const edge = Edge.empty();
  for await (const _ of readEntries(source, edge, size));
  if (!edge.root().equals(offered.root))
    throw new BrokenLog(CHECKPOINT_PATH, `does not carry the root of its ${size} entries`);
}

const storedIn = (store: TileStore): LogSource => ({ name: 'mirror', get: store.get });

async function tilesFrom(source: LogSource, tiles: readonly { level: number; n: number }[], size: number) {
  const found = new Map<string, Buffer>();
  for (const { level, n } of tiles) {
    const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - n * TILE_WIDTH);
    const bytes = await readTile(source, { level, n, width });
    if (bytes) found.set(`${level}/${n}`, bytes);
  }
  return (level: number, n: number) => found.get(`${level}/${n}`);
}

/** @returns undefined where a tile is missing or short */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** Collects files until it is worth while to make them durable together. */
class Writer {
  readonly #target: TileStore;
  #files: DurableFile[] = [];
  #held = 0;
  written = 0;

  constructor(target: TileStore) {
    this.#target = target;
  }

  async add(path: string, bytes: Buffer): Promise<void> {
    this.#files.push({ path, bytes });
    this.#held += bytes.length;
    if (this.#files.length >= FILES_TOGETHER || this.#held >= BYTES_TOGETHER) await this.flush();
  }

  async flush(): Promise<void> {
    await this.#target.putAll(this.#files);
    this.written += this.#files.length;
    this.#files = [];
    this.#held = 0;
  }
}
