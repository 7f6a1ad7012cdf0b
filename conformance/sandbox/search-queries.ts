import type { Measure } from '../../src/exchange/sandbox/cells.ts';
import { COUNT, type Filters, type Row, SUM } from '../../src/exchange/sandbox/sdc/testing.ts';
import { ALIAS } from './guarded.ts';

/** Attributes everybody may know of everybody: three of few values, and a number of one's own. */
export const ATTRIBUTES = ['a', 'b', 'c', 'number'] as const;
const VALUES = ['wxyz', 'rst', 'mn'] as const;
const OWN = 3;

export interface Person {
  readonly groups: readonly string[];
}

/** A population whose attributes are known to the attacker; who is at 0 is the target. */
export function population(people: number, roll: () => number): Person[] {
  return Array.from({ length: people }, (_, i) => ({
    groups: [...VALUES.map((values) => values[Math.floor(roll() * values.length)] ?? ''), String(i)],
  }));
}

/** A condition of WHERE on one attribute, as QuerySnout has them: by the target's value, or a list. */
export type Condition =
  | { readonly column: number; readonly is: '=' | '<>'; readonly value: string }
  | { readonly column: number; readonly is: '<' | '>='; readonly value: string }
  | { readonly column: number; readonly is: 'in'; readonly values: readonly string[] };

/** Any of the parts, each a conjunction; perhaps negated. */
export interface Question {
  readonly parts: readonly (readonly Condition[])[];
  readonly negated: boolean;
  readonly group: number | null;
  readonly measures: readonly Measure[];
}

const MEAN: Measure = { name: 'mean', function: 'avg', argument: 'amount' };
const MEASURES: readonly (readonly Measure[])[] = [[SUM], [SUM], [SUM], [MEAN], [COUNT, SUM]];

const column = (i: number) => ATTRIBUTES[i] ?? 'number';
const literal = (i: number, value: string) => (i === OWN ? value : `'${value}'`);
function conditionSql(c: Condition): string {
  if (c.is === 'in') return `${column(c.column)} in (${c.values.map((v) => literal(c.column, v)).join(', ')})`;
  return `${column(c.column)} ${c.is} ${literal(c.column, c.value)}`;
}
function conditionHolds(c: Condition, groups: readonly string[]): boolean {
  const own = groups[c.column] ?? '';
  switch (c.is) {
    case 'in':
      return c.values.includes(own);
    case '=':
      return own === c.value;
    case '<>':
      return own !== c.value;
    case '<':
      return Number(own) < Number(c.value);
    default:
      return Number(own) >= Number(c.value);
  }
}

export const covers = ({ parts, negated }: Question, groups: readonly string[]): boolean =>
  parts.some((part) => part.every((c) => conditionHolds(c, groups))) !== negated;

/** WHERE as text: also the name under which the lane's history keeps it. */
export function whereOf({ parts, negated }: Question): string {
  const any = parts.map((part) => `(${part.map(conditionSql).join(' and ') || 'true'})`).join(' or ');
  return negated ? `not (${any})` : any;
}

export function sqlOf(question: Question): string {
  const measures = question.measures.map((m) =>
    m.argument === null ? 'count(*) as n' : `${m.function}(amount) as ${m.name}`,
  );
  const group = question.group === null ? [] : [column(question.group)];
  const empty = question.parts.some((part) => part.length === 0);
  return `select ${[...group, ...measures].join(', ')} from ${ALIAS}${empty && !question.negated ? '' : ` where ${whereOf(question)}`}${group.length > 0 ? ` group by ${group.join()}` : ''}`;
}

/** WHERE as the lane takes it apart: conditions that all must hold, and values that the asker fixed (HS-22.22). */
export function conditionsOf(question: Question) {
  const [part = [], ...others] = question.parts;
  if (question.negated || others.length > 0) return { filter: [whereOf(question)], fixed: [] };
  const names = part.flatMap((c) => (c.is === '=' ? [] : [conditionSql(c)]));
  const fixed = part.flatMap((c) => (c.is === '=' ? [[`g${c.column}`, c.value] as const] : []));
  return { filter: [...new Set(names)], fixed: [...new Map(fixed.map((f) => [f.join(), f])).values()] };
}

export function filtersOf(questions: readonly Question[]): Filters {
  return Object.fromEntries(
    questions.flatMap((q) => [
      [whereOf(q), (row: Row) => covers(q, row.groups)] as const,
      ...q.parts.flat().map((c) => [conditionSql(c), (row: Row) => conditionHolds(c, row.groups)] as const),
    ]),
  );
}

/** Group values that a question can answer with. */
export const keysOf = ({ group }: Question): readonly string[] => (group === null ? [''] : [...(VALUES[group] ?? '')]);

type Roll = () => number;
const pick = <T>(list: readonly T[], roll: Roll): T => list[Math.floor(roll() * list.length)] as T;

function randomCondition(people: readonly Person[], roll: Roll): Condition {
  const target = people[0] as Person;
  const at = Math.floor(roll() * ATTRIBUTES.length);
  const value = roll() < 0.8 ? (target.groups[at] ?? '') : (pick(people, roll).groups[at] ?? '');
  if (at !== OWN) return { column: at, is: roll() < 0.5 ? '=' : '<>', value };
  const kind = roll();
  if (kind < 0.3) return { column: at, is: '<>', value };
  if (kind < 0.4) return { column: at, is: '=', value };
  if (kind < 0.6)
    return { column: at, is: roll() < 0.5 ? '<' : '>=', value: String(Math.floor(roll() * people.length)) };
  const share = 0.15 + roll() * 0.6;
  const some = people.flatMap((_, i) => (i > 0 && roll() < share ? [String(i)] : []));
  return {
    column: at,
    is: 'in',
    values: [...(roll() < 0.5 ? ['0'] : []), ...some, ...(some.length === 0 ? ['1'] : [])],
  };
}

export function randomQuestion(people: readonly Person[], roll: Roll): Question {
  const parts = Array.from({ length: roll() < 0.75 ? 1 : 2 }, () =>
    Array.from({ length: 1 + Math.floor(roll() * 3) }, () => randomCondition(people, roll)),
  );
  const group = roll() < 0.75 ? null : Math.floor(roll() * VALUES.length);
  return { parts, negated: roll() < 0.2, group, measures: pick(MEASURES, roll) };
}

/** A neighbour of a question: with or without the target, one condition more, fewer or other. */
function mutated(question: Question, people: readonly Person[], roll: Roll): Question {
  const kind = roll();
  if (kind < 0.15) return { ...question, negated: !question.negated };
  if (kind < 0.25) return { ...question, measures: pick(MEASURES, roll) };
  if (kind < 0.35) return { ...question, group: roll() < 0.6 ? null : Math.floor(roll() * VALUES.length) };
  if (kind < 0.5)
    return { ...question, parts: [...question.parts.slice(0, 1), [{ column: OWN, is: '=', value: '0' }]] };
  const at = Math.floor(roll() * question.parts.length);
  const parts = question.parts.map((part, i) => {
    if (i !== at) return part;
    if (kind < 0.65) return [...part, { column: OWN, is: '<>', value: '0' } as Condition];
    if (kind < 0.8 && part.length > 1) return part.slice(1);
    return [...part.slice(0, 3).slice(1), flipped(part[0], people, roll)];
  });
  return { ...question, parts };
}

function flipped(c: Condition | undefined, people: readonly Person[], roll: Roll): Condition {
  if (c === undefined || c.is !== 'in' || roll() < 0.3) return randomCondition(people, roll);
  const one = roll() < 0.5 ? '0' : String(Math.floor(roll() * people.length));
  const values = c.values.includes(one) ? c.values.filter((v) => v !== one) : [...c.values, one];
  return { ...c, values: values.length > 0 ? values : ['1'] };
}

export type Attack = readonly Question[];

/** A child of two attacks; sometimes one question is the neighbour of another, as differencing needs. */
export function bred(mother: Attack, father: Attack, people: readonly Person[], roll: Roll): Attack {
  return mother.map((question, i) => {
    const own = roll() < 0.5 ? question : (father[i] ?? question);
    const chance = roll();
    if (chance < 0.15) return randomQuestion(people, roll);
    if (chance < 0.35) return mutated(own, people, roll);
    if (chance < 0.5) return mutated(pick(mother, roll), people, roll);
    return own;
  });
}
