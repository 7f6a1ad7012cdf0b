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

const SETTLED_MS = 15_000;

/** How text was seen to be legible by this process: its colour, size and weight on a ground. */
const legible = new Set<string>();

/**
 * Breaks of axe's rules on a page. Contrast, three quarters of its time, is measured once for each way in which text
 * stands that is not known to be legible: all that contrast is made of, but for what lies across the text.
 */
const look = (page: Page): Promise<{ broken: string[]; ways: string[] }> =>
  page.evaluate(
    async (known) => {
      const grounds = new Map<Element, string>();
      const groundOf = (element: Element): string => {
        const before = grounds.get(element);
        if (before !== undefined) return before;
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
        const isWhole = /^rgb\(/.test(backgroundColor) && backgroundImage === 'none' && opacity === '1';
        const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
        const ground = isWhole || !element.parentElement ? own : `${own} on ${groundOf(element.parentElement)}`;
        grounds.set(element, ground);
        return ground;
      };
      const opacityOf = (element: Element | null): number =>
        element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1;
      const elements = new Set<Element>(document.querySelectorAll('input, select, textarea'));
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode())
        if (text.parentElement && text.textContent?.trim()) elements.add(text.parentElement);
      const ways = new Map<string, Element>();
      for (const element of elements) {
        if (!element.checkVisibility() || element.closest(':disabled, [aria-disabled="true"]')) continue;
        const { color, fontSize, fontWeight, textShadow, position, zIndex } = getComputedStyle(element);
        const letters = [color, fontSize, fontWeight, textShadow, position, zIndex];
        const way = [...letters, opacityOf(element), groundOf(element)].join(' ');
        if (!known.includes(way) && !ways.has(way)) ways.set(way, element);
      }
      const found = await window.axe.run(document, {
        resultTypes: ['violations'],
        rules: { 'color-contrast': { enabled: false } },
      });
      const contrast =
        ways.size > 0 &&
        (await window.axe.run({ include: [...ways.values()] }, { elementRef: true, runOnly: ['color-contrast'] }));
      // What axe could not decide is asked again.
      const passed = new Set(contrast ? contrast.passes.flatMap((v) => v.nodes.map((n) => n.element)) : []);
      return {
        broken: [...found.violations, ...(contrast ? contrast.violations : [])].map(
          (v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`,
        ),
        ways: [...ways].filter(([, element]) => passed.has(element as HTMLElement)).map(([way]) => way),
      };
    },
    [...legible],
  );

/**
 * Nobody may be kept out of a page: no rule of axe is broken, and nothing sticks out at the side. Axe is given to a
 * document once; the usual wrapper gives it twice for each look and opens a page besides, for frames of other sites,
 * which ours has none of.
 */
export async function accessible(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  // A page on its way from one state to the next is looked at again when it has arrived; what is broken stays broken.
  await expect(async () => {
    await expect.poll(() => waitsFor(page), { intervals: [20, 50, 100] }).toBe('');
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
    const { broken, ways } = await look(page);
    expect(broken).toEqual([]);
    for (const way of ways) legible.add(way);
  }).toPass({ timeout: SETTLED_MS });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}
