import { canonical } from '../../../kernel/evidence/index.ts';
import type { ColumnType, Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, Measure, MeasureGuard } from '../cells.ts';
import { argumentsOf } from './guarded.ts';
import { conjuncts, holds, operands } from './predicates.ts';
import { ENTITY_COLUMN } from './scope.ts';
import type { CheckedQuery } from './types.ts';

/** Columns of the answer before and after the keys, and of each argument without and with sums. */
const [BEFORE, AFTER, COUNTED, SUMMED] = [2, 4, 4, 10];
/** Cells of no rows that are told at most. */
const EMPTY_CELLS_MAX = 10_000;

const NOTHING: MeasureGuard = { entities: 0, values: 0, sum: 0, absolute: 0, largest: 0, second: 0, negatives: 0 };

/**
 * The cells in the answer to `guardedSql`. Of a join each cell is there once for each table; what protects most is kept:
 * the fewest entities, and for dominance the largest contributions against the smallest whole, so that the bound holds
 * for the entities of every table. @throws TypeError when the answer is not what was asked for
 */
export function cellsOf(query: CheckedQuery, rows: readonly (readonly Value[])[]): GuardedCell[] {
  const cells = new Map<string, GuardedCell>();
  const seen = new Map<string, number>();
  const layout = layoutOf(query);
  for (const row of rows) {
    const cell = cellOf(query, layout, row);
    const key = cellName(cell);
    const before = cells.get(key);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    cells.set(key, before === undefined ? cell : mostProtective(query, before, cell));
  }
  const times = query.tables.length;
  for (const count of seen.values()) if (count !== times) throw new TypeError('a cell is missing or there twice');
  return withEmptyCells(query, [...cells.values()]);
}

const cellName = ({ rolledUp, key }: Pick<GuardedCell, 'rolledUp' | 'key'>) => JSON.stringify([rolledUp, key]);

/** Where the numbers of each argument begin, counted after the keys, and how wide a row is. */
interface Layout {
  readonly from: ReadonlyMap<string, number>;
  readonly width: number;
}

function layoutOf(query: CheckedQuery): Layout {
  const from = new Map<string, number>();
  let width = AFTER;
  for (const { name, summed } of argumentsOf(query)) {
    from.set(name, width);
    width += summed ? SUMMED : COUNTED;
  }
  return { from, width: BEFORE + query.groups.length + width };
}

function cellOf(query: CheckedQuery, { from, width }: Layout, row: readonly Value[]): GuardedCell {
  const { groups, measures } = query;
  if (row.length !== width) throw new TypeError('the answer has other columns than asked for');
  const numbers = row.slice(BEFORE + groups.length).map(numberOf);
  const at = (i: number) => numbers[i] ?? 0;
  const [entities, count, largest, second] = [at(0), at(1), at(2), at(3)];
  const key = groups.map((group, i) => keyValue(row[BEFORE + i] ?? null, group.type));
  const rolledUp = numberOf(row[1] ?? null);
  return {
    key: key.map((value, i) => ((rolledUp & (2 ** i)) === 0 ? value : null)),
    rolledUp,
    entities,
    rows: count,
    measures: measures.map((measure): MeasureGuard => {
      const { function: name, argument } = measure;
      if (name === 'entities') return entitiesGuard(query, measure, numberOf(row[0] ?? null), entities);
      const found = argument === null ? undefined : from.get(argument);
      if (found === undefined) return countGuard(entities, count, largest, second);
      const part = (i: number) => at(found + i);
      if (name === 'count') return countGuard(part(1), part(0), part(2), part(3));
      return {
        entities: part(4),
        values: part(0),
        sum: part(5),
        absolute: part(6),
        largest: part(7),
        second: part(8),
        negatives: part(9),
      };
    }),
  };
}

const countGuard = (entities: number, values: number, largest: number, second: number): MeasureGuard => ({
  entities,
  values,
  sum: values,
  absolute: values,
  largest,
  second,
  negatives: 0,
});

/** Each entity counts once. Of a join, only the cells by the measure's own table hold its number. */
function entitiesGuard({ tables }: CheckedQuery, { argument }: Measure, table: number, entities: number): MeasureGuard {
  const own = argument === null || argument === `${tables[table]?.alias ?? ''}.${ENTITY_COLUMN}`;
  const guard = countGuard(entities, entities, Math.min(entities, 1), Math.min(Math.max(entities - 1, 0), 1));
  return own ? guard : { ...guard, sum: 0, values: 0 };
}

function numberOf(value: Value): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new TypeError('the answer holds no number where one is due');
  return number;
}

const NON_FINITE: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };

/** A key in its one spelling: times with `T` and `Z`, decimals without needless zeros, as text what no number holds. */
export function keyValue(value: Value, type: ColumnType): Value {
  if (value === null || typeof value === 'boolean') return value;
  const written = String(value);
  switch (type) {
    case 'boolean':
      return written === 'true';
    case 'double':
      return Number.isFinite(Number(written)) ? Number(written) : (NON_FINITE[written.toLowerCase()] ?? written);
    case 'integer':
      return Number.isSafeInteger(Number(written)) ? Number(written) : written;
    case 'decimal':
      return written.includes('.') ? written.replace(/\.?0+$/, '') : written;
    case 'date':
      return written.replace(/ 00:00:00(\.0+)?$/, '');
    case 'timestamp':
      return timeOf(written);
    case 'instant':
      return `${timeOf(written.replace(/Z$/, ''))}Z`;
    default:
      return written;
  }
}

/** Without needless zeros behind the second, which some engines write. */
const timeOf = (written: string) =>
  written
    .replace(' ', 'T')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

/** The same cell by the entities of two tables of a join. */
function mostProtective(query: CheckedQuery, a: GuardedCell, b: GuardedCell): GuardedCell {
  if (a.rows !== b.rows) throw new TypeError('the tables of a join answer different rows');
  return {
    ...a,
    entities: Math.min(a.entities, b.entities),
    measures: a.measures.map((one, i) => {
      const other = b.measures[i] ?? one;
      const measure = query.measures[i];
      return {
        entities: Math.min(one.entities, other.entities),
        values: Math.max(one.values, other.values),
        // the same rows by every table; the number of entities stands in one of them
        sum: measure?.function === 'entities' ? Math.max(one.sum, other.sum) : one.sum,
        absolute: Math.min(one.absolute, other.absolute),
        largest: Math.max(one.largest, other.largest),
        second: Math.max(one.second, other.second),
        negatives: Math.max(one.negatives, other.negatives),
      };
    }),
  };
}

/**
 * Adds the cells of no rows that everybody may know of: the whole, and the values of public code lists where every group
 * column has one. Values that the filter itself rules out are no cells.
 */
function withEmptyCells(query: CheckedQuery, cells: readonly GuardedCell[]): GuardedCell[] {
  const { groups } = query;
  const known = new Set(cells.map(cellName));
  const empty: GuardedCell[] = [];
  for (let rolledUp = 0; rolledUp < 2 ** groups.length; rolledUp++)
    for (const key of publicKeys(query, rolledUp))
      if (!known.has(cellName({ rolledUp, key })))
        empty.push({ key, rolledUp, entities: 0, rows: 0, measures: query.measures.map(() => NOTHING) });
  return [...cells, ...empty];
}

function publicKeys({ groups, where }: CheckedQuery, rolledUp: number): Value[][] {
  let keys: Value[][] = [[]];
  for (const [i, { domain }] of groups.entries()) {
    const values: readonly Value[] = (rolledUp & (2 ** i)) === 0 ? (domain ?? []) : [null];
    if (keys.length * values.length > EMPTY_CELLS_MAX) return [];
    keys = keys.flatMap((key) => values.map((value) => [...key, value]));
  }
  const columns = groups.map(({ expression }) => canonical(expression));
  const conditions = conjuncts(where).filter((one) =>
    operands(one).every((operand) => {
      const place = columns.indexOf(canonical(operand));
      return place >= 0 && (rolledUp & (2 ** place)) === 0;
    }),
  );
  return keys.filter((key) =>
    conditions.every((one) => holds(one, (operand) => key[columns.indexOf(canonical(operand))] ?? null)),
  );
}
