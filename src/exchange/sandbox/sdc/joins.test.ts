import { afterAll, beforeAll, expect, it } from 'vitest';
import { askedShape } from '../sql/asked.ts';
import { askClasses, classesSql } from '../sql/classes.ts';
import { differenceSql, differencesOf } from '../sql/difference.ts';
import { ALL_USES, granted, guardedCells, openTestEngine } from '../sql/testing.ts';
import { exactAnswer } from './exact.ts';
import type { ToldShape } from './ledger.ts';
import { type DisclosureNumbers, numbersAt } from './parameters.ts';

/** A person's own number by questions of which some join their table to others, in the SQL that runs in operation. */
const AT = new Date('2026-11-26T04:00:00Z');
const PEOPLE = 600;
const PERSONS = granted(
  't',
  {
    age: ['integer', ALL_USES],
    town: ['integer', ALL_USES],
    area: ['integer', ALL_USES],
    amount: ['integer', ['aggregate']],
  },
  { entityKey: 'person', personal: true },
);
const TOWNS = granted('w', { town: ['integer', ALL_USES], half: ['integer', ALL_USES] }, {});
const AREAS = granted('v', { area: ['integer', ALL_USES], tag: ['integer', ALL_USES] }, {});
const TABLES = [PERSONS, TOWNS, AREAS];
const PLACED = TABLES.map((table) => ({ dataset: table.grantId, table, attached: table.alias }));
const values = (rows: readonly (readonly number[])[]) => rows.map((r) => `(${r.join(', ')})`).join(', ');
/** Who is younger than 40 is of one half or the other, but for the person of age 0. */
const halfOf = (age: number) => (age >= 1 && age < 20 ? 1 : age >= 20 && age < 40 ? 2 : 3);

let engine: Awaited<ReturnType<typeof openTestEngine>>;
beforeAll(async () => {
  engine = await openTestEngine();
  const ages = Array.from({ length: PEOPLE }, (_, age) => age);
  for (const [name, columns, rows] of [
    ['t', 'age, town, area, amount', ages.map((age) => [age + 1, age, age, age % 5, 20 + ((age * 37) % 50)])],
    ['w', 'town, half', ages.map((age) => [age + 1, age, halfOf(age)])],
    ['v', 'area, tag', Array.from({ length: 100 }, (_, i) => [i + 1, i % 5, i % 3])],
  ] as const) {
    await engine.connection.run(`attach ':memory:' as ${name}`);
    await engine.connection.run(`create table ${name}.data (_e ubigint, ${columns.replaceAll(/(\w+)/g, '$1 bigint')})`);
    await engine.connection.run(`insert into ${name}.data values ${values(rows)}`);
  }
});
afterAll(() => engine.close());

/** An audience that asks one question after another; answers the number of each, null where it is hidden. */
function audience(numbers: DisclosureNumbers = numbersAt(AT)) {
  const history: { readonly family: string | null; readonly datasets: readonly string[]; readonly told: ToldShape }[] =
    [];
  return async (sql: string) => {
    const { query, problems } = await engine.check(sql, TABLES);
    if (query === null) throw new Error(JSON.stringify(problems));
    const shape = askedShape(query, (grantId) => grantId);
    const answer = await exactAnswer(await guardedCells(engine, query), {
      at: AT,
      query: shape,
      policies: query.tables.map((t) => t.policy),
      numbers,
      compare: async (pairs) => {
        const plan = differenceSql(pairs, PLACED);
        const rows = [];
        for (const statement of plan.statements) rows.push(await engine.rows(statement.sql));
        return differencesOf(plan, rows);
      },
      classify: async (dataset, shapes, argument, limit) => {
        const plan = classesSql(dataset, shapes, argument, limit, PLACED);
        return plan && askClasses(plan, (text) => engine.rows(text));
      },
      spreads: async () => null,
      history: async (dataset, family) =>
        history.filter((h) => h.family === family && h.datasets.includes(dataset)).map((h) => h.told),
      cellsLeft: 10_000,
    });
    const groups = shape.groups.map((g) => g.expression);
    for (const { family, cells } of answer.told)
      if (cells.length > 0)
        history.push({ family, datasets: shape.datasets, told: { shape: { ...shape, groups }, cells } });
    return answer.rows[0]?.values[0] ?? null;
  };
}

const HALVES = [1, 2].map(
  (half) => `select sum(t.amount) as s from t join w on t.town = w.town where w.half = ${half}`,
);
const BOTH = 'select sum(amount) as s from t where age < 40';
const PARTNERS = 'select sum(t.amount) as s from t join v on t.area = v.area';

it.each([
  ['as it is', [] as string[], {}],
  ['after a join in which a row has several partners', [PARTNERS], {}],
  ['after more questions than are weighed together', [], { shapes: 2 }],
  ['after more classes than are weighed together', [], { classes: 2 }],
])('sums over joins and without tell nobody apart, %s', async (_, before, change) => {
  const ask = audience({ ...numbersAt(AT), ...change });
  for (const sql of before) expect(await ask(sql)).toBeNull();
  const told = [];
  for (const sql of [...HALVES, BOTH]) told.push(await ask(sql));
  // The sum of both and the two halves differ by the amount of one person.
  expect(told.filter((sum) => sum === null).length).toBeGreaterThan(0);
});

it('a joined sum in which somebody has several partners is not told', async () => {
  const ask = audience();
  expect(await ask(PARTNERS)).toBeNull();
  expect(await ask(BOTH)).not.toBeNull();
});
