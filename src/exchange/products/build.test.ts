import { expect, test } from 'vitest';
import { maskSample } from './build.ts';
import type { ProductColumn } from './model.ts';

const column = (name: string, sensitive: boolean) => ({ name, sensitive }) as ProductColumn;

test.each([
  ['张三', '张***'],
  ['李', '***'],
  ['', '***'],
  // One character, though two code units.
  ['𠮷', '***'],
  ['𠮷野', '𠮷***'],
  [7, '***'],
  [true, '***'],
  [null, null],
])('a sensitive %j is shown as %j', (cell, shown) => {
  const rows = { columns: [{ name: 'a', type: 'text' as const }], rows: [[cell]], truncated: false };
  expect(maskSample(rows, [column('a', true)]).rows).toEqual([[shown]]);
  expect(maskSample(rows, [column('a', false)]).rows).toEqual([[cell]]);
});

test('a column no dictionary knows is hidden', () => {
  const rows = { columns: [{ name: 'b', type: 'text' as const }], rows: [['王五']], truncated: false };
  expect(maskSample(rows, [column('a', false)]).rows).toEqual([['王***']]);
});
