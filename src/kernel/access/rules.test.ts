import { describe, expect, it } from 'vitest';
import { loadRulebook } from '../rulebook/index.ts';
import { rules } from './rules.ts';

const rulebook = loadRulebook();

describe.each(rules)('$id', (rule) => {
  it('stands in the rulebook and has examples on both sides', () => {
    expect(rulebook.article(rule.id).document.code).toBe('HS');
    const outcomes = rule.examples.map((e) => e.expect);
    expect(outcomes).toContain('ok');
    expect(outcomes).toContain('violated');
  });

  it.each(rule.examples)('$name', ({ at, facts, expect: outcome }) => {
    const { decision } = rule.evaluate(facts as never, new Date(`${at}T12:00:00+08:00`));
    expect(decision.outcome).toBe(outcome);
  });
});
