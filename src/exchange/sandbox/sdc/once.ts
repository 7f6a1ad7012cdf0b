import type { Classify, QueryShape, Spreads } from './types.ts';

/**
 * Groups the rows of each set of shapes once for one question, however often and for whichever of its sums it is asked: of
 * many people it takes as long as the answer itself. Where rows are counted every row adds one, so that whoever is in a class
 * contributes: what was found for a sum says that too.
 * @param sums columns whose sums are asked for
 */
export function classifyOnce(classify: Classify, sums: readonly string[]): Classify {
  const found = new Map<string, ReturnType<Classify>>();
  const ask: Classify = (...asked) => {
    const key = JSON.stringify(asked);
    const known = found.get(key) ?? classify(...asked);
    found.set(key, known);
    return known;
  };
  return async (dataset, shapes, argument, limit) => {
    const [sum] = sums;
    const classified = argument === null && sum !== undefined ? await ask(dataset, shapes, sum, limit) : null;
    if (classified === null) return ask(dataset, shapes, argument, limit);
    const classes = classified.classes.map((one) => ({ ...one, contributing: one.entities }));
    return { ...classified, classes };
  };
}

/** The same of the spreads of the question's own cells. */
export function spreadOnce(spreads: Spreads, sums: readonly string[], own: QueryShape): Spreads {
  const [sum] = sums;
  const name = ({ source, filter, fixed, groups }: QueryShape) => JSON.stringify([source, filter, fixed, groups]);
  return async (dataset, shape, argument) => {
    const asItself = argument !== null || sum === undefined || name(shape) !== name(own);
    const found = asItself ? null : await spreads(dataset, shape, sum);
    if (found === null) return spreads(dataset, shape, argument);
    return new Map([...found].map(([cell, spread]) => [cell, ofRows(spread)]));
  };
}

/** Entities by part, and again as those that contribute. */
function ofRows(spread: Int32Array): Int32Array {
  const entities = spread.subarray(0, spread.length / 2);
  const both = new Int32Array(spread.length);
  both.set(entities);
  both.set(entities, entities.length);
  return both;
}
