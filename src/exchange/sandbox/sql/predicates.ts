import { canonical } from '../../../kernel/evidence/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import { compareConstants, neighbour } from './constants.ts';
import type { Constant, Expression, Predicate } from './types.ts';

type Bound = '<' | '<=' | '>' | '>=';
type Leaf = Exclude<Predicate, { readonly of: readonly Predicate[] }>;
const OPPOSITE: Readonly<Record<Bound, Bound>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

/** The negation, in the same three-valued logic: what was unknown stays unknown. */
export function negated(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case 'and':
      return { op: 'or', of: predicate.of.map(negated) };
    case 'or':
      return { op: 'and', of: predicate.of.map(negated) };
    case 'in':
      return { ...predicate, op: 'not in' };
    case 'not in':
      return { ...predicate, op: 'in' };
    case 'null':
      return { ...predicate, op: 'not null' };
    case 'not null':
      return { ...predicate, op: 'null' };
    default:
      return { ...predicate, op: OPPOSITE[predicate.op] };
  }
}

/**
 * The same condition in one spelling: nested conjunctions flattened, equalities of one operand gathered into a list,
 * bounds of integers and dates closed, of two bounds on one side only the tighter, operands sorted and each once.
 */
export function canonicalPredicate(predicate: Predicate): Predicate {
  if (!('of' in predicate)) return canonicalLeaf(predicate);
  const { op } = predicate;
  const flat = predicate.of.map(canonicalPredicate).flatMap((one) => (one.op === op ? one.of : [one]));
  const gathered = tightest(gatherLists(flat, op === 'or' ? 'in' : 'not in'), op);
  const unique = [...new Map(gathered.map((one) => [canonical(one), one]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const of = unique.map(([, one]) => one);
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { op, of };
}

function canonicalLeaf(leaf: Leaf): Predicate {
  if ('values' in leaf) {
    const unique = new Map(leaf.values.map((value) => [value.text, value]));
    return { ...leaf, values: [...unique.values()].sort((a, b) => (a.text < b.text ? -1 : 1)) };
  }
  if (!('value' in leaf)) return leaf;
  return closed(leaf);
}

/** `x > 4` of an integer is `x >= 5`; `x > 4.5` too. */
function closed(leaf: { readonly op: Bound; readonly operand: Expression; readonly value: Constant }): Predicate {
  const { op, operand, value } = leaf;
  if (value.type === 'integer' && value.text.includes('.')) {
    const whole = {
      type: value.type,
      text: String(op.startsWith('>') ? Math.ceil(Number(value.text)) : Math.floor(Number(value.text))),
    };
    return {
      op: op.startsWith('>') ? '>=' : '<=',
      operand,
      value: whole.text === '-0' ? { ...whole, text: '0' } : whole,
    };
  }
  if (op === '>=' || op === '<=') return leaf;
  const next = neighbour(value, op === '>' ? 1 : -1);
  return next === undefined ? leaf : { op: op === '>' ? '>=' : '<=', operand, value: next };
}

/** `x = 1 or x in (2, 3)` becomes one list, `x <> 1 and x <> 2` one of what is left out. */
function gatherLists(of: readonly Predicate[], op: 'in' | 'not in'): Predicate[] {
  const lists = new Map<string, Extract<Predicate, { op: 'in' | 'not in' }>>();
  const rest: Predicate[] = [];
  for (const one of of) {
    if (one.op !== op || !('values' in one)) {
      rest.push(one);
      continue;
    }
    const key = canonical(one.operand);
    const before = lists.get(key);
    lists.set(key, before === undefined ? one : { ...one, values: [...before.values, ...one.values] });
  }
  return [...rest, ...[...lists.values()].map(canonicalLeaf)];
}

/** In a conjunction the narrower of two bounds implies the wider; in a disjunction the other way round. */
function tightest(of: readonly Predicate[], op: 'and' | 'or'): Predicate[] {
  const bounds = new Map<string, Extract<Predicate, { op: Bound }>>();
  const rest: Predicate[] = [];
  for (const one of of) {
    if (!('value' in one)) {
      rest.push(one);
      continue;
    }
    const key = `${one.op.startsWith('<') ? '<' : '>'} ${canonical(one.operand)}`;
    const before = bounds.get(key);
    bounds.set(key, before === undefined || narrower(one, before) === (op === 'and') ? one : before);
  }
  return [...rest, ...bounds.values()];
}

function narrower(a: Extract<Predicate, { op: Bound }>, b: Extract<Predicate, { op: Bound }>): boolean {
  const order = compareConstants(a.value, b.value);
  if (order === 0) return a.op.length < b.op.length;
  return a.op.startsWith('<') ? order < 0 : order > 0;
}

/** The conjuncts of a condition; of none, none. */
export function conjuncts(predicate: Predicate | null): readonly Predicate[] {
  if (predicate === null) return [];
  return predicate.op === 'and' ? predicate.of : [predicate];
}

/** Every expression a condition asks about. */
export function operands(predicate: Predicate): Expression[] {
  return 'of' in predicate ? predicate.of.flatMap(operands) : [predicate.operand];
}

/** Whether a condition holds, where the values of its operands are known; null: unknown, as in SQL. */
export function holds(predicate: Predicate, known: (operand: Expression) => Value): boolean | null {
  if ('of' in predicate) {
    const parts = predicate.of.map((one) => holds(one, known));
    const decisive = predicate.op === 'or';
    if (parts.includes(decisive)) return decisive;
    return parts.includes(null) ? null : !decisive;
  }
  const value = known(predicate.operand);
  if (predicate.op === 'null') return value === null;
  if (predicate.op === 'not null') return value !== null;
  if (value === null) return null;
  if ('values' in predicate) {
    const listed = predicate.values.some((one) => compareConstants(constantOf(value, one.type), one) === 0);
    return listed === (predicate.op === 'in');
  }
  if (!('value' in predicate)) return null;
  const order = compareConstants(constantOf(value, predicate.value.type), predicate.value);
  if (predicate.op === '<') return order < 0;
  if (predicate.op === '<=') return order <= 0;
  return predicate.op === '>' ? order > 0 : order >= 0;
}

/** A value as cells carry it (times with `T` and `Z`) in the spelling of constants. */
function constantOf(value: Exclude<Value, null>, type: Constant['type']): Constant {
  const written = String(value);
  const isTime = type === 'timestamp' || type === 'instant';
  return { type, text: isTime ? written.replace('T', ' ').replace(/Z$/, '') : written };
}
