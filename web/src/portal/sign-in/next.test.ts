import { expect, it } from 'vitest';
import { safeNext } from './next.ts';

it.each(['/products/prd_1?buy', '/work'])('follows %s', (next) => expect(safeNext(next)).toBe(next));
it.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'work'])('does not follow %s', (next) =>
  expect(safeNext(next)).toBe('/work'),
);
