import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbersIn } from '../../../kernel/rulebook/testing.ts';
import { leastProtection } from '../rules-grants.ts';
import { ALONE, type Company, Leverage } from './leverage.ts';
import type { Vector } from './linear.ts';
import { numbersAt } from './parameters.ts';
import { guessable, type KnownFacts } from './rules.ts';
import { COUNT, POLICY, type Row, SmallExchange, SUM, seeded } from './testing.ts';

/**
 * The share of the variance of each unknown that sums explain, by another way: sums with a little noise of variance
 * `ridge` each, the posterior of independent unknowns, dense, by Gauss-Jordan.
 */
function explained(rows: readonly (readonly number[])[], ridge = 1e-9): number[][] {
  const n = rows[0]?.length ?? 0;
  const gram = rows.map((a) => rows.map((b) => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0)));
  const matrix = gram.map((row, i) => [
    ...row.map((v, j) => v + (i === j ? ridge : 0)),
    ...(rows[i] as readonly number[]),
  ]);
  matrix.forEach((row, at) => {
    const best = matrix
      .slice(at)
      .reduce((most, r, i) => (Math.abs(r[at] as number) > Math.abs(matrix[most]?.[at] as number) ? at + i : most), at);
    [matrix[at], matrix[best]] = [matrix[best] as number[], row];
    const pivot = matrix[at] as number[];
    const lead = pivot[at] as number;
    for (const [j, v] of pivot.entries()) pivot[j] = v / lead;
    for (const other of matrix) {
      const factor = other[at] as number;
      if (other !== pivot && factor !== 0)
        for (const [j, v] of pivot.entries()) other[j] = (other[j] as number) - factor * v;
    }
  });
  const solved = matrix.map((row) => row.slice(rows.length));
  return Array.from({ length: n }, (_, e) =>
    Array.from({ length: n }, (_, f) =>
      rows.reduce((sum, row, j) => sum + (row[e] as number) * (solved[j]?.[f] as number), 0),
    ),
  );
}

/** The largest eigenvalue of a small symmetric matrix, by powers. */
function eigenvalue(matrix: readonly (readonly number[])[]): number {
  let vector = matrix.map((_, i) => 1 + i / 7);
  let length = 0;
  for (let step = 0; step < 300; step++) {
    const next = matrix.map((row) => row.reduce((sum, v, i) => sum + v * (vector[i] as number), 0));
    length = Math.hypot(...next);
    if (length === 0) return 0;
    vector = next.map((v) => v / length);
  }
  return length;
}

const vectorOf = (row: readonly number[]): Vector => new Map(row.flatMap((v, c) => (v === 0 ? [] : [[c, v] as const])));
const anything = { mayBeKnown: () => true, sumsMax: 1_000 };
const table = fc
  .record({ classes: fc.integer({ min: 2, max: 7 }), sums: fc.integer({ min: 1, max: 5 }) })
  .chain(({ classes, sums }) =>
    fc.record({
      people: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: classes, maxLength: classes }),
      rows: fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: classes, maxLength: classes }), {
        minLength: sums,
        maxLength: sums,
      }),
    }),
  );
/** One column for each person instead of each class. */
const spelledOut = (rows: readonly (readonly number[])[], people: readonly number[]) =>
  rows.map((row) => people.flatMap((n, c) => new Array<number>(n).fill(row[c] as number)));
const independent = (rows: readonly (readonly number[])[]) => {
  const kept: number[][] = [];
  for (const row of rows) {
    const alone = explained([...kept, [...row]], 1e-7);
    const before = kept.length === 0 ? 0 : explained(kept, 1e-7).reduce((sum, r, i) => sum + (r[i] as number), 0);
    if (alone.reduce((sum, r, i) => sum + (r[i] as number), 0) > before + 0.5) kept.push([...row]);
  }
  return kept;
};

describe('what is known of one person from sums', () => {
  it('is the share that the posterior of independent unknowns explains', () => {
    fc.assert(
      fc.property(table, ({ people, rows }) => {
        const leverage = new Leverage(people, ALONE, anything);
        const kept = independent(spelledOut(rows, people));
        rows.forEach((row, i) => {
          const before = independent(spelledOut(rows.slice(0, i), people)).length;
          if (independent(spelledOut(rows.slice(0, i + 1), people)).length > before) leverage.take(vectorOf(row));
        });
        const most = kept.length === 0 ? 0 : Math.max(...explained(kept).map((row, i) => row[i] as number));
        expect(leverage.largest).toBeCloseTo(most, 5);
      }),
      { seed: 43, numRuns: 150 },
    );
  });

  it('of who stands in several classes is never less than of any combination of what that person adds', () => {
    let close = 0;
    fc.assert(
      fc.property(table, fc.integer({ min: 0, max: 1e6 }), ({ people, rows }, seed) => {
        const roll = seeded(seed);
        const kept = independent(spelledOut(rows, people));
        fc.pre(kept.length > 0);
        // One unknown for each contribution: of each class the first may be one and the same person's.
        const firsts = people.map((_, c) => people.slice(0, c).reduce((a, b) => a + b, 0));
        const set = [...people.keys()].filter(() => roll(2) === 0);
        fc.pre(set.length > 1);
        const between = explained(kept);
        const own = set.map((a) => set.map((b) => between[firsts[a] as number]?.[firsts[b] as number] as number));
        const truth = eigenvalue(own);
        const known = (company: Company) => {
          const leverage = new Leverage(people, company, anything);
          rows.forEach((row, i) => {
            const before = independent(spelledOut(rows.slice(0, i), people)).length;
            if (independent(spelledOut(rows.slice(0, i + 1), people)).length > before) leverage.take(vectorOf(row));
          });
          return leverage.largest;
        };
        const [bySets, byNumber] = [known({ most: set.length, sets: [set] }), known({ most: set.length, sets: null })];
        expect(bySets).toBeGreaterThanOrEqual(truth - 1e-6);
        expect(byNumber).toBeGreaterThanOrEqual(bySets - 1e-9);
        if (bySets < truth + 0.1) close++;
      }),
      { seed: 44, numRuns: 100 },
    );
    expect(close).toBeGreaterThan(10);
  });

  it('is bounded by a rule that holds no number, whose examples come out, and whose least sum of people passes', () => {
    for (const { name, at, facts, expect: outcome } of guessable.examples)
      expect(guessable.evaluate(facts as KnownFacts, new Date(at)).decision.outcome, name).toBe(outcome);
    expect(numbersIn(guessable.source)).toEqual([]);
    const at = new Date('2026-11-26T04:00:00Z');
    const { known } = numbersAt(at);
    const leastOfPeople = Number(leastProtection.params.kPersonalMin?.values.at(-1)?.value);
    expect(1_000 / leastOfPeople).toBeLessThanOrEqual(known);
    expect(guessable.examples.filter(({ facts }) => (facts as KnownFacts).knownPermille === known)).toHaveLength(1);
  });

  it('admits exactly what the rule allows, and what adds nothing to anybody over it', () => {
    const rule = (mostPermille: number) => (share: number) =>
      guessable.evaluate({ knownPermille: share * 1_000, mostPermille }, new Date('2026-11-26')).decision.outcome ===
      'ok';
    const people = [1, 9, 9, 30];
    const sums: Vector[] = [
      new Map([
        [0, 1],
        [1, 1],
      ]),
      new Map([
        [0, 1],
        [2, 1],
      ]),
    ];
    // Two sums of ten that share one person: 2/11.
    for (const [most, told] of [
      [182, [true, true]],
      [181, [true, false]],
      [99, [false, false]],
    ] as const) {
      const leverage = new Leverage(people, ALONE, { mayBeKnown: rule(most), sumsMax: 9 });
      expect(sums.map((sum) => leverage.admit(sum))).toEqual(told);
    }
    const over = new Leverage(people, ALONE, { mayBeKnown: rule(50), sumsMax: 9 });
    over.take(sums[0] as Vector);
    expect(over.admit(new Map([[3, 1]]))).toBe(true);
    expect(over.admit(sums[1] as Vector)).toBe(false);
    const few = new Leverage(people, ALONE, { mayBeKnown: rule(182), sumsMax: 1 });
    expect(sums.map((sum) => few.admit(sum))).toEqual([true, false]);
  });
});

describe('a session of exact answers', () => {
  it('of sums of ten that share one person tells the first, and later ones only as large as keeps the bound', async () => {
    const rows = Array.from({ length: 120 }, (_, entity) => ({
      entity,
      groups: [],
      amount: 40 + ((entity * 37) % 60),
    }));
    const within = (from: number, until: number) => (r: Row) =>
      r.entity === 0 || (r.entity >= from && r.entity < until);
    const filters = {
      ...Object.fromEntries([0, 1, 2, 3].map((i) => [`ten ${i}`, within(1 + 9 * i, 10 + 9 * i)])),
      'half of them': within(40, 90),
    };
    const marks = async (known: number) => {
      const exchange = new SmallExchange(rows, filters, { ...POLICY, k: 10 }, { known });
      const found = [];
      for (const name of Object.keys(filters)) found.push((await exchange.ask([], [SUM], [name]))[0]?.marks[0]);
      return found;
    };
    expect(await marks(1_000)).toEqual([null, null, null, null, null]);
    expect(await marks(150)).toEqual([null, 'history', 'history', 'history', null]);
    // The smallest sum may always be told; where not even that, nothing is.
    expect(await marks(100)).toEqual([null, 'history', 'history', 'history', 'history']);
    expect(await marks(99)).toEqual(['history', 'history', 'history', 'history', null]);
  });

  it('stays bounded for all others when newer data lift one person over it', async () => {
    const rows = Array.from({ length: 200 }, (_, entity) => ({
      entity,
      groups: [entity < 10 ? 'few' : 'rest'],
      amount: 10 + ((entity * 7) % 13),
    }));
    const filters = Object.fromEntries(
      [0, 1, 2, 3].map((i) => [
        `ten ${i}`,
        (r: Row) => r.entity === 100 || (r.entity > 100 + 9 * i && r.entity < 110 + 9 * i),
      ]),
    );
    const exchange = new SmallExchange(rows, filters, { ...POLICY, k: 10 });
    await exchange.ask([0], [SUM]);
    // Of the few that were told one is left.
    rows.splice(1, 9);
    const marks = [];
    for (const name of Object.keys(filters)) marks.push((await exchange.ask([], [SUM], [name]))[0]?.marks[0]);
    expect(marks).toEqual([null, 'history', 'history', 'history']);
  });

  it('is not ended for everybody by a few who stand in very many classes', async () => {
    const next = seeded(7);
    const rows = Array.from({ length: 1_500 }, (_, entity) =>
      Array.from({ length: entity < 3 ? 60 : 1 }, () => ({
        entity,
        groups: [`m${next(8)}`, `l${next(8)}`],
        amount: 5 + next(20),
      })),
    ).flat();
    const exchange = new SmallExchange(rows, {}, { ...POLICY, k: 10 });
    const shares = [];
    for (const groups of [[0], [1], [0, 1]]) {
      const cells = await exchange.ask(groups, [SUM]);
      shares.push(cells.filter((cell) => cell.marks[0] === null).length / cells.length);
    }
    expect(Math.min(...shares)).toBeGreaterThan(0.7);
  });

  /** Rows of people with a number of their own; some stand in two rows. */
  const population = (next: (n: number) => number, twice: boolean): Row[] =>
    Array.from({ length: 70 }, (_, i) => ({
      entity: twice && i >= 60 ? i - 60 : i,
      groups: ['abc'[next(3)] ?? 'a', 'xyz'[next(3)] ?? 'x'],
      amount: 1 + next(50),
    }));

  it.each([false, true])(
    'never lets anybody be known beyond the bound (several rows: %s)',
    { timeout: 60_000 },
    async (twice) => {
      let [told, most, unbound] = [0, 0, 0];
      for (const seed of twice ? [8, 9] : [5, 6]) {
        const next = seeded(seed);
        const rows = population(next, twice);
        const questions = Array.from({ length: 12 }, () => {
          const some = new Set(rows.flatMap((_, i) => (next(100) < 20 + next(40) ? [i] : [])));
          return { some, groups: next(3) === 0 ? [next(2)] : [] };
        });
        const filters = Object.fromEntries(
          questions.map(({ some }, i) => [`set ${i}`, (r: Row) => some.has(rows.indexOf(r))]),
        );
        const play = async (known: number) => {
          const exchange = new SmallExchange(rows, filters, { ...POLICY, k: 7 }, { known });
          for (const [i, { groups }] of questions.entries()) await exchange.ask(groups, [SUM, COUNT], [`set ${i}`]);
          const sums = exchange.told.filter((t) => t.family === 'amount').map((t) => exchange.covers(t.predicate));
          const kept = independent(sums);
          if (kept.length === 0) return { largest: 0, told: 0 };
          // Whoever has rows alike to every sum adds once; all others add row by row.
          const unknowns = new Map<string, number[]>();
          for (const [i, row] of rows.entries()) {
            const column = kept.map((sum) => sum[i] as number);
            unknowns.set(JSON.stringify([row.entity, ...column]), column);
          }
          const columns = [...unknowns].map(([name, column]) => ({
            entity: (JSON.parse(name) as number[])[0],
            column,
          }));
          const between = explained(kept.map((_, j) => columns.map(({ column }) => column[j] as number)));
          const shares = [...new Set(rows.map((r) => r.entity))].map((entity) => {
            const own = columns.flatMap((c, i) => (c.entity === entity ? [i] : []));
            return eigenvalue(own.map((a) => own.map((b) => between[a]?.[b] as number)));
          });
          return { largest: Math.max(...shares), told: kept.length };
        };
        const bound = await play(150);
        told += bound.told;
        most = Math.max(most, bound.largest);
        unbound = Math.max(unbound, (await play(1_000)).largest);
      }
      expect(most).toBeLessThanOrEqual(0.15 + 1e-6);
      // It is no use to be safe by silence, nor to be tested by questions that tell nothing.
      expect(told).toBeGreaterThan(4);
      expect(unbound).toBeGreaterThan(0.2);
    },
  );
});
