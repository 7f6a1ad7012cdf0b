import type { Queryable } from '../../database/index.ts';
import { consistencyProof } from '../receipts.ts';
import { rowsOf } from '../tiles.ts';
import {
  checkNote,
  cosignatureTime,
  linesOf,
  type Note,
  type Policy,
  type PolicyWitness,
  parseNote,
  parsePolicy,
} from '../verify/index.ts';
import { askLatest, askWitness, ownLines } from './ask.ts';
import { meets } from './policies.ts';
import { originHash } from './store.ts';

/** Witnesses are asked for one checkpoint at a time, and for the next after so long at the earliest. */
const ROUND_MS = 1_000;
/** A witness that has not answered by then does not hold up the next checkpoint any longer. */
const ROUND_MAX_MS = 10_000;
/** On a quiet log the same checkpoint is cosigned again, so that everybody sees that the witnesses are awake. */
const REFRESH_MS = 5 * 60_000;
const POLL_MS = 500;
const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
/** A witness whose clock is further ahead says nothing about the present. */
const CLOCK_AHEAD_MAX_S = 300n;
const TROUBLE_CHARACTERS_MAX = 300;
/** Times a witness is asked in one go after it told another size. */
const CORRECTIONS_MAX = 3;

export interface FeederOptions {
  readonly db: Queryable;
  /** True in the process that sequences; the others stand by. */
  readonly leading: () => boolean;
  readonly onError?: (error: unknown) => void;
  /** Told of each new alarm; it is in `log_alarm` as well. */
  readonly onAlarm?: (text: string) => void;
  readonly roundMs?: number;
  readonly refreshMs?: number;
}

export interface Feeder {
  /** Looks for a new checkpoint now; cheap, to be called after each publication. */
  readonly nudge: () => void;
  readonly stop: () => Promise<void>;
}

interface State {
  readonly origin: string;
  readonly published_size: number | null;
  readonly published_checkpoint: string | null;
  readonly witness_policy: string | null;
}

/** A checkpoint on its way through the witnesses. */
interface Round {
  readonly size: number;
  readonly checkpoint: string;
  readonly note: Note;
  readonly startedAt: number;
  /** Lines gathered, by the name of the witness. */
  readonly lines: Map<string, string>;
  met: boolean;
}

interface Target {
  readonly witness: PolicyWitness;
  readonly url: string;
  /** Size at which the witness last said it is. */
  size: bigint;
  busy: boolean;
  failures: number;
  notBefore: number;
}

type AlarmKind = 'witness-ahead' | 'inconsistent' | 'bad-cosignature';

/**
 * Takes each published checkpoint to the witnesses of the policy, all at once, and moves `witnessed_size` on when they
 * make a quorum. It runs beside the sequencer and never in its way: a witness that is slow, dead or hostile delays
 * nothing but its own cosignature.
 */
export function startFeeder(options: FeederOptions): Feeder {
  const feeding = new Feeding(options);
  const running = feeding.run();
  return {
    nudge: () => feeding.wake(),
    stop: async () => {
      feeding.end();
      await running;
    },
  };
}

class Feeding {
  readonly #options: FeederOptions;
  readonly #ending = new AbortController();
  readonly #asking = new Set<Promise<void>>();
  #wake: () => void = () => undefined;
  #policyText: string | null = null;
  #policy: Policy | undefined;
  #targets: Target[] = [];
  #round: Round | undefined;
  #lastTrouble = '';

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#wake();
  }

  end(): void {
    this.#ending.abort();
    this.#wake();
  }

  async run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      if (this.#options.leading()) await this.#look().catch((error: unknown) => this.#complain(error));
      await this.#pause();
    }
    await Promise.allSettled(this.#asking);
  }

  async #look(): Promise<void> {
    const [state] = await rowsOf(this.#options.db)<State>(
      'select origin, published_size, published_checkpoint, witness_policy from log_state',
      [],
    );
    if (!state) return;
    if (state.witness_policy !== this.#policyText) await this.#take(state.witness_policy);
    if (this.#targets.length === 0 || state.published_size === null || state.published_checkpoint === null) return;
    if (this.#isDue(state.published_checkpoint)) this.#begin(state.published_size, state.published_checkpoint);
    for (const target of this.#targets) this.#ask(target, state.origin);
  }

  /** A new policy: what is known of a witness that stays is kept. */
  async #take(text: string | null): Promise<void> {
    const { policy } = parsePolicy(text ?? 'quorum none\n');
    const known = await rowsOf(this.#options.db)<{ vkey: string; size: number | null }>(
      'select vkey, size from log_witness',
      [],
    );
    this.#targets = (policy?.witnesses ?? []).flatMap((witness) => {
      const size = known.find((row) => row.vkey === witness.key.vkey)?.size ?? 0;
      const fresh = { busy: false, failures: 0, notBefore: 0 };
      return witness.url === null ? [] : [{ witness, url: witness.url, size: BigInt(size), ...fresh }];
    });
    this.#policy = policy;
    this.#policyText = text;
    this.#round = undefined;
  }

  #isDue(checkpoint: string): boolean {
    const round = this.#round;
    if (!round) return true;
    const age = Date.now() - round.startedAt;
    if (checkpoint === round.checkpoint) return age >= (this.#options.refreshMs ?? REFRESH_MS);
    if (age < (this.#options.roundMs ?? ROUND_MS)) return false;
    return round.met || age >= ROUND_MAX_MS || !this.#targets.some((target) => target.busy);
  }

  #begin(size: number, checkpoint: string): void {
    const note = parseNote(checkpoint);
    if (!note) throw new Error('the published checkpoint cannot be read');
    const startedAt = Date.now();
    this.#round = { size, checkpoint, note, startedAt, lines: new Map(), met: false };
  }

  #ask(target: Target, origin: string): void {
    const round = this.#round;
    if (!round || target.busy || round.lines.has(target.witness.name) || Date.now() < target.notBefore) return;
    target.busy = true;
    const asking = this.#cosign(target, round, origin)
      .then(() => {
        target.failures = 0;
        target.notBefore = 0;
      })
      .catch((error: unknown) => this.#failed(target, error))
      .finally(() => {
        target.busy = false;
        this.#asking.delete(asking);
        this.#wake();
      });
    this.#asking.add(asking);
  }

  /** @throws what the operator should know about the witness */
  async #cosign(target: Target, round: Round, origin: string): Promise<void> {
    const { witness, url } = target;
    for (let i = 0; i < CORRECTIONS_MAX; i++) {
      if (target.size > BigInt(round.size)) return this.#ahead(target, origin);
      const proof = await consistencyProof(this.#options.db, Number(target.size), round.size);
      const request = { oldSize: target.size, proof, checkpoint: round.checkpoint };
      const answer = await askWitness(url, request, this.#ending.signal);
      if (answer.kind === 'cosigned') return this.#keep(target, round, answer.lines);
      if (answer.kind === 'refused') throw new Error(answer.why);
      if (answer.kind === 'inconsistent') {
        await this.#alarm(witness.name, 'inconsistent', `it is at ${target.size}`, round.checkpoint);
        throw new Error(answer.why);
      }
      if (answer.size === target.size) throw new Error(`it says it is at ${answer.size} and refuses that`);
      target.size = answer.size;
    }
    throw new Error('it keeps changing its size');
  }

  /** It may have cosigned what another process of ours published a moment ago; beyond that it saw a log that is not this one. */
  async #ahead(target: Target, origin: string): Promise<void> {
    const [state] = await rowsOf(this.#options.db)<{ published_size: number | null }>(
      'select published_size from log_state',
      [],
    );
    const size = target.size;
    if (size <= BigInt(state?.published_size ?? 0)) {
      this.#round = undefined;
      return;
    }
    const evidence = await askLatest(target.url, originHash(origin), this.#ending.signal).catch(() => undefined);
    const detail = `it cosigned ${size} entries, more than the log has`;
    await this.#alarm(target.witness.name, 'witness-ahead', detail, evidence);
    throw new Error(detail);
  }

  async #keep(target: Target, round: Round, answer: string): Promise<void> {
    const { witness } = target;
    const lines = ownLines(round.checkpoint, answer, witness.key);
    const note = parseNote(round.checkpoint + lines);
    if (!note || checkNote(note, witness.key) !== 'signed') {
      await this.#alarm(witness.name, 'bad-cosignature', `for ${round.size} entries`, answer);
      throw new Error('its answer holds no right cosignature by its key');
    }
    const times = linesOf(note, witness.key).map((line) => cosignatureTime(line.signature) ?? 0n);
    const now = BigInt(Math.floor(Date.now() / 1000));
    if (times.some((seconds) => seconds > now + CLOCK_AHEAD_MAX_S)) throw new Error(`its clock is ahead: ${times[0]}`);
    target.size = BigInt(round.size);
    round.lines.set(witness.name, lines);
    await rowsOf(this.#options.db)(
      `insert into log_witness (name, vkey, url, size, line, cosigned_at, asked_at)
         values ($1, $2, $3, $4, $5, to_timestamp($6), now())
       on conflict (name) do update set vkey = excluded.vkey, url = excluded.url, size = excluded.size,
         line = excluded.line, cosigned_at = excluded.cosigned_at, asked_at = excluded.asked_at, failures = 0, trouble = null`,
      [witness.name, witness.key.vkey, target.url, round.size, lines, Number(times[0])],
    );
    await this.#count(round);
  }

  /** Later lines of the same checkpoint are added to those that made the quorum. */
  async #count(round: Round): Promise<void> {
    const checkpoint = round.checkpoint + [...round.lines.values()].join('');
    if (!this.#policy || !meets(checkpoint, this.#policy)) return;
    await rowsOf(this.#options.db)(
      `update log_state set witnessed_size = $1, witnessed_checkpoint = $2, witnessed_at = now()
        where published_size >= $1 and witness_policy is not distinct from $3
          and (coalesce(witnessed_size, -1) < $1
               or witnessed_size = $1 and length(witnessed_checkpoint) <= length($2))`,
      [round.size, checkpoint, this.#policyText],
    );
    round.met = true;
  }

  async #failed(target: Target, error: unknown): Promise<void> {
    if (this.#ending.signal.aborted) return;
    target.failures++;
    target.notBefore = Date.now() + Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (target.failures - 1));
    const { name, key } = target.witness;
    await rowsOf(this.#options.db)(
      `insert into log_witness (name, vkey, url, asked_at, failures, trouble) values ($1, $2, $3, now(), $4, $5)
       on conflict (name) do update set vkey = excluded.vkey, url = excluded.url, asked_at = excluded.asked_at,
         failures = excluded.failures, trouble = excluded.trouble`,
      [name, key.vkey, target.url, target.failures, reasonOf(error).slice(0, TROUBLE_CHARACTERS_MAX)],
    ).catch((trouble: unknown) => this.#complain(trouble));
  }

  async #alarm(witness: string, kind: AlarmKind, detail: string, evidence: string | undefined): Promise<void> {
    const added = await rowsOf(this.#options.db)(
      `insert into log_alarm (witness, kind, detail, evidence) values ($1, $2, $3, $4)
       on conflict do nothing returning kind`,
      [witness, kind, detail, evidence ?? null],
    );
    if (added.length > 0) this.#options.onAlarm?.(`${witness}: ${kind}, ${detail}`);
  }

  #complain(error: unknown): void {
    const trouble = reasonOf(error);
    if (trouble !== this.#lastTrouble) this.#options.onError?.(error);
    this.#lastTrouble = trouble;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#ending.signal.aborted) this.#wake();
    });
  }
}

/** What `fetch` throws says little itself; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
