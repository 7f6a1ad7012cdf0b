import { describe, expect, it } from 'vitest';
import { patternsOf } from './patterns.ts';

const person = { login: 'buyer', email: null, displayName: '李敏', also: [] as string[] };
/** The pattern as PostgreSQL takes it is one JavaScript takes too. */
const finds = (pattern: string | null, text: string) => pattern !== null && new RegExp(pattern, 'i').test(text);

describe('what names a person', () => {
  it('is never a login that is a word of the trade, and a name only in their own party', () => {
    const { anywhere, own } = patternsOf(person);
    expect(anywhere).toBeNull();
    expect(finds(own, '联系人李敏，电话')).toBe(true);
    expect(finds(own, 'the buyer signs')).toBe(false);
  });

  it('is a login with a digit or a sign, an e-mail address, and what the request adds, wherever they stand', () => {
    const { anywhere } = patternsOf({
      ...person,
      login: 'li.min7',
      email: 'li@a.example',
      also: ['139 7731 8642', 'C:\\li'],
    });
    for (const text of [
      'LI.MIN7!',
      '写信至li@a.example。',
      '13977318642',
      '139-7731-8642',
      'C:\\li',
      JSON.stringify('C:\\li'),
    ])
      expect([text, finds(anywhere, text)]).toEqual([text, true]);
    for (const text of ['liXmin7', 'oli.min7', 'li.min77', '9139773186421', 'kli@a.example'])
      expect([text, finds(anywhere, text)]).toEqual([text, false]);
  });

  it('is no single character and no short Latin word', () => {
    expect(patternsOf({ ...person, displayName: '李' }).own).toBeNull();
    expect(patternsOf({ ...person, displayName: 'Li' }).own).toBeNull();
    expect(finds(patternsOf({ ...person, displayName: 'Li Min' }).own, 'for li min, please')).toBe(true);
  });
});
