import { expect, it } from 'vitest';
import { FREQUENCIES, offeredWord, SECTORS, storedWord } from './offered-words.ts';

it('knows an offered word in either language, and stores one for both', () => {
  expect(offeredWord('Transport')).toEqual({ zh: '交通运输', en: 'Transport' });
  expect(storedWord(' Daily ')).toBe('每日');
  expect(storedWord('每日')).toBe('每日');
  expect(storedWord(' 每旬 ')).toBe('每旬');
  expect(offeredWord('每旬')).toBeUndefined();
});

it('offers no word twice', () => {
  const all = [...SECTORS, ...FREQUENCIES].flatMap((o) => [o.zh, o.en]);
  expect(new Set(all).size).toBe(all.length);
});
