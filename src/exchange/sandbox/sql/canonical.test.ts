import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdb, quoteName, writer } from './generate.ts';
import { resultOf } from './result.ts';
import { querySize } from './rules.ts';
import { ALL_USES, type Engine, granted, openTestEngine } from './testing.ts';
import type { CheckedQuery } from './types.ts';

const people = granted('people', {
  sex: ['text', ALL_USES],
  age: ['integer', ALL_USES],
  born: ['date', ALL_USES],
  seen: ['timestamp', ALL_USES],
  sent: ['instant', ALL_USES],
  amt: ['integer', ALL_USES],
  fee: ['decimal', ALL_USES],
  ratio: ['double', ALL_USES],
  vip: ['boolean', ALL_USES],
  'odd "name"': ['text', ALL_USES],
});
const towns = granted('towns', { sex: ['text', ALL_USES], size: ['integer', ALL_USES] });
const tables = [people, towns];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

async function checked(sql: string): Promise<CheckedQuery> {
  const { query, problems } = await engine.check(sql, tables);
  if (query === null) throw new Error(JSON.stringify({ sql, problems }));
  return query;
}

const where = (condition: string) => `select count(*) from people where ${condition}`;
/** Each row is one query in several spellings. */
const SAME: readonly (readonly string[])[] = [
  [
    'select sex, sum(amt) as s from people group by sex',
    'SELECT p."sex" AS "性别", SUM("p".AMT) FROM People AS p GROUP BY 1 /* same */ ORDER BY 2 DESC LIMIT 3;',
    'select sum(amt), sex from people group by all having sum(amt) > 5',
    'select sex as g, sum(amt) from people group by g',
    'select sum(amt) from people group by sex',
  ],
  [
    'select avg(amt) from people',
    'select sum(amt), count(amt) from people',
    'select mean(amt), avg(amt) a from people',
  ],
  [
    `select date_trunc('month', born), count(*) from people group by 1`,
    `select datetrunc('MONTH', born), count() from people group by date_trunc('month', born)`,
  ],
  [
    'select extract(dow from born), count(*) from people group by 1',
    'select dayofweek(born), count(*) from people group by 1',
    `select date_part('dow', born), count(*) from people group by 1`,
    'select weekday(born), count(*) from people group by 1',
  ],
  [
    'select floor(age / 10) * 10, count(*) from people group by 1',
    'select 10.0 * floor(people.age / 1e1), count(*) from people group by 1',
  ],
  [
    where('age between 2 and 5'),
    where('age >= 2 and 5 >= age'),
    where('age > 1 and age < 6'),
    where('not (age < 2 or age > 5)'),
    where('age > 1.5 and age <= 5.9'),
  ],
  [
    where('age = 5'),
    where('age in (5)'),
    where('5 = age'),
    where('age in (5, 5.0)'),
    where('not age <> 5'),
    where('age == 5e0'),
  ],
  [where('age in (3, 1, 2)'), where('age = 1 or age in (2, 3)'), where('(age = 3 or age = 2) or age = 1')],
  [where('age not in (1, 2)'), where('age <> 1 and age != 2'), where('not (age = 2 or age = 1)')],
  [where('age > 3 and age > 5'), where('age >= 6')],
  [where('age > 3 or age > 5'), where('age > 3')],
  [
    where(`born >= date '2024-01-01'`),
    where(`born > '2023-12-31'`),
    where(`'2023-12-31' < born`),
    where(`born >= cast('2024-01-01' as date)`),
    where(`born >= timestamp '2024-01-01 00:00:00'`),
  ],
  [where(`seen > '2024-01-01'`), where(`seen > timestamp '2024-01-01T00:00'`), where(`seen > date '2024-01-01'`)],
  [
    where(`sent > '2024-01-01 08:00:00+08'`),
    where(`sent > timestamptz '2024-01-01'`),
    where(`sent > '2024-01-01T00:00:00Z'`),
  ],
  [where('vip'), where('vip = true'), where('true = vip'), where('not not vip'), where('vip in (true)')],
  [where('fee > 1.50'), where('fee > 1.5'), where('fee > 0.15e1')],
  [where('ratio > -0.0'), where('ratio > 0')],
  [where(`sex = 'a' and (age > 1 and fee > 2)`), where(`(fee > 2 and sex = 'a') and age > 1 and age > 1`)],
  [where('not (age is null and fee > 1)'), where('fee <= 1 or age is not null')],
  [
    'select count(*) from people join towns on people.sex = towns.sex',
    'select count(*) as n from towns t inner join people p on t.sex = p.sex and p.sex = t.sex',
  ],
];
const DIFFERENT = [
  'select count(*) from people',
  'select sum(amt) from people',
  'select sum(age) from people',
  'select sex, count(*) from people group by sex',
  'select age, count(*) from people group by age',
  'select year(born), count(*) from people group by 1',
  'select month(born), count(*) from people group by 1',
  `select date_trunc('month', born), count(*) from people group by 1`,
  'select floor(age / 5) * 5, count(*) from people group by 1',
  'select floor(age / 10) * 10, count(*) from people group by 1',
  where('age > 5'),
  where('age >= 5'),
  where('age is null'),
  where('age is not null'),
  where('age = 5'),
  where('age <> 5'),
  where(`sex = 'a'`),
  where(`sex = 'A'`),
  where(`sex = 'a '`),
  where(`sex = ''`),
  where('fee = 5'),
  where('age > 1 and fee > 2'),
  where('age > 1 or fee > 2'),
  'select count(*) from people join towns on people.sex = towns.sex',
];

describe('canonical form', () => {
  test.each(SAME)('one query in its spellings: %s', async (first, ...others) => {
    const { fingerprint } = await checked(first);
    for (const sql of others) expect([sql, (await checked(sql)).fingerprint]).toEqual([sql, fingerprint]);
  });

  test('different queries differ', async () => {
    const prints = await Promise.all(DIFFERENT.map(async (sql) => (await checked(sql)).fingerprint));
    expect(new Set(prints).size).toBe(DIFFERENT.length);
  });

  test('what is generated reads back as the same query', { timeout: 180_000 }, async () => {
    for (const sql of [...SAME.flat(), ...DIFFERENT]) {
      const query = await checked(sql);
      expect((await checked(plainSql(query))).fingerprint).toBe(query.fingerprint);
    }
  });

  test('any text and any name come back from the generated SQL as they were', { timeout: 180_000 }, async () => {
    const plain = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
    await fc.assert(
      fc.asyncProperty(
        plain,
        fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text)),
        async (text, name) => {
          const table = granted('odd', { [name]: ['text', ALL_USES] });
          const write = writer([table]);
          const condition = write.predicate({
            op: 'in',
            operand: { kind: 'column', table: 'odd', column: name },
            values: [{ type: 'text', text }],
          });
          const { query, problems } = await engine.check(`select count(*) from odd where ${condition}`, [table]);
          expect(problems).toBeNull();
          expect(query?.where).toEqual({
            op: 'in',
            operand: { kind: 'column', table: 'odd', column: name },
            values: [{ type: 'text', text }],
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** The checked query as a plain one again. */
function plainSql({ tables: from, joins, where: condition, groups, measures }: CheckedQuery): string {
  const write = writer(from, {
    ...duckdb,
    literal: (constant) => (constant.type === 'double' ? constant.text : duckdb.literal(constant)),
    column: (sql) => sql,
    trunc: (unit, sql) => `date_trunc('${unit}', ${sql})`,
  });
  const keys = groups.map(({ expression }) => write.expression(expression));
  const functions = measures.map(({ function: name, argument }) =>
    argument === null ? 'count(*)' : `${name}(${argument.split('.').map(quoteName).join('.')})`,
  );
  const [first, ...more] = from.map(({ alias }) => quoteName(alias));
  const on = joins.map(({ left, right }) => `${write.column(left)} = ${write.column(right)}`).join(' and ');
  return [
    `select ${[...keys, ...functions].join(', ')} from ${first ?? ''}`,
    ...more.map((name) => ` join ${name} on ${on}`),
    condition === null ? '' : ` where ${write.predicate(condition)}`,
    keys.length === 0 ? '' : ` group by ${keys.join(', ')}`,
  ].join('');
}

describe('results', () => {
  const rows = [
    { key: ['a'], values: [5, 10], marks: [null, null] },
    { key: ['b'], values: [null, 20], marks: ['protected' as const, null] },
    { key: ['c'], values: [9, null], marks: [null, null] },
    { key: [null], values: [7, 3], marks: [null, null] },
  ];
  const result = async (rest: string) => {
    const query = await checked(`select sex, count(*) as n, sum(amt) as s from people group by sex ${rest}`);
    return resultOf(query, rows).rows.map(([sex]) => sex);
  };

  test('stand in the order of keys, a missing one last', async () =>
    expect(await result('')).toEqual(['a', 'b', 'c', null]));
  test('suppressed values stand last in any order', async () => {
    expect(await result('order by n')).toEqual(['a', null, 'c', 'b']);
    expect(await result('order by n desc')).toEqual(['c', null, 'a', 'b']);
    expect(await result('order by n desc nulls first')).toEqual(['c', null, 'a', 'b']);
    expect(await result('order by sex desc nulls first')).toEqual([null, 'c', 'b', 'a']);
    expect(await result('order by 2 limit 1 offset 1')).toEqual([null]);
  });
  test('suppressed values pass no condition, however it is put', async () => {
    expect(await result('having n > 0')).toEqual(['a', 'c', null]);
    expect(await result('having not (n > 0)')).toEqual([]);
    expect(await result('having n > 0 or not n > 0')).toEqual(['a', 'c', null]);
    expect(await result(`having sex = 'b' and n <> 1`)).toEqual([]);
    expect(await result('having count(*) between 6 and 9')).toEqual(['c', null]);
    expect(await result('having s >= 10')).toEqual(['a', 'b']);
  });
  test('a mean is the sum over the count of values, and hidden with either', async () => {
    const query = await checked('select avg(amt) as m, count(*) from people');
    const one = (values: (number | null)[], marks: ('protected' | null)[]) =>
      resultOf(query, [{ key: [], values, marks }]);
    expect(query.measures.map(({ name }) => name)).toEqual(['count(*)', 'count(people.amt)', 'sum(people.amt)']);
    expect(one([4, 3, 12], [null, null, null]).rows).toEqual([[4, 4]]);
    expect(one([4, 0, null], [null, null, null]).rows).toEqual([[null, 4]]);
    expect(one([4, 3, null], [null, null, 'protected'])).toMatchObject({
      rows: [[null, 4]],
      marks: [['protected', null]],
    });
  });
});

test('rules come out as their examples say', () => {
  for (const example of querySize.examples)
    expect(querySize.evaluate(example.facts as never, new Date(example.at)).decision.outcome).toBe(example.expect);
});
