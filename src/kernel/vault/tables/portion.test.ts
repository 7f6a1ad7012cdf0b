import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';
import { doJob, ingestBytes } from './testing.ts';
import type { Condition, Portion, Recipe } from './types.ts';

afterAll(removeTestFolders);
vi.setConfig({ testTimeout: 60_000 });

let path = '';
beforeAll(async () => {
  ({ path } = await ingestBytes(
    '区,金额,日,开放,密\n东城,1,2024-01-01,true,a\n西城,2.5,2024-01-02,false,b\n朝阳,,2024-01-03,true,c\n海淀,4,2024-01-04,false,d\n',
  ));
});

const portion = (rows: readonly Condition[], columns: readonly string[] | null = null): Portion => ({
  path,
  columns,
  rows,
});
async function make(inputs: readonly (string | Portion)[], recipe: Partial<Recipe> = {}) {
  const output = join(await testFolder(), 'made.parquet');
  const columns = [{ name: '区' }];
  await doJob({ kind: 'recipe', inputs, recipe: { filters: [], groupBy: [], columns, ...recipe }, output });
  const { rows } = await doJob({ kind: 'query', path: output, filters: [], columns: null, limit: 100 });
  return rows.map((r) => (r.length === 1 ? r[0] : r));
}

test.each<[string, Condition, string[]]>([
  ['equal', { column: '区', operator: '=', value: '东城' }, ['东城']],
  ['different, and no missing value', { column: '金额', operator: '<>', value: 1 }, ['西城', '海淀']],
  ['less', { column: '金额', operator: '<', value: 2.5 }, ['东城']],
  ['at most', { column: '金额', operator: '<=', value: '2.5' }, ['东城', '西城']],
  ['later', { column: '日', operator: '>', value: '2024-01-02' }, ['朝阳', '海淀']],
  ['true or false', { column: '开放', operator: '=', value: true }, ['东城', '朝阳']],
  ['one of', { column: '区', operator: 'in', value: ['西城', '海淀', '无'] }, ['西城', '海淀']],
  ['what looks like code is only a value', { column: '区', operator: '=', value: `东城' or 1=1 --` }, []],
])('rows: %s', async (_name, condition, expected) => {
  expect(await make([portion([condition])])).toEqual(expected);
  expect(await doJob({ kind: 'count', portion: portion([condition]) })).toEqual({ rows: expected.length });
});

test('conditions of the portion come before those of the recipe, each with its own values', async () => {
  const recipe = { filters: [{ column: '金额', op: '>=' as const, value: 2 }] };
  expect(await make([portion([{ column: '开放', operator: '=', value: false }])], recipe)).toEqual(['西城', '海淀']);
  const halves = ['东城', '海淀'].map((value) => portion([{ column: '区', operator: '=', value }]));
  expect(await make(halves, recipe)).toEqual(['海淀']);
  expect(await make([path, portion([{ column: '区', operator: '=', value: '朝阳' }])])).toHaveLength(5);
});

test('a recipe neither shows, filters, groups nor counts a column that is not granted', async () => {
  const granted = [portion([{ column: '密', operator: '<>', value: 'd' }], ['区'])];
  expect(await make(granted)).toEqual(['东城', '西城', '朝阳']);
  const without = { kind: 'unknown-column' };
  await expect(make(granted, { columns: [{ name: '密' }] })).rejects.toMatchObject(without);
  await expect(make(granted, { columns: [{ name: '区', column: '密' }] })).rejects.toMatchObject(without);
  await expect(make(granted, { filters: [{ column: '密', op: '=', value: 'a' }] })).rejects.toMatchObject(without);
  await expect(make(granted, { groupBy: ['密'] })).rejects.toMatchObject(without);
  const count = [{ name: 'n', column: '密', aggregate: 'count' as const }];
  await expect(make(granted, { columns: count })).rejects.toMatchObject(without);
  const mixed = [portion([], ['区', '密']), portion([], ['区'])];
  await expect(make(mixed, { columns: [{ name: '密' }] })).rejects.toMatchObject(without);
});

test.each<[string, unknown]>([
  ['an operator of its own', { column: '区', operator: 'like', value: '东%' }],
  ['code for an operator', { column: '区', operator: "= '' or 1=1 --", value: 'x' }],
  ['a list where one value belongs', { column: '区', operator: '=', value: ['东城'] }],
  ['one value where a list belongs', { column: '区', operator: 'in', value: '东城' }],
  ['an empty list', { column: '区', operator: 'in', value: [] }],
  ['no number', { column: '金额', operator: '>', value: 'viele' }],
  ['no date', { column: '日', operator: '>', value: '2024-13-01' }],
])('refuses %s', async (_name, condition) => {
  const attempt = doJob({ kind: 'count', portion: portion([condition as Condition]) });
  await expect(attempt).rejects.toMatchObject({ kind: 'invalid-recipe' });
});

test('refuses a column that is not there, whatever its name holds', async () => {
  const condition: Condition = { column: '区" from x --', operator: '=', value: 'x' };
  await expect(doJob({ kind: 'count', portion: portion([condition]) })).rejects.toMatchObject({
    kind: 'unknown-column',
  });
});
