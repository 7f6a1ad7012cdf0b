import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Act, act, anyone } from '../acts/index.ts';
import { text } from '../text.ts';
import { rulebookActs } from './adoption.ts';
import { loadRulebook } from './documents.ts';
import { dated, notApplicable, ok, type Rule, rule, violated } from './rule.ts';
import { checkRules, numbersIn } from './testing.ts';

const rulebook = loadRulebook();
const title = text('超过门槛须备案', 'Over the threshold it must be filed');
const no = violated(text('未备案', 'Not filed'), text('请备案', 'File it'));

function guarded<F>(guard: Rule<F>): Act[] {
  const sample = act({
    name: 'sample.do',
    title,
    by: anyone(),
    input: z.object({}),
    output: z.object({}),
    rules: [guard] as readonly unknown[] as readonly [],
    facts: async () => ({}),
    perform: async () => ({}),
    entry: () => ({ subject: 'x' }),
  });
  return [sample];
}

interface Use {
  readonly persons: number;
  readonly publicPlace: boolean;
  readonly filed: boolean;
}

/** FR-16.1 in both its versions: what a rule with dated parameters and full examples looks like. */
const params = {
  persons: dated(
    { from: '2023-08-08', value: 10_000, unit: 'person', reference: 'FR draft art. 16' },
    { from: '2025-06-01', value: 100_000, unit: 'person', reference: 'CAC/MPS order 19 art. 15' },
  ),
  publicPlaceCounts: dated(
    { from: '2023-08-08', value: true, reference: 'FR draft art. 16' },
    { from: '2025-06-01', value: false, reference: 'CAC/MPS order 19 art. 15' },
  ),
};
const decide = ({ persons, publicPlace, filed }: Use, p: { persons: number; publicPlaceCounts: boolean }) => {
  const due = persons > p.persons || (publicPlace && p.publicPlaceCounts);
  if (!due) return notApplicable();
  return filed ? ok() : no;
};
const at = (
  day: string,
  persons: number,
  publicPlace: boolean,
  filed: boolean,
  expected: 'ok' | 'not-applicable' | 'violated',
) => ({
  name: `${day} ${persons} ${publicPlace} ${filed}`,
  at: day,
  facts: { persons, publicPlace, filed },
  expect: expected,
});
const examples = [
  at('2024-01-01', 10_000, false, false, 'not-applicable'),
  at('2024-01-01', 10_001, false, false, 'violated'),
  at('2024-01-01', 10_001, false, true, 'ok'),
  at('2024-01-01', 1, true, false, 'violated'),
  at('2025-06-01', 100_000, false, false, 'not-applicable'),
  at('2025-06-01', 100_001, false, false, 'violated'),
  at('2025-06-01', 1, true, false, 'not-applicable'),
];

describe('the rulebook', () => {
  it('holds together with its own acts', () => {
    expect(checkRules(rulebookActs(rulebook), rulebook)).toEqual([]);
  });

  it('has Chinese in every article, and names every actor of sources and laws in both languages', () => {
    for (const { articles, group } of rulebook.documents.values()) {
      for (const article of articles) {
        expect(article.zh, article.id).toMatch(/\p{Script=Han}/u);
        expect(article.requirement.length, article.id).toBeGreaterThan(0);
        const actor = rulebook.actor(article);
        if (group !== 'house' && actor) expect(actor.zh, article.id).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('keeps no quotation of the sources', () => {
    for (const { articles } of rulebook.documents.values()) {
      for (const article of articles) expect(Object.keys(article), article.id).not.toContain('anchor');
    }
  });

  it('lets the Hangzhou opinions bind from 2023-08-25 to 2026-12-31, Beijing time', () => {
    const none = new Set<string>();
    expect(rulebook.binds('HZ', none, new Date('2023-08-24T15:59:59Z'))).toBe(false);
    expect(rulebook.binds('HZ', none, new Date('2023-08-24T16:00:00Z'))).toBe(true);
    expect(rulebook.binds('HZ', none, new Date('2026-12-31T15:59:59Z'))).toBe(true);
    expect(rulebook.binds('HZ', none, new Date('2026-12-31T16:00:00Z'))).toBe(false);
  });
});

describe('the check of rules', () => {
  const good = rule({ id: 'FR-16.1', title, params, decide, examples });

  it('passes a rule with boundaries on both sides of each dated value', () => {
    expect(checkRules(guarded(good), rulebook)).toEqual([]);
  });

  it.each([
    ['a row that is not there', rule({ id: 'FR-99.9', title, params, decide, examples }), /no row/],
    [
      'no violated example',
      rule({ id: 'FR-16.1', title, params, decide, examples: examples.filter((e) => e.expect !== 'violated') }),
      /no example that violates/,
    ],
    [
      'no passing example',
      rule({ id: 'FR-16.1', title, params, decide, examples: examples.filter((e) => e.expect !== 'ok') }),
      /no example that passes/,
    ],
    [
      'an example that is wrong',
      rule({
        id: 'FR-16.1',
        title,
        params,
        decide,
        examples: [...examples, at('2024-01-01', 10_000, false, false, 'violated')],
      }),
      /does not come out/,
    ],
    [
      'a missing boundary',
      rule({ id: 'FR-16.1', title, params, decide, examples: examples.filter((e) => e.facts.persons !== 100_000) }),
      /boundary of persons \(100000 from 2025-06-01 may become 99999\)/,
    ],
    [
      'a switch nobody tries',
      rule({
        id: 'FR-16.1',
        title,
        params,
        decide,
        examples: examples.filter((e) => !(e.at === '2025-06-01' && e.facts.publicPlace)),
      }),
      /boundary of publicPlaceCounts \(false/,
    ],
    [
      'a number in the decision',
      rule({
        id: 'FR-16.1',
        title,
        decide: (f: Use) => (f.persons > 10_000 ? no : ok()),
        examples: [at('2024-01-01', 10_000, false, false, 'ok'), at('2024-01-01', 10_001, false, false, 'violated')],
      }),
      /holds the number/,
    ],
    [
      'a row that says it is not encoded',
      rule({
        id: 'FR-13.2',
        title,
        decide: (f: Use) => (f.filed ? ok() : no),
        examples: [at('2024-01-01', 1, false, true, 'ok'), at('2024-01-01', 1, false, false, 'violated')],
      }),
      /says why it is not/,
    ],
  ])('finds %s', (_name, bad, problem) => {
    const problems = checkRules(guarded(bad as Rule<Use>), rulebook);
    expect(
      problems.some((p) => problem.test(p)),
      problems.join('\n'),
    ).toBe(true);
  });

  it('reads numbers in code, not in words, comments or names', () => {
    expect(numbersIn('(f, p2) => f.a > 0 && p2.b === 1 ? x`30 days` : "30"')).toEqual([]);
    expect(numbersIn('(f) => /* 30 */ f.a // 40\n > 50')).toEqual(['50']);
    expect(
      numbersIn(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
        '(f) => `30 ${f.a * 1.5 + `${f.b > 7 ? "8" : 9}`} 40`',
      ),
    ).toEqual(['1.5', '7', '9']);
    expect(numbersIn('(f) => /^[0-9a/]{64}$/u.test(f.a) && f.b / 12 > 0')).toEqual(['12']);
    expect(numbersIn('(f) => f.a > 1e4 || f.b > 0x10 || f.c > 5n || f.d > .5')).toEqual(['1e4', '0x10', '5n', '.5']);
  });
});
