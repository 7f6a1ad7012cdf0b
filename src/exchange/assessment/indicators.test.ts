import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Facts, INDICATORS, measureQuality, WEIGHTS } from './indicators.ts';

const weights = WEIGHTS.values[0]?.value;
if (!weights) throw new Error('no weights');
const facts: Facts = {
  rows: 100,
  columns: [
    { name: 'a', type: 'text', nulls: 10, distinct: 90, distinctExact: true },
    { name: 'b', type: 'integer', nulls: 0, distinct: 5, distinctExact: true },
  ],
  duplicateRows: 5,
  dictionary: [
    { name: 'a', type: 'text', titleZh: '甲', description: '甲的说明', sensitive: false, aggregate: null },
    { name: 'b', type: 'double', titleZh: '乙', description: null, sensitive: true, aggregate: null },
  ],
  keyColumns: ['a'],
  dirtyCells: 9,
  textCells: 90,
  covered: { inside: 80, all: 100 },
  rowsPromised: 100,
  age: { hours: 25, hoursMax: 24 },
};
const measured = (f: Facts, code: string) => measureQuality(f, weights).indicators.find((i) => i.code === code);

test('twenty indicators in six dimensions, each once', () => {
  expect(new Set(INDICATORS.map((i) => i.code)).size).toBe(20);
  expect(new Set(INDICATORS.map((i) => i.dimension)).size).toBe(6);
  expect(Object.values(weights).reduce((a, b) => a + b, 0)).toBe(100);
});

test.each([
  ['0102', 0.5],
  ['0103', 0.5],
  ['0106', 0.5],
  ['0201', 0.95],
  ['0303', 0.95],
  ['0304', 0.9],
  ['0305', 0.9],
  ['0501', 0.8],
  ['0502', 0],
  ['0601', 1],
])('%s is %d', (code, value) => {
  expect(measured(facts, code)).toMatchObject({ value, assessable: true });
});

test('by hand: the mean of the dimensions, weighted; consistency was not measured and does not count', () => {
  // standardisation 0.5, completeness 0.95, accuracy (0.95 + 0.9 + 0.9) / 3, timeliness 0.4, accessibility 1
  const sum = 15 * 0.5 + 25 * 0.95 + (25 * 2.75) / 3 + 15 * 0.4 + 10 * 1;
  expect(measureQuality(facts, weights).score).toBe(Math.round((1000 * sum) / 90) / 10);
});

test('what is exactly old enough is in time', () => {
  expect(measured({ ...facts, age: { hours: 24, hoursMax: 24 } }, '0502')?.value).toBe(1);
});

test.each<[string, Partial<Facts>]>([
  ['0303', { duplicateRows: null }],
  ['0304', { keyColumns: [] }],
  ['0304', { keyColumns: ['a', 'b'] }],
  ['0304', { columns: facts.columns.map((c) => ({ ...c, distinctExact: false })) }],
  ['0305', { dirtyCells: null }],
  ['0501', { covered: null }],
  ['0502', { age: null }],
  ['0301', {}],
])('%s says why it cannot be told', (code, change) => {
  const indicator = measured({ ...facts, ...change }, code);
  expect(indicator).toMatchObject({ value: null, assessable: false });
  expect(indicator?.reason?.zh).toMatch(/\p{Script=Han}/u);
  expect(indicator?.reason?.en).toMatch(/[a-z]/);
});

test('an empty table has no score but what can be told without a cell', () => {
  const empty = {
    ...facts,
    rows: 0,
    columns: [],
    dictionary: [],
    duplicateRows: 0,
    dirtyCells: null,
    covered: null,
    rowsPromised: 0,
    age: null,
  };
  expect(measureQuality(empty, weights).score).toBeNull();
});

test('whatever is counted, values lie between 0 and 1 and the score between 0 and 100', () => {
  const count = fc.nat({ max: 1_000 });
  fc.assert(
    fc.property(count, count, count, count, count, (rows, nulls, duplicates, dirty, inside) => {
      const quality = measureQuality(
        {
          ...facts,
          rows,
          columns: facts.columns.map((c) => ({ ...c, nulls })),
          duplicateRows: duplicates,
          dirtyCells: dirty,
          covered: { inside, all: 500 },
        },
        weights,
      );
      for (const { value } of quality.indicators) if (value !== null) expect(value >= 0 && value <= 1).toBe(true);
      expect(quality.score === null || (quality.score >= 0 && quality.score <= 100)).toBe(true);
    }),
  );
});
