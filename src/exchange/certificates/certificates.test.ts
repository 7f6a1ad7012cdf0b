import { expect, test } from 'vitest';
import { missingIn, ORDER_CHAINS } from './chains.ts';
import { numberOf, seriesOf } from './model.ts';

test('numbers run by kind and Beijing year', () => {
  expect(seriesOf('trade', new Date('2026-12-31T15:59:59Z'))).toBe('JY-2026');
  expect(seriesOf('registration', new Date('2026-12-31T16:00:00Z'))).toBe('DJ-2027');
  const at = new Date('2027-01-01T00:00:00Z');
  expect(numberOf('DJ-2027', 1, at)).toBe('DJ-2027-000001');
  expect(numberOf('DJ-2027', 1_234_567, at)).toBe('DJ-2027-1234567');
});

test('a chain says what it lacks', () => {
  const acts = (...names: string[]) => names.map((act) => ({ act }));
  const lacks = (kind: 'trade' | 'delivery' | 'clearing', ...names: string[]) =>
    missingIn(ORDER_CHAINS[kind], acts(...names)).map((t) => t.zh);
  expect(lacks('trade', 'order.place', 'contract.sign', 'contract.sign', 'order.pay')).toEqual([]);
  expect(lacks('trade', 'order.place', 'contract.sign', 'order.pay')).toEqual(['双方签署']);
  expect(lacks('delivery', 'order.place', 'contract.sign', 'contract.sign', 'delivery.deliver')).toEqual(['验收']);
  expect(
    lacks('delivery', 'order.place', 'contract.sign', 'contract.sign', 'delivery.deliver', 'order.accept-by-deadline'),
  ).toEqual([]);
  expect(lacks('clearing')).toEqual(['付款', '验收', '清算']);
});
