import { createHash } from 'node:crypto';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, Measure, MeasureGuard } from '../cells.ts';
import type { GrantPolicy } from '../policy.ts';
import { exactAnswer } from './exact.ts';
import { cellName, type Family } from './judge.ts';
import type { ToldShape } from './ledger.ts';
import { type DisclosureNumbers, numbersAt } from './parameters.ts';
import { predicateOf } from './predicate.ts';
import type { AskedQuery, Classify, Compare, Predicate, QueryShape, ReleasedRow, Spreads } from './types.ts';

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

/** A condition of WHERE, by the text that stands for it. */
export type Filters = Readonly<Record<string, (row: Row) => boolean>>;

export const POLICY: GrantPolicy = {
  lanes: ['interactive'],
  entityKey: 'id',
  personal: true,
  columns: [{ name: 'id', uses: [] }],
  k: 4,
  dominancePermille: 1_000,
  ratioPermille: 0,
  privacy: { kind: 'exact' },
  cellsMax: 100_000,
  usesMax: 100_000,
  codeHashes: null,
};
const AT = new Date('2026-11-26T04:00:00Z');
const DATASET = 'people';
const PARTS = 8;
const GROUP = /^g(\d+)$/;

export function askedQuery(
  groups: readonly number[],
  measures: readonly Measure[],
  filter: readonly string[] = [],
  fixed: readonly (readonly [string, Value])[] = [],
): AskedQuery {
  const query = {
    source: DATASET,
    datasets: [DATASET],
    filter: [...filter].sort(),
    fixed,
    groups: groups.map((g) => ({ expression: `g${g}`, domain: null })),
    measures,
  };
  return { ...query, fingerprint: createHash('sha256').update(JSON.stringify(query)).digest('hex') };
}

/** An exchange of one table in memory: group columns are `g0`, `g1`, …; its ledger is a list. */
export class SmallExchange {
  readonly told: { readonly predicate: Predicate; readonly family: Family; readonly value: number }[] = [];
  readonly #history: { readonly family: Family; readonly shape: ToldShape }[] = [];
  readonly #rows: readonly Row[];
  readonly #filters: Filters;
  readonly #policy: GrantPolicy;
  readonly #numbers: DisclosureNumbers;

  constructor(rows: readonly Row[], filters: Filters, policy: GrantPolicy, numbers: Partial<DisclosureNumbers> = {}) {
    this.#rows = rows;
    this.#filters = filters;
    this.#policy = policy;
    this.#numbers = { ...numbersAt(AT), ...numbers };
  }

  async ask(
    groups: readonly number[],
    measures: readonly Measure[],
    filter: readonly string[] = [],
    fixed: readonly (readonly [string, Value])[] = [],
  ): Promise<readonly ReleasedRow[]> {
    const query = askedQuery(groups, measures, filter, fixed);
    const shape: QueryShape = { ...query, groups: query.groups.map((g) => g.expression) };
    const cells = this.cells(query);
    const answer = await exactAnswer(cells, {
      at: AT,
      query,
      policies: [this.#policy],
      numbers: this.#numbers,
      compare: this.compare,
      classify: this.classify,
      spreads: this.spreads,
      history: async (_, family) => this.#history.filter((h) => h.family === family).map((h) => h.shape),
      cellsLeft: this.#policy.cellsMax,
    });
    for (const { family, cells: told } of answer.told) this.#history.push({ family, shape: { shape, cells: told } });
    for (const row of answer.rows)
      row.values.forEach((value, i) => {
        const measure = measures[i];
        if (value !== null && measure !== undefined)
          this.told.push({ predicate: predicateOf(shape, row.key, 0), family: measure.argument, value });
      });
    return answer.rows;
  }

  cells({ groups, filter, fixed, measures }: AskedQuery): GuardedCell[] {
    const base = this.#rows.filter((row) => this.#in(row, { filter, keys: fixed }));
    const columns = groups.map((g) => Number(GROUP.exec(g.expression)?.[1]));
    return guardedCells(base, columns, measures);
  }

  /** Which rows a told number is of, as an attacker who knows every attribute would write it down. */
  covers(predicate: Predicate): number[] {
    return this.#rows.map((row) => Number(this.#in(row, predicate)));
  }

  #in(row: Row, { filter, keys }: Pick<Predicate, 'filter' | 'keys'>): boolean {
    return (
      filter.every((text) => this.#filters[text]?.(row) ?? false) &&
      keys.every(([expression, value]) => String(valueOfGroup(row, expression)) === String(value))
    );
  }

  readonly compare: Compare = async (pairs) =>
    pairs.map(({ a, b }) => {
      const between = this.#rows.filter((row) => this.#in(row, a) !== this.#in(row, b));
      return {
        entities: new Set(between.map((r) => r.entity)).size,
        contributing: new Set(between.filter((r) => r.amount !== 0).map((r) => r.entity)).size,
      };
    });

  readonly spreads: Spreads = async (_dataset, shape) => {
    const people = new Map<string, Map<number, number>>();
    for (const row of this.#rows) {
      if (!this.#in(row, { ...shape, keys: shape.fixed })) continue;
      const key = shape.groups.map((g) => valueOfGroup(row, g));
      for (let rolledUp = 0; rolledUp < 2 ** key.length; rolledUp++) {
        const name = cellName(key, rolledUp);
        const sums = people.get(name) ?? new Map<number, number>();
        sums.set(row.entity, (sums.get(row.entity) ?? 0) + row.amount);
        people.set(name, sums);
      }
    }
    return new Map(
      [...people].map(([name, sums]) => {
        const spread = new Int32Array(2 * PARTS);
        const add = (at: number) => {
          spread[at] = (spread[at] ?? 0) + 1;
        };
        for (const [entity, sum] of sums) {
          add(entity % PARTS);
          if (sum !== 0) add(PARTS + (entity % PARTS));
        }
        return [name, spread] as const;
      }),
    );
  };

  readonly classify: Classify = async (_dataset, shapes, _argument, limit) => {
    const classes = new Map<string, Row[]>();
    for (const row of this.#rows) {
      const keys = shapes.map((shape) =>
        this.#in(row, { ...shape, keys: shape.fixed }) ? shape.groups.map((g) => valueOfGroup(row, g)) : null,
      );
      const id = JSON.stringify(keys);
      const known = classes.get(id);
      if (known) known.push(row);
      else classes.set(id, [row]);
    }
    if (classes.size > limit) return null;
    const counted = [...classes].map(([id, rows]) => ({
      keys: JSON.parse(id) as (Value[] | null)[],
      entities: new Set(rows.map((r) => r.entity)).size,
      contributing: new Set(rows.filter((r) => r.amount !== 0).map((r) => r.entity)).size,
    }));
    const sets = new Map<number, Set<number>>();
    [...classes.values()].forEach((rows, place) => {
      for (const { entity } of rows) sets.set(entity, (sets.get(entity) ?? new Set()).add(place));
    });
    const most = Math.max(0, ...[...sets.values()].map((set) => set.size));
    const several = new Set([...sets.values()].filter((set) => set.size > 1).map((set) => [...set].join()));
    const together = [...several].map((set) => set.split(',').map(Number));
    return { classes: counted, most, disjoint: most <= 1, together: async () => together };
  };
}

const valueOfGroup = (row: Row, expression: string): Value => row.groups[Number(GROUP.exec(expression)?.[1])] ?? null;
