import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './kernel/root.ts';
import { loadRulebook } from './kernel/rulebook/index.ts';
import { checkRules } from './kernel/rulebook/testing.ts';
import { platform } from './platform.ts';

const rulebook = loadRulebook();
const { acts } = platform(rulebook);

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'));

describe('the rules of the whole house', () => {
  it('cite real rows, hold their examples, and fail when a number of the law moves', () => {
    expect(checkRules(acts, rulebook)).toEqual([]);
  });

  it('guard an act each: no rule is defined and forgotten', () => {
    const used = new Set(acts.flatMap((act) => act.rules.map((rule) => rule.id)));
    const defined = sources.flatMap((source) =>
      [...source.matchAll(/export const (\w+) = rule(?:<[^(]*>)?\(\{\s*id: '([^']+)'/g)].map(
        ([, name = '', id = '']) => ({
          id,
          // Sign-in is no act: its house rules are decided where the session is made.
          calledElsewhere: id.startsWith('HS-') && sources.some((s) => s !== source && s.includes(name)),
        }),
      ),
    );
    expect(defined.length).toBeGreaterThan(0);
    expect(defined.filter(({ id, calledElsewhere }) => !used.has(id) && !calledElsewhere)).toEqual([]);
  });

  it('leave no house rule without the code that holds to it', () => {
    const code = sources.join('\n');
    const house = rulebook.documents.get('HS')?.articles ?? [];
    expect(house.length).toBeGreaterThan(0);
    expect(house.filter((a) => !code.includes(`'${a.id}'`)).map((a) => a.id)).toEqual([]);
  });

  it('name in both languages whom each article binds', () => {
    const articles = [...rulebook.documents.values()].flatMap((d) => d.articles);
    const bare = articles.filter((a) => !/\p{Script=Han}/u.test(rulebook.actor(a)?.zh ?? '无'));
    expect(bare.map((a) => `${a.id} ${a.actor}`)).toEqual([]);
  });
});
