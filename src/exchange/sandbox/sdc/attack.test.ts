import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measure } from '../cells.ts';
import { COUNT, type Filters, POLICY, type Row, rationalBasis, SmallExchange, SUM, seeded } from './testing.ts';

/**
 * An attacker who knows every attribute of everybody but the amounts, and does exact linear algebra over all that was
 * told. @returns the fewest people of whom a combination of told numbers speaks, if fewer than k
 */
function fewestTold(vectors: readonly (readonly number[])[], people: readonly number[], k: number): number | null {
  // Rows that every told number treats alike cannot be told apart: one column for all of them.
  const columns = new Map<string, { weight: number; column: number[] }>();
  people.forEach((weight, i) => {
    const column = vectors.map((v) => v[i] as number);
    const known = columns.get(column.join());
    if (known) known.weight += weight;
    else columns.set(column.join(), { weight, column });
  });
  const classes = [...columns.values()];
  const matrix = vectors.map((_, row) => classes.map((c) => c.column[row] as number));
  const rank = rationalBasis(matrix).length;
  let fewest: number | null = null;
  const visit = (from: number, chosen: ReadonlySet<number>, weight: number) => {
    if (chosen.size > 0) {
      const outside = matrix.map((row) => row.filter((_, i) => !chosen.has(i)));
      if (rationalBasis(outside).length < rank && (fewest === null || weight < fewest)) fewest = weight;
    }
    for (let i = from; i < classes.length; i++) {
      const more = weight + (classes[i]?.weight ?? 0);
      if (more < k) visit(i + 1, new Set(chosen).add(i), more);
    }
  };
  visit(0, new Set(), 0);
  return fewest;
}

const FILTERS: Filters = {
  'not g0=a': (r) => r.groups[0] !== 'a',
  'g1 in (x,y)': (r) => r.groups[1] === 'x' || r.groups[1] === 'y',
  'born < 5': (r) => r.entity % 11 < 5,
  'born < 6': (r) => r.entity % 11 < 6,
  'not id=3': (r) => r.entity !== 3,
  'not id=7': (r) => r.entity !== 7,
  'id < 20': (r) => r.entity < 20,
  'id < 21': (r) => r.entity < 21,
};
const population = (seed: number, size: number): Row[] => {
  const next = seeded(seed);
  return Array.from({ length: size }, (_, entity) => ({
    entity,
    groups: ['abc'[next(3)] ?? 'a', 'xyz'[next(3)] ?? 'x', 'mn'[next(2)] ?? 'm'],
    amount: next(4) === 0 ? 0 : 1 + next(50),
  }));
};

const question = fc.record({
  groups: fc.subarray([0, 1, 2]),
  filter: fc.subarray(Object.keys(FILTERS), { maxLength: 2 }),
  measures: fc.constantFrom([COUNT], [SUM], [COUNT, SUM]),
});

/** Fewest people between two told numbers, or in one; nobody is fewer than one. */
function fewestBetween(vectors: readonly (readonly number[])[], people: readonly number[]): number {
  let fewest = Number.POSITIVE_INFINITY;
  vectors.forEach((a, i) => {
    for (const b of [people.map(() => 0), ...vectors.slice(0, i)]) {
      const between = people.filter((weight, person) => weight > 0 && a[person] !== b[person]).length;
      fewest = Math.min(fewest, between);
    }
  });
  return fewest;
}

const distinct = (vectors: readonly (readonly number[])[]) => [...new Map(vectors.map((v) => [v.join(), v])).values()];

interface Question {
  readonly groups: readonly number[];
  readonly filter: readonly string[];
  readonly measures: readonly Measure[];
}
/** What an exchange tells of the questions: vectors over people, and whom each family is about. */
async function play(rows: readonly Row[], questions: readonly Question[], policy = POLICY, numbers = {}) {
  const exchange = new SmallExchange(rows, FILTERS, policy, numbers);
  for (const { groups, filter, measures } of questions) await exchange.ask(groups, measures, filter);
  return [null, 'amount'].map((family) => {
    const of = exchange.told.filter((t) => t.family === family);
    // Whoever adds nothing is known to the attacker: only the others' amounts are unknown.
    const contributors = rows.flatMap((r, i) => (family === null || r.amount !== 0 ? [i] : []));
    const all = [rows.map(() => 1), ...of.map((t) => exchange.covers(t.predicate))];
    return { told: of.length, vectors: all.map((v) => contributors.map((i) => v[i] as number)), contributors };
  });
}

const sequence = [
  fc.integer({ min: 0, max: 1_000 }),
  fc.integer({ min: 12, max: 45 }),
  fc.array(question, { minLength: 2, maxLength: 7 }),
] as const;

describe('an attacker with exact linear algebra over everything told', () => {
  it('never learns of fewer than k people, who would be laid bare by the same questions unprotected', async () => {
    let [told, bare] = [0, 0];
    await fc.assert(
      fc.asyncProperty(...sequence, async (seed, size, questions) => {
        const rows = population(seed, size);
        for (const { told: n, vectors, contributors } of await play(rows, questions)) {
          told += n;
          const people = contributors.map(() => 1);
          expect(fewestTold(distinct(vectors), people, POLICY.k)).toBeNull();
        }
        const open = { ...POLICY, k: 1, personal: false, dominancePermille: 1_001, ratioPermille: 0 };
        const [counts] = await play(rows, questions, open);
        if (
          counts &&
          fewestBetween(
            distinct(counts.vectors),
            counts.contributors.map(() => 1),
          ) < POLICY.k
        )
          bare++;
      }),
      { seed: 22, numRuns: 25 },
    );
    // It is no use to be safe by silence, nor to be tested by questions that harm nobody.
    expect(told).toBeGreaterThan(40);
    expect(bare).toBeGreaterThan(12);
  });

  it.each([0, 50_000])(
    'by pairs alone (crossed to %i classes): never fewer than k people lie between two numbers told',
    async (crossed) => {
      let told = 0;
      await fc.assert(
        fc.asyncProperty(...sequence, async (seed, size, questions) => {
          const things = { ...POLICY, personal: false };
          for (const { told: n, vectors, contributors } of await play(population(seed, size), questions, things, {
            classes: 0,
            crossed,
          })) {
            told += n;
            expect(
              fewestBetween(
                distinct(vectors),
                contributors.map(() => 1),
              ),
            ).toBeGreaterThanOrEqual(POLICY.k);
          }
        }),
        { seed: 23, numRuns: 40 },
      );
      expect(told).toBeGreaterThan(40);
    },
  );

  it('hides alike whether a person added to a hidden sum brings it over the threshold or not', async () => {
    const answers = [0, 1].map(async (secret) => {
      // Three of 25 people contribute, and perhaps the last.
      const rows = Array.from({ length: 45 }, (_, entity) => ({
        entity,
        groups: [],
        amount: entity < 3 || entity > 25 ? 1 + entity : entity === 25 ? secret * 7 : 0,
      }));
      const filters = Object.fromEntries([25, 26].map((n) => [`id < ${n}`, (r: Row) => r.entity < n]));
      const exchange = new SmallExchange(rows, filters, POLICY);
      const marks = [];
      for (const n of [25, 26]) marks.push((await exchange.ask([], [SUM], [`id < ${n}`]))[0]?.marks[0]);
      return marks;
    });
    expect(await Promise.all(answers)).toEqual([
      ['protected', 'history'],
      ['protected', 'history'],
    ]);
  });

  it('of people nothing new is told once the audit cannot hold what was', async () => {
    const exchange = new SmallExchange(population(3, 45), FILTERS, POLICY, { shapes: 1 });
    expect((await exchange.ask([], [COUNT])).map((r) => r.marks)).toEqual([[null]]);
    expect((await exchange.ask([2], [COUNT])).map((r) => r.marks)).toEqual([['history'], ['history']]);
  });
});
