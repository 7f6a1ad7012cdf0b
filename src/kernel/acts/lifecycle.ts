import type { Text } from '../text.ts';
import { refused } from './refusal.ts';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
type StateOf<T extends Table> = keyof T & string;
type EventOf<T extends Table> = { [S in keyof T]: keyof T[S] }[keyof T] & string;

/** How people name a life and its states; the words of a refusal are made from them. */
export interface LifecycleNames<T extends Table> {
  /** The house rule an illegal move is refused under, such as `HS-4.1`. */
  readonly rule: string;
  /** What lives, such as 产品 / product. */
  readonly subject: Text;
  readonly states: Readonly<Record<StateOf<T>, Text>>;
}

export interface Lifecycle<S extends string, E extends string> {
  readonly first: S;
  readonly states: readonly S[];
  /** The state after the event, or undefined where the event is not possible. */
  readonly next: (state: S, event: E) => S | undefined;
  /** What can happen in a state. */
  readonly events: (state: S) => readonly E[];
  /** As {@link next}. @throws Refused of kind `state`, saying which states allow the event */
  readonly move: (state: S, event: E) => S;
  readonly title: (state: S) => Text;
}

/**
 * A subject's life as a table: state → event → next state; the first key is the first state.
 * Checked when it is defined: every target exists and every state is reachable from the first.
 * @throws Error for a table with a hole
 */
export function lifecycle<const T extends Table>(
  table: T,
  names: LifecycleNames<T>,
): Lifecycle<StateOf<T>, EventOf<T>> {
  type S = StateOf<T>;
  type E = EventOf<T>;
  const states = Object.keys(table) as S[];
  const first = states[0];
  if (first === undefined) throw new Error('a life needs a state');
  checkTable(table, first);
  const next = (state: S, event: E): S | undefined => {
    const moves: Readonly<Record<string, string>> = table[state] ?? {};
    return Object.hasOwn(moves, event) ? (moves[event] as S) : undefined;
  };
  return {
    first,
    states,
    next,
    events: (state) => Object.keys(table[state] ?? {}) as E[],
    title: (state) => names.states[state],
    move: (state, event) => {
      const target = next(state, event);
      if (target !== undefined) return target;
      const allowed = states.filter((s) => next(s, event) !== undefined).map((s) => names.states[s]);
      const { subject } = names;
      const now = names.states[state];
      throw refused(
        'state',
        names.rule,
        { zh: `${subject.zh}当前状态不能办理此事`, en: `The ${subject.en} is not in a state for this` },
        { zh: `${subject.zh}现在是“${now.zh}”。`, en: `The ${subject.en} is ${now.en}.` },
        {
          zh: `只有在“${allowed.map((t) => t.zh).join('”或“')}”时可以办理。`,
          en: `It is possible only when it is ${allowed.map((t) => t.en).join(' or ')}.`,
        },
      );
    },
  };
}

function checkTable(table: Table, first: string): void {
  for (const [state, moves] of Object.entries(table)) {
    for (const [event, target] of Object.entries(moves)) {
      if (!Object.hasOwn(table, target)) throw new Error(`${state} --${event}--> ${target}: there is no such state`);
    }
  }
  const reached = new Set([first]);
  for (const state of reached) for (const target of Object.values(table[state] ?? {})) reached.add(target);
  const lost = Object.keys(table).filter((s) => !reached.has(s));
  if (lost.length > 0) throw new Error(`never reached from ${first}: ${lost.join(', ')}`);
}
