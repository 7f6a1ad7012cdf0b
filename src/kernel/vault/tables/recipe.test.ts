import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';
import { doJob, ingestBytes } from './testing.ts';
import type { Recipe } from './types.ts';

afterAll(removeTestFolders);

vi.setConfig({ testTimeout: 60_000 });

const CSV = `区,类,"量 ""x""",日,注
东城,甲,1,2024-01-01,a
东城,甲,2,2024-01-02,
东城,乙,3,2024-01-03,b
西城,甲,4,2024-01-04,c
西城,乙,,2024-01-05,d
朝阳,丙,6,2024-01-06,e
`;
let table = '';
beforeAll(async () => {
  table = (await ingestBytes(CSV)).path;
});

async function make(recipe: Partial<Recipe>, inputs = [table]) {
  const output = join(await testFolder(), 'made.parquet');
  const summary = await doJob({
    kind: 'recipe',
    inputs,
    recipe: { filters: [], groupBy: [], columns: [], ...recipe },
    output,
  });
  const { rows, columns } = await doJob({ kind: 'query', path: output, filters: [], columns: null, limit: 100 });
  return { summary, rows, columns: columns.map((c) => `${c.name}:${c.type}`) };
}

describe('recipes', () => {
  test('choose and rename columns, keep the order of rows', async () => {
    const made = await make({ columns: [{ name: '数量', column: '量 "x"' }, { name: '区' }] });
    expect(made.columns).toEqual(['数量:integer', '区:text']);
    expect(made.rows.map((r) => r[0])).toEqual([1, 2, 3, 4, null, 6]);
  });

  test('filter by every comparison, on each type', async () => {
    const at = async (column: string, op: '=' | '!=' | '<' | '<=' | '>' | '>=', value: string | number | null) =>
      (await make({ filters: [{ column, op, value }], columns: [{ name: '日' }] })).rows.map((r) =>
        Number(String(r[0]).slice(-2)),
      );
    expect(await at('量 "x"', '>', 2)).toEqual([3, 4, 6]);
    expect(await at('量 "x"', '>=', '2')).toEqual([2, 3, 4, 6]);
    expect(await at('量 "x"', '<', 2.5)).toEqual([1, 2]);
    expect(await at('量 "x"', '=', null)).toEqual([5]);
    expect(await at('注', '!=', 'a')).toEqual([2, 3, 4, 5, 6]);
    expect(await at('注', '!=', null)).toEqual([1, 3, 4, 5, 6]);
    expect(await at('日', '<=', '2024-01-02')).toEqual([1, 2]);
    expect(await at('区', '=', `东城' or 1=1 --`)).toEqual([]);
  });

  test('group, aggregate, and leave small groups out', async () => {
    const columns = [
      { name: '区' },
      { name: '行', aggregate: 'count' as const },
      { name: '有量', column: '量 "x"', aggregate: 'count' as const },
      { name: '和', column: '量 "x"', aggregate: 'sum' as const },
      { name: '均', column: '量 "x"', aggregate: 'avg' as const },
      { name: '中', column: '量 "x"', aggregate: 'median' as const },
      { name: '首', column: '日', aggregate: 'min' as const },
      { name: '末', column: '日', aggregate: 'max' as const },
    ];
    const made = await make({ groupBy: ['区'], columns, minimumGroupSize: 2 });
    expect(made.columns).toEqual([
      '区:text',
      '行:integer',
      '有量:integer',
      '和:integer',
      '均:double',
      '中:double',
      '首:date',
      '末:date',
    ]);
    expect(made.rows).toEqual([
      ['东城', 3, 3, 6, 2, 2, '2024-01-01', '2024-01-03'],
      // Two rows, but only one value: what is made of it would be that value.
      ['西城', 2, 1, null, null, null, '2024-01-04', '2024-01-05'],
    ]);
    expect((await make({ groupBy: ['区'], columns, minimumGroupSize: 3 })).rows).toHaveLength(1);
    expect((await make({ columns: columns.slice(1) })).rows).toEqual([[6, 5, 16, 3.2, 3, '2024-01-01', '2024-01-06']]);
  });

  test('the parts of one resource are read as one table', async () => {
    expect((await make({ columns: [{ name: 'n', aggregate: 'count' }] }, [table, table])).rows).toEqual([[12]]);
  });

  const REFUSED: readonly [string, Partial<Recipe>, string][] = [
    ['no columns', {}, 'invalid-recipe'],
    ['an unknown column', { columns: [{ name: 'nope' }] }, 'unknown-column'],
    [
      'an unknown filter column',
      { columns: [{ name: '区' }], filters: [{ column: 'nope', op: '=', value: 1 }] },
      'unknown-column',
    ],
    ['SQL as a column', { columns: [{ name: '区" from x; --' }] }, 'unknown-column'],
    [
      'SQL as an operator',
      { columns: [{ name: '区' }], filters: [{ column: '区', op: '= 1 or' as '=', value: 1 }] },
      'invalid-recipe',
    ],
    [
      'SQL as an aggregate',
      { columns: [{ name: 'x', column: '区', aggregate: 'read_text' as 'min' }] },
      'invalid-recipe',
    ],
    [
      'a column that is neither grouped nor aggregated',
      { groupBy: ['区'], columns: [{ name: '类' }] },
      'invalid-recipe',
    ],
    ['a sum of words', { columns: [{ name: 'x', column: '区', aggregate: 'sum' }] }, 'invalid-recipe'],
    ['a name used twice', { columns: [{ name: '区' }, { name: '区', column: '类' }] }, 'invalid-recipe'],
    [
      'a value that is no date',
      { columns: [{ name: '区' }], filters: [{ column: '日', op: '>', value: 'soon' }] },
      'invalid-recipe',
    ],
    [
      'less than a missing value',
      { columns: [{ name: '区' }], filters: [{ column: '日', op: '<', value: null }] },
      'invalid-recipe',
    ],
    ['a group size without groups', { columns: [{ name: '区' }], minimumGroupSize: 3 }, 'invalid-recipe'],
    [
      'a group size that is no number',
      { columns: [{ name: 'n', aggregate: 'count' }], minimumGroupSize: 1.5 },
      'invalid-recipe',
    ],
  ];
  test.each(REFUSED)('%s is refused', async (_, recipe, kind) => {
    await expect(make(recipe)).rejects.toMatchObject({ name: 'TableFailure', kind });
  });
});

describe('profile', () => {
  test('figures of every column', async () => {
    const profile = await doJob({ kind: 'profile', path: table });
    expect(profile).toMatchObject({ rows: 6, duplicateRows: 0 });
    const [district, , quantity, day, note] = profile.columns;
    expect(district).toMatchObject({
      nulls: 0,
      distinct: 3,
      distinctExact: true,
      min: '东城',
      mean: null,
      histogram: null,
    });
    expect(district?.top?.[0]).toEqual({ value: '东城', count: 3 });
    expect(quantity).toMatchObject({ nulls: 1, distinct: 5, min: 1, max: 6, mean: 3.2 });
    expect(quantity?.histogram).toEqual(
      [1, 2, 3, 4, 5, 6].map((from) => ({ from, to: from + 1, count: from === 5 ? 0 : 1 })),
    );
    expect(day).toMatchObject({ min: '2024-01-01', max: '2024-01-06' });
    expect(day?.histogram?.map((b) => b.from)).toEqual([1, 2, 3, 4, 5, 6].map((d) => `2024-01-0${d}`));
    expect(note).toMatchObject({ nulls: 1, distinct: 5 });
  });

  test('repeated rows, constants, missing columns and wide ranges', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i / 10},5,,k`);
    const { path } = await ingestBytes(`x,c,e,k\n${rows.join('\n')}\n${rows[0]}\n`);
    const profile = await doJob({ kind: 'profile', path });
    expect(profile).toMatchObject({ rows: 101, duplicateRows: 1 });
    const [x, constant, empty] = profile.columns;
    expect(x?.histogram).toHaveLength(20);
    expect(x?.histogram?.reduce((sum, bin) => sum + bin.count, 0)).toBe(101);
    expect(x?.histogram?.at(0)).toMatchObject({ from: 0, count: 6 });
    expect(constant?.histogram).toEqual([{ from: 5, to: 5, count: 101 }]);
    expect(empty).toMatchObject({ nulls: 101, distinct: 0, min: null, max: null, histogram: null, top: null });
  });
});

describe('samples and queries', () => {
  test('a sample is of the table, in its order, and the same for the same seed', async () => {
    const { path } = await ingestBytes(`n\n${Array.from({ length: 5_000 }, (_, i) => i).join('\n')}\n`);
    const recipe: Recipe = { filters: [], groupBy: [], columns: [{ name: 'n' }] };
    const output = join(dirname(path), 'sampled.parquet');
    const take = async (seed: number) =>
      (await doJob({ kind: 'make', inputs: [path], recipe, output, sampleRows: 20, seed })).sample;
    const [one, again, other] = [await take(1), await take(1), await take(2)];
    const numbers = one.rows.map((r) => Number(r[0]));
    expect(one.truncated).toBe(true);
    expect(new Set(numbers).size).toBe(20);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(again.rows).toEqual(one.rows);
    expect(other.rows).not.toEqual(one.rows);
  });

  test('a query is limited and says when there was more', async () => {
    const asked = await doJob({
      kind: 'query',
      path: table,
      filters: [{ column: '区', op: '=', value: '东城' }],
      columns: ['注', '日'],
      limit: 2,
    });
    expect(asked).toEqual({
      columns: [
        { name: '注', type: 'text' },
        { name: '日', type: 'date' },
      ],
      rows: [
        ['a', '2024-01-01'],
        [null, '2024-01-02'],
      ],
      truncated: true,
    });
    await expect(doJob({ kind: 'query', path: table, filters: [], columns: ['x'], limit: 2 })).rejects.toMatchObject({
      kind: 'unknown-column',
    });
  });
});
