import { expect, it } from 'vitest';
import type { Profile } from '../../api.ts';
import { periodOf } from './period.ts';

const profileOf = (...columns: [string, string, unknown, unknown][]) =>
  ({ columns: columns.map(([name, type, min, max]) => ({ name, type, min, max })) }) as unknown as Profile;

it('takes the days of the first column that holds dates', () => {
  const profile = profileOf(
    ['id', 'integer', 20_240_101, 20_241_231],
    ['note', 'text', '2001-01-01', '2009-01-01'],
    ['empty', 'date', null, null],
    ['at', 'instant', '2024-03-01T08:00:00Z', '2024-06-30T23:59:59Z'],
    ['born', 'date', '1950-01-01', '2000-01-01'],
  );
  expect(periodOf(profile)).toEqual({ column: 'at', from: '2024-03-01', to: '2024-06-30' });
});

it('says nothing about a table without dates', () => {
  expect(periodOf(profileOf(['a', 'text', 'x', 'y']))).toBeNull();
  expect(periodOf(null)).toBeNull();
});
