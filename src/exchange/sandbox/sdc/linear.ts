import { randomInt } from 'node:crypto';

/** Primes whose products stay exact in a double. */
const PRIME_FROM = 2 ** 25;
const PRIME_UNTIL = 2 ** 26 - 512;
/** Sets of small classes tried in one audit; beyond, whatever would need more counts as telling. */
export const TRIES_MAX = 1_000;

/**
 * A fresh prime for each audit. What can be computed over the rationals can be computed modulo p too, unless p divides one
 * of the minors: about one chance in ten thousand for the largest audit, and nobody can aim at a prime not yet drawn.
 */
export function randomPrime(): number {
  for (let n = randomInt(PRIME_FROM, PRIME_UNTIL) | 1; ; n += 2) {
    let prime = true;
    for (let d = 3; prime && d * d <= n; d += 2) prime = n % d !== 0;
    if (prime) return n;
  }
}

/** A released number as a sum over classes of rows: column → coefficient, a small integer. */
export type Vector = ReadonlyMap<number, number>;

/** Columns of the small classes and the coefficients there, modulo the prime. */
export type SmallRow = ReadonlyMap<number, number>;

/**
 * The span of everything released, in echelon form modulo a prime. Columns of classes with enough people stand first, small
 * ones after them: then the rows that begin in a small column span exactly the combinations in which every large class
 * cancels. If there is no such row, no combination of all released numbers tells of few people.
 */
export class RowSpace {
  readonly #position: Int32Array;
  readonly #column: Int32Array;
  readonly #large: number;
  readonly #rows: (Float64Array | undefined)[] = [];
  readonly prime: number;
  #rank = 0;

  constructor(small: readonly boolean[], prime = randomPrime()) {
    this.prime = prime;
    const columns = [...small.keys()].sort((a, b) => Number(small[a]) - Number(small[b]) || a - b);
    this.#column = Int32Array.from(columns);
    this.#position = new Int32Array(columns.length);
    columns.forEach((column, position) => {
      this.#position[column] = position;
    });
    this.#large = small.filter((s) => !s).length;
  }

  /** Number of independent numbers released. */
  get rank(): number {
    return this.#rank;
  }

  /** Whether the number follows from what is in the span. */
  has(vector: Vector): boolean {
    return this.#reduce(vector).pivot < 0;
  }

  /** Takes the number in. @returns a handle for `remove`, and whether new combinations of small classes arose. */
  add(vector: Vector): { readonly handle: number; readonly small: boolean } {
    const { row, pivot } = this.#reduce(vector);
    if (pivot < 0) return { handle: -1, small: false };
    const inverse = inverseOf(row[pivot] as number, this.prime);
    for (let i = pivot; i < row.length; i++) row[i] = multiply(row[i] as number, inverse, this.prime);
    this.#rows[pivot] = row;
    this.#rank++;
    return { handle: pivot, small: pivot >= this.#large };
  }

  /** Takes back the last number taken in. */
  remove(handle: number): void {
    if (handle < 0) return;
    this.#rows[handle] = undefined;
    this.#rank--;
  }

  /** A fully reduced basis of the combinations in which only small classes are left. */
  smallRows(): SmallRow[] {
    const basis: Float64Array[] = [];
    const pivots: number[] = [];
    for (let at = this.#column.length - 1; at >= this.#large; at--) {
      const found = this.#rows[at];
      if (!found) continue;
      const row = found.slice();
      basis.forEach((later, i) => {
        eliminate(row, later, pivots[i] as number, this.prime);
      });
      basis.push(row);
      pivots.push(at);
    }
    return basis.map((row) => {
      const entries = new Map<number, number>();
      row.forEach((value, position) => {
        if (value !== 0) entries.set(this.#column[position] as number, value);
      });
      return entries;
    });
  }

  #reduce(vector: Vector): { readonly row: Float64Array; readonly pivot: number } {
    const row = new Float64Array(this.#column.length);
    for (const [column, value] of vector)
      row[this.#position[column] as number] = ((value % this.prime) + this.prime) % this.prime;
    for (let at = 0; at < row.length; at++) {
      if (row[at] === 0) continue;
      const basis = this.#rows[at];
      if (!basis) return { row, pivot: at };
      eliminate(row, basis, at, this.prime);
    }
    return { row, pivot: -1 };
  }
}

/** Subtracts a multiple of a row that begins with 1 at the pivot, so that the pivot becomes 0. */
function eliminate(row: Float64Array, basis: Float64Array, pivot: number, prime: number): void {
  const factor = row[pivot] as number;
  if (factor === 0) return;
  const by = prime - factor;
  for (let i = pivot; i < row.length; i++) {
    const other = basis[i] as number;
    if (other === 0) continue;
    const value = (row[i] as number) + by * other;
    row[i] = value - Math.floor(value / prime) * prime;
  }
}
const multiply = (a: number, b: number, prime: number) => {
  const product = a * b;
  return product - Math.floor(product / prime) * prime;
};
/** By Fermat: a^(p−2). */
function inverseOf(value: number, prime: number): number {
  let [result, base] = [1, value];
  for (let exponent = prime - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = multiply(result, base, prime);
    base = multiply(base, base, prime);
  }
  return result;
}

export interface Weights {
  /** People of a class of rows, by column. */
  readonly of: readonly number[];
  /** Nobody stands in two classes: people of several classes add up. Otherwise only the largest class is sure. */
  readonly disjoint: boolean;
  /** At least this many. */
  readonly k: number;
  /** How much search is left. */
  readonly tries: { left: number };
  /** A sure lower bound of the people in a set of classes, where more is known of it than of its classes one by one. */
  readonly atLeast?: (columns: ReadonlySet<number>) => number;
}

/** Whether some combination of the rows tells of fewer than k people (and of anybody at all). */
export function tellsOfFew(rows: readonly SmallRow[], weights: Weights, prime: number): boolean {
  return components(rows).some((component) => componentTells(component, weights, prime));
}

function weigh(columns: Iterable<number>, { of, disjoint }: Weights): number {
  let total = 0;
  for (const column of columns) {
    const people = of[column] ?? 0;
    total = disjoint ? total + people : Math.max(total, people);
  }
  return total;
}

function componentTells(rows: readonly SmallRow[], weights: Weights, prime: number): boolean {
  for (const row of rows) {
    const columns = new Set(row.keys());
    if (weigh(columns, weights) < weights.k && (weights.atLeast?.(columns) ?? 0) < weights.k) return true;
  }
  if (rows.length === 1) return false;
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (weigh(columns, weights) < weights.k) return true;
  // Combinations of several rows have another support: look for one within each set of classes that stays below k.
  return !weights.disjoint || search(rows, columns, weights, prime);
}

/** Every set of classes with fewer than k people in all; true where a combination lives within one, or time is up. */
function search(rows: readonly SmallRow[], columns: readonly number[], weights: Weights, prime: number): boolean {
  const light = columns
    .filter((c) => (weights.of[c] ?? 0) < weights.k)
    .sort((a, b) => (weights.of[a] ?? 0) - (weights.of[b] ?? 0));
  const visit = (from: number, chosen: ReadonlySet<number>, people: number): boolean => {
    let extended = false;
    for (let i = from; i < light.length; i++) {
      const column = light[i] as number;
      const more = people + (weights.of[column] ?? 0);
      if (more >= weights.k) break;
      extended = true;
      if (visit(i + 1, new Set(chosen).add(column), more)) return true;
    }
    if (extended || chosen.size < 2) return false;
    return --weights.tries.left < 0 || livesWithin(rows, columns, chosen, prime);
  };
  return visit(0, new Set(), 0);
}

/** Whether the rows lose rank outside the chosen columns: then a combination of them is left in the chosen ones alone. */
function livesWithin(
  rows: readonly SmallRow[],
  columns: readonly number[],
  chosen: ReadonlySet<number>,
  prime: number,
): boolean {
  const outside = columns.filter((c) => !chosen.has(c));
  const at = new Map(outside.map((column, index) => [column, index]));
  const space = new RowSpace(new Array<boolean>(outside.length).fill(false), prime);
  return rows.some((row) => {
    const rest = new Map<number, number>();
    for (const [column, value] of row) {
      const index = at.get(column);
      if (index !== undefined) rest.set(index, value);
    }
    return space.add(rest).handle < 0;
  });
}

/** Rows that share classes, directly or by others. */
function components(rows: readonly SmallRow[]): SmallRow[][] {
  const parent = rows.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const owner = new Map<number, number>();
  rows.forEach((row, i) => {
    for (const column of row.keys()) {
      const before = owner.get(column);
      if (before === undefined) owner.set(column, i);
      else parent[root(i)] = root(before);
    }
  });
  const found = new Map<number, SmallRow[]>();
  rows.forEach((row, i) => {
    const r = root(i);
    found.set(r, [...(found.get(r) ?? []), row]);
  });
  return [...found.values()];
}
