import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database/testing.ts';
import { searchQuery, searchVector } from './search.ts';

let open: TestDatabase;
beforeAll(async () => {
  open = await testDatabase();
});
afterAll(() => open.drop());

/** Whether the text, indexed as a title, is found by what was typed. */
async function finds(title: string, typed: string, description = ''): Promise<boolean> {
  const query = searchQuery(typed);
  if (query === undefined) return false;
  const vector = searchVector([
    { text: title, weight: 'A' },
    { text: description, weight: 'D' },
  ]);
  const { rows } = await sql<{ found: boolean }>`select ${vector}::tsvector @@ ${query}::tsquery as found`.execute(
    open.db,
  );
  return rows[0]?.found ?? false;
}

test.each([
  ['全国航班准点数据集', '航班', true],
  ['全国航班准点数据集', '班准', true],
  ['全国航班准点数据集', '集', true],
  ['全国航班准点数据集', '准', true],
  ['全国航班准点数据集', '据数', false],
  ['2001年1月航班', '2001年', true],
  ['2001年1月航班', '年1月', true],
  ['2001年1月航班', '月航班', true],
  ['第30章', '第3章', false],
  ['ＦＬＩＧＨＴ flights', 'flig', true],
  ['海洋碳汇数据', '碳汇 海洋', true],
  ['海洋碳汇数据', '海洋 气象', false],
  ['𠮷林数据', '𠮷林', true],
  ['𠮷林数据', '𠮷', true],
])('%s / %s → %s', async (title, typed, expected) => {
  expect(await finds(title, typed)).toBe(expected);
});

test('a phrase does not run from one field into the next', async () => {
  expect(await finds('供水', '水电力', '电力')).toBe(false);
  expect(await finds('供水', '供水 电力', '电力')).toBe(true);
});

test('operators and quotes in the input are text that separates, never a query', async () => {
  for (const typed of ["'", "数据' | '气象", '数据 & !气象', "\\'数据", '数据:*', '(数据', '数据 <-> ', '!']) {
    const query = searchQuery(typed);
    if (query !== undefined) await sql`select ${query}::tsquery`.execute(open.db);
  }
  expect(searchQuery('! & | <->')).toBeUndefined();
  expect(await finds('供水', '!供水')).toBe(true);
});

test('a word longer than a lexeme may be is found by its beginning', async () => {
  expect(await finds('x'.repeat(4000), 'x'.repeat(90))).toBe(true);
});

test('every substring of a Han title finds it', async () => {
  const han = fc.constantFrom(...'数据交易登记气象航班𠮷〇');
  await fc.assert(
    fc.asyncProperty(fc.array(han, { minLength: 2, maxLength: 12 }), fc.nat(), fc.nat(), async (characters, a, b) => {
      const start = a % characters.length;
      const end = start + 1 + (b % (characters.length - start));
      expect(await finds(characters.join(''), characters.slice(start, end).join(''))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
