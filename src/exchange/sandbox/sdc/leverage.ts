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
/** In larger sets pairs are not looked at: the shares of their classes are added up, which is more. */
const PAIRED_MAX = 32;

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
    return this.#company.largest(this.#shares, null);
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
    const largest = this.#company.largest(shares, direction);
    return this.#bound.mayBeKnown(largest - ROUNDING) || largest <= this.largest + ROUNDING;
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
  /** The most that is known of any combination of what one person adds, with one direction more. */
  readonly largest: (shares: Float64Array, more: Float64Array | null) => number;
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
  keep(): void {}
}

/**
 * People's own sets of classes. What is known of a combination of the contributions of one person is at most the largest
 * eigenvalue of the projection between them, and that at most its largest sum of a row, and its trace.
 */
class Sets implements CompanyShares {
  readonly #sets: readonly { readonly classes: readonly number[]; readonly pairs: readonly number[] | null }[];
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #between: Float64Array;

  constructor(sets: readonly (readonly number[])[], width: number) {
    const pairs = new Map<number, number>();
    this.#sets = sets
      .filter((classes) => classes.length > 1)
      .map((classes) => {
        if (classes.length > PAIRED_MAX) return { classes, pairs: null };
        const own = classes.flatMap((a) =>
          classes.map((b) => {
            const name = Math.min(a, b) * width + Math.max(a, b);
            if (!pairs.has(name)) pairs.set(name, pairs.size);
            return pairs.get(name) as number;
          }),
        );
        return { classes, pairs: own };
      });
    this.#first = Int32Array.from(pairs.keys(), (name) => Math.floor(name / width));
    this.#second = Int32Array.from(pairs.keys(), (name) => name % width);
    this.#between = new Float64Array(pairs.size);
  }

  largest(shares: Float64Array, more: Float64Array | null): number {
    let largest = shares.reduce((a, b) => Math.max(a, b), 0);
    for (const { classes, pairs } of this.#sets) {
      let trace = 0;
      for (const c of classes) trace += shares[c] as number;
      if (trace > largest)
        largest = Math.max(largest, pairs === null ? trace : Math.min(trace, this.#row(classes, pairs, more)));
    }
    return largest;
  }

  #row(classes: readonly number[], pairs: readonly number[], more: Float64Array | null): number {
    let largest = 0;
    for (let i = 0; i < classes.length; i++) {
      let sum = 0;
      for (let j = 0; j < classes.length; j++) {
        const pair = pairs[i * classes.length + j] as number;
        const added = more === null ? 0 : this.#product(more, pair);
        sum += Math.abs((this.#between[pair] as number) + added);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  keep(direction: Float64Array): void {
    for (let pair = 0; pair < this.#between.length; pair++)
      this.#between[pair] = (this.#between[pair] as number) + this.#product(direction, pair);
  }

  #product = (direction: Float64Array, pair: number) =>
    (direction[this.#first[pair] as number] as number) * (direction[this.#second[pair] as number] as number);
}
