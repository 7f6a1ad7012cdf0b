import type { z } from 'zod';
import type { Database, Queryable, Tx } from '../database/index.ts';
import type { Rule } from '../rulebook/rule.ts';
import type { Text } from '../text.ts';
import type { Actor, Authority } from './actor.ts';

/**
 * What the evidence entry says. An entry is read by strangers and can never be changed: unless the act is a public fact,
 * it names neither party nor subject, and nothing in it may tell who deals with whom, in what, for how much.
 */
export interface EntryDraft {
  /** Id of what was acted on; for reads by subject and for the timeline. In the log only of a public fact. */
  readonly subject: string;
  /** A fact everybody may know, such as a listing: the log names the actor's party, the subject and the outcomes of the rules. */
  readonly public?: boolean;
  /** In clear for ever: codes, numbers, dates, digests of what nobody can guess. Never what somebody typed. */
  readonly open?: Readonly<Record<string, unknown>>;
  /** Salted commitments; the parties of the act can open them. */
  readonly sealed?: Readonly<Record<string, unknown>>;
  /** Parties besides the actor's own that may see the receipt. */
  readonly parties?: readonly (string | null)[];
}

export interface FactsContext<I, P = unknown> {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly input: I;
  /** What {@link ActDefinition.prepare} found out. */
  readonly prepared: P;
  /** The database's clock at the start of the transaction: the one time of the act. */
  readonly at: Date;
}

export interface PerformContext<I, F> extends Omit<FactsContext<I>, 'prepared'> {
  readonly facts: F;
  readonly actId: string;
  /** Runs a job after the commit, exactly when the act commits (transactional outbox). */
  readonly enqueue: (job: JobRequest) => void;
}

export interface JobRequest {
  readonly task: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** A later job with the same key replaces the earlier one. */
  readonly key?: string;
  readonly runAt?: Date;
  readonly attemptsMax?: number;
}

/** What several rules ask for together. */
type AllOf<R extends readonly unknown[]> = R extends readonly [infer First, ...infer Rest]
  ? First & AllOf<Rest>
  : unknown;

export interface ActDefinition<
  I extends z.ZodType,
  O extends z.ZodType,
  F,
  R extends readonly unknown[] = [],
  P = unknown,
> {
  /** `<subject>.<verb>`, such as `product.list`. */
  readonly name: string;
  readonly title: Text;
  readonly by: Authority;
  /** The session must have shown a second factor. */
  readonly secondFactor?: boolean;
  readonly input: I;
  readonly output: O;
  /** Top-level input fields that are never stored, hashed or logged, such as a password. */
  readonly secretInput?: readonly string[];
  /** Top-level result fields shown once and never stored, such as a new key. */
  readonly secretOutput?: readonly string[];
  /** Decided in this order on the facts; each keeps a decision record. */
  readonly rules?: { readonly [K in keyof R]: Rule<R[K]> };
  /**
   * Asks the world outside, before the transaction begins: nobody waits behind a lock for a name server. It may be asked in
   * vain, and changes nothing.
   */
  readonly prepare?: (c: { readonly actor: Actor; readonly input: z.output<I> }) => Promise<P>;
  /** Loads and locks the subject, and refuses with {@link notFound} what is not the actor's. */
  readonly facts: (c: FactsContext<z.output<I>, P>) => Promise<F>;
  /** Version of the subject, compared with the caller's `If-Match`. */
  readonly version?: (facts: F) => number;
  readonly perform: (c: PerformContext<z.output<I>, F>) => Promise<z.input<O>>;
  readonly entry: (c: {
    readonly input: z.output<I>;
    readonly facts: F;
    readonly result: z.output<O>;
    readonly actor: Actor;
  }) => EntryDraft;
}

/** An act with its types hidden: what registries, routes and tests work with. */
export interface Act {
  readonly name: string;
  readonly title: Text;
  readonly by: Authority;
  readonly secondFactor: boolean;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly rules: readonly Rule<never>[];
  /** @internal */
  readonly definition: ActDefinition<z.ZodType, z.ZodType, unknown>;
}

const ACT_NAME = /^[a-z-]+\.[a-z-]+$/;

/** Defines an act: the only way state changes (law 1 of the house). */
export function act<
  I extends z.ZodType,
  O extends z.ZodType,
  F extends AllOf<R>,
  const R extends readonly unknown[] = [],
  P = unknown,
>(definition: ActDefinition<I, O, F, R, P>): Act & { readonly input: I; readonly output: O } {
  if (!ACT_NAME.test(definition.name)) throw new Error(`act name ${definition.name} is not subject.verb`);
  return {
    name: definition.name,
    title: definition.title,
    by: definition.by,
    secondFactor: definition.secondFactor ?? false,
    input: definition.input,
    output: definition.output,
    rules: definition.rules ?? [],
    definition: definition as unknown as ActDefinition<z.ZodType, z.ZodType, unknown>,
  };
}

export interface ReadContext<P, Q> {
  readonly db: Queryable;
  readonly actor: Actor;
  readonly params: P;
  readonly query: Q;
  readonly at: Date;
}

/** What an answer depends on, as far as it can change. */
export interface AnswerVersion {
  /** Number of the subject's version, which `If-Match` of acts compares. */
  readonly subject: number;
  /** Another text whenever the answer would be another one, for whoever asks. */
  readonly state: string;
}

export interface Read {
  /** Below `/v1`, such as `/products/:productId`; a parameter is named after the id it holds. */
  readonly path: string;
  readonly title: Text;
  readonly by: Authority;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly output: z.ZodType;
  readonly run: (c: ReadContext<never, never> & { readonly db: Database }) => Promise<unknown>;
  /**
   * For a read that is asked far more often than its answer changes: cheap to ask, so that a ready answer can be given
   * again. Whoever gets an equal version gets an equal answer; null where an answer is made for each who asks. Decides
   * visibility as `run` does.
   */
  readonly version?: (c: ReadContext<never, never> & { readonly db: Database }) => Promise<AnswerVersion | null>;
}

/** Defines a read: `GET /v1<path>`, with its own visibility rule in `by` and `run` (throw {@link notFound} for what is not the actor's). */
export function read<P extends z.ZodType, Q extends z.ZodType, O extends z.ZodType>(definition: {
  readonly path: string;
  readonly title: Text;
  readonly by: Authority;
  readonly params: P;
  readonly query: Q;
  readonly output: O;
  readonly run: (c: ReadContext<z.output<P>, z.output<Q>>) => Promise<z.input<O>>;
  readonly version?: (c: ReadContext<z.output<P>, z.output<Q>>) => Promise<AnswerVersion | null>;
}): Read {
  return definition as unknown as Read;
}
