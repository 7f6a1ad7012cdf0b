import { expect, test } from 'vitest';
import { loadRulebook } from './documents.ts';
import { locatorInEnglish } from './locator.ts';

test.each([
  ['第十条第1款(五)', 'art. 10, para. 1, item 5'],
  ['第二百零三条', 'art. 203'],
  ['第八条(三)第2款', 'art. 8, item 3, para. 2'],
  ['第八条末款', 'art. 8, last para.'],
  ['第5.4条', 'art. 5.4'],
  ['三(二)5', 'part 3, item 2, no. 5'],
  ['三6', 'part 3, no. 6'],
  ['一、总体要求', 'part 1'],
  ['图3', 'figure 3'],
  ['附则', 'supplementary provisions'],
  ['5.1', 'no. 5.1'],
  ['前言之外', '前言之外'],
])('%s is %s', (zh, en) => expect(locatorInEnglish(zh)).toBe(en));

test('every place in the rulebook has an English name', () => {
  const odd = [...loadRulebook().documents.values()].flatMap((d) =>
    d.articles.map((a) => locatorInEnglish(a.locator)).filter((en) => /\p{Script=Han}|NaN|-1/u.test(en)),
  );
  expect(odd).toEqual([]);
});
