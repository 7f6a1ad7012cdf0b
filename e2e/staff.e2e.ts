import { expect, type Page, test } from '@playwright/test';
import { codeOfNobody } from '../bench/codes.ts';
import { accessible } from './accessible.ts';
import { signInAs, signInByHand } from './people.ts';

/**
 * What the staff of the exchange does all day: a party applies and is admitted, its money comes in and goes out again
 * after another person has looked, it is suspended and resumed; its administrator opens an account for a colleague, makes
 * an interface key and takes it back; a draft document is adopted and the adoption revoked.
 */
const RUN = Date.now();
const PARTY = `示例饮料有限公司 ${RUN}`;
const LOGIN = `drinks-${RUN}`;
const PASSWORD = `long enough ${RUN}`;

const dialog = (page: Page) => page.getByRole('dialog');
const done = (page: Page) => page.locator('.done-note, .act-done').first();

/** Picks from a list of choices, by typing as a person would. */
async function choose(page: Page, label: string, choice: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).last().click();
  await page.keyboard.type(choice);
  await expect(page.locator('.ant-select-item-option-active').locator('visible=true')).toHaveText(choice);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
}

async function press(page: Page, button: string): Promise<void> {
  await dialog(page).getByRole('button', { name: button, exact: true }).click();
  await expect(done(page)).toBeVisible();
}

test('a party is admitted, funded, paid out, suspended and resumed, and runs its own accounts', async ({ browser }) => {
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto('/join');
  await accessible(stranger);
  await stranger.getByLabel('单位全称').fill(PARTY);
  await stranger.getByLabel('统一社会信用代码').fill(codeOfNobody());
  await stranger.getByLabel('法定代表人').fill('示例');
  await stranger.getByLabel('联系方式').fill('示例地址');
  await choose(stranger, '角色', '数据使用单位');
  await stranger.getByLabel('声明').fill('购买气象数据用于销售预测。');
  await stranger.getByLabel('姓名').fill('示例经理');
  await stranger.getByLabel('登录名').fill(LOGIN);
  await stranger.locator('input[type=password]').fill(PASSWORD);
  await stranger.getByRole('button', { name: '提交申请' }).click();
  await expect(stranger.getByText('申请已提交')).toBeVisible();

  const exchange = await signInAs(browser, 'exchange');
  await exchange.goto('/work/counter');
  await accessible(exchange);
  await exchange.getByRole('link', { name: PARTY }).first().click();
  await exchange.getByRole('button', { name: '准予入驻' }).click();
  // The identity must have been checked: the form asks before the rule does.
  await dialog(exchange).getByRole('button', { name: '准予入驻' }).click();
  await expect(done(exchange)).toBeHidden();
  await dialog(exchange).getByLabel('已核验该单位的登记信息和证照').check();
  await dialog(exchange).getByLabel('核验了什么').fill('已核对名称、代码和法定代表人。');
  await press(exchange, '准予入驻');
  await accessible(exchange);

  const settlement = await signInAs(browser, 'settlement');
  await settlement.goto('/work/counter?part=money');
  await settlement.getByRole('button', { name: '登记入金' }).click();
  await choose(settlement, '单位', PARTY);
  await dialog(settlement).getByLabel('金额').fill('1234.56');
  await dialog(settlement).getByLabel('银行流水号').fill(`E2E-${RUN}`);
  await press(settlement, '登记入金');

  const manager = await signInByHand(browser, { login: LOGIN, password: PASSWORD });
  await manager.goto('/work/account');
  await expect(manager.getByText('¥ 1,234.56').first()).toBeVisible();
  await manager.getByRole('button', { name: '申请出金' }).click();
  await dialog(manager).getByLabel('金额').fill('234.56');
  await dialog(manager).getByLabel('收款银行账户').fill('6222020200001234567');
  await press(manager, '申请出金');
  await accessible(manager);

  await settlement.goto('/work/counter?part=withdrawals');
  await accessible(settlement);
  const request = settlement.getByRole('row').filter({ hasText: PARTY });
  await request.getByRole('button', { name: '批准' }).click();
  await press(settlement, '批准');
  await expect(request).toBeHidden();
  await manager.reload();
  await expect(manager.getByText('¥ 1,000.00').first()).toBeVisible();

  await exchange.getByRole('button', { name: '暂停单位' }).click();
  await dialog(exchange).getByLabel('理由').fill('示例：核查经营异常。');
  await press(exchange, '暂停单位');
  await expect(exchange.getByText('该单位已暂停，可以恢复。')).toBeVisible();
  await exchange.getByRole('button', { name: '恢复单位' }).click();
  await dialog(exchange).getByLabel('理由').fill('示例：异常已排除。');
  await press(exchange, '恢复单位');
  await expect(exchange.getByText('目前没有需要办理的事。')).toBeVisible();

  await invite(manager);
});

/** The administrator of a party opens an account; the colleague signs in with what was shown once. */
async function invite(manager: Page): Promise<void> {
  await manager.goto('/work/team?part=people');
  await accessible(manager);
  await manager.getByRole('button', { name: '开立账号' }).click();
  await dialog(manager).getByLabel('登录名').fill(`${LOGIN}-2`);
  await dialog(manager).getByLabel('姓名').fill('示例同事');
  await choose(manager, '角色', '数据使用单位');
  await press(manager, '开立人员账号');
  const secret = (await manager.locator('.secret-once code').textContent()) ?? '';
  expect(secret.length).toBeGreaterThan(10);
  const browser = manager.context().browser();
  if (!browser) throw new Error('the page has no browser');
  await signInByHand(browser, { login: `${LOGIN}-2`, password: secret });
}

test('a draft is adopted by a public decision, and the decision revoked', async ({ browser }) => {
  const exchange = await signInAs(browser, 'exchange');
  await exchange.goto('/work/counter?part=documents');
  await accessible(exchange);
  const row = exchange
    .getByRole('row')
    .filter({ has: exchange.getByRole('button', { name: '采用', exact: true }) })
    .first();
  const name = (await row.getByRole('link').first().textContent()) ?? '';
  await row.getByRole('button', { name: '采用', exact: true }).click();
  await dialog(exchange).getByLabel('理由').fill('示例：经交易所办公会决定。');
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await dialog(exchange).getByLabel('自何日起').fill(day);
  await exchange.keyboard.press('Tab');
  await press(exchange, '采用草案');
  const adopted = exchange.getByRole('row').filter({ hasText: name });
  await expect(adopted.getByText(`自 ${day} 起`)).toBeVisible();
  await adopted.getByRole('button', { name: '撤销采用' }).click();
  await dialog(exchange).getByLabel('理由').fill('示例：撤回决定。');
  await press(exchange, '撤销采用');
  await expect(adopted.getByText('未采用')).toBeVisible();
});
