import type { GuardedCell, Measure, MeasureGuard } from '../cells.ts';

/** One row of a small population: whom it is about, its groups, its amount. For tests and conformance. */
export interface Row {
  readonly entity: number;
  readonly groups: readonly string[];
  readonly amount: number;
}

export const COUNT: Measure = { name: 'n', function: 'count', argument: null };
export const SUM: Measure = { name: 'total', function: 'sum', argument: 'amount' };
export const AVG: Measure = { name: 'mean', function: 'avg', argument: 'amount' };

/** What the guarded SQL computes, in memory: every cell and every margin with its guards. */
export function guardedCells(rows: readonly Row[], columns: readonly number[], measures: readonly Measure[]) {
  const cells: GuardedCell[] = [];
  for (let rolledUp = 0; rolledUp < 2 ** columns.length; rolledUp++) {
    const byKey = new Map<string, Row[]>();
    for (const row of rows) {
      const key = JSON.stringify(columns.map((c, i) => ((rolledUp & (1 << i)) === 0 ? (row.groups[c] ?? null) : null)));
      const known = byKey.get(key);
      if (known) known.push(row);
      else byKey.set(key, [row]);
    }
    if (rolledUp === 2 ** columns.length - 1 && byKey.size === 0)
      byKey.set(JSON.stringify(columns.map(() => null)), []);
    for (const [key, members] of byKey)
      cells.push({
        key: JSON.parse(key) as (string | null)[],
        rolledUp,
        entities: new Set(members.map((r) => r.entity)).size,
        rows: members.length,
        measures: measures.map((m) => guardOf(members, m.argument === null ? () => 1 : (r) => r.amount)),
      });
  }
  return cells;
}

export function guardOf(rows: readonly Row[], amountOf: (row: Row) => number): MeasureGuard {
  const perEntity = new Map<number, number>();
  for (const row of rows) perEntity.set(row.entity, (perEntity.get(row.entity) ?? 0) + amountOf(row));
  const sums = [...perEntity.values()];
  const sizes = sums.map(Math.abs).sort((a, b) => b - a);
  return {
    entities: sums.filter((s) => s !== 0).length,
    values: rows.length,
    sum: sums.reduce((a, b) => a + b, 0),
    absolute: sizes.reduce((a, b) => a + b, 0),
    largest: sizes[0] ?? 0,
    second: sizes[1] ?? 0,
    negatives: sums.filter((s) => s < 0).length,
  };
}

/** A reproducible source of numbers in [0, n). */
export function seeded(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** An exact solver that shares nothing with the product: fractions of BigInt, Gauss-Jordan. */
type Fraction = readonly [bigint, bigint];
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
const fraction = (n: bigint, d: bigint): Fraction => {
  const g = gcd(n, d) || 1n;
  return d < 0n ? [-n / g, -d / g] : [n / g, d / g];
};
const minus = (a: Fraction, b: Fraction) => fraction(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
const times = (a: Fraction, b: Fraction) => fraction(a[0] * b[0], a[1] * b[1]);

/** The reduced row echelon form over the rationals. */
export function rationalBasis(rows: readonly (readonly number[])[]): Fraction[][] {
  const basis: { pivot: number; row: Fraction[] }[] = [];
  for (const given of rows) {
    const row: Fraction[] = given.map((v) => [BigInt(v), 1n]);
    for (const { pivot, row: other } of basis) subtract(row, other, row[pivot] as Fraction);
    const pivot = row.findIndex(([n]) => n !== 0n);
    if (pivot < 0) continue;
    const lead = row[pivot] as Fraction;
    const scaled = row.map((v) => times(v, [lead[1], lead[0]]));
    for (const { row: other } of basis) subtract(other, scaled, other[pivot] as Fraction);
    basis.push({ pivot, row: scaled });
  }
  return basis.map((b) => b.row);
}
function subtract(row: Fraction[], other: readonly Fraction[], factor: Fraction): void {
  if (factor[0] === 0n) return;
  other.forEach((v, i) => {
    row[i] = minus(row[i] as Fraction, times(factor, v));
  });
}

/** Whether a vector is a combination of the rows. */
export function follows(rows: readonly (readonly number[])[], vector: readonly number[]): boolean {
  return rationalBasis([...rows, vector]).length === rationalBasis(rows).length;
}
