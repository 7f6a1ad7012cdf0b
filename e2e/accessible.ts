import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/** What a page still waits for, in its own words: grey lines, a part that calls itself busy, the line of a page on its way. */
const waitsFor = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const loads = document.querySelector('.skeleton, .loading-line, [aria-busy="true"]');
    if (loads) return `${loads.className} ${loads.getAttribute('aria-label') ?? ''}`;
    return document.querySelector('h1')?.textContent?.trim() ? '' : 'a heading';
  });

/**
 * Nobody may be kept out of a page: no rule of axe is broken, and nothing sticks out at the side. Axe is given to a
 * document once; the usual wrapper gives it twice for each look and opens a page besides, for frames of other sites,
 * which ours has none of.
 */
export async function accessible(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await expect.poll(() => waitsFor(page), { intervals: [20, 50, 100] }).toBe('');
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const broken = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  });
  expect(broken).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}
