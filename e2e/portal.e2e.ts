import { expect, type Page, test } from '@playwright/test';
import { accessible } from './accessible.ts';

/** What anybody sees without signing in: every page is there, in both languages and themes, and accessible. */
async function firstProduct(page: Page): Promise<string> {
  const answer = await page.request.get('/v1/products?limit=1');
  return ((await answer.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
}

const PAGES: readonly (readonly [path: string, zh: RegExp, en: RegExp])[] = [
  ['/', /今天的市场/, /market today/i],
  ['/products', /产品目录/, /catalogue|products/i],
  ['/demands', /需求/, /demand/i],
  ['/rules', /规则/, /rule/i],
  ['/rules/SH', /上海/, /Shanghai/i],
  ['/coverage', /覆盖/, /coverage/i],
  ['/parties', /名录/, /parties|register/i],
  ['/verify', /核验/, /verify/i],
  ['/report', /举报/, /report/i],
  ['/join', /入驻/, /join|apply/i],
  ['/sign-in', /登录/, /sign in/i],
];

for (const [path, zh, en] of PAGES) {
  test(`${path} stands in Chinese and English, light and dark, at desk and phone width`, async ({ page }) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(path);
    await expect(page.locator('h1').first()).toHaveText(zh);
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${path}?lang=en`);
    await expect(page.locator('h1').first()).toHaveText(en);
    await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
    await accessible(page);
    expect(faults).toEqual([]);
  });
}

test('a product page shows dictionary, sample, quality, lineage, price and terms', async ({ page }) => {
  await page.goto(`/products/${await firstProduct(page)}`);
  for (const part of ['数据字典', '样例数据', '质量报告', '数据概貌', '血缘', '收益分配']) {
    await expect(page.getByRole('heading', { name: part })).toBeVisible();
  }
  await expect(page.getByText('不可评').first()).toBeVisible();
  await accessible(page);
});

test('an unknown page says so and leads back', async ({ page }) => {
  await page.goto('/no-such-page');
  await expect(page.locator('h1').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /市场|首页|返回/ }).first()).toBeVisible();
});
