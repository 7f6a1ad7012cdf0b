import { cellName } from './judge.ts';
import type { ToldCell, ToldShape } from './ledger.ts';
import { ALONE, type Company, type GuessBound, Leverage } from './leverage.ts';
import { RowSpace, TRIES_MAX, tellsOfFew, type Vector, type Weights } from './linear.ts';
import { predicateName, predicateOf, wholeOf } from './predicate.ts';
import type { QueryShape, RowClass } from './types.ts';

export interface Candidate {
  readonly name: string;
  readonly cell: ToldCell;
}

interface Bounds {
  readonly k: number;
  readonly personal: boolean;
  /** The numbers are counts; otherwise sums of an argument. */
  readonly ofCounts: boolean;
  /** What may be known of what anybody adds to the sums (HS-22.43); null: this is not asked. */
  readonly guess: GuessBound | null;
}

export interface Classes {
  readonly classes: readonly RowClass[];
  readonly disjoint: boolean;
  /** Who stands in several classes; left out: nobody does. */
  readonly company?: Company;
}

/**
 * The audit over everything told: rows that no query told apart form a class, each told number is a sum over classes, and
 * the new ones are taken in one by one, as long as no combination of all of them covers fewer than k entities (HS-22.32).
 * The size of the whole table counts as known.
 */
export function audit(
  history: readonly ToldShape[],
  shape: QueryShape,
  candidates: readonly Candidate[],
  given: Classes,
  bounds: Bounds,
): ReadonlySet<string> {
  const { k, personal } = bounds;
  const counted = given.classes
    .map((c) => ({ c, people: peopleOf(c, bounds) }))
    .filter(({ people }) => people !== null);
  const classes = counted.map(({ c }) => c);
  const people = counted.map((c) => c.people ?? 0);
  const vectors = vectorsOf(classes);
  const space = new RowSpace(people.map((n) => n < k));
  const whole: Vector = new Map(classes.map((_, column) => [column, 1]));
  const leverage = bounds.guess && new Leverage(people, given.company ?? ALONE, bounds.guess);
  space.add(whole);
  leverage?.take(whole);
  const sets: { readonly columns: readonly number[]; readonly entities: number }[] = [];
  const told = new Map([[[...whole.keys()].join(','), predicateName(wholeOf(shape.source))]]);
  const take = (vector: Vector, cell: ToldCell, name: string) => {
    sets.push({ columns: [...vector.keys()], entities: cell.entities });
    const sameRows = [...vector.keys()].join(',');
    if (!told.has(sameRows)) told.set(sameRows, name);
  };
  history.forEach(({ cells, shape: before }, query) => {
    for (const cell of cells) {
      const vector = vectors(query, cell);
      if (space.add(vector).handle >= 0) leverage?.take(vector);
      take(vector, cell, identity(before, cell));
    }
  });

  const weights: Weights = {
    of: people,
    // Of people, only who surely differs counts; else each entity of each class is a contribution of its own.
    disjoint: given.disjoint || !personal,
    k,
    tries: { left: TRIES_MAX },
    atLeast: (columns) =>
      sets.reduce(
        (most, set) => (set.entities > most && set.columns.every((c) => columns.has(c)) ? set.entities : most),
        0,
      ),
  };
  const contributions = people.reduce((a, b) => a + b, 0);
  const refused = new Set<string>();
  for (const { name, cell } of candidates) {
    const vector = vectors(history.length, cell);
    const same = told.get([...vector.keys()].join(','));
    // Nobody lies between this cell and another condition: of people, that alone may not be told (HS-22.31).
    if (personal && same !== undefined && same !== identity(shape, cell)) {
      refused.add(name);
      continue;
    }
    const { handle, small } = space.add(vector);
    take(vector, cell, identity(shape, cell));
    const apart =
      space.rank * k <= contributions + k && !(small && tellsOfFew(space.smallRows(), weights, space.prime));
    if (apart && (handle < 0 || leverage === null || leverage.admit(vector))) continue;
    space.remove(handle);
    sets.pop();
    refused.add(name);
  }
  return refused;
}

const identity = (shape: QueryShape, cell: ToldCell) => predicateName(predicateOf(shape, cell.key, cell.rolledUp));

/**
 * Who stands behind a class. Of tables that are not about people, a class that adds nothing to a sum drops out, if it is
 * large enough to be told of.
 */
function peopleOf(c: RowClass, { k, personal, ofCounts }: Bounds): number | null {
  if (ofCounts) return c.entities;
  return !personal && c.contributing === 0 && c.entities >= k ? null : Math.min(c.entities, c.contributing);
}

/** Looks up the classes of a cell: those whose values for the query are the cell's. */
function vectorsOf(classes: readonly RowClass[]) {
  const indexes = new Map<string, Map<string, number[]>>();
  return (query: number, cell: ToldCell): Vector => {
    const id = `${query} ${cell.rolledUp}`;
    let index = indexes.get(id);
    if (index === undefined) {
      index = new Map();
      for (const [column, { keys }] of classes.entries()) {
        const values = keys[query];
        if (values === null || values === undefined) continue;
        const name = cellName(values, cell.rolledUp);
        const known = index.get(name);
        if (known) known.push(column);
        else index.set(name, [column]);
      }
      indexes.set(id, index);
    }
    return new Map((index.get(cellName(cell.key, cell.rolledUp)) ?? []).map((column) => [column, 1]));
  };
}
