import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, MeasureGuard } from '../cells.ts';

/**
 * One table of cells from runs that shared the entities among them (`Part`): exact, because no entity is in two runs. Sums
 * of whole numbers are the same to the last digit; sums of doubles to rounding.
 */
export function mergeCells(parts: readonly (readonly GuardedCell[])[]): GuardedCell[] {
  const merged = new Map<string, GuardedCell>();
  for (const cell of parts.flat()) {
    const name = JSON.stringify([cell.rolledUp, cell.key]);
    const before = merged.get(name);
    merged.set(name, before === undefined ? cell : mergeTwo(before, cell));
  }
  return [...merged.values()];
}

function mergeTwo(a: GuardedCell, b: GuardedCell): GuardedCell {
  if (a.measures.length !== b.measures.length) throw new TypeError('the runs answer different measures');
  return {
    ...a,
    entities: a.entities + b.entities,
    rows: a.rows + b.rows,
    measures: a.measures.map((one, i) => mergeGuards(one, b.measures[i] ?? one)),
  };
}

function mergeGuards(a: MeasureGuard, b: MeasureGuard): MeasureGuard {
  const [largest = 0, second = 0] = [a.largest, a.second, b.largest, b.second].sort((x, y) => y - x);
  return {
    entities: a.entities + b.entities,
    values: a.values + b.values,
    sum: a.sum + b.sum,
    absolute: a.absolute + b.absolute,
    largest,
    second,
    negatives: a.negatives + b.negatives,
  };
}

export type Rows = readonly (readonly Value[])[];

/** The one row of a statement of `differenceSql`: counts of entities, which add up where no entity is in two runs. */
export function addCounts(runs: readonly Rows[]): Rows {
  const [first = [], ...others] = runs;
  if (others.length === 0) return first;
  const rows = runs.map((run) => run[0] ?? []);
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw new TypeError('the runs answer different columns');
  return [Array.from({ length: width }, (_, i) => rows.reduce((sum, row) => sum + Number(row[i]), 0))];
}

/** Rows of `classesSql`: those of the same keys are one class; what must hold of the whole holds of every run. */
export function mergeClasses(runs: readonly Rows[], keys: number): Rows {
  const [first = [], ...others] = runs;
  if (others.length === 0) return first;
  const classes = new Map<string, Value[]>();
  const once = runs.every((run) => run.every((row) => row[keys + 3] === true));
  const most = Math.max(0, ...runs.flatMap((run) => run.slice(0, 1).map((row) => Number(row[keys + 2]))));
  for (const row of runs.flat()) {
    const name = JSON.stringify(row.slice(0, keys));
    const before = classes.get(name);
    const add = (place: number) => Number(row[keys + place]) + Number(before?.[keys + place] ?? 0);
    classes.set(name, [...row.slice(0, keys), add(0), add(1), most, once]);
  }
  return [...classes.values()];
}

/** Rows that say what there is, once each. */
export function allRows(runs: readonly Rows[]): Rows {
  const [first = [], ...others] = runs;
  return others.length === 0 ? first : [...new Map(runs.flat().map((row) => [JSON.stringify(row), row])).values()];
}

/** The one count of a statement that asks whether something is too many: it is, where it is in one run. */
export function largestCount(runs: readonly Rows[]): Rows {
  return [[Math.max(...runs.map((run) => Number(run[0]?.[0])))]];
}

/** Rows of `spreadsSql`: counts by number of the entities, which `spreadsOf` adds up. */
export function mergeSpreads(runs: readonly Rows[]): Rows {
  const cells = new Map<string, readonly Value[]>();
  for (const [rolledUp = null, key = null, counts = null] of runs.flat()) {
    const name = JSON.stringify([rolledUp, key]);
    const before = cells.get(name)?.[2];
    cells.set(name, [rolledUp, key, before === undefined ? counts : `${before} ${counts}`]);
  }
  return [...cells.values()];
}
