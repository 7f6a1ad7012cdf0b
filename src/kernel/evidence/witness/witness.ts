import type { KeyProvider } from '../keys.ts';
import { EMPTY_ROOT } from '../merkle.ts';
import { type LogSigner, signatureLine } from '../note.ts';
import {
  base64,
  checkMisbehaviour,
  checkNote,
  isConsistent,
  linesOf,
  type Misbehaviour,
  type Note,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  same,
  type Tree,
} from '../verify/index.ts';
import { type AddCheckpoint, readAddCheckpoint } from './request.ts';
import { heldCosigner } from './signer.ts';
import { type Cosigned, KEPT_MAX, originHash, type WitnessKey, type WitnessStore } from './store.ts';

/** How far the clock may lie behind the last time that was signed before the witness stops signing. */
const CLOCK_BEHIND_MAX_S = 300n;
/** Requests of one log that wait for their turn. */
const WAITING_MAX = 16;
/** Cosignatures for one log, counted after its signature was checked: strangers cannot use them up. */
const EACH_SECOND_MAX = 20;
/** Cases kept, each at most as large as a request; doubtful ones leave room for proofs. */
const PROVEN_MAX = 1_000;
const SUSPECT_MAX = 500;

export interface Answer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 429 | 503;
  readonly mediaType: string;
  readonly body: string;
}

interface Log {
  readonly origin: string;
  readonly keys: readonly NoteKey[];
  /** What was cosigned, oldest first. */
  cosigned: Cosigned[];
  /** Requests are answered one after the other. */
  turn: Promise<unknown>;
  waiting: number;
  second: number;
  inSecond: number;
}

export interface WitnessOptions {
  readonly store: WitnessStore;
  /** Keys of the logs it witnesses; several of one name while a log changes its key. */
  readonly logs: readonly NoteKey[];
  /** Name of a new witness; that of an existing one must agree. */
  readonly name?: string | undefined;
  /** Where its key is kept; in its store without one. */
  readonly keys?: KeyProvider | undefined;
  readonly nowMs?: () => number;
  /** Told of each case of misbehaviour that was kept, and of trouble. */
  readonly onAlarm?: (text: string) => void;
}

/**
 * A witness (C2SP tlog-witness v1.0.0): of each log it remembers the largest tree it saw, cosigns only what was appended
 * to it, and never goes back. What a log signed that contradicts it is kept as evidence.
 */
export class Witness {
  readonly key: NoteKey;
  readonly #signer: (seconds: bigint) => LogSigner;
  readonly #store: WitnessStore;
  readonly #logs: ReadonlyMap<string, Log>;
  readonly #nowMs: () => number;
  readonly #onAlarm: (text: string) => void;
  /** The latest time signed, over all logs. */
  #latest: bigint;

  private constructor(options: WitnessOptions, { name, key }: WitnessKey, logs: Map<string, Log>) {
    this.#signer = (seconds) => heldCosigner(name, key, () => seconds);
    this.key = parseKey(this.#signer(1n).vkey) as NoteKey;
    this.#store = options.store;
    this.#logs = logs;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#onAlarm = options.onAlarm ?? (() => undefined);
    this.#latest = 0n;
  }

  /** @throws OperatorError when the store must not be used */
  static async open(options: WitnessOptions): Promise<Witness> {
    const { store, name, keys } = options;
    const held = keys ? await store.keyFrom(keys, name) : await store.key(name);
    const logs = new Map<string, Log>();
    const witness = new Witness(options, held, logs);
    for (const origin of new Set(options.logs.map((key) => key.name))) {
      const keys = options.logs.filter((key) => key.name === origin);
      const cosigned = await options.store.load(origin, witness.key);
      logs.set(origin, { origin, keys, cosigned, turn: Promise.resolve(), waiting: 0, second: 0, inSecond: 0 });
      witness.#latest = later(witness.#latest, cosigned.at(-1)?.seconds ?? 0n);
    }
    return witness;
  }

  /** `GET <monitoring prefix>/<origin hash>/checkpoint`: the newest checkpoint it cosigned. */
  checkpointOf(hash: string): string | undefined {
    for (const log of this.#logs.values()) {
      if (originHash(log.origin) === hash) return log.cosigned.at(-1)?.note;
    }
    return undefined;
  }

  /** `POST <submission prefix>/add-checkpoint`, its body. */
  async addCheckpoint(body: Uint8Array): Promise<Answer> {
    const request = readAddCheckpoint(body);
    if (!request) return refuse(400, 'the request is not in the form of add-checkpoint');
    const origin = request.note.text.split('\n', 1)[0] ?? '';
    const log = this.#logs.get(origin);
    if (!log) return refuse(404, 'unknown log');
    const standings = log.keys.map((key) => checkNote(request.note, key));
    if (standings.includes('forged')) return refuse(403, 'a signature by a key of the log is not right');
    if (!standings.includes('signed')) return refuse(403, 'no signature by a key of the log');
    const tree = parseCheckpoint(request.note.text);
    if (!tree) return refuse(400, 'the signed text is no checkpoint');
    if (request.oldSize > tree.size) return refuse(400, 'the old size is larger than the checkpoint');
    if (this.#tooMany(log)) return refuse(429, 'too many requests for this log');
    return this.#inTurn(log, () => this.#advance(log, request, tree));
  }

  async #advance(log: Log, request: AddCheckpoint, tree: Tree): Promise<Answer> {
    const latest = log.cosigned.at(-1);
    await this.#keepContradiction(log, request, tree);
    if (request.oldSize !== (latest?.size ?? 0n)) return conflict(latest);
    if (tree.size === 0n && !same(tree.root, EMPTY_ROOT)) return refuse(422, 'the root of the empty tree is another');
    const held: Tree = latest ?? { size: 0n, root: EMPTY_ROOT };
    if (!isConsistent(held, tree, request.proof)) return refuse(422, inconsistency(held, tree));
    return this.#cosign(log, request.note, tree);
  }

  async #cosign(log: Log, note: Note, tree: Tree): Promise<Answer> {
    const seconds = this.#clock();
    if (seconds === undefined) {
      this.#onAlarm('时钟落后于上次联署的时间，暂停联署。The clock is behind the last cosignature: not signing.');
      return refuse(503, "the witness's clock is behind its last cosignature");
    }
    const line = await signatureLine(note.text, this.#signer(seconds));
    const text = `${note.text}\n${verifiedLines(note, log.keys)}${line}`;
    const latest = log.cosigned.at(-1);
    const number = await this.#store.append(log.origin, latest?.number ?? 0, text);
    if (number === undefined) {
      // Another process was first. What it wrote is the truth now; the line just made is never given out.
      log.cosigned = await this.#store.load(log.origin, this.key);
      return conflict(log.cosigned.at(-1));
    }
    this.#latest = later(this.#latest, seconds);
    log.cosigned.push({ ...tree, number, note: text, seconds });
    if (log.cosigned.length > KEPT_MAX) log.cosigned.shift();
    return { status: 200, mediaType: 'text/plain; charset=utf-8', body: line };
  }

  /** A later tree is never signed with an earlier time. @returns undefined when the clock is too far behind */
  #clock(): bigint | undefined {
    const now = BigInt(Math.floor(this.#nowMs() / 1000));
    if (now <= 0n || now + CLOCK_BEHIND_MAX_S < this.#latest) return undefined;
    return later(now, this.#latest);
  }

  /** Two signed trees of one size, or a larger one that does not begin with what was cosigned, go into the store. */
  async #keepContradiction(log: Log, { note, oldSize, proof }: AddCheckpoint, tree: Tree): Promise<void> {
    const twin = log.cosigned.find((c) => c.size === tree.size);
    const latest = log.cosigned.at(-1);
    const broken = latest && oldSize === latest.size && tree.size > latest.size && !isConsistent(latest, tree, proof);
    const held = twin && !same(twin.root, tree.root) ? twin : broken ? latest : undefined;
    if (!held) return;
    const evidence: Misbehaviour = {
      type: 'shuheng/misbehaviour/1',
      origin: log.origin,
      at: new Date(this.#nowMs()).toISOString(),
      witness: this.key.vkey,
      held: held.note,
      shown: `${note.text}\n${verifiedLines(note, log.keys)}`,
      proof: held === twin ? [] : proof.map(base64),
    };
    const { finding, says } = checkMisbehaviour(evidence, log.keys);
    const kept = await this.#store.keepCase(evidence, finding === 'proven' ? PROVEN_MAX : SUSPECT_MAX);
    const where = kept ? '证据已保存 the evidence is kept' : '证据已满，未再保存 no room for more evidence';
    this.#onAlarm(`${log.origin}, ${held.size} → ${tree.size}: ${says.zh}${says.en} ${where}`);
  }

  #tooMany(log: Log): boolean {
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== log.second) log.inSecond = 0;
    log.second = second;
    log.inSecond++;
    return log.inSecond > EACH_SECOND_MAX || log.waiting >= WAITING_MAX;
  }

  async #inTurn<T>(log: Log, work: () => Promise<T>): Promise<T> {
    log.waiting++;
    const done = log.turn.then(work);
    log.turn = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      log.waiting--;
    }
  }
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const refuse = (status: Exclude<Answer['status'], 200 | 409>, why: string): Answer => ({
  status,
  mediaType: 'text/plain; charset=utf-8',
  body: `${why}\n`,
});

const conflict = (latest: Cosigned | undefined): Answer => ({
  status: 409,
  mediaType: 'text/x.tlog.size',
  body: `${latest?.size ?? 0n}\n`,
});

function inconsistency(held: Tree, tree: Tree): string {
  if (held.size === tree.size) return 'another root, or a proof, for the size that was cosigned';
  return held.size === 0n ? 'the proof from an empty tree must be empty' : 'the consistency proof does not hold';
}

/** Lines of strangers were not checked and are not passed on. */
function verifiedLines(note: Note, keys: readonly NoteKey[]): string {
  return keys
    .flatMap((key) => linesOf(note, key))
    .map(({ name, keyId, signature }) => `— ${name} ${base64(Buffer.concat([keyId, signature]))}\n`)
    .join('');
}
