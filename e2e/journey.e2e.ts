import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { accessible } from './accessible.ts';
import { signInAs } from './people.ts';

/**
 * One real trade by hand: a merchant registers its own file, makes a product of it and has it assessed by two parties;
 * an insurer orders; both sign; the price goes into escrow, the data is downloaded and accepted, the money is cleared,
 * and a certificate and a receipt are checked. Each page on the way is held against axe.
 */
const TITLE = `地铁客流 ${Date.now()}`;
const PRODUCT = `${TITLE}（按线路）`;
const LINES = ['1 号线', '2 号线', '4 号线'] as const;
const ROWS_EACH = 40;
const SLOW_MS = 60_000;

const rows = LINES.flatMap((line, l) =>
  Array.from({ length: ROWS_EACH }, (_, i) =>
    [line, `2026-01-${String((i % 28) + 1).padStart(2, '0')}`, String(1000 * (l + 1) + i)].join(','),
  ),
);
const CSV = `line,day,passengers\n${rows.join('\n')}\n`;

async function registerResource(page: Page): Promise<void> {
  await page.goto('/work/resources/new');
  await accessible(page);
  await page
    .getByLabel('选择文件')
    .setInputFiles({ name: 'metro.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await expect(page.getByRole('heading', { name: '数据概貌' })).toBeVisible({ timeout: SLOW_MS });
  await accessible(page);
  await page.getByLabel('名称', { exact: true }).fill(TITLE);
  // What is missing is said beside its field, and nothing typed is lost.
  await page.getByRole('button', { name: '提交登记' }).click();
  await expect(page.getByText('每一列都需要中文名称')).toBeVisible();
  await expect(page.getByLabel('名称', { exact: true })).toHaveValue(TITLE);
  await page.getByLabel('简介').fill('各线路逐日进站客流。');
  await page.getByLabel('行业').fill('交通运输');
  await page.getByLabel('覆盖地区').fill('示例市');
  await page.getByLabel('更新频率').fill('每月');
  await page.getByLabel('来源说明').fill('本公司自有闸机记录汇总。');
  await page.getByLabel('数据类别').fill('交通运行');
  await page.getByLabel('line 的中文名称').fill('线路');
  await page.getByLabel('day 的中文名称').fill('日期');
  await page.getByLabel('passengers 的中文名称').fill('客流');
  await page.getByLabel('passengers 的单位').fill('人次');
  await page.getByRole('button', { name: '提交登记' }).click();
  await expect(page.getByRole('heading', { name: '登记完成' })).toBeVisible();
  await accessible(page);
}

/** @returns the id of the product */
async function draftProduct(page: Page): Promise<string> {
  await page.getByRole('link', { name: '用它起草产品' }).click();
  await page.getByLabel('名称', { exact: true }).fill(PRODUCT);
  await page.getByLabel('简介').fill('各线路客流的合计与平均。');
  await page.getByLabel('应用场景').fill('保险公司按线路客流为商铺营业中断险定价。');
  await page.getByLabel('分组汇总').check();
  await page.getByLabel(/^线路/).check();
  for (const how of ['合计', '平均']) {
    await page.getByRole('button', { name: '添加一项计算' }).click();
    await page.getByLabel('计算', { exact: true }).last().selectOption({ label: how });
    await page.getByLabel('对象').last().selectOption({ label: '客流 (passengers)' });
  }
  await expect(page.getByText('按线路分组，计算客流合计、平均客流。')).toBeVisible();
  await page.getByLabel('一次许可价格（元）').fill('300');
  await page.getByLabel('允许的用途').fill('保险定价、选址分析');
  await page.getByLabel('供给承诺').fill('每月 5 日前更新上月数据。');
  await expect(page.getByText('合计 100%，分配完整。')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: '提交并加工' }).click();
  await expect(page.getByRole('heading', { name: '委托评估' })).toBeVisible({ timeout: SLOW_MS });
  await accessible(page);
  return page.url().split('/').at(-1) ?? '';
}

async function requestAssessments(page: Page): Promise<void> {
  for (const kind of ['合规评估', '质量评估']) {
    await page.getByRole('button', { name: `委托${kind}` }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('combobox').click();
    await page.locator('.ant-select-item-option').first().click();
    await sheet.getByRole('button', { name: `委托${kind}` }).click();
    await expect(sheet).toBeHidden();
  }
  await expect(page.getByText(/等待.*出具意见/)).toBeVisible();
}

async function issueAssessment(page: Page): Promise<void> {
  await page.goto('/work');
  await accessible(page);
  await page.locator('.task-list li', { hasText: PRODUCT }).getByRole('link').click();
  await page.getByRole('button', { name: '其余全部答“是”' }).click({ timeout: SLOW_MS });
  await accessible(page);
  // Nothing is concluded for the assessor: without a choice the form stays.
  await page.getByLabel('评估意见').fill('按清单逐项核验，未发现不符。');
  await page.getByRole('button', { name: '出具评估结论' }).click();
  await expect(page.getByText('请选择结论')).toBeVisible();
  await page.getByRole('group', { name: '结论' }).getByLabel('通过', { exact: true }).check();
  await page.getByRole('button', { name: '出具评估结论' }).click();
  await expect(page.getByText('已经办结，没有谁需要再办。')).toBeVisible();
  await accessible(page);
}

async function listProduct(page: Page, productId: string): Promise<void> {
  await page.goto(`/work/products/${productId}`);
  await page.getByRole('button', { name: '挂牌' }).click();
  await expect(page.getByText('产品在售。')).toBeVisible();
  await accessible(page);
}

/** @returns the address of the order */
async function placeOrder(page: Page, productId: string): Promise<string> {
  await page.goto(`/work/orders/new?product=${productId}`);
  await page.getByLabel('使用用途').selectOption('保险定价');
  await page.getByLabel('应用场景').fill('营业中断险定价模型。');
  await accessible(page);
  await page.getByRole('button', { name: '提交订单' }).dblclick();
  await expect(page.getByRole('button', { name: '签署合约' })).toBeVisible();
  await accessible(page);
  return new URL(page.url()).pathname;
}

async function press(page: Page, order: string, button: string, then: string): Promise<void> {
  await page.goto(order);
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.getByText(then).first()).toBeVisible();
}

async function downloadCsv(page: Page, order: string): Promise<string> {
  await page.goto(order);
  const started = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载 CSV' }).click();
  const download = await started;
  return readFile(await download.path(), 'utf8');
}

test('a whole trade in the browser, from a file to a verified receipt', async ({ browser }) => {
  test.setTimeout(300_000);
  const seller = await signInAs(browser, 'merchant');
  const buyer = await signInAs(browser, 'insurer');

  await registerResource(seller);
  const productId = await draftProduct(seller);
  await requestAssessments(seller);
  for (const login of ['compliance', 'quality']) await issueAssessment(await signInAs(browser, login));
  await listProduct(seller, productId);

  const order = await placeOrder(buyer, productId);
  await press(buyer, order, '签署合约', '请卖方签署合约');
  await press(seller, order, '签署合约', '请买方付款');
  await press(buyer, order, '付款', '请卖方交付');
  await press(seller, order, '交付', '请买方验收');

  const delivered = await downloadCsv(buyer, order);
  const lines = delivered.trim().split(/\r?\n/);
  expect(lines).toHaveLength(LINES.length + 1);
  for (const [l, line] of LINES.entries()) {
    const sum = Array.from({ length: ROWS_EACH }, (_, i) => 1000 * (l + 1) + i).reduce((a, b) => a + b, 0);
    expect(lines.find((r) => r.includes(line))).toContain(String(sum));
  }

  await press(buyer, order, '验收通过', '已经办结，没有谁需要再办。');
  await expect(buyer.getByText(/已于 .* 清算到各方账户/)).toBeVisible();
  await expect(buyer.locator('.split-table')).toContainText('¥ 297.00');
  await expect(buyer.locator('.split-table')).toContainText('¥ 3.00');
  await accessible(buyer);

  await buyer.getByRole('button', { name: '出具清算凭证' }).click();
  const pdf = buyer.getByRole('link', { name: '打开 PDF' }).first();
  await expect(pdf).toBeVisible();
  const paper = await buyer.request.get((await pdf.getAttribute('href')) ?? '');
  expect(paper.status()).toBe(200);
  expect((await paper.body()).subarray(0, 5).toString()).toBe('%PDF-');

  await buyer.locator('.timeline .chip').first().click();
  await buyer.getByRole('link', { name: '在浏览器中核验' }).click();
  await expect(buyer.getByText('这证明了')).toBeVisible();
  await accessible(buyer);
});
