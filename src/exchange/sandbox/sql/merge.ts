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
