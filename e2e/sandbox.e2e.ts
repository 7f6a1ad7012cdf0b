import { readFile } from 'node:fs/promises';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { accessible, signInAs } from './people.ts';

const SQL = 'select weather, count(*) as n\nfrom weather_days\ngroup by weather\norder by 1';
const TITLE = '天气与出行（浏览器测试）';

/** Chooses in a form of the acts by what is shown. */
async function choose(page: Page, label: string, title: string): Promise<void> {
  await page.getByRole('dialog').getByLabel(label).click();
  await page.getByTitle(title, { exact: true }).first().click();
}

async function operatorOpens(browser: Browser): Promise<Page> {
  const operator = await signInAs(browser, 'operator');
  await operator.goto('/work/sandbox');
  await accessible(operator);
  await operator.getByRole('button', { name: '设立项目' }).click();
  const sheet = operator.getByRole('dialog');
  await sheet.getByLabel('项目名称').fill(TITLE);
  await sheet.getByLabel('项目目的').fill('看天气现象的分布，为出行提示选择时段。');
  await sheet.getByRole('button', { name: '设立沙箱项目' }).click();
  await operator.getByRole('link', { name: TITLE }).click();
  await operator.getByRole('link', { name: '人员', exact: true }).click();
  if (await operator.getByText('没有有效的培训记录').isVisible()) await train(operator);
  await operator.getByRole('link', { name: '数据表', exact: true }).click();
  await operator.getByRole('button', { name: '申请数据表入箱' }).click();
  const ground = sheet.getByLabel('依据的使用权');
  const right = await ground.locator('option', { hasText: '逐日气象观测' }).first().getAttribute('value');
  await ground.selectOption(right);
  await sheet.getByLabel('表名').fill('weather_days');
  await sheet.getByLabel('希望使用的字段和方式').fill('按天气现象计数。');
  await sheet.getByRole('button', { name: '提出申请' }).click();
  await expect(operator.getByText('等待示例市气象局决定')).toBeVisible();
  await accessible(operator);
  return operator;
}

async function train(operator: Page): Promise<void> {
  await operator.getByRole('button', { name: '登记上岗培训' }).click();
  await choose(operator, '人员', '运营经理甲');
  const sheet = operator.getByRole('dialog');
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  for (const [label, value] of [
    ['举行日期', day(-1)],
    ['有效期至', day(300)],
  ] as const) {
    await sheet.getByLabel(label).fill(value);
    await sheet.getByLabel(label).press('Enter');
  }
  await sheet.getByLabel('培训内容').fill('数据沙箱安全使用');
  await sheet.getByRole('button', { name: '登记上岗安全培训' }).click();
  await expect(operator.getByText('数据沙箱安全使用，有效至')).toBeVisible();
}

async function holderGrants(browser: Browser): Promise<Page> {
  const holder = await signInAs(browser, 'weather');
  await holder.goto('/work/sandbox');
  await holder.getByRole('link', { name: TITLE }).click();
  await holder.getByRole('link', { name: '授权入箱' }).click();
  // The values are a public code list: a cell of too few is then withheld rather than its whole row.
  await holder.getByLabel('weather 取值公开').check();
  await accessible(holder);
  await holder.getByRole('button', { name: '授权入箱' }).click();
  await expect(holder.locator('.done-note')).toBeVisible();
  await expect(holder.getByText('每个数至少来自 5 行')).toBeVisible();
  await accessible(holder);
  return holder;
}

test('an operator asks for a table, its holder grants it, and only what protects everybody comes out', async ({
  browser,
}) => {
  const operator = await operatorOpens(browser);
  const holder = await holderGrants(browser);

  await operator.reload();
  await expect(operator.getByText('正在准备数据')).toHaveCount(0);
  await operator.getByRole('link', { name: '查询', exact: true }).click();
  const editor = operator.getByRole('textbox', { name: '查询（SQL）' });
  await editor.fill(SQL);
  await editor.press('Control+Enter');
  const result = operator.getByRole('region', { name: '查询结果' });
  await expect(result.getByRole('cell', { name: 'rain' })).toBeVisible();
  await accessible(operator);

  const notebook = operator.waitForEvent('download');
  await operator.getByRole('link', { name: '历史', exact: true }).click();
  await operator.getByRole('button', { name: '导出笔记本' }).click();
  const book = JSON.parse(await readFile(await (await notebook).path(), 'utf8')) as { cells: { source: string[] }[] };
  expect(book.cells.some((c) => c.source.join('') === SQL)).toBe(true);

  await holder.goto('/work/sandbox?part=uses');
  await expect(holder.getByText('from weather_days').first()).toBeVisible();
  await accessible(holder);
});
