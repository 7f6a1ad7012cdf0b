import { expect, it } from 'vitest';
import type { DictionaryColumn } from '../../api.ts';
import { type AskValues, EMPTY, filterOf, inputOf, missingOf } from './ask-model.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
const column = (name: string, type: string) => ({ name, type, titleZh: name, sensitive: false }) as DictionaryColumn;
const dictionary = [column('line', 'VARCHAR'), column('passengers', 'BIGINT'), column('holiday', 'BOOLEAN')];
const complete: AskValues = {
  ...EMPTY,
  agreementId: 'agr_1',
  resourceId: 'res_1',
  title: '客流指数',
  scenario: '为商铺营业中断险计算客流指数',
  feasibility: '数据逐日完整',
  value: '降低保费',
  purpose: '指数产品',
  columns: ['passengers', 'line'],
  until: '2027-05-01',
};
const LATEST = '2029-01-01T00:00:00.000Z';
const condition = (name: string, operator: '=' | 'in' | '>=', value: string) => ({
  key: 1,
  column: name,
  operator,
  value,
});

it('makes the input of the act, columns in the order of the dictionary, no limit where none is typed', () => {
  expect(missingOf(complete, dictionary, NOW)).toEqual([]);
  expect(inputOf(complete, dictionary, LATEST)).toMatchObject({
    columns: ['line', 'passengers'],
    rowFilter: [],
    rowsMax: null,
    usesMax: null,
    validUntil: '2027-05-01T15:59:59.000Z',
  });
});

it('ends with the agreement on its last day, and not after it', () => {
  const latest = '2027-05-01T03:00:00.000Z';
  expect(inputOf(complete, dictionary, latest).validUntil).toBe(latest);
  // A day later is asked for as it is, so that the rule says no.
  expect(inputOf({ ...complete, until: '2027-05-03' }, dictionary, latest).validUntil).toBe('2027-05-03T15:59:59.000Z');
});

it('reads values as the column holds them', () => {
  expect(filterOf(condition('passengers', '>=', ' 100 '), dictionary)?.value).toBe(100);
  expect(filterOf(condition('line', '=', '100'), dictionary)?.value).toBe('100');
  expect(filterOf(condition('holiday', '=', 'true'), dictionary)?.value).toBe(true);
  expect(filterOf(condition('line', 'in', '1 号线，2 号线、4 号线'), dictionary)?.value).toEqual([
    '1 号线',
    '2 号线',
    '4 号线',
  ]);
  expect(filterOf(condition('passengers', '>=', 'many'), dictionary)).toBeNull();
  expect(filterOf(condition('nobody', '=', '1'), dictionary)).toBeNull();
  expect(filterOf(condition('line', 'in', ' , '), dictionary)).toBeNull();
});

it.each([
  ['title', { title: '客' }],
  ['columns', { columns: [] }],
  ['conditions', { conditions: [condition('passengers', '>=', '')] }],
  ['until', { until: '2026-11-20' }],
  ['rowsMax', { rowsMax: '0' }],
  ['usesMax', { usesMax: '1.5' }],
])('asks for %s', (name, change) => {
  expect(missingOf({ ...complete, ...change }, dictionary, NOW)).toEqual([name]);
});
