import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell } from '../cells.ts';
import type { GrantedTable } from '../policy.ts';
import { askedShape } from './asked.ts';
import { askClasses, classesOf, classesSql } from './classes.ts';
import { type ComparedCells, differenceSql, differencesOf } from './difference.ts';
import { addCounts, mergeCells, mergeClasses, mergeSpreads } from './merge.ts';
import type { Placed } from './placed.ts';
import { SPREAD_PARTS, type Spread, spreadsOf, spreadsSql } from './spreads.ts';
import { ALL_USES, type Engine, granted, guardedCells, openTestEngine } from './testing.ts';
import type { CheckedQuery } from './types.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
  for (const name of ['visits', 'towns']) await engine.connection.run(`attach ':memory:' as ${name}`);
  await engine.connection.run(
    'create table visits.data (_e ubigint, sex varchar, age bigint, day date, fee decimal(9,2), amt bigint, town bigint)',
  );
  await engine.connection.run('create table towns.data (_e ubigint, town bigint, kind varchar)');
});
afterAll(() => engine.close());

const visits = (entityKey: string | null): GrantedTable =>
  granted(
    'visits',
    {
      sex: ['text', ALL_USES],
      age: ['integer', ALL_USES],
      day: ['date', ALL_USES],
      fee: ['decimal', ALL_USES],
      amt: ['integer', ALL_USES],
      town: ['integer', ALL_USES],
    },
    { entityKey },
  );
const towns = granted('towns', { town: ['integer', ALL_USES], kind: ['text', ALL_USES] });
const datasetOf = (grantId: string) => `d:${grantId}`;
const placed = (entityKey: string | null): Placed[] =>
  [visits(entityKey), towns].map((table) => ({ dataset: datasetOf(table.grantId), table, attached: table.alias }));

interface Visit {
  readonly e: number;
  readonly sex: string | null;
  readonly age: number | null;
  readonly day: number | null;
  readonly amt: number | null;
  readonly town: number | null;
}
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 4 });
const visit: fc.Arbitrary<Visit> = fc.record({
  e: fc.integer({ min: 0, max: 5 }),
  sex: maybe(fc.constantFrom('f', 'm')),
  age: maybe(fc.integer({ min: 0, max: 4 })),
  day: maybe(fc.integer({ min: 0, max: 60 })),
  amt: maybe(fc.integer({ min: -3, max: 3 })),
  town: maybe(fc.integer({ min: 1, max: 3 })),
});

async function fill(rows: readonly Visit[], kinds: readonly string[]): Promise<void> {
  await engine.connection.run('delete from visits.data; delete from towns.data');
  const quoted = (text: string | null) => (text === null ? 'null' : `'${text}'`);
  const values = rows.map(
    ({ e, sex, age, day, amt, town }) =>
      `(${e}, ${quoted(sex)}, ${age}, ${day === null ? 'null' : `date '2024-01-01' + ${day}`}, ${amt === null ? 'null' : amt / 2}, ${amt}, ${town})`,
  );
  if (values.length > 0) await engine.connection.run(`insert into visits.data values ${values.join(', ')}`);
  if (kinds.length > 0)
    await engine.connection.run(
      `insert into towns.data values ${kinds.map((kind, i) => `(${i}, ${(i % 3) + 1}, '${kind}')`).join(', ')}`,
    );
}

async function checked(sql: string, entityKey: string | null): Promise<CheckedQuery> {
  const { query, problems } = await engine.check(sql, [visits(entityKey), towns]);
  if (query === null) throw new Error(JSON.stringify({ sql, problems }));
  return query;
}

const WHERES = [
  '',
  'where age > 1',
  `where sex = 'f'`,
  `where sex <> 'f' and age is not null`,
  'where age in (1, 2) or day is null',
  'where fee >= 0.5',
  `where day >= date '2024-02-01'`,
];
const GROUPS = ['', 'sex', 'age', `date_trunc('month', day)`, 'sex, age', 'fee'];
const asked = fc.record({ where: fc.constantFrom(...WHERES), group: fc.constantFrom(...GROUPS) });
type Asked = { readonly where: string; readonly group: string };

const sqlOf = ({ where, group }: Asked, from = 'visits') =>
  `select ${group === '' ? '' : `${group}, `}count(*), sum(amt) from ${from} ${where}${group === '' ? '' : ` group by ${group}`}`;

/** The rows of a cell as the ledger names them, and in the words of the test. */
function cellRows(query: CheckedQuery, { key, rolledUp }: GuardedCell) {
  const shape = askedShape(query, datasetOf);
  const keys = new Map<string, Value>(shape.fixed);
  for (const [i, { expression }] of shape.groups.entries())
    if ((rolledUp & (2 ** i)) === 0) keys.set(expression, key[i] ?? null);
  return { source: shape.source, filter: shape.filter, keys: [...keys] };
}

async function compare(pairs: readonly ComparedCells[], entityKey: string | null) {
  const plan = differenceSql(pairs, placed(entityKey));
  const answers = [];
  for (const { sql } of plan.statements) answers.push(await engine.rows(sql));
  return differencesOf(plan, answers);
}

/** The rows of a cell by the plain condition: entity and amount, by their place in the table. */
async function plainRows({ where, group }: Asked, query: CheckedQuery, { key, rolledUp }: GuardedCell, from: string) {
  const spelled = query.groups.map(({ expression: of }) =>
    of.kind === 'trunc' ? `date_trunc('month', day)::date` : of.column,
  );
  const equal = spelled.flatMap((sql, i) => {
    const value = key[i] ?? null;
    if ((rolledUp & (2 ** i)) !== 0) return [];
    return [
      value === null ? `${sql} is null` : `${sql}::varchar = '${sql === 'fee' ? Number(value).toFixed(2) : value}'`,
    ];
  });
  const conditions = [...(where === '' ? [] : [`(${where.slice('where '.length)})`]), ...equal];
  const rest = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  void group;
  return engine.rows(`select v.rowid, v._e, v.amt from ${from}${rest}`);
}

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
          await fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const [a, b] = [await checked(sqlOf(one), entityKey), await checked(sqlOf(two), entityKey)];
          const [as, bs] = [await guardedCells(engine, a), await guardedCells(engine, b)];
          const [x, y] = [as[i % as.length], bs[j % bs.length]];
          if (x === undefined || y === undefined) return;
          const dataset = datasetOf('sbg_visits');
          const pair = { dataset, a: cellRows(a, x), b: cellRows(b, y) };
          const [rowsApart, amounts] = await compare(
            [
              { ...pair, argument: null },
              { ...pair, argument: `${dataset}.amt` },
            ],
            entityKey,
          );

          const [inA, inB] = [await plainRows(one, a, x, 'visits.data v'), await plainRows(two, b, y, 'visits.data v')];
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
    await fill(
      [0, 1, 2, 3, 4].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: e < 4 ? 1 : 2 })),
      ['urban'],
    );
    const alone = await checked('select sum(amt) from visits', 'person');
    const joined = await checked('select sum(visits.amt) from visits join towns on visits.town = towns.town', 'person');
    const [a] = await guardedCells(engine, alone);
    const [b] = await guardedCells(engine, joined);
    if (a === undefined || b === undefined) throw new Error('no cells');
    const dataset = datasetOf('sbg_visits');
    const pair = { dataset, a: cellRows(alone, a), b: cellRows(joined, b), argument: `${dataset}.amt` };
    expect(await compare([pair], 'person')).toEqual([{ entities: 1, contributing: 1 }]);
  });

  test('what is not placed any more cannot be told', async () => {
    const dataset = datasetOf('sbg_visits');
    const source = JSON.stringify({ datasets: [dataset], joins: [] });
    const gone = JSON.stringify({ kind: 'column', table: dataset, column: 'gone' });
    const rows = { source, filter: [], keys: [] };
    const hostile = JSON.stringify({ kind: 'part', part: `year(x)) or (1`, table: dataset, column: 'day' });
    expect(
      await compare(
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
          await fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const all = [];
          for (const one of queries) all.push(await checked(sqlOf(one), entityKey));
          const shapes = all.map((query) => {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            return { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
          });
          const dataset = datasetOf('sbg_visits');
          const plan = classesSql(dataset, shapes, `${dataset}.amt`, 1_000, placed(entityKey));
          if (plan === null) throw new Error('no plan');
          const found = classesOf(plan, await engine.rows(plan.sql));
          if (found === null) throw new Error('no classes');
          for (const [i, query] of all.entries())
            for (const cell of await guardedCells(engine, query)) {
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
    const query = await checked(
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
    await fill(rows, ['urban', 'rural']);
    const found = classesOf(plan, await engine.rows(plan.sql));
    expect(found?.classes.map(({ keys, entities }) => [keys[0]?.[0] ?? null, entities]).sort()).toEqual(
      [
        [null, 1],
        ['rural', 1],
        ['urban', 1],
      ].sort(),
    );
    await fill(rows, ['urban', 'rural', 'rural', 'urban']);
    expect(classesOf(plan, await engine.rows(plan.sql))).toBeNull();
  });

  test('too many classes are none', async () => {
    await fill(
      [0, 1, 2, 3].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: 1 })),
      [],
    );
    const query = await checked('select age, count(*) from visits group by age', null);
    const { source, filter, fixed, groups } = askedShape(query, datasetOf);
    const shape = { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
    const plan = classesSql(datasetOf('sbg_visits'), [shape], null, 3, placed(null));
    expect(plan && classesOf(plan, await engine.rows(plan.sql))).toBeNull();
    const statements: string[] = [];
    const ask = (sql: string) => {
      statements.push(sql);
      return engine.rows(sql);
    };
    expect(plan && (await askClasses(plan, ask))).toBeNull();
    expect(statements).toEqual([plan?.probe]);
  });
});

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
          await fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const dataset = datasetOf('sbg_visits');
          const argument = `${dataset}.amt`;
          const found: { spread: Spread; of: ReturnType<typeof cellRows> }[] = [];
          for (const query of [await checked(sqlOf(one), entityKey), await checked(sqlOf(two), entityKey)]) {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            const shape = { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
            const plan = spreadsSql(dataset, shape, argument, placed(entityKey));
            if (plan === null) throw new Error('no plan');
            const spreads = spreadsOf(plan, await engine.rows(plan.sql));
            const cells = (await guardedCells(engine, query)).filter((cell) => cell.rows > 0);
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
          const differences = await compare(
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
          await fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })), []);
          const query = await checked(sqlOf(one), entityKey);
          const parts = [];
          for (let index = 0; index < of; index++)
            parts.push(await guardedCells(engine, query, { part: { index, of } }));
          const sorted = (cells: readonly GuardedCell[]) => cells.map((cell) => JSON.stringify(cell)).sort();
          expect(sorted(mergeCells(parts))).toEqual(sorted(await guardedCells(engine, query)));
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
          await fill(rows, []);
          const queries = [await checked(sqlOf(one), entityKey), await checked(sqlOf(two), entityKey)] as const;
          const shapes = queries.map((query) => {
            const { source, filter, fixed, groups } = askedShape(query, datasetOf);
            return { source, filter, fixed, groups: groups.map(({ expression }) => expression) };
          });
          const [[x], [y]] = [await guardedCells(engine, queries[0]), await guardedCells(engine, queries[1])];
          if (x === undefined || y === undefined) return;
          const pair = { dataset, a: cellRows(queries[0], x), b: cellRows(queries[1], y), argument };
          const [apart] = differenceSql([pair, { ...pair, argument: null }], placed(entityKey)).statements;
          const classes = classesSql(dataset, shapes, argument, 1_000, placed(entityKey));
          const [shape] = shapes;
          const spreads = shape && spreadsSql(dataset, shape, argument, placed(entityKey));
          if (apart === undefined || classes === null || !spreads) throw new Error('no plan');
          const ask = async () =>
            [await engine.rows(apart.sql), await engine.rows(classes.sql), await engine.rows(spreads.sql)] as const;
          const whole = await ask();
          const parts = [];
          for (const index of [0, 1, 2]) {
            await fill(
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
    await fill(
      [1, 2, 3, 1, 2, 1].map((e, i) => ({ e, sex: 'f', age: i, day: 1, amt: i, town: 1 })),
      [],
    );
    const query = await checked('select count(*), sum(amt) from visits', 'person');
    const [once] = await guardedCells(engine, query, { rowsPerEntity: 2 });
    expect([once?.entities, once?.rows, once?.measures[0]?.largest]).toEqual([3, 5, 2]);
    expect(await guardedCells(engine, query, { rowsPerEntity: 2 })).toEqual([once]);
  });

  test('a join counts the entities of both tables and keeps what protects most', async () => {
    await fill(
      [0, 1, 2, 3, 4, 5].map((e) => ({ e, sex: 'f', age: e, day: 1, amt: 2, town: 1 })),
      ['urban'],
    );
    const query = await checked(
      'select sum(visits.amt), count(distinct visits.person), count(distinct towns._e) from visits join towns on visits.town = towns.town',
      'person',
    );
    const [cell] = await guardedCells(engine, query);
    expect([cell?.entities, cell?.rows]).toEqual([1, 6]);
    expect(query.measures.map(({ name }, i) => [name, cell?.measures[i]?.sum])).toEqual([
      ['entities(towns._e)', 1],
      ['entities(visits._e)', 6],
      ['sum(visits.amt)', 12],
    ]);
    expect(cell?.measures[2]).toMatchObject({ entities: 1, largest: 12, second: 2, absolute: 12 });
    expect(() => guardedCells(engine, query, { part: { index: 0, of: 2 } })).rejects.toThrow();
  });
});
