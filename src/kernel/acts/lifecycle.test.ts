import { expect, test } from 'vitest';
import { lifecycle } from './lifecycle.ts';
import { Refused } from './refusal.ts';

const names = {
  rule: 'HS-4.1',
  subject: { zh: '产品', en: 'product' },
  states: {
    draft: { zh: '草稿', en: 'a draft' },
    listed: { zh: '已挂牌', en: 'listed' },
    withdrawn: { zh: '已撤牌', en: 'withdrawn' },
  },
} as const;
const life = lifecycle(
  { draft: { list: 'listed' }, listed: { withdraw: 'withdrawn', update: 'listed' }, withdrawn: {} },
  names,
);

test('moves along the table and nowhere else', () => {
  expect(life.first).toBe('draft');
  expect(life.next('draft', 'list')).toBe('listed');
  expect(life.next('listed', 'update')).toBe('listed');
  expect(life.next('withdrawn', 'list')).toBeUndefined();
  expect(life.events('listed')).toEqual(['withdraw', 'update']);
});

test('names of built-in properties are not events', () => {
  expect(life.next('draft', 'toString' as 'list')).toBeUndefined();
});

test('an illegal move is refused under its house rule, in both languages, with the state that allows it', () => {
  let caught: unknown;
  try {
    life.move('withdrawn', 'list');
  } catch (error) {
    caught = error;
  }
  if (!(caught instanceof Refused)) throw new Error('not refused');
  const [violation] = caught.refusal.violations;
  expect(caught.refusal.kind).toBe('state');
  expect(violation?.rule).toBe('HS-4.1');
  expect(violation?.fact.zh).toBe('产品现在是“已撤牌”。');
  expect(violation?.remedy).toEqual({ zh: '只有在“草稿”时可以办理。', en: 'It is possible only when it is a draft.' });
});

test('a table with a hole is refused when it is defined', () => {
  expect(() => lifecycle({ a: { go: 'nowhere' } }, { ...names, states: { a: names.states.draft } })).toThrow(
    'no such state',
  );
  expect(() =>
    lifecycle({ a: {}, b: {} }, { ...names, states: { a: names.states.draft, b: names.states.draft } }),
  ).toThrow('never reached');
});
