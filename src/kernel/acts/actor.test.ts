import { expect, test } from 'vitest';
import { type Actor, ANONYMOUS, SYSTEM, withinScopes } from './actor.ts';
import { holdsNul } from './execute.ts';

test('outside its scopes a narrowed credential is a stranger', () => {
  const actor: Actor = { ...ANONYMOUS, kind: 'person', partyId: 'pty_a', scopes: ['order.*', 'read.parties'] };
  expect(withinScopes(actor, 'order.place')).toBe(actor);
  expect(withinScopes(actor, 'read.parties')).toBe(actor);
  expect(withinScopes(actor, 'read.receipts')).toBe(ANONYMOUS);
  expect(withinScopes({ ...actor, scopes: [] }, 'order.place')).toBe(ANONYMOUS);
  expect(withinScopes(SYSTEM, 'order.place')).toBe(SYSTEM);
});

test('what cannot be stored is told from what only looks like it', () => {
  expect(holdsNul({ a: ['\0'] })).toBe(true);
  expect(holdsNul('\ud800')).toBe(true);
  expect(holdsNul('\udc00甲')).toBe(true);
  expect(holdsNul(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe(true);
  expect(holdsNul(['\\u0000', '\\ud800', '😀', undefined])).toBe(false);
});
