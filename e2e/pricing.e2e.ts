import { expect, test } from '@playwright/test';
import { accessible } from './accessible.ts';
import { signInAs } from './people.ts';

/** Prices, consents and disclosures as those concerned meet them, with axe on each page. */
test('what a product may cost is public, and a reviewer sees the formula before approving', async ({
  browser,
  page,
}) => {
  const { items } = (await (await page.request.get('/v1/products?limit=50')).json()) as { items: { id: string }[] };
  let shown = false;
  for (const { id } of items) {
    const basis = (await (await page.request.get(`/v1/products/${id}/price-basis`)).json()) as {
      governed: boolean;
      cap: unknown;
    };
    if (!basis.governed || basis.cap === null) continue;
    await page.goto(`/products/${id}`);
    await expect(page.getByRole('heading', { name: '收费依据' })).toBeVisible();
    await expect(page.getByText('不得高于上限收费标准')).toBeVisible();
    await accessible(page);
    shown = true;
    break;
  }
  expect(shown).toBe(true);

  const reviewer = await signInAs(browser, 'prices');
  await reviewer.goto('/work/authorisation?part=prices');
  await accessible(reviewer);
  await reviewer.getByRole('link', { name: /^\d{4}-01-01 —/ }).click();
  await expect(reviewer.getByText('加：税金')).toBeVisible();
  await reviewer.getByRole('button', { name: '核定最高准许收入' }).first().click();
  await reviewer.getByLabel('核定意见').fill('成本依据完整。');
  await reviewer.getByRole('dialog').getByRole('button', { name: '核定最高准许收入' }).click();
  await expect(reviewer.locator('.done-note')).toBeVisible();
  await expect(reviewer.getByText('已同意', { exact: true }).first()).toBeVisible();
  await accessible(reviewer);
});

test('a provider tells, imports consents, and one of those concerned withdraws without signing in', async ({
  browser,
  page,
}) => {
  const provider = await signInAs(browser, 'transport');
  await provider.goto('/work/authorisation?part=consents');
  await accessible(provider);
  const title = await provider.evaluate(async () => {
    const { me } = (await (await fetch('/v1/sessions/current')).json()) as { me: { party: { id: string } } };
    const { items } = (await (await fetch('/v1/resources?limit=50')).json()) as {
      items: { title: string; holder: { id: string } }[];
    };
    return items.find((r) => r.holder.id === me.party.id)?.title ?? '';
  });
  await provider.getByRole('button', { name: '发布告知书' }).click();
  const sheet = provider.getByRole('dialog');
  await sheet.getByLabel('数据资源').click();
  await provider.getByTitle(title).first().click();
  await sheet.getByLabel('处理目的').fill('浏览器测试用途');
  await sheet.getByLabel('同意范围').click();
  await provider.getByTitle('整体同意').click();
  for (const label of ['处理者名称与联系方式', '处理方式与信息种类', '保存期限', '行使权利的方式', '告知书全文'])
    await sheet.getByLabel(label).fill(`${label}：示例`);
  await sheet.getByRole('button', { name: '发布个人信息处理告知书' }).click();
  await expect(provider.locator('.done-note')).toBeVisible();

  await provider.getByRole('button', { name: '批量导入' }).first().click();
  await sheet.getByLabel('主体类型').click();
  await provider.getByTitle('组织', { exact: true }).click();
  // Consents are given after the notice was there.
  await provider.waitForTimeout(1_100);
  const now = new Date().toISOString();
  await sheet.locator('textarea').first().fill(`subject,time,method\n甲航空,${now},written\n乙航空,${now},online`);
  const before = await provider.locator('td code').count();
  await sheet.getByRole('button', { name: '批量导入同意' }).click();
  await expect(provider.locator('td code')).toHaveCount(before + 2);
  await accessible(provider);

  const mine = provider
    .getByRole('row')
    .filter({ hasText: '浏览器测试用途' })
    .filter({ has: provider.locator('td code') });
  await expect(mine).toHaveCount(2);
  const code = (await mine.first().locator('td code').textContent()) ?? '';
  await page.goto(`/consent#${code}`);
  await accessible(page);
  await page.getByRole('button', { name: '撤回我的同意' }).click();
  await expect(page.getByText('本人凭码撤回同意：已办成。')).toBeVisible();
  await provider.reload();
  await expect(mine.filter({ hasText: code }).getByText('本人撤回')).toBeVisible();
  await provider.locator('a[href^="/consent/"]').first().click();
  await expect(provider.getByRole('heading', { name: `个人信息处理告知书：${title}` })).toBeVisible();
  await accessible(provider);
});

test('the present year is gathered as it fills and cannot be published yet', async ({ browser, page }) => {
  const operator = await signInAs(browser, 'operator');
  await operator.goto('/work/authorisation?part=disclosure');
  await expect(operator.getByRole('heading', { name: '产品和服务清单与具体收费标准' })).toBeVisible();
  await expect(operator.getByText('该年度尚未结束')).toBeVisible();
  await expect(operator.getByRole('button', { name: '发布披露' })).toHaveCount(0);
  await accessible(operator);
  await page.goto('/authorisation?part=disclosures');
  await expect(page.getByText('还没有年度信息披露')).toBeVisible();
  await accessible(page);
});
