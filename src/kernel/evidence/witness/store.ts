import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperatorError } from '../../operator-error.ts';
import { codeOf, createDurably, makeFolder, writeDurably } from '../durable.ts';
import type { KeyProvider } from '../keys.ts';
import { formatPrivateKey, type HeldKey, heldKey, readPrivateKey } from '../private-keys.ts';
import {
  cosignatureTime,
  linesOf,
  type Misbehaviour,
  type NoteKey,
  parseCheckpoint,
  parseNote,
  type Tree,
} from '../verify/index.ts';

/**
 * A witness's memory, in a folder of files: `witness.key`, for each log `logs/<hash of origin>/<number>` with the
 * checkpoints it cosigned, and `misbehaviour/`. A checkpoint is recorded by making the file with the next number, which
 * only one writer can do: even two processes on one folder cannot roll it back.
 */
const NUMBER_DIGITS = 16;
/** Cosigned checkpoints kept for each log: a later one of the same size but another root is proof of two histories. */
export const KEPT_MAX = 256;
const SEED_BYTES = 32;
const KEY_FILE = 'witness.key';
const UNNAMED = 'witness.example';

/** A checkpoint the witness cosigned. */
export interface Cosigned extends Tree {
  readonly number: number;
  /** With the log's signature and the witness's own. */
  readonly note: string;
  /** When, in seconds since 1970. */
  readonly seconds: bigint;
}

/** Name in file paths and in the monitoring address (C2SP tlog-witness): lowercase hex SHA-256 of the origin. */
export const originHash = (origin: string): string => createHash('sha256').update(origin).digest('hex');

export interface WitnessKey {
  readonly name: string;
  readonly key: HeldKey;
}

export class WitnessStore {
  readonly folder: string;
  readonly #making: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#making = join(folder, '.making');
  }

  static async open(folder: string): Promise<WitnessStore> {
    const store = new WitnessStore(resolve(folder));
    for (const part of ['.making', 'logs', 'misbehaviour']) await makeFolder(join(store.folder, part), 0o700);
    return store;
  }

  /** Leftovers of writes that a kill cut off. Only for who holds the store alone. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.#making)) await rm(join(this.#making, name), { force: true });
  }

  /**
   * The witness's private key, made with mode 0600 at first. One key is one witness for ever: its name is not signed.
   * @throws OperatorError when the key is gone, unreadable, or of another name
   */
  async key(name?: string): Promise<WitnessKey> {
    const path = join(this.folder, KEY_FILE);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return this.#createKey(path, name ?? UNNAMED);
    const key = readPrivateKey(text);
    if (key?.algorithm !== 'ed25519')
      throw new OperatorError(`${path} 不是见证密钥。${path} holds no witness key: restore it.`);
    if (name !== undefined && name !== key.name)
      throw new OperatorError(
        `见证方已命名为“${key.name}”，不能改为“${name}”。This witness is named ${key.name}; a new name needs a new store.`,
      );
    return { name: key.name, key: heldKey('ed25519', key.secret) };
  }

  /**
   * The same, of a witness whose key is kept elsewhere: it is made once, and never again where something was cosigned.
   * @throws OperatorError when the key is gone or cannot be used
   */
  async keyFrom(provider: KeyProvider, name = UNNAMED): Promise<WitnessKey> {
    const label = { purpose: 'witness', algorithm: 'ed25519', generation: 1 } as const;
    const found = await provider.find(label, name);
    if (found) return { name, key: found };
    await this.#refuseLoss(provider.place);
    return { name, key: await provider.create(label, name) };
  }

  async #createKey(path: string, name: string): Promise<WitnessKey> {
    await this.#refuseLoss(path);
    const seed = randomBytes(SEED_BYTES);
    await writeDurably(path, Buffer.from(`${formatPrivateKey(name, seed)}\n`), this.#making, 0o600);
    return { name, key: heldKey('ed25519', seed) };
  }

  async #refuseLoss(place: string): Promise<void> {
    if ((await readdir(join(this.folder, 'logs'))).length === 0) return;
    throw new OperatorError(
      `见证密钥 ${place} 丢失，而此处已有见证记录：请恢复密钥，或换用新的存储目录。The witness's key is gone but it has cosigned before: restore the key, or begin a new store.`,
    );
  }

  /**
   * The checkpoints cosigned for an origin, oldest first; empty when there is none.
   * @throws OperatorError when the newest cannot be read: an older one in its place would be a roll-back
   */
  async load(origin: string, own: NoteKey): Promise<Cosigned[]> {
    const folder = this.#folderOf(origin);
    const found: Cosigned[] = [];
    const numbers = await numbersIn(folder);
    for (const number of numbers) {
      const cosigned = cosignedOf(number, await readFile(join(folder, nameOf(number)), 'utf8'), own);
      if (cosigned) found.push(cosigned);
      else if (number === numbers.at(-1))
        throw new OperatorError(
          `见证记录 ${join(folder, nameOf(number))} 损坏，不能退回更早的记录。The witness's record is damaged; going on from an older one would roll it back.`,
        );
    }
    return found;
  }

  /**
   * Records a cosigned checkpoint after the one numbered `after` (0 for none), durably.
   * @returns its number, or undefined when another writer was first: then nothing was cosigned
   */
  async append(origin: string, after: number, note: string): Promise<number | undefined> {
    const folder = this.#folderOf(origin);
    await makeFolder(folder, 0o700);
    const number = after + 1;
    const path = join(folder, nameOf(number));
    if (!(await createDurably(path, Buffer.from(note), this.#making, 0o600))) return undefined;
    // A writer so slow that its number has been used and swept since must not believe it was first.
    const numbers = await numbersIn(folder);
    if (numbers.at(-1) !== number) return undefined;
    for (const old of numbers.slice(0, -KEPT_MAX)) await rm(join(folder, nameOf(old)), { force: true });
    return number;
  }

  /**
   * Keeps evidence, once for each pair of checkpoints.
   * @param room how many cases there may be before this one
   * @returns false when there are as many already
   */
  async keepCase(evidence: Misbehaviour, room: number): Promise<boolean> {
    const pair = createHash('sha256').update(`${evidence.held}\0${evidence.shown}`).digest('hex');
    const folder = join(this.folder, 'misbehaviour');
    if ((await readdir(folder)).length >= room) return false;
    const text = `${JSON.stringify(evidence, null, 2)}\n`;
    await createDurably(join(folder, `${pair}.json`), Buffer.from(text), this.#making, 0o600);
    return true;
  }

  async cases(): Promise<Misbehaviour[]> {
    const folder = join(this.folder, 'misbehaviour');
    const names = (await readdir(folder)).sort();
    const cases: Misbehaviour[] = [];
    for (const name of names) cases.push(JSON.parse(await readFile(join(folder, name), 'utf8')) as Misbehaviour);
    return cases.sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  #folderOf(origin: string): string {
    return join(this.folder, 'logs', originHash(origin));
  }
}

const nameOf = (number: number): string => String(number).padStart(NUMBER_DIGITS, '0');

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^\d{16}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The witness's own line tells the time; the tree is what it signed. */
function cosignedOf(number: number, text: string, own: NoteKey): Cosigned | undefined {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  const line = note && linesOf(note, own)[0];
  const seconds = line && cosignatureTime(line.signature);
  if (!checkpoint || seconds === undefined) return undefined;
  return { number, note: text, seconds, size: checkpoint.size, root: checkpoint.root };
}
