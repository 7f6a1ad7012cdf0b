import { expect, type Page } from '@playwright/test';
import { RUN, SCENARIO } from './cast.ts';

const SLOW_MS = 60_000;
const DAY_MS = 86_400_000;

export const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
export const desk = (part: string) => `/work/authorisation?part=${part}`;

/** Fills a sheet that opened and sends it. */
export async function sheet(
  page: Page,
  open: string,
  fields: Readonly<Record<string, string>>,
  send = open,
): Promise<void> {
  await page.getByRole('button', { name: open, exact: true }).click();
  const form = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
  await form.getByRole('button', { name: send, exact: true }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: '已办成' }).first()).toBeVisible();
}

export async function addPaper(page: Page, kind: string): Promise<void> {
  await page.getByRole('button', { name: '提交材料' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('材料种类').selectOption({ label: kind });
  await form
    .getByLabel('选择文件')
    .setInputFiles({ name: `${kind}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`${kind} ${RUN}`) });
  await form.getByRole('button', { name: '提交材料' }).click({ timeout: SLOW_MS });
  await expect(form).toBeHidden();
  await expect(page.getByText(kind).last()).toBeVisible();
}

/** A sheet after which the page is another one. */
export async function sheetThatLeaves(
  page: Page,
  open: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await page.getByRole('button', { name: open, exact: true }).click();
  const form = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
  await form.getByRole('button', { name: open, exact: true }).click();
}

export const rightState = (page: Page) => page.getByRole('row').filter({ hasText: SCENARIO });

export async function expectRight(page: Page, state: string): Promise<void> {
  await page.goto(desk('rights'));
  await expect(rightState(page)).toContainText(state);
}
