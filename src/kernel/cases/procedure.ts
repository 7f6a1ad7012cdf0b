import type { Act } from '../acts/index.ts';
import { type Dated, valueAt } from '../rulebook/index.ts';
import type { Text } from '../text.ts';
import type { Period, PeriodUnit } from './clock.ts';

/** How long something may take, by the law or the house; the unit stands with the number. */
export interface ClockDefinition {
  readonly title: Text;
  /** The row of the rulebook that sets the time; an alert about it cites it. */
  readonly rule: string;
  readonly period: Dated<number>;
  /** So long before the end whoever must act is reminded. */
  readonly warnBefore?: Dated<number>;
  /** `escalate`: whoever supervises is told, and the case stays; otherwise the system makes this move. */
  readonly onDue: 'escalate' | { readonly event: string };
}

export interface StateDefinition {
  readonly title: Text;
  /** Who must act next, and what to do, in one sentence; only a final state waits for nobody. */
  readonly waits?: { readonly part: string; readonly what: Text };
  /** The clock that runs here; entering a state of the same clock goes on with it. */
  readonly clock?: string;
  /** Clocks that stand still here, such as while papers are being supplied. */
  readonly pauses?: readonly string[];
  /** Acts done here that do not move the case, such as a score; and the parts that do them. */
  readonly acts?: Readonly<Record<string, readonly string[]>>;
  /** Event → where it leads and the act that makes it happen, so that every exit is recorded in the evidence. */
  readonly moves: Readonly<Record<string, Move>>;
}

export interface Move {
  readonly to: string;
  readonly act: string;
  /** Parts that make the move, where it is not made by the part the state waits for; none where anybody may. */
  readonly by?: readonly string[];
  /** The clock of the state begins anew even where it ran before: a duty that comes back. */
  readonly restarts?: true;
}

/** A procedure as data: the first state is where a case begins. */
export interface Procedure {
  readonly name: string;
  readonly title: Text;
  /** The row a move that is not possible is refused under. */
  readonly rule: string;
  /** Parts people play in it, as they are called. */
  readonly parts: Readonly<Record<string, Text>>;
  /** The part that is told when a clock is over. */
  readonly supervisor: string;
  readonly clocks: Readonly<Record<string, ClockDefinition>>;
  /** Kinds of paper it knows, and the events that need one. */
  readonly papers: Readonly<Record<string, { readonly title: Text; readonly neededFor: readonly string[] }>>;
  readonly states: Readonly<Record<string, StateDefinition>>;
  /** The usual way through it, for the steps on its page; a state beside it shows once a case was there. */
  readonly way: readonly string[];
}

/**
 * Defines a procedure.
 * @throws Error naming the hole: a state nobody reaches, one that waits for nobody or without a clock, a part or clock
 *   that is not defined
 */
export function procedure<const P extends Procedure>(definition: P): P {
  const problems = holesIn(definition);
  if (problems.length > 0) throw new Error(`procedure ${definition.name}: ${problems.join('; ')}`);
  return definition;
}

export const firstState = ({ states }: Procedure): string => Object.keys(states)[0] ?? '';
export const isFinal = (state: StateDefinition): boolean => Object.keys(state.moves).length === 0;

/** Whether the part a state waits for has anything to do there; else only time, or somebody outside, moves it on. */
export function asksForAnAct({ clocks, states }: Procedure, state: string): boolean {
  const { waits, clock, moves = {}, acts = {} } = states[state] ?? {};
  if (!waits) return false;
  const due = clock === undefined ? undefined : clocks[clock]?.onDue;
  const byTime = typeof due === 'object' ? due.event : undefined;
  const isTheirs = (parts: readonly string[] | undefined) => (parts ?? [waits.part]).includes(waits.part);
  return (
    Object.values(acts).some(isTheirs) ||
    Object.entries(moves).some(([event, { by }]) => event !== byTime && isTheirs(by))
  );
}

function holesIn({ parts, supervisor, clocks, papers, states, way }: Procedure): string[] {
  const problems: string[] = [];
  const events = new Set(Object.values(states).flatMap((s) => Object.keys(s.moves)));
  for (const [kind, { neededFor }] of Object.entries(papers))
    for (const event of neededFor)
      if (!events.has(event)) problems.push(`paper ${kind} is needed for ${event}, which never happens`);
  for (const state of way) if (!states[state]) problems.push(`its way leads through ${state}, which is no state`);
  if (!parts[supervisor]) problems.push(`supervisor ${supervisor} is no part`);
  for (const [name, state] of Object.entries(states)) {
    const say = (what: string) => problems.push(`${name} ${what}`);
    for (const [event, { to }] of Object.entries(state.moves))
      if (!states[to]) say(`--${event}--> ${to}: no such state`);
    for (const part of [
      ...Object.values(state.moves).flatMap((m) => m.by ?? []),
      ...Object.values(state.acts ?? {}).flat(),
    ])
      if (!parts[part]) say(`is acted on by ${part}, which is no part`);
    for (const clock of [state.clock, ...(state.pauses ?? [])])
      if (clock !== undefined && !clocks[clock]) say(`has no clock ${clock}`);
    if (isFinal(state)) {
      if (state.waits || state.clock) say('is final, yet waits');
      continue;
    }
    if (!state.waits) say('waits for nobody');
    else if (!parts[state.waits.part]) say(`waits for ${state.waits.part}, which is no part`);
    if (!state.clock) say('waits without a clock');
    const due = state.clock === undefined ? undefined : clocks[state.clock]?.onDue;
    if (typeof due === 'object' && !state.moves[due.event]) say(`cannot ${due.event} when its clock is over`);
  }
  const reached = new Set(Object.keys(states).slice(0, 1));
  for (const state of reached) for (const { to } of Object.values(states[state]?.moves ?? {})) reached.add(to);
  for (const state of Object.keys(states)) if (!reached.has(state)) problems.push(`${state} is never reached`);
  return problems;
}

/**
 * Every exit is an act of the house, and what a clock does is an act of the system that takes the case and nothing else.
 * @throws Error naming the first that is not
 */
export function checkProcedures(procedures: readonly Procedure[], acts: readonly Act[]): void {
  const byName = new Map(acts.map((a) => [a.name, a]));
  for (const { name, states, clocks } of procedures) {
    for (const [state, { moves, clock, acts: beside = {} }] of Object.entries(states)) {
      for (const act of Object.keys(beside))
        if (!byName.has(act)) throw new Error(`procedure ${name}: ${state}: there is no act ${act}`);
      const due = clock === undefined ? undefined : clocks[clock]?.onDue;
      for (const [event, { act }] of Object.entries(moves)) {
        const found = byName.get(act);
        if (!found) throw new Error(`procedure ${name}: ${state} --${event}: there is no act ${act}`);
        if (typeof due === 'object' && due.event === event && found.by.kind !== 'system')
          throw new Error(`procedure ${name}: ${act} is done by a clock, so it must be an act of the system`);
      }
    }
  }
}

const UNITS: Readonly<Record<string, PeriodUnit>> = {
  'working day': 'working-day',
  day: 'day',
  hour: 'hour',
  month: 'month',
  year: 'year',
};

/** The period that holds on a day, as the rulebook says it. @throws Error for a unit no clock counts in */
export function periodOn(param: Dated<number>, at: Date): Period & { readonly reference: string } {
  const { value, unit, reference } = valueAt(param, at);
  const counted = UNITS[unit ?? ''];
  if (!counted) throw new Error(`no clock counts in ${unit}`);
  return { unit: counted, count: value, reference };
}
