import { expect, test } from 'vitest';
import type { ColumnType } from '../../kernel/vault/index.ts';
import type { RecipeInput } from './model.ts';
import { productDictionary, recipeProblems } from './recipe.ts';

const column = (name: string, type: ColumnType, sensitive = false) => ({
  name,
  type,
  titleZh: name,
  titleEn: null,
  description: null,
  unit: null,
  sensitive,
});
const dictionary = [
  column('origin', 'text'),
  column('delay', 'integer'),
  column('day', 'date'),
  column('phone', 'text', true),
  column('late', 'boolean'),
];
const base: RecipeInput = {
  resourceId: 'res_01kaq000000000000000000000',
  filters: [],
  groupBy: [],
  columns: [{ name: 'origin', titleZh: '出发地' }],
};
const problems = (change: Partial<RecipeInput>) => recipeProblems({ ...base, ...change }, dictionary).map((p) => p.en);

test.each<[string, Partial<RecipeInput>]>([
  ['columns as they are', {}],
  ['renamed', { columns: [{ name: 'from', column: 'origin', titleZh: '出发地' }] }],
  [
    'filters of fitting types',
    {
      filters: [
        { column: 'delay', op: '>', value: 3 },
        { column: 'day', op: '>=', value: '2001-01-01' },
        { column: 'phone', op: '=', value: null },
        { column: 'late', op: '=', value: true },
      ],
    },
  ],
  [
    'groups',
    {
      groupBy: ['origin'],
      columns: [
        ...base.columns,
        { name: 'n', aggregate: 'count', titleZh: '次数' },
        { name: 'm', column: 'delay', aggregate: 'median', titleZh: '中位数' },
      ],
      minimumGroupSize: 5,
    },
  ],
  ['the whole table in one row', { columns: [{ name: 'n', aggregate: 'count', titleZh: '次数' }] }],
  ['first and last day', { columns: [{ name: 'a', column: 'day', aggregate: 'min', titleZh: '起' }] }],
])('fits: %s', (_, change) => {
  expect(problems(change)).toEqual([]);
});

test.each<[string, Partial<RecipeInput>, string]>([
  ['unknown column', { columns: [{ name: 'x', titleZh: 'x' }] }, 'the dictionary has no column “x”'],
  ['unknown group', { groupBy: ['x', 'origin'] }, 'the dictionary has no column “x”'],
  ['unknown filter', { filters: [{ column: 'x', op: '=', value: 1 }] }, 'the dictionary has no column “x”'],
  [
    'text against a number',
    { filters: [{ column: 'delay', op: '=', value: 'late' }] },
    'column “delay” cannot be filtered like this',
  ],
  [
    'less than nothing',
    { filters: [{ column: 'delay', op: '<', value: null }] },
    'column “delay” cannot be filtered like this',
  ],
  [
    'order of truth values',
    { filters: [{ column: 'late', op: '<', value: true }] },
    'column “late” cannot be filtered like this',
  ],
  [
    'sum of words',
    { columns: [{ name: 's', column: 'origin', aggregate: 'sum', titleZh: 's' }] },
    'column “origin” has no sum',
  ],
  ['twice the same name', { columns: [...base.columns, ...base.columns] }, 'result column “origin” stands twice'],
  ['neither grouped nor aggregated', { groupBy: ['day'] }, 'column “origin” is neither grouped nor aggregated'],
  [
    'rows beside an aggregate',
    { columns: [...base.columns, { name: 'n', aggregate: 'count', titleZh: 'n' }] },
    'without groups, rows and aggregates cannot stand side by side',
  ],
  ['group size without groups', { minimumGroupSize: 3 }, 'a minimum group size needs groups'],
])('does not fit: %s', (_, change, problem) => {
  expect(problems(change)).toContain(problem);
});

test('a column stays sensitive where single values show', () => {
  const recipe: RecipeInput = {
    ...base,
    groupBy: ['phone'],
    columns: [
      { name: 'phone', titleZh: '电话' },
      { name: 'last', column: 'phone', aggregate: 'max', titleZh: '最大' },
      { name: 'n', column: 'phone', aggregate: 'count', titleZh: '次数' },
      { name: 'rows', aggregate: 'count', titleZh: '行数' },
    ],
  };
  const made = productDictionary(recipe, dictionary, new Map([['n', 'integer']]));
  expect(made.map((c) => [c.name, c.sensitive, c.sourceColumn])).toEqual([
    ['phone', true, 'phone'],
    ['last', true, 'phone'],
    ['n', false, 'phone'],
    ['rows', false, null],
  ]);
});

test('sums and averages of a sensitive column show single values where groups may be of one row', () => {
  const sensitive = (minimumGroupSize?: number) =>
    productDictionary(
      {
        ...base,
        groupBy: ['origin'],
        columns: (['sum', 'avg', 'median', 'count'] as const).map((aggregate) => ({
          name: aggregate,
          column: 'phone',
          aggregate,
          titleZh: aggregate,
        })),
        ...(minimumGroupSize === undefined ? {} : { minimumGroupSize }),
      },
      dictionary,
      new Map(),
    ).map((c) => c.sensitive);
  expect(sensitive()).toEqual([true, true, true, false]);
  expect(sensitive(2)).toEqual([true, true, true, false]);
  expect(sensitive(3)).toEqual([false, false, true, false]);
});
