import { expect, it } from 'vitest';
import { spansOf } from './spans.ts';

it('says days in a row as spans, across the end of a month', () => {
  expect(spansOf(['2026-01-01', '2026-01-02', '2026-01-03', '2026-04-30', '2026-05-01', '2026-06-19'])).toEqual([
    '01-01 – 01-03',
    '04-30 – 05-01',
    '06-19',
  ]);
  expect(spansOf([])).toEqual([]);
});
