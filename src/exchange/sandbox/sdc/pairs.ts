import type { Candidate } from './audit.ts';
import { type Crossing, crossed } from './crossed.ts';
import type { ToldShape } from './ledger.ts';
import { exclusive, predicateName, predicateOf, wholeOf } from './predicate.ts';
import type { CellPair, Classify, Compare, Difference, Predicate, QueryShape } from './types.ts';

/**
 * New cells against each told one and against the whole: what lies between two cells is as good as told (HS-22.31).
 * @returns names of the cells that may not be told
 */
export async function comparePairs(
  {
    dataset,
    argument,
    history,
    shape,
    candidates,
  }: {
    readonly dataset: string;
    readonly argument: string | null;
    readonly history: readonly ToldShape[];
    readonly shape: QueryShape;
    readonly candidates: readonly Candidate[];
  },
  { compare, classify }: { readonly compare: Compare; readonly classify: Classify },
  { k, personal, pairsMax, crossedMax }: Limits,
): Promise<ReadonlySet<string>> {
  const told = distinct(
    history.flatMap(({ shape: before, cells }) =>
      cells.map((cell) => ({
        predicate: predicateOf(before, cell.key, cell.rolledUp),
        entities: cell.entities,
        before,
        cell,
      })),
    ),
  );
  const refused = new Set<string>();
  const pairs: (CellPair & Asked)[] = [];
  for (const { name, cell } of candidates) {
    const b = predicateOf(shape, cell.key, cell.rolledUp);
    if (told.known.has(predicateName(b))) continue;
    const near = told.list.filter(
      // Fewer than k entities between two cells: then their numbers of entities differ by fewer than k.
      ({ predicate: a, entities }) => Math.abs(entities - cell.entities) < k && !exclusive(a, b),
    );
    const whole = wholeOf(b.source);
    const others =
      predicateName(whole) === predicateName(b) ? near : [...near, { predicate: whole, before: null, cell: null }];
    if (pairs.length + others.length > pairsMax) {
      refused.add(name);
      continue;
    }
    for (const { predicate: a, before, cell: old } of others)
      pairs.push({ dataset, a, b, argument, name, before, crossing: { before: old, now: cell } });
  }
  const judge = (asked: readonly Asked[], differences: readonly (Difference | null)[]) => {
    asked.forEach(({ name }, i) => {
      const between = differences[i];
      if (between === undefined) throw new Error('fewer differences than pairs');
      if (between === null || tells(between, argument, k, personal)) refused.add(name);
    });
  };
  const alone: (CellPair & Asked)[] = [];
  for (const before of new Set(pairs.map((p) => p.before))) {
    const own = pairs.filter((p) => p.before === before);
    const shapes = { dataset, argument, before, now: shape };
    const differences = await crossed(
      own.map((p) => p.crossing),
      shapes,
      classify,
      crossedMax,
    );
    if (differences === null) alone.push(...own);
    else judge(own, differences);
  }
  if (alone.length > 0) judge(alone, await compare(alone.map(({ a, b }) => ({ dataset, a, b, argument }))));
  return refused;
}

interface Asked {
  readonly name: string;
  readonly before: QueryShape | null;
  readonly crossing: Crossing;
}

interface Limits {
  readonly k: number;
  readonly personal: boolean;
  readonly pairsMax: number;
  readonly crossedMax: number;
}

/** Of people, that nobody lies between two conditions is told as little as that few do. */
function tells({ entities, contributing }: Difference, argument: string | null, k: number, personal: boolean): boolean {
  if (entities < k) return personal || entities > 0;
  return argument !== null && contributing < k && (personal || contributing > 0);
}

function distinct<T extends { readonly predicate: Predicate }>(cells: readonly T[]) {
  const known = new Map(cells.map((cell) => [predicateName(cell.predicate), cell]));
  return { known, list: [...known.values()] };
}
