import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, MeasureGuard } from '../cells.ts';
import type { GrantedTable } from '../policy.ts';
import { resultOf } from './result.ts';
import { ALL_USES, attachedOf, type Engine, granted, guardedCells, openTestEngine } from './testing.ts';
import type { CheckedQuery } from './types.ts';

const COLUMNS = {
  sex: ['text', ALL_USES],
  band: ['integer', ALL_USES],
  born: ['date', ALL_USES],
  seen: ['timestamp', ALL_USES],
  amount: ['integer', ALL_USES],
  share: ['double', ALL_USES],
  price: ['decimal', ALL_USES],
  here: ['boolean', ALL_USES],
} as const;

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
  await engine.connection.run(`attach ':memory:' as people`);
  await engine.connection.run(
    `create table people.data (_e ubigint, sex varchar, band bigint, born date, seen timestamp, amount bigint,
     share double, price decimal(12,2), here boolean)`,
  );
});
afterAll(() => engine.close());

interface Row {
  readonly e: number;
  readonly sex: string | null;
  readonly band: number | null;
  readonly day: number | null;
  readonly amount: number | null;
  readonly share: string | null;
  readonly price: number | null;
  readonly here: boolean | null;
}

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 5 });
const row: fc.Arbitrary<Row> = fc.record({
  e: fc.integer({ min: 0, max: 6 }),
  sex: maybe(fc.constantFrom('f', 'm', `o'"x`, '女')),
  band: maybe(fc.integer({ min: -3, max: 12 })),
  day: maybe(fc.integer({ min: 0, max: 800 })),
  amount: maybe(fc.integer({ min: -20, max: 20 })),
  share: maybe(fc.constantFrom('0', '0.5', '-1.25', '3', 'nan', 'inf', '-inf', '1e300')),
  price: maybe(fc.integer({ min: -999, max: 999 })),
  here: maybe(fc.boolean()),
});

const quoted = (text: string | null) => (text === null ? 'null' : `'${text.replaceAll("'", "''")}'`);

async function fill(rows: readonly Row[]): Promise<void> {
  await engine.connection.run('delete from people.data');
  if (rows.length === 0) return;
  const values = rows.map((r, i) => {
    const day = r.day === null ? 'null' : `date '2024-01-01' + ${r.day}`;
    const seen = r.day === null ? 'null' : `timestamp '2024-01-01 00:00:00' + to_hours(${r.day * 7})`;
    const share = r.share === null ? 'null' : `'${r.share}'::double`;
    return `(${[r.e, quoted(r.sex), r.band, day, seen, r.amount, share, r.price === null ? null : r.price / 100, r.here]
      .map((v) => (v === null ? 'null' : String(v)))
      .join(', ')})${i < 0 ? '' : ''}`;
  });
  await engine.connection.run(`insert into people.data values ${values.join(', ')}`);
}

const GROUPS = [
  'sex',
  'band',
  'here',
  'born',
  `date_trunc('month', born)`,
  'year(born)',
  'extract(dow from born)',
  'hour(seen)',
  `date_trunc('day', seen)`,
  'floor(band / 5) * 5',
  'floor(amount / 2.5) * 2.5',
  'price',
];
const leaf = fc.constantFrom(
  `sex = 'f'`,
  `sex in ('m', '女')`,
  `sex <> 'o''"x'`,
  'band between 2 and 8',
  'band not between 2 and 8',
  'band > 2.5',
  'band is null',
  'born is not null',
  `born >= date '2024-06-01'`,
  `'2025-01-01' > born`,
  `seen < timestamp '2024-09-01 12:00:00'`,
  'year(born) = 2025',
  'here',
  'not here',
  'amount in (1, 2, 3, -4, -5)',
  'amount not in (0, 7)',
  'price >= 1.5',
  'share < 1e2',
  'floor(band / 5) * 5 = 5',
);
const { condition } = fc.letrec<{ condition: string; both: string; neither: string }>((tie) => ({
  condition: fc.oneof({ depthSize: 'small' }, leaf, tie('both'), tie('neither')),
  both: fc
    .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
    .map(([a, op, b]) => `(${a} ${op} ${b})`),
  neither: tie('condition').map((a) => `not (${a})`),
}));
const query = fc.record({
  groups: fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 3 }),
  sums: fc.uniqueArray(fc.constantFrom('amount', 'share', 'price', 'band'), { maxLength: 2 }),
  averages: fc.uniqueArray(fc.constantFrom('amount', 'price'), { maxLength: 1 }),
  where: maybe(condition),
});
type Asked = typeof query extends fc.Arbitrary<infer T> ? T : never;

/** In the plain query values that are no finite numbers are left out by hand; the guarded one must do it itself. */
function sqlOf({ groups, sums, averages, where }: Asked, plain: boolean): string {
  const of = (column: string) =>
    plain && column === 'share' ? 'case when isfinite(share) then least(greatest(share, -1e15), 1e15) end' : column;
  const measures = [
    'count(*) as n',
    ...sums.map((column, i) => `sum(${of(column)}) as s${i}`),
    ...averages.map((column, i) => `avg(${column}) as a${i}`),
    ...sums.map((column, i) => `count(${of(column)}) as c${i}`),
    'count(distinct _e) as entities',
  ];
  const keys = groups.map((group, i) => `${group} as k${i}`);
  const from = plain ? 'people.data' : 'people';
  return `select ${[...keys, ...measures].join(', ')} from ${from}${where === null ? '' : ` where ${where}`}${
    groups.length === 0 ? '' : ` group by ${groups.join(', ')}`
  }`;
}

function tableOf(entityKey: string | null, range?: { lower: number; upper: number }): GrantedTable {
  const table = granted('people', COLUMNS, { entityKey });
  const columns = table.policy.columns.map((column) =>
    range !== undefined && ['amount', 'share', 'price', 'band'].includes(column.name) ? { ...column, range } : column,
  );
  return { ...table, policy: { ...table.policy, columns } };
}

async function checked(sql: string, table: GrantedTable): Promise<CheckedQuery> {
  const { query: found, problems } = await engine.check(sql, [table]);
  if (found === null) throw new Error(JSON.stringify({ sql, problems }));
  return found;
}

const number = (value: Value) => (value === null ? null : Number(value));
const written = (value: Value): string =>
  typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(String(value))
    ? Number(value).toPrecision(9)
    : String(value).slice(0, 10);

/** What the guards say, told of one cell as if nothing had to be suppressed. */
const released = (found: CheckedQuery, cells: readonly GuardedCell[]) =>
  cells
    .filter(({ rolledUp }) => rolledUp === 0)
    .map(({ key, measures }) => ({
      key,
      values: measures.map(({ sum, values }, i) =>
        found.measures[i]?.function === 'sum' && values === 0 ? null : sum,
      ),
      marks: measures.map(() => null),
    }));

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

describe('guarded SQL', () => {
  test('values are those of the plain query', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), query, fc.boolean(), async (rows, asked, keyed) => {
        await fill(keyed ? rows : rows.map((r, e) => ({ ...r, e })));
        const found = await checked(sqlOf(asked, false), tableOf(keyed ? 'person' : null));
        const mine = resultOf(found, released(found, await guardedCells(engine, found))).rows;
        const plain = await engine.rows(sqlOf(asked, true));
        const width = asked.groups.length;
        const sorted = (lines: readonly (readonly Value[])[]) =>
          lines
            .map((line) => ({
              key: JSON.stringify(line.slice(0, width).map(written)),
              values: line.slice(width).map(number),
            }))
            .sort((a, b) => (a.key < b.key ? -1 : 1));
        const [a, b] = [sorted(mine), sorted(plain)];
        expect(a.map(({ key }) => key)).toEqual(b.map(({ key }) => key));
        for (const [i, { values }] of a.entries())
          for (const [j, value] of values.entries()) {
            const other = b[i]?.values[j] ?? null;
            if (value === null || other === null) expect(value).toBe(other);
            else expect(close(value, other), `${sqlOf(asked, false)}: ${value} is not ${other}`).toBe(true);
          }
      }),
      { numRuns: 25 },
    );
  });

  test('guards of every cell and margin are those computed by hand', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        query,
        fc.boolean(),
        fc.constantFrom(undefined, { lower: -3, upper: 5 }, { lower: 0, upper: 9.5 }),
        async (rows, asked, keyed, range) => {
          const whose = keyed ? rows : rows.map((r, e) => ({ ...r, e }));
          await fill(whose);
          const found = await checked(sqlOf(asked, false), tableOf(keyed ? 'person' : null, range));
          const cells = await guardedCells(engine, found);
          const expected = await byHand(asked, found, range);
          const name = ({ key, rolledUp }: Pick<GuardedCell, 'key' | 'rolledUp'>) =>
            `${rolledUp} ${JSON.stringify(key)}`;
          expect(cells.map(name).sort()).toEqual(expected.map(name).sort());
          const mine = new Map(cells.map((cell) => [name(cell), cell]));
          for (const cell of expected) {
            const other = mine.get(name(cell));
            expect([other?.entities, other?.rows]).toEqual([cell.entities, cell.rows]);
            for (const [i, guard] of cell.measures.entries())
              for (const [field, value] of Object.entries(guard)) {
                const got = other?.measures[i]?.[field as keyof MeasureGuard] ?? Number.NaN;
                expect(close(got, value), `${found.measures[i]?.name} ${field}: ${got} is not ${value}`).toBe(true);
              }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a group column that is rolled up is told from a missing value', async () => {
    await fill([{ e: 1, sex: null, band: null, day: null, amount: 5, share: null, price: null, here: null }]);
    const found = await checked('select sex, sum(amount) from people group by sex', tableOf('person'));
    const cells = await guardedCells(engine, found);
    expect(cells.map(({ key, rolledUp }) => [key, rolledUp])).toEqual(
      expect.arrayContaining([
        [[null], 0],
        [[null], 1],
      ]),
    );
  });

  test('public code lists have cells of no rows, but not those the filter rules out', async () => {
    await fill([]);
    const table = tableOf('person');
    const domains = table.policy.columns.map((column) =>
      column.name === 'sex' ? { ...column, domain: ['f', 'm', 'x'] } : column,
    );
    const open = { ...table, policy: { ...table.policy, columns: domains } };
    const found = await checked(`select sex, count(*) from people where sex <> 'x' group by sex`, open);
    const cells = await guardedCells(engine, found);
    expect(cells.map(({ key, rolledUp, rows }) => [key, rolledUp, rows])).toEqual([
      [['f'], 0, 0],
      [['m'], 0, 0],
      [[null], 1, 0],
    ]);
  });

  test('a table must be attached', async () => {
    const found = await checked('select count(*) from people', tableOf(null));
    expect(attachedOf(found.tables).get('sbg_people')).toBe('people');
  });
});

/** The same guards from the single rows, by plain loops. */
async function byHand(
  asked: Asked,
  found: CheckedQuery,
  range?: { lower: number; upper: number },
): Promise<GuardedCell[]> {
  const groupSql = found.groups.map(({ expression: of }) => {
    if (of.kind === 'column') return of.column === 'price' ? 'price::varchar' : of.column;
    if (of.kind === 'part') return `date_part('${of.part}', ${of.column})`;
    if (of.kind === 'bin') return `floor(${of.column} / ${of.step}) * ${of.step}`;
    return of.column === 'born' ? `date_trunc('${of.unit}', born)::date` : `date_trunc('${of.unit}', ${of.column})`;
  });
  const columns = found.measures.map(({ argument }) => argument?.split('.')[1] ?? '1');
  const rows = await engine.rows(
    `select _e, ${[...groupSql, ...columns].map((sql, i) => `${sql} as c${i}`).join(', ')} from people.data${asked.where === null ? '' : ` where ${asked.where}`}`,
  );
  const width = groupSql.length;
  const clamp = (value: Value, i: number): number | null => {
    const n = value === null || value === 'NaN' || String(value).includes('Infinity') ? null : Number(value);
    if (n === null || found.measures[i]?.function !== 'sum') return n;
    const { lower, upper } = range ?? { lower: -1e15, upper: 1e15 };
    return Math.min(Math.max(n, lower), upper);
  };
  const cells = new Map<string, { key: Value[]; rolledUp: number; rows: Value[][] }>();
  for (let rolledUp = 0; rolledUp < 2 ** width; rolledUp++) {
    if (rolledUp === 2 ** width - 1)
      cells.set(`${rolledUp} all`, { key: found.groups.map(() => null), rolledUp, rows: [] });
    for (const row of rows) {
      const key = found.groups.map(({ type }, i) => {
        const value = (rolledUp & (2 ** i)) === 0 ? (row[i + 1] ?? null) : null;
        if (value === null || typeof value === 'boolean') return value;
        if (type === 'integer' || type === 'double') return Number(value);
        if (type === 'decimal') return String(value).replace(/\.?0+$/, '');
        return type === 'timestamp' ? String(value).replace(' ', 'T') : String(value);
      });
      const name = rolledUp === 2 ** width - 1 ? `${rolledUp} all` : `${rolledUp} ${JSON.stringify(key)}`;
      const cell = cells.get(name) ?? { key, rolledUp, rows: [] };
      cell.rows.push(row);
      cells.set(name, cell);
    }
  }
  return [...cells.values()].map(({ key, rolledUp, rows: within }) => {
    const entities = new Set(within.map(([e]) => e));
    return {
      key,
      rolledUp,
      entities: entities.size,
      rows: within.length,
      measures: found.measures.map(({ function: name, argument }, i): MeasureGuard => {
        const byEntity = new Map<Value, number>();
        let values = 0;
        for (const row of within) {
          const value = argument === null ? 1 : clamp(row[1 + width + i] ?? null, i);
          if (value === null) continue;
          values++;
          const e = row[0] ?? null;
          byEntity.set(e, name === 'entities' ? 1 : (byEntity.get(e) ?? 0) + (name === 'sum' ? value : 1));
        }
        const sums = [...byEntity.values()];
        const sizes = sums.map(Math.abs).sort((a, b) => b - a);
        return {
          entities: sums.filter((s) => s !== 0).length,
          values: name === 'entities' ? sums.length : values,
          sum: sums.reduce((a, b) => a + b, 0),
          absolute: sizes.reduce((a, b) => a + b, 0),
          largest: sizes[0] ?? 0,
          second: sizes[1] ?? 0,
          negatives: sums.filter((s) => s < 0).length,
        };
      }),
    };
  });
}
