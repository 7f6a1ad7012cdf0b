import type { Vector } from './linear.ts';

/** What may be known of anybody, and how many independent sums can be weighed; of more, nothing new is told. */
export interface GuessBound {
  readonly mayBeKnown: (share: number) => boolean;
  readonly sumsMax: number;
}

/** Classes that one person stands in: at most so many at once, or the very sets of classes that people stand in. */
export interface Company {
  readonly most: number;
  readonly sets: readonly (readonly number[])[] | null;
}
export const ALONE: Company = { most: 1, sets: null };

/** Of doubles: shares closer together than this are the same. */
const ROUNDING = 1e-9;
/** What is left of a number after all others is too little to be told from rounding. */
const UNSURE = 1e-10;
/** A sum that lost so much of its square by being made orthogonal is made so once more. */
const LOST = 0.5;
/** Pairs of classes in sets up to this size are held once for all sets. */
const SHARED_MAX = 32;
/** Larger sets hold their pairs themselves, the smallest first, as many as this; of others the shares are added up, which is more. */
const OWN_PAIRS_MAX = 2_000_000;

/**
 * How much of what a person adds to exact sums is known from all of them together (HS-22.43). Contributions of people to
 * classes of rows are unknowns of the same variance, independent of each other; the sums told span a space, and the share of
 * the variance of a combination of unknowns that the best linear guess explains is the squared length of its projection into
 * that space. An orthonormal basis of the space grows sum by sum; of everybody in one class the share is the same.
 */
export class Leverage {
  readonly #roots: readonly number[];
  readonly #basis: Float64Array[] = [];
  /** By class: the share known of one contribution to it. */
  readonly #shares: Float64Array;
  readonly #company: CompanyShares;
  readonly #crowd: Crowd;
  readonly #bound: GuessBound;

  /** @param people of each class */
  constructor(people: readonly number[], company: Company, bound: GuessBound) {
    this.#roots = people.map(Math.sqrt);
    this.#shares = new Float64Array(people.length);
    this.#crowd = new Crowd(company.most);
    this.#company = company.sets === null ? this.#crowd : new Sets(company.sets, people.length);
    this.#bound = bound;
  }

  /** The largest share known of anybody. */
  get largest(): number {
    return this.#company.largest(this.#shares);
  }

  /** Takes in what is told already, whatever it tells. */
  take(sum: Vector): void {
    const { direction } = this.#direction(sum);
    if (direction !== null) this.#keep(direction);
  }

  /** Takes in a sum that does not follow from the others, unless somebody would be known by more than may be. */
  admit(sum: Vector): boolean {
    if (this.#basis.length >= this.#bound.sumsMax) return false;
    const { direction, sure } = this.#direction(sum);
    if (direction === null || !sure || !this.#mayBe(direction)) return false;
    this.#keep(direction);
    return true;
  }

  #mayBe(direction: Float64Array): boolean {
    const shares = this.#with(direction);
    // Everybody's own sets need no look where nobody could be over the limit even in the worst of them.
    if (this.#bound.mayBeKnown(this.#crowd.largest(shares) - ROUNDING)) return true;
    return this.#company.within(this.#shares, shares, direction, (share) => this.#bound.mayBeKnown(share - ROUNDING));
  }

  #keep(direction: Float64Array): void {
    this.#shares.set(this.#with(direction));
    this.#company.keep(direction);
    this.#basis.push(direction.map((value, c) => value * (this.#roots[c] ?? 0)));
  }

  /** Shares with one direction more, given by what each contribution of a class weighs in it. */
  #with(direction: Float64Array): Float64Array {
    return this.#shares.map((share, c) => share + (direction[c] as number) ** 2);
  }

  /** What the sum adds to the space, of length one. */
  #direction(sum: Vector): { readonly direction: Float64Array | null; readonly sure: boolean } {
    const rest = new Float64Array(this.#roots.length);
    for (const [c, value] of sum) rest[c] = value * (this.#roots[c] as number);
    const before = squared(rest);
    // Being made orthogonal loses digits where little is left: then once more.
    for (let pass = 0; pass < 2 && (pass === 0 || squared(rest) < before * LOST); pass++)
      for (const known of this.#basis) {
        let along = 0;
        for (let c = 0; c < rest.length; c++) along += (rest[c] as number) * (known[c] as number);
        if (along !== 0)
          for (let c = 0; c < rest.length; c++) rest[c] = (rest[c] as number) - along * (known[c] as number);
      }
    const left = squared(rest);
    if (before === 0 || left <= before * UNSURE ** 2) return { direction: null, sure: false };
    const length = Math.sqrt(left);
    const direction = rest.map((value, c) => (this.#roots[c] === 0 ? 0 : value / length / (this.#roots[c] as number)));
    return { direction, sure: left > before * UNSURE };
  }
}

function squared(vector: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < vector.length; c++) sum += (vector[c] as number) ** 2;
  return sum;
}

interface CompanyShares {
  /** The most that is known of any combination of what one person adds. */
  readonly largest: (shares: Float64Array) => number;
  /**
   * Whether with one direction more nobody is known by more than may be. Whoever was before (data that changed since may have
   * lifted somebody) may not be known by any more; of all others nothing is taken for it.
   */
  readonly within: (
    before: Float64Array,
    after: Float64Array,
    more: Float64Array,
    may: (share: number) => boolean,
  ) => boolean;
  readonly keep: (direction: Float64Array) => void;
}

/** Nothing is known but in how many classes somebody stands at most: as if in those of the largest shares. */
class Crowd implements CompanyShares {
  readonly #most: number;
  constructor(most: number) {
    this.#most = most;
  }
  largest(shares: Float64Array): number {
    if (this.#most <= 1) return shares.reduce((a, b) => Math.max(a, b), 0);
    return shares
      .toSorted()
      .slice(-this.#most)
      .reduce((a, b) => a + b, 0);
  }
  within(before: Float64Array, after: Float64Array, _more: Float64Array, may: (share: number) => boolean): boolean {
    const falling = after.toSorted().reverse();
    const others = falling.slice(0, this.#most - 1).reduce((a, b) => a + b, 0);
    const least = falling[this.#most - 1] ?? 0;
    // Together with the worst of all others, whether it is one of them or not.
    return after.every((share, c) => !grew(before, after, c) || may(others + Math.min(share, least)));
  }
  keep(): void {}
}

const grew = (before: Float64Array, after: Float64Array, c: number): boolean =>
  (after[c] as number) > (before[c] as number) + ROUNDING;

/**
 * People's own sets of classes. What is known of a combination of the contributions of one person is at most the largest
 * eigenvalue of the projection between them, and that at most its largest sum of a row, and its trace.
 */
class Sets implements CompanyShares {
  readonly #sets: readonly Held[];
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #between: Float64Array;

  constructor(sets: readonly (readonly number[])[], width: number) {
    const pairs = new Map<number, number>();
    const shared = (classes: readonly number[]) =>
      classes.flatMap((a) =>
        classes.map((b) => {
          const name = Math.min(a, b) * width + Math.max(a, b);
          if (!pairs.has(name)) pairs.set(name, pairs.size);
          return pairs.get(name) as number;
        }),
      );
    let left = OWN_PAIRS_MAX;
    this.#sets = sets
      .filter((classes) => classes.length > 1)
      .toSorted((a, b) => a.length - b.length)
      .map((classes) => {
        if (classes.length <= SHARED_MAX) return { classes, pairs: shared(classes), own: null };
        left -= classes.length ** 2;
        return { classes, pairs: null, own: left < 0 ? null : new Float64Array(classes.length ** 2) };
      });
    this.#first = Int32Array.from(pairs.keys(), (name) => Math.floor(name / width));
    this.#second = Int32Array.from(pairs.keys(), (name) => name % width);
    this.#between = new Float64Array(pairs.size);
  }

  largest(shares: Float64Array): number {
    let largest = shares.reduce((a, b) => Math.max(a, b), 0);
    for (const held of this.#sets)
      if (traceOf(held, shares) > largest) largest = Math.max(largest, this.#known(held, shares, null));
    return largest;
  }

  within(before: Float64Array, after: Float64Array, more: Float64Array, may: (share: number) => boolean): boolean {
    if (!after.every((share, c) => !grew(before, after, c) || may(share))) return false;
    for (const held of this.#sets) {
      if (may(traceOf(held, after)) || !held.classes.some((c) => grew(before, after, c))) continue;
      const known = this.#known(held, after, more);
      if (!may(known) && known > this.#known(held, before, null) + ROUNDING) return false;
    }
    return true;
  }

  /** At most the largest sum of a row between its classes, and their trace. */
  #known(held: Held, shares: Float64Array, more: Float64Array | null): number {
    const trace = traceOf(held, shares);
    return held.pairs === null && held.own === null ? trace : Math.min(trace, this.#row(held, more));
  }

  #row({ classes, pairs, own }: Held, more: Float64Array | null): number {
    let largest = 0;
    for (let i = 0, at = 0; i < classes.length; i++) {
      let sum = 0;
      const weight = more === null ? 0 : (more[classes[i] as number] as number);
      for (let j = 0; j < classes.length; j++, at++) {
        const held = own === null ? this.#between[pairs?.[at] as number] : own[at];
        const added = weight === 0 || more === null ? 0 : weight * (more[classes[j] as number] as number);
        sum += Math.abs((held as number) + added);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  keep(direction: Float64Array): void {
    for (let pair = 0; pair < this.#between.length; pair++)
      this.#between[pair] =
        (this.#between[pair] as number) +
        (direction[this.#first[pair] as number] as number) * (direction[this.#second[pair] as number] as number);
    for (const { classes, own } of this.#sets) {
      if (own === null) continue;
      for (let i = 0, at = 0; i < classes.length; i++) {
        const weight = direction[classes[i] as number] as number;
        for (let j = 0; j < classes.length; j++, at++)
          own[at] = (own[at] as number) + weight * (direction[classes[j] as number] as number);
      }
    }
  }
}

/** A set of classes, and what is known between each two of them: by their places among all pairs, its own, or not held. */
interface Held {
  readonly classes: readonly number[];
  readonly pairs: readonly number[] | null;
  readonly own: Float64Array | null;
}

function traceOf({ classes }: Held, shares: Float64Array): number {
  let trace = 0;
  for (const c of classes) trace += shares[c] as number;
  return trace;
}
