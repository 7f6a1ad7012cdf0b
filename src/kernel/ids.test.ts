import { expect, it } from 'vitest';
import { newId, newUlid } from './ids.ts';

it('makes the ULID of a time, as the specification writes it', () => {
  // https://github.com/ulid/spec: 01ARZ3NDEK is 1469922850259.
  expect(newUlid(1_469_922_850_259).slice(0, 10)).toBe('01arz3ndek');
  expect(newUlid(0).slice(0, 10)).toBe('0000000000');
  expect(newUlid(2 ** 48 - 1).slice(0, 10)).toBe('7zzzzzzzzz');
  expect(newUlid()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});

it('sorts by time, and gives no id twice', () => {
  const ids = Array.from({ length: 2_000 }, (_, n) => newUlid(1_700_000_000_000 + n));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 20_000 }, () => newId('prd'))).size).toBe(20_000);
});

it('uses every digit in every random place', () => {
  const seen = Array.from({ length: 16 }, () => new Set<string>());
  for (let n = 0; n < 4_000; n++)
    [...newUlid().slice(10)].forEach((digit, place) => {
      seen[place]?.add(digit);
    });
  expect(seen.map((digits) => digits.size)).toEqual(Array.from({ length: 16 }, () => 32));
});
