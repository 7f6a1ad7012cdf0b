import AxeBuilder from '@axe-core/playwright';
import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { accounts, codeOf } from './accounts.ts';

const STEP_MS = 30_000;

/** Nobody may be kept out of a page. */
export async function accessible(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** A person at the sign-in page, with the one-time code where the account has one; a code is taken once only. */
export async function signIn(
  browser: Browser,
  { login, password, totpSecret }: { readonly login: string; readonly password: string; readonly totpSecret?: string },
): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', acceptDownloads: true });
  const page = await context.newPage();
  await page.goto('/sign-in?next=/work');
  await page.getByLabel('登录名').fill(login);
  await page.getByRole('main').locator('input[type=password]').fill(password);
  await page.getByRole('main').getByRole('button', { name: '登录' }).click();
  const arrived = page.getByRole('heading', { name: '轮到我办' });
  if (totpSecret) {
    await page.getByLabel('动态口令').fill(codeOf(totpSecret));
    await page.getByRole('button', { name: '验证并登录' }).click();
    await expect(arrived.or(page.locator('.refusal'))).toBeVisible();
    if (!(await arrived.isVisible())) {
      await page.waitForTimeout(STEP_MS - (Date.now() % STEP_MS) + 500);
      await page.getByLabel('动态口令').fill(codeOf(totpSecret));
      await page.getByRole('button', { name: '验证并登录' }).click();
    }
  }
  const settingUp = page.getByRole('button', { name: '显示二维码' });
  await expect(arrived.or(settingUp)).toBeVisible();
  if (await settingUp.isVisible()) await setUpCodes(page, settingUp);
  await expect(arrived).toBeVisible();
  return page;
}

/** An administrator's first sign-in: the one-time codes are set up before anything else. */
async function setUpCodes(page: Page, show: Locator): Promise<void> {
  await show.click();
  const secret = ((await page.locator('.sign-in-secret').textContent()) ?? '').trim();
  await accessible(page);
  await page.getByLabel('六位数字').fill(codeOf(secret));
  await page.getByRole('button', { name: '确认启用' }).click();
}

/** A person of the sample, by login name. */
export async function signInAs(browser: Browser, login: string): Promise<Page> {
  const account = (await accounts()).find((a) => a.login === login);
  if (!account) throw new Error(`the sample has no account ${login}`);
  return signIn(browser, account);
}
