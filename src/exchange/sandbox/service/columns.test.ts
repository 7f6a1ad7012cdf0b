import { expect, it } from 'vitest';
import type { DictionaryColumn } from '../../catalog/index.ts';
import type { GrantedTable } from '../policy.ts';
import type { CheckedQuery, Output } from '../sql/types.ts';
import { answerColumns, asAnswerColumn } from './columns.ts';

const column = (name: string, titleZh: string, titleEn: string | null, unit: string | null): DictionaryColumn => ({
  ...{ name, titleZh, titleEn, unit, type: 'double', description: null, sensitive: false },
});
const DICTIONARIES = new Map([
  [
    'flights',
    [
      column('delay', '到达延误', 'Arrival delay', '分钟'),
      column('day', '日期', 'Date', null),
      column('plane', '机号', 'Tail number', null),
    ],
  ],
]);
const table = {
  grantId: 'sbg_1',
  alias: 'flights',
  columns: [],
  policy: { entityKey: 'plane' } as GrantedTable['policy'],
};
const output = (name: string, source: Output['source']): Output => ({ name, type: 'double', source });
const of = { table: 'flights' };
const QUERY: CheckedQuery = {
  tables: [table],
  joins: [],
  where: null,
  groups: [
    { expression: { kind: 'trunc', unit: 'month', column: 'day', ...of }, type: 'date', domain: null },
    { expression: { kind: 'bin', step: '15', column: 'delay', ...of }, type: 'double', domain: null },
    { expression: { kind: 'part', part: 'dayofweek', column: 'day', ...of }, type: 'integer', domain: null },
  ],
  measures: [
    { name: 'count(*)', function: 'count', argument: null },
    { name: 'sum', function: 'sum', argument: 'flights.delay' },
    { name: 'count', function: 'count', argument: 'flights.delay' },
    { name: 'entities', function: 'entities', argument: null },
  ],
  outputs: [
    output('m', { kind: 'group', group: 0 }),
    output('b', { kind: 'group', group: 1 }),
    output('w', { kind: 'group', group: 2 }),
    output('n', { kind: 'measure', measure: 0 }),
    output('s', { kind: 'measure', measure: 1 }),
    output('c', { kind: 'measure', measure: 2 }),
    output('e', { kind: 'measure', measure: 3 }),
    output('a', { kind: 'ratio', sum: 1, count: 2 }),
  ],
  having: null,
  order: [],
  limit: null,
  offset: 0,
  fingerprint: '',
};

it('calls a column of an answer by what is computed of which column of the dictionary', () => {
  expect(answerColumns(QUERY, DICTIONARIES).map((c) => [c.titleZh, c.titleEn, c.unit])).toEqual([
    ['日期（按月）', 'Date, by month', null],
    ['到达延误（每 15 一档）', 'Arrival delay, in steps of 15', '分钟'],
    ['日期的星期（0 为星期日）', 'Date: day of the week (0 is Sunday)', null],
    ['记录数', 'Number of records', null],
    ['到达延误合计', 'Total arrival delay', '分钟'],
    ['有到达延误的记录数', 'Number of records with arrival delay', null],
    ['机号个数（不重复）', 'Number of different values: tail number', null],
    ['平均到达延误', 'Mean arrival delay', '分钟'],
  ]);
});

it('says what was proposed where something was, and the name where nothing is known', () => {
  const said = [{ name: 'a', titleZh: '平均晚点', titleEn: '' }];
  expect(answerColumns(QUERY, DICTIONARIES, said).at(-1)).toMatchObject({
    ...{ titleZh: '平均晚点', titleEn: 'Mean arrival delay', unit: '分钟' },
  });
  expect(answerColumns(QUERY, new Map()).at(-1)).toMatchObject({ titleZh: '平均delay', titleEn: 'Mean delay' });
  expect(asAnswerColumn({ name: 'old', type: 'text' })).toMatchObject({ titleZh: null, titleEn: null, unit: null });
});
