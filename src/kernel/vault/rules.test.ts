import { expect, test } from 'vitest';
import { loadRulebook } from '../rulebook/index.ts';
import { HOUSE_LIMITS, withinQuota, withinStorage } from './rules.ts';
import { digestHolds, PART_LIMITS, partsJoin, partsWaiting } from './uploads/rules.ts';

test.each(withinQuota.examples.map((e) => [e.name, e] as const))(
  'the quota: %s',
  (_, { at, facts, expect: outcome }) => {
    expect(withinQuota.evaluate(facts as never, new Date(at)).decision.outcome).toBe(outcome);
  },
);

test.each(withinStorage.examples.map((e) => [e.name, e] as const))(
  'the storage: %s',
  (_, { at, facts, expect: outcome }) => {
    expect(withinStorage.evaluate(facts as never, new Date(at)).decision.outcome).toBe(outcome);
  },
);

test.each(
  [partsJoin, digestHolds, partsWaiting].flatMap((rule) =>
    rule.examples.map((e) => [rule.id, e.name, e, rule] as const),
  ),
)('parts of an upload: %s, %s', (_, __, { at, facts, expect: outcome }, rule) => {
  expect(rule.evaluate(facts as never, new Date(at)).decision.outcome).toBe(outcome);
});

test('each limit of the house names its row', () => {
  const rulebook = loadRulebook();
  for (const { values } of Object.values({ ...HOUSE_LIMITS, ...PART_LIMITS })) {
    for (const { reference } of values) expect(rulebook.article(reference).document.code).toBe('HS');
  }
});
