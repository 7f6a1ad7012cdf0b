import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import { askedShape } from './asked.ts';
import { askClasses, classesOf, classesSql } from './classes.ts';
import { asked, cellRows, datasetOf, guardedCells, openVisits, placed, sqlOf, type Visits, visit } from './testing.ts';

let v: Visits;
beforeAll(async () => {
  v = await openVisits();
});
afterAll(() => v.engine.close());

describe('differences of cells', () => {
  test('are those of the rows', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(visit, { maxLength: 20 }),
        asked,
        asked,
        fc.boolean(),
        fc.nat(),
        fc.nat(),
        async (rows, one, two, keyed, i, j) => {
          const entityKey = keyed ? 'person' : null;
          await v.fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const [a, b] = [await v.checked(sqlOf(one), entityKey), await v.checked(sqlOf(two), entityKey)];
          const [as, bs] = [await guardedCells(v.engine, a), await guardedCells(v.engine, b)];
          const [x, y] = [as[i % as.length], bs[j % bs.length]];
          if (x === undefined || y === undefined) return;
          const dataset = datasetOf('sbg_visits');
          const pair = { dataset, a: cellRows(a, x), b: cellRows(b, y) };
          const [rowsApart, amounts] = await v.compare(
            [
              { ...pair, argument: null },
              { ...pair, argument: `${dataset}.amt` },
            ],
            entityKey,
          );

          const [inA, inB] = [
            await v.plainRows(one, a, x, 'visits.data v'),
            await v.plainRows(two, b, y, 'visits.data v'),
          ];
          const names = (list: Value[][]) => new Set(list.map(([row]) => row));
          const [onlyA, onlyB] = [
            inA.filter(([r]) => !names(inB).has(r ?? null)),
            inB.filter(([r]) => !names(inA).has(r ?? null)),
          ];
          const apart = [...onlyA, ...onlyB];
          const net = new Map<Value, number>();
          for (const [, e = null, amt] of onlyA) net.set(e, (net.get(e) ?? 0) + Number(amt ?? 0));
          for (const [, e = null, amt] of onlyB) net.set(e, (net.get(e) ?? 0) - Number(amt ?? 0));
          expect(rowsApart?.entities).toBe(new Set(apart.map(([, e]) => e)).size);
          if (keyed) expect(amounts?.contributing).toBe([...net.values()].filter((n) => n !== 0).length);
          else expect(amounts?.contributing).toBe(apart.filter(([, , amt]) => Number(amt ?? 0) !== 0).length);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a table and its join with another are compared by their rows', async () => {
    await v.fill(
      [0, 1, 2, 3, 4].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: e < 4 ? 1 : 2 })),
      ['urban'],
    );
    const alone = await v.checked('select sum(amt) from visits', 'person');
    const joined = await v.checked(
      'select sum(visits.amt) from visits join towns on visits.town = towns.town',
      'person',
    );
    const [a] = await guardedCells(v.engine, alone);
    const [b] = await guardedCells(v.engine, joined);
    if (a === undefined || b === undefined) throw new Error('no cells');
    const dataset = datasetOf('sbg_visits');
    const pair = { dataset, a: cellRows(alone, a), b: cellRows(joined, b), argument: `${dataset}.amt` };
    expect(await v.compare([pair], 'person')).toEqual([{ entities: 1, contributing: 1 }]);
  });

  test('what is not placed any more cannot be told', async () => {
    const dataset = datasetOf('sbg_visits');
    const source = JSON.stringify({ datasets: [dataset], joins: [] });
    const gone = JSON.stringify({ kind: 'column', table: dataset, column: 'gone' });
    const rows = { source, filter: [], keys: [] };
    const hostile = JSON.stringify({ kind: 'part', part: `year(x)) or (1`, table: dataset, column: 'day' });
    expect(
      await v.compare(
        [
          { dataset, a: rows, b: { ...rows, keys: [[gone, 'x']] }, argument: null },
          { dataset, a: rows, b: { ...rows, keys: [[hostile, 1]] }, argument: null },
          {
            dataset,
            a: rows,
            b: { ...rows, source: JSON.stringify({ datasets: ['d:other'], joins: [] }) },
            argument: null,
          },
          { dataset, a: rows, b: rows, argument: 'nothing.at_all' },
          { dataset, a: rows, b: rows, argument: null },
        ],
        'person',
      ),
    ).toEqual([null, null, null, null, { entities: 0, contributing: 0 }]);
  });
});

describe('classes of rows', () => {
  test('make up every cell', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(visit, { maxLength: 25 }),
        fc.array(asked, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (rows, queries, keyed) => {
          const entityKey = keyed ? 'person' : null;
          await v.fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const all = [];
          for (const one of queries) all.push(await v.checked(sqlOf(one), entityKey));
          const shapes = all.map((query) => {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            return { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
          });
          const dataset = datasetOf('sbg_visits');
          const plan = classesSql(dataset, shapes, `${dataset}.amt`, 1_000, placed(entityKey));
          if (plan === null) throw new Error('no plan');
          const found = classesOf(plan, await v.engine.rows(plan.sql));
          if (found === null) throw new Error('no classes');
          for (const [i, query] of all.entries())
            for (const cell of await guardedCells(v.engine, query)) {
              if (cell.rolledUp !== 0) continue;
              const within = found.classes.filter(({ keys }) => JSON.stringify(keys[i]) === JSON.stringify(cell.key));
              const entities = within.reduce((sum, one) => sum + one.entities, 0);
              if (found.disjoint) expect(entities).toBe(cell.entities);
              else expect(entities).toBeGreaterThanOrEqual(cell.entities);
            }
          if (!keyed) expect(found.disjoint).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a join gives each row the cell of its one partner; with several there are no classes', async () => {
    const rows = [1, 2, 3].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: e }));
    const query = await v.checked(
      'select towns.kind, count(*) from visits join towns on visits.town = towns.town group by towns.kind',
      'person',
    );
    const { source, filter, fixed, groups } = askedShape(query, datasetOf);
    const dataset = datasetOf('sbg_visits');
    const plan = classesSql(
      dataset,
      [{ source, filter, fixed, groups: groups.map(({ expression }) => expression) }],
      null,
      100,
      placed('person'),
    );
    if (plan === null) throw new Error('no plan');
    await v.fill(rows, ['urban', 'rural']);
    const found = classesOf(plan, await v.engine.rows(plan.sql));
    expect(found?.classes.map(({ keys, entities }) => [keys[0]?.[0] ?? null, entities]).sort()).toEqual(
      [
        [null, 1],
        ['rural', 1],
        ['urban', 1],
      ].sort(),
    );
    await v.fill(rows, ['urban', 'rural', 'rural', 'urban']);
    expect(classesOf(plan, await v.engine.rows(plan.sql))).toBeNull();
  });

  test('name the sets of them that somebody stands in', async () => {
    await v.fill(
      [
        [1, 'f', 1],
        [1, 'f', 2],
        [2, 'f', 1],
        [3, 'f', 1],
        [3, '女 "\\', 2],
        [4, 'f', 2],
        [4, 'f', 1],
      ].map(([e, sex, day]) => ({ e: Number(e), sex: String(sex), age: 1, day: Number(day), amt: 2, town: 1 })),
      [],
    );
    const queries = [
      await v.checked('select sex, sum(amt) from visits group by sex', 'person'),
      await v.checked("select day, sum(amt) from visits where sex <> 'f' or age < 5 group by day", 'person'),
    ];
    const shapes = queries.map((query) => {
      const { source, filter, fixed, groups } = askedShape(query, datasetOf);
      return { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
    });
    const plan = classesSql(datasetOf('sbg_visits'), shapes, null, 100, placed('person'));
    const found = plan && (await askClasses(plan, (sql) => v.engine.rows(sql)));
    if (!found) throw new Error('no classes');
    expect([found.most, found.disjoint]).toEqual([2, false]);
    const sets = await found.together(10);
    const named = sets?.map((set) => set.map((place) => String(found.classes[place]?.keys[0]?.[0])).sort());
    expect(named?.sort()).toEqual([
      ['f', 'f'],
      ['f', '女 "\\'],
    ]);
    expect(await found.together(1)).toBeNull();
  });

  test('too many classes are none', async () => {
    await v.fill(
      [0, 1, 2, 3].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: 1 })),
      [],
    );
    const query = await v.checked('select age, count(*) from visits group by age', null);
    const { source, filter, fixed, groups } = askedShape(query, datasetOf);
    const shape = { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
    const plan = classesSql(datasetOf('sbg_visits'), [shape], null, 3, placed(null));
    expect(plan && classesOf(plan, await v.engine.rows(plan.sql))).toBeNull();
    const statements: string[] = [];
    const ask = (sql: string) => {
      statements.push(sql);
      return v.engine.rows(sql);
    };
    expect(plan && (await askClasses(plan, ask))).toBeNull();
    expect(statements).toEqual([plan?.probe]);
  });
});
