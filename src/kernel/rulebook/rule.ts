import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Text } from '../text.ts';

/** One value of a parameter from a date on, with the place in the law that sets it (or the operator who chose it). */
export interface DatedValue<T> {
  /** First day it holds, `YYYY-MM-DD`, Beijing time. */
  readonly from: string;
  readonly value: T;
  readonly unit?: string;
  readonly reference: string;
}

export interface Dated<T> {
  readonly values: readonly DatedValue<T>[];
}

/** A number of the law with its history, newest last. Law 3 of the house: such numbers live nowhere else. */
export function dated<T>(...values: readonly DatedValue<T>[]): Dated<T> {
  for (let i = 1; i < values.length; i++) {
    const [before, after] = [values[i - 1], values[i]];
    if (before && after && before.from >= after.from)
      throw new Error('dated values must stand in order of their dates');
  }
  return { values };
}

export type Params = Readonly<Record<string, Dated<unknown>>>;
export type ParamValues<P extends Params> = { readonly [K in keyof P]: P[K] extends Dated<infer T> ? T : never };

export type Decision =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'not-applicable' }
  | { readonly outcome: 'violated'; readonly fact: Text; readonly remedy: Text }
  | { readonly outcome: 'unknown'; readonly missing: string };

export const ok = (): Decision => ({ outcome: 'ok' });
export const notApplicable = (): Decision => ({ outcome: 'not-applicable' });
/** A fact the rule needs is not there: it blocks like a violation, and says what is missing. */
export const unknown = (missing: string): Decision => ({ outcome: 'unknown', missing });
export const violated = (fact: Text, remedy: Text): Decision => ({ outcome: 'violated', fact, remedy });

export interface Example<F> {
  readonly name: string;
  /** The day of decision, `YYYY-MM-DD` (00:00 UTC, 08:00 in Beijing), or an exact moment in RFC 3339. */
  readonly at: string;
  readonly facts: F;
  readonly expect: Decision['outcome'];
}

/**
 * What a rule does when it is violated.
 * `block` refuses the act (tier A) · `monitor` lets it pass and raises an alert (tier B) · `record` only keeps the
 * human statement that the input carries (tier C).
 */
export type Effect = 'block' | 'monitor' | 'record';

export interface ParameterUsed {
  readonly name: string;
  readonly value: unknown;
  readonly unit?: string;
  readonly reference: string;
}

interface Evaluation {
  readonly decision: Decision;
  readonly params: readonly ParameterUsed[];
}

export interface Rule<F> {
  /** Row of the rulebook, such as `SH-10.1`; the article text and status come from there. */
  readonly id: string;
  readonly title: Text;
  readonly effect: Effect;
  readonly params: Params;
  /** First 16 hex digits of SHA-256 over id, parameters and the decision's source: changes when the rule does. */
  readonly version: string;
  /** Decides on the facts; other parameters may be put in to ask what a change of the law would do. */
  readonly evaluate: (facts: F, at: Date, params?: Params) => Evaluation;
  /** The decision as it runs, for those who read the rule and for the test that it holds no number. */
  readonly source: string;
  /** Typed where the rule is defined; here without their type, so that a rule fits every act whose facts hold what it asks for. */
  readonly examples: readonly Example<unknown>[];
}

const BEIJING_OFFSET_MS = 8 * 3_600_000;

/** The calendar day in Beijing, `YYYY-MM-DD`: dates of the law are Chinese dates. */
export function beijingDay(at: Date): string {
  return new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 10);
}

/** The value that holds on a day. @throws RangeError before the first value: then the rule was not formalised. */
export function valueAt<T>(param: Dated<T>, at: Date): DatedValue<T> {
  const day = beijingDay(at);
  const found = param.values.findLast((v) => v.from <= day);
  if (!found) throw new RangeError(`no parameter value on ${day}`);
  return found;
}

/** Defines a rule beside the article it implements (rules-as-code: article, dated parameters, decision, examples). */
export function rule<F, const P extends Params = Record<never, never>>(definition: {
  readonly id: string;
  readonly title: Text;
  readonly effect?: Effect;
  readonly params?: P;
  readonly decide: (facts: F, params: ParamValues<P>, at: Date) => Decision;
  readonly examples: readonly Example<NoInfer<F>>[];
}): Rule<F> {
  const params: Params = definition.params ?? {};
  const source = canonicalize({
    id: definition.id,
    params: JSON.parse(JSON.stringify(params)),
    decide: String(definition.decide),
  });
  return {
    source: String(definition.decide),
    id: definition.id,
    title: definition.title,
    effect: definition.effect ?? 'block',
    params,
    version: createHash('sha256')
      .update(source ?? '')
      .digest('hex')
      .slice(0, 16),
    examples: definition.examples,
    evaluate: (facts, at, given = params) => {
      const used = Object.entries(given).map(([name, param]) => ({ name, dated: valueAt(param, at) }));
      const values = Object.fromEntries(used.map(({ name, dated: d }) => [name, d.value])) as ParamValues<P>;
      return {
        decision: definition.decide(facts, values, at),
        params: used.map(({ name, dated: { value, unit, reference } }) => ({
          name,
          value,
          reference,
          ...(unit ? { unit } : {}),
        })),
      };
    },
  };
}
