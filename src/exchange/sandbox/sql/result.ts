import type { Column, Cell as Value } from '../../../kernel/vault/index.ts';
import type { SuppressionClass } from '../cells.ts';
import type { CheckedQuery, Output, OutputCondition } from './types.ts';

/** A cell of the finest grouping as disclosure control released it. */
export interface ReleasedRow {
  readonly key: readonly Value[];
  /** By measure of the checked query; null where suppressed or without a value. */
  readonly values: readonly (number | null)[];
  readonly marks: readonly (SuppressionClass | null)[];
}

export interface QueryResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Same shape as the rows. */
  readonly marks: readonly (readonly (SuppressionClass | null)[])[];
}

interface Line {
  readonly key: readonly Value[];
  readonly values: readonly Value[];
  readonly marks: readonly (SuppressionClass | null)[];
}

/**
 * The table a query asked for, of the cells that were released: HAVING, ORDER BY and LIMIT act here, so that what was
 * suppressed passes no condition and decides no order but stands last. Without ORDER BY rows are in the order of keys.
 */
export function resultOf(query: CheckedQuery, released: readonly ReleasedRow[]): QueryResult {
  const lines = released
    .map((row) => lineOf(query, row))
    .filter(({ values }) => query.having === null || passes(query.having, values) === true)
    .sort((a, b) => compareLines(query, a, b));
  const shown = lines.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
  return {
    columns: query.outputs.map(({ name, type }) => ({ name, type })),
    rows: shown.map(({ values }) => values),
    marks: shown.map(({ marks }) => marks),
  };
}

function lineOf(query: CheckedQuery, row: ReleasedRow): Line {
  const told = query.outputs.map((output) => tell(output, row));
  return { key: row.key, values: told.map(([value]) => value), marks: told.map(([, mark]) => mark) };
}

function tell({ source }: Output, { key, values, marks }: ReleasedRow): readonly [Value, SuppressionClass | null] {
  if (source.kind === 'group') return [key[source.group] ?? null, null];
  if (source.kind === 'measure') {
    const mark = marks[source.measure] ?? null;
    return [mark === null ? (values[source.measure] ?? null) : null, mark];
  }
  const mark = marks[source.sum] ?? marks[source.count] ?? null;
  const [sum, count] = [values[source.sum] ?? null, values[source.count] ?? null];
  return [mark === null && sum !== null && count !== null && count > 0 ? sum / count : null, mark];
}

/** Three-valued: a value that is not there makes a condition unknown, whichever way it is put. */
function passes(condition: OutputCondition, values: readonly Value[]): boolean | null {
  if (condition.op === 'not') {
    const part = passes(condition.of, values);
    return part === null ? null : !part;
  }
  if ('of' in condition) {
    const parts = condition.of.map((one) => passes(one, values));
    const decisive = condition.op === 'or';
    if (parts.includes(decisive)) return decisive;
    return parts.includes(null) ? null : !decisive;
  }
  const value = values[condition.output] ?? null;
  if (value === null) return null;
  const order = compareValues(value, condition.value);
  switch (condition.op) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function compareLines({ order, outputs, groups }: CheckedQuery, a: Line, b: Line): number {
  for (const { output, descending, nullsFirst } of order) {
    const [x, y] = [a.values[output] ?? null, b.values[output] ?? null];
    if (x === y) continue;
    // A missing key may stand first where that is asked for; what was not told stands last whatever is asked.
    const first = nullsFirst && outputs[output]?.source.kind === 'group' ? -1 : 1;
    if (x === null) return first;
    if (y === null) return -first;
    const decided = compareValues(x, y, outputs[output]?.type === 'decimal');
    if (decided !== 0) return descending ? -decided : decided;
  }
  for (const [i, x] of a.key.entries()) {
    const y = b.key[i] ?? null;
    if (x === y) continue;
    if (x === null) return 1;
    if (y === null) return -1;
    const decided = compareValues(x, y, groups[i]?.type === 'decimal');
    if (decided !== 0) return decided;
  }
  return 0;
}

const NUMERAL = /^-?\d+(\.\d+)?$/;

/** Numbers, also those that only text can hold, by size; all else by its UTF-8 bytes, as in the engine. */
function compareValues(a: Exclude<Value, null>, b: Exclude<Value, null>, numeric = false): number {
  const numbers = typeof a === 'number' || typeof b === 'number' || numeric;
  if (numbers && NUMERAL.test(String(a)) && NUMERAL.test(String(b))) return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
