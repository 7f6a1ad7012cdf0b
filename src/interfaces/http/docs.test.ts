import { expect, it } from 'vitest';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { platform } from '../../platform.ts';
import { docsPage } from './docs.ts';

const { acts, reads } = platform(loadRulebook());
const page = docsPage(acts, reads);

it('shows every act a person may do and every read, in both languages, and nothing of the system’s own', () => {
  for (const act of acts)
    expect([act.name, page.includes(`id="${act.name}"`)]).toEqual([act.name, act.by.kind !== 'system']);
  for (const read of reads) expect(page).toContain(`/v1${read.path}<`);
  expect(page).toContain('<span class="zh">下单</span><span class="en" lang="en">Place an order</span>');
  expect(page).toContain('数据使用单位、数商');
});

it('needs no script in the page, which its policy forbids, and follows the theme chosen', () => {
  expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/preferences.js">']);
  expect(page).toMatch(/:root\[data-theme=dark\]\{color-scheme:dark/);
});
