import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { accessible } from './accessible.ts';
import { accountOf, codeOf, sessionOf } from './accounts.ts';

interface Login {
  readonly login: string;
  readonly password: string;
  readonly totpSecret?: string;
}

const CSRF = { 'X-Shuheng-Csrf': '1' };

/** A person at the sign-in page, up to their inbox: with the one-time code where the account has one, or must set it up. */
export async function signInByHand(browser: Browser, { login, password, totpSecret }: Login): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto('/sign-in?next=/work');
  await page.getByLabel('登录名').fill(login);
  await page.getByRole('main').locator('input[type=password]').fill(password);
  await page.getByRole('main').getByRole('button', { name: '登录' }).click();
  if (totpSecret) {
    await page.getByLabel('动态口令').fill(codeOf(totpSecret));
    await page.getByRole('button', { name: '验证并登录' }).click();
  }
  const arrived = page.getByRole('heading', { name: '轮到我办' });
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

/** A browser of one's own, signed in; the pages of signing in are tested by {@link signInByHand}. */
export async function signIn(browser: Browser, { login, password }: Login): Promise<Page> {
  const context = await browser.newContext();
  const answer = await context.request.post('/v1/sessions', { headers: CSRF, data: { login, password } });
  if (!answer.ok()) throw new Error(`${login}: ${answer.status()} ${await answer.text()}`);
  return context.newPage();
}

/** A person of the sample, by login name. */
export async function signInAs(browser: Browser, login: string): Promise<Page> {
  const session = await sessionOf(login);
  if (!session) return signIn(browser, await accountOf(login));
  return (await browser.newContext({ storageState: session })).newPage();
}

/** An act in the name of whoever is signed in. */
export async function actIn<T>(page: Page, name: string, input: unknown): Promise<T> {
  const answer = await page.request.post(`/v1/acts/${name}`, { headers: CSRF, data: input as object });
  if (!answer.ok()) throw new Error(`${name}: ${answer.status()} ${await answer.text()}`);
  return ((await answer.json()) as { result: T }).result;
}
