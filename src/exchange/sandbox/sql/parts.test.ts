import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell } from '../cells.ts';
import { askedShape } from './asked.ts';
import { classesSql } from './classes.ts';
import { differenceSql } from './difference.ts';
import { addCounts, mergeCells, mergeClasses, mergeSpreads } from './merge.ts';
import { SPREAD_PARTS, type Spread, spreadsOf, spreadsSql } from './spreads.ts';
import { asked, cellRows, datasetOf, guardedCells, openVisits, placed, sqlOf, type Visits, visit } from './testing.ts';

let v: Visits;
beforeAll(async () => {
  v = await openVisits();
});
afterAll(() => v.engine.close());

describe('cells counted by parts', () => {
  test('are all cells and margins, and tell of no more between two than there are', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(visit, { maxLength: 25 }),
        asked,
        asked,
        fc.boolean(),
        async (rows, one, two, keyed) => {
          const entityKey = keyed ? 'person' : null;
          await v.fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const dataset = datasetOf('sbg_visits');
          const argument = `${dataset}.amt`;
          const found: { spread: Spread; of: ReturnType<typeof cellRows> }[] = [];
          for (const query of [await v.checked(sqlOf(one), entityKey), await v.checked(sqlOf(two), entityKey)]) {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            const shape = { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
            const plan = spreadsSql(dataset, shape, argument, placed(entityKey));
            if (plan === null) throw new Error('no plan');
            const spreads = spreadsOf(plan, await v.engine.rows(plan.sql));
            const cells = (await guardedCells(v.engine, query)).filter((cell) => cell.rows > 0);
            expect(spreads.length).toBe(cells.length);
            for (const { key, rolledUp, spread } of spreads) {
              const shown = key.map((value, i) => ((rolledUp & (2 ** i)) === 0 ? value : null));
              const cell = cells.find(
                (c) => c.rolledUp === rolledUp && JSON.stringify(c.key) === JSON.stringify(shown),
              );
              if (cell === undefined) throw new Error('a cell that is none');
              expect(spread.slice(0, SPREAD_PARTS).reduce((a, b) => a + b)).toBe(cell.entities);
              found.push({ spread, of: cellRows(query, cell) });
            }
          }
          const pairs = found.flatMap((a, i) => found.slice(0, i).map((b) => [a, b] as const)).slice(0, 40);
          const differences = await v.compare(
            pairs.map(([a, b]) => ({ dataset, a: a.of, b: b.of, argument })),
            entityKey,
          );
          for (const [i, [a, b]] of pairs.entries()) {
            const apart = a.spread.map((n, part) => Math.abs(n - (b.spread[part] ?? 0)));
            const sum = (from: number) => apart.slice(from, from + SPREAD_PARTS).reduce((x, y) => x + y);
            expect(sum(0)).toBeLessThanOrEqual(differences[i]?.entities ?? -1);
            expect(sum(SPREAD_PARTS)).toBeLessThanOrEqual(differences[i]?.contributing ?? -1);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('runs in parts', () => {
  test('merge into the cells of one run', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(visit, { maxLength: 30 }),
        asked,
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (rows, one, keyed, of) => {
          const entityKey = keyed ? 'person' : null;
          await v.fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const query = await v.checked(sqlOf(one), entityKey);
          const parts = [];
          for (let index = 0; index < of; index++)
            parts.push(await guardedCells(v.engine, query, { part: { index, of } }));
          const sorted = (cells: readonly GuardedCell[]) => cells.map((cell) => JSON.stringify(cell)).sort();
          expect(sorted(mergeCells(parts))).toEqual(sorted(await guardedCells(v.engine, query)));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('merge into the differences, classes and spreads of one run', { timeout: 180_000 }, async () => {
    const dataset = datasetOf('sbg_visits');
    const argument = `${dataset}.amt`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(visit, { maxLength: 30 }),
        asked,
        asked,
        fc.boolean(),
        async (some, one, two, keyed) => {
          const rows = keyed ? some : some.map((r, e) => ({ ...r, e }));
          const entityKey = keyed ? 'person' : null;
          await v.fill(rows, []);
          const queries = [await v.checked(sqlOf(one), entityKey), await v.checked(sqlOf(two), entityKey)] as const;
          const shapes = queries.map((query) => {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            return { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
          });
          const [[x], [y]] = [await guardedCells(v.engine, queries[0]), await guardedCells(v.engine, queries[1])];
          if (x === undefined || y === undefined) return;
          const pair = { dataset, a: cellRows(queries[0], x), b: cellRows(queries[1], y), argument };
          const [apart] = differenceSql([pair, { ...pair, argument: null }], placed(entityKey)).statements;
          const classes = classesSql(dataset, shapes, argument, 1_000, placed(entityKey));
          const [shape] = shapes;
          const spreads = shape && spreadsSql(dataset, shape, argument, placed(entityKey));
          if (apart === undefined || classes === null || !spreads) throw new Error('no plan');
          const ask = async () =>
            [
              await v.engine.rows(apart.sql),
              await v.engine.rows(classes.sql),
              await v.engine.rows(spreads.sql),
            ] as const;
          const whole = await ask();
          const parts = [];
          for (const index of [0, 1, 2]) {
            await v.fill(
              rows.filter(({ e }) => e % 3 === index),
              [],
            );
            parts.push(await ask());
          }
          expect(addCounts(parts.map(([counts]) => counts)).map((row) => row.map(Number))).toEqual(
            whole[0].map((row) => row.map(Number)),
          );
          // Rows of the same keys are one class; the whole is merged with a run of nothing, so that its are, too.
          const sorted = (merged: readonly (readonly Value[])[]) => merged.map((row) => JSON.stringify(row)).sort();
          expect(
            sorted(
              mergeClasses(
                parts.map(([, run]) => run),
                2,
              ),
            ),
          ).toEqual(sorted(mergeClasses([whole[1], []], 2)));
          const dealt = (run: readonly (readonly Value[])[]) =>
            spreadsOf(spreads, run).map(({ spread, ...cell }) => JSON.stringify([cell, ...spread]));
          const together = mergeSpreads(parts.map(([, , run]) => run));
          expect(dealt(together).sort()).toEqual(dealt(whole[2]).sort());
        },
      ),
      { numRuns: 20 },
    );
  });

  test('at most so many rows of an entity are kept, always the same', async () => {
    await v.fill(
      [1, 2, 3, 1, 2, 1].map((e, i) => ({ e, sex: 'f', age: i, day: 1, amt: i, town: 1 })),
      [],
    );
    const query = await v.checked('select count(*), sum(amt) from visits', 'person');
    const [once] = await guardedCells(v.engine, query, { rowsPerEntity: 2 });
    expect([once?.entities, once?.rows, once?.measures[0]?.largest]).toEqual([3, 5, 2]);
    expect(await guardedCells(v.engine, query, { rowsPerEntity: 2 })).toEqual([once]);
  });

  test('a join counts the entities of both tables and keeps what protects most', async () => {
    await v.fill(
      [0, 1, 2, 3, 4, 5].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: 1 })),
      ['urban'],
    );
    const query = await v.checked(
      'select sum(visits.amt), count(distinct visits.person), count(distinct towns._e) from visits join towns on visits.town = towns.town',
      'person',
    );
    const [cell] = await guardedCells(v.engine, query);
    expect([cell?.entities, cell?.rows]).toEqual([1, 6]);
    expect(query.measures.map(({ name }, i) => [name, cell?.measures[i]?.sum])).toEqual([
      ['entities(towns._e)', 1],
      ['entities(visits._e)', 6],
      ['sum(visits.amt)', 12],
    ]);
    expect(cell?.measures[2]).toMatchObject({ entities: 1, largest: 12, second: 2, absolute: 12 });
    await expect(() => guardedCells(v.engine, query, { part: { index: 0, of: 2 } })).rejects.toThrow();
  });
});
