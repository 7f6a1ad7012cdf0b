import { type SpreadOf, spreadsFor, surelyApart } from './apart.ts';
import type { Candidate } from './audit.ts';
import { type Crossing, crossed } from './crossed.ts';
import type { ToldCell, ToldShape } from './ledger.ts';
import { exclusive, predicateName, predicateOf, wholeOf } from './predicate.ts';
import type { CellPair, Classify, Compare, Difference, Predicate, QueryShape, Spreads } from './types.ts';

interface Compared {
  readonly dataset: string;
  readonly argument: string | null;
  readonly history: readonly ToldShape[];
  readonly shape: QueryShape;
  readonly candidates: readonly Candidate[];
}
/** Pairs of one earlier query looked at on their own; more are told apart by one look at the rows grouped by both. */
const ALONE_MAX = 8;

/**
 * New cells against each told one and against the whole: what lies between two cells is as good as told (HS-22.31).
 * @returns names of the cells that may not be told
 */
export async function comparePairs(
  compared: Compared,
  data: { readonly compare: Compare; readonly classify: Classify; readonly spreads: Spreads },
  limits: Limits,
): Promise<ReadonlySet<string>> {
  const { dataset, argument, shape } = compared;
  const { refused, pairs } = await undecided(compared, data.spreads, limits);
  const judge = (asked: readonly Asked[], differences: readonly (Difference | null)[]) => {
    asked.forEach(({ name }, i) => {
      const between = differences[i];
      if (between === undefined) throw new Error('fewer differences than pairs');
      if (between === null || tells(between, argument, limits.k, limits.personal)) refused.add(name);
    });
  };
  const alone: Asked[] = [];
  for (const before of new Set(pairs.map((p) => p.before))) {
    const own = pairs.filter((p) => p.before === before);
    if (own.length <= ALONE_MAX) {
      alone.push(...own);
      continue;
    }
    const differences = await crossed(
      own.map((p) => p.crossing),
      { dataset, argument, before, now: shape },
      data.classify,
      limits.crossedMax,
    );
    if (differences === null) alone.push(...own);
    else judge(own, differences);
  }
  if (alone.length > 0) judge(alone, await data.compare(alone.map(({ a, b }) => ({ dataset, a, b, argument }))));
  return refused;
}

/** Pairs that may lie fewer than k apart, by all that is known without looking at the rows of both. */
async function undecided(
  { dataset, argument, history, shape, candidates }: Compared,
  spreads: Spreads,
  { k, pairsMax }: Limits,
): Promise<{ readonly refused: Set<string>; readonly pairs: Asked[] }> {
  const told = toldCells(history);
  const whole = wholeOf(shape.source);
  const wholeName = predicateName(whole);
  const spread = (of: QueryShape) => spreadsFor(spreads, dataset, of, argument);
  const ofNow = candidates.length === 0 ? null : await spread(shape);
  const ofWhole = ofNow && (await spread({ ...whole, fixed: [], groups: [] }))?.(ALL);
  const ofBefore = new Map<QueryShape, SpreadOf>();
  const refused = new Set<string>();
  const pairs: Asked[] = [];
  for (const { name, cell } of candidates) {
    const b = predicateOf(shape, cell.key, cell.rolledUp);
    const bName = predicateName(b);
    if (told.names.has(bName)) continue;
    const now = ofNow?.(cell);
    const found: Asked[] = [];
    // Fewer than k entities between two cells: then their numbers of entities differ by fewer than k.
    for (const { before, cell: old, predicate: a } of told.near(cell.entities, k)) {
      if (now !== undefined && !ofBefore.has(before)) ofBefore.set(before, await spread(before));
      const then = ofBefore.get(before)?.(old);
      if (now !== undefined && then !== undefined && surelyApart(then, now, k, argument !== null)) continue;
      if (!exclusive(a, b)) found.push({ name, a, b, before, crossing: { before: old, now: cell } });
    }
    const apart = now !== undefined && ofWhole !== undefined && ofWhole !== null;
    if (wholeName !== bName && !(apart && surelyApart(ofWhole, now, k, argument !== null)))
      found.push({ name, a: whole, b, before: null, crossing: { before: null, now: cell } });
    if (pairs.length + found.length > pairsMax) refused.add(name);
    else pairs.push(...found);
  }
  return { refused, pairs };
}
const ALL: ToldCell = { key: [], rolledUp: 0, entities: 0, implied: false };

interface Asked extends Pick<CellPair, 'a' | 'b'> {
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

interface Told {
  readonly predicate: Predicate;
  readonly before: QueryShape;
  readonly cell: ToldCell;
}

/** Each condition that was told, once, in the order of their numbers of entities. */
function toldCells(history: readonly ToldShape[]) {
  const known = new Map<string, Told>();
  for (const { shape: before, cells } of history)
    for (const cell of cells) {
      const predicate = predicateOf(before, cell.key, cell.rolledUp);
      known.set(predicateName(predicate), { predicate, before, cell });
    }
  const list = [...known.values()].sort((a, b) => a.cell.entities - b.cell.entities);
  const firstAbove = (entities: number): number => {
    let [from, until] = [0, list.length];
    while (from < until) {
      const middle = (from + until) >> 1;
      if ((list[middle] as Told).cell.entities > entities) until = middle;
      else from = middle + 1;
    }
    return from;
  };
  return {
    names: { has: (name: string) => known.has(name) },
    near: (entities: number, k: number) => list.slice(firstAbove(entities - k), firstAbove(entities + k - 1)),
  };
}
