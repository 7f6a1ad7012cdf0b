import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellName } from './judge.ts';
import type { ToldCell } from './ledger.ts';
import { comparePairs } from './pairs.ts';
import { askedQuery, COUNT, type Filters, POLICY, type Row, SmallExchange, SUM, seeded } from './testing.ts';
import type { QueryShape, Spreads } from './types.ts';

const FILTERS: Filters = {
  'id < 20': (r) => r.entity < 20,
  'id < 21': (r) => r.entity < 21,
  'not g0=a': (r) => r.groups[0] !== 'a',
};
/** Every person has one row or two, in groups of their own; a fifth of the amounts are nothing. */
const population = (seed: number, size: number): Row[] => {
  const next = seeded(seed);
  return Array.from({ length: size }, () => ({
    entity: next(size),
    groups: ['abc'[next(3)] ?? 'a', 'xyz'[next(3)] ?? 'x'],
    amount: next(5) === 0 ? 0 : next(9) - 4,
  }));
};
const question = fc.record({
  groups: fc.subarray([0, 1]),
  filter: fc.subarray(Object.keys(FILTERS), { maxLength: 1 }),
});

// Pruning rests on a bound: |P xor Q| is at least the sum over parts of how much P and Q differ in size there.
it('looks at fewer pairs where parts tell them apart, and hides exactly what it would by looking at all', async () => {
  let [looked, lookedAtAll, hidden] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 1_000 }),
      fc.integer({ min: 20, max: 120 }),
      fc.array(question, { minLength: 2, maxLength: 5 }),
      fc.boolean(),
      fc.constantFrom(null, 'amount'),
      async (seed, size, questions, personal, argument) => {
        const exchange = new SmallExchange(population(seed, size), FILTERS, POLICY);
        const shapes = questions.map(({ groups, filter }) => {
          const query = askedQuery(groups, [COUNT, SUM], filter);
          const shape: QueryShape = { ...query, groups: query.groups.map((g) => g.expression) };
          const cells = exchange
            .cells(query)
            .map(({ key, rolledUp, entities }): ToldCell => ({ key, rolledUp, entities, implied: rolledUp !== 0 }));
          return { shape, cells };
        });
        const now = shapes.pop();
        if (now === undefined) return;
        const candidates = now.cells.map((cell) => ({ name: cellName(cell.key, cell.rolledUp), cell }));
        const refused = (spreads: Spreads, count: (pairs: number) => void) =>
          comparePairs(
            { dataset: 'people', argument, history: shapes, shape: now.shape, candidates },
            {
              classify: async () => null,
              spreads,
              compare: (pairs) => {
                count(pairs.length);
                return exchange.compare(pairs);
              },
            },
            { k: POLICY.k, personal, pairsMax: 100_000, crossedMax: 0 },
          );
        const pruned = await refused(exchange.spreads, (n) => {
          looked += n;
        });
        const whole = await refused(
          async () => null,
          (n) => {
            lookedAtAll += n;
          },
        );
        expect([...pruned].sort()).toEqual([...whole].sort());
        hidden += whole.size;
      },
    ),
    { seed: 31, numRuns: 150 },
  );
  expect(hidden).toBeGreaterThan(100);
  expect(looked).toBeLessThan(lookedAtAll / 2);
});
