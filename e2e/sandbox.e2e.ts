import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { intersect, type JointApi, type JointView } from '../src/exchange/sandbox/joint/client.ts';
import { accessible } from './accessible.ts';
import { accountOf } from './accounts.ts';
import { signInAs } from './people.ts';

const SQL = 'select weather, count(*) as n\nfrom weather_days\ngroup by weather\norder by 1';
const PYTHON = `import shuheng
days = shuheng.tables['weather_days']
shuheng.result(days.groupby('weather', as_index=False).size().rename(columns={'size': 'n'}))`;
const TITLE = `天气与出行 ${Date.now()}`;
const COMPONENT = `天气现象天数 ${Date.now()}`;
const JOINT = `重合人数 ${Date.now()}`;
const SLOW_MS = 60_000;

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

/** Fog and drizzle are too few on hot days: their cells are withheld, and the page says why. */
async function asksForTooFew(operator: Page): Promise<void> {
  const editor = operator.getByRole('textbox', { name: '查询（SQL）' });
  await editor.fill(SQL.replace('\ngroup', '\nwhere temp_max > 30\ngroup'));
  await editor.press('Control+Enter');
  const result = operator.getByRole('region', { name: '查询结果' });
  await result
    .getByRole('button', { name: /保护个体/ })
    .first()
    .click();
  await expect(operator.getByText('这个数来自的个体太少').first()).toBeVisible();
  await operator.keyboard.press('Escape');
  await inEnglishAndDark(operator);
}

/** Words of the other language may overflow, colours of the other theme may not be told apart. */
async function inEnglishAndDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Switch to English' }).click();
  await accessible(page);
  await page.getByRole('button', { name: '切换为中文' }).click();
  await page.emulateMedia({ colorScheme: 'light' });
}

async function operatorSubmits(operator: Page): Promise<void> {
  await operator.getByRole('link', { name: '作业', exact: true }).click();
  await operator.getByRole('link', { name: '提交作业' }).click();
  await operator
    .getByRole('textbox', { name: '代码' })
    .fill('select weather, count(*) as n from weather_days group by weather order by weather');
  await operator.getByRole('button', { name: '添加字段' }).click();
  await operator.getByRole('button', { name: '添加字段' }).click();
  await accessible(operator);
  await operator.getByRole('button', { name: '提交作业' }).click();
  // Until it has run and was checked.
  await expect(operator.getByText('等待审查：示例市气象局')).toBeVisible({ timeout: SLOW_MS });
  await accessible(operator);
}

async function holderReleases(holder: Page): Promise<void> {
  await holder.goto('/work/sandbox?part=review');
  await holder
    .getByRole('main')
    .getByRole('link', { name: /^\d{4}-/ })
    .first()
    .click();
  await expect(holder.getByText('轮到贵方审查')).toBeVisible();
  await inEnglishAndDark(holder);
  await release(holder, '只有每种天气的天数。');
}

async function release(holder: Page, reason: string): Promise<void> {
  await holder.getByRole('button', { name: '放行', exact: true }).click();
  const sheet = holder.getByRole('dialog');
  await sheet.getByLabel('理由').fill(reason);
  await sheet.getByRole('button', { name: '放行', exact: true }).click();
  await expect(holder.locator('.done-note')).toBeVisible();
}

/** Any program that pandas can run: the reviewer reads it beside its tables and checks, and the operator sees the result. */
async function pythonIsReviewed(operator: Page, holder: Page): Promise<void> {
  const job = await operatorSubmitsPython(operator);
  await holder.goto(job);
  await expect(holder.getByText('轮到贵方审查')).toBeVisible();
  await expect(holder.getByRole('textbox', { name: '代码' })).toContainText('groupby');
  await expect(holder.getByRole('main').getByRole('link', { name: '逐日气象观测' })).toBeVisible();
  await expect(holder.locator('.checks').first().getByRole('listitem').first()).toBeVisible();
  await accessible(holder);
  await release(holder, '与已放行的天数一致。');
  await operator.reload();
  await expect(operator.getByText('已放行').first()).toBeVisible();
  await expect(operator.getByRole('row').filter({ hasText: 'rain' }).first()).toContainText('641');
}

/** @returns the page of the job */
async function operatorSubmitsPython(operator: Page): Promise<string> {
  await operator.getByRole('link', { name: '提交作业' }).click();
  await operator.getByRole('radio', { name: /^Python/ }).check();
  await operator.getByRole('textbox', { name: '代码' }).fill(PYTHON);
  await operator.getByRole('button', { name: '添加字段' }).click();
  await operator.getByRole('button', { name: '添加字段' }).click();
  await operator.getByRole('button', { name: '提交作业' }).click();
  await expect(operator.getByText('等待审查：示例市气象局')).toBeVisible({ timeout: SLOW_MS });
  return new URL(operator.url()).pathname;
}

/** What was released becomes a resource, and that a product whose picture shows where it comes from. */
async function operatorMakesProduct(operator: Page): Promise<void> {
  await operator.reload();
  await expect(operator.getByText('已放行').first()).toBeVisible();
  const file = operator.waitForEvent('download');
  await operator.getByRole('button', { name: '导出 CSV' }).click();
  expect(await readFile(await (await file).path(), 'utf8')).toContain('rain,641');
  await operator.getByRole('button', { name: '登记为数据元件' }).click();
  const sheet = operator.getByRole('dialog');
  await sheet.getByLabel('名称', { exact: true }).first().fill(COMPONENT);
  await sheet.getByLabel('简介').fill('每种天气现象的天数。');
  await sheet.getByRole('button', { name: '登记数据元件' }).click();
  const component = operator.getByRole('link', { name: '查看数据元件' });
  const resourceId = ((await component.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
  await operator.goto(`/work/products/new?resource=${resourceId}`);
  await operator.getByLabel('名称', { exact: true }).fill(COMPONENT);
  await operator.getByLabel('简介').fill('每种天气现象的天数。');
  await operator.getByLabel('应用场景').fill('出行提示按天气选择时段。');
  await operator.getByLabel('一次许可价格（元）').fill('300');
  await operator.getByLabel('允许的用途').fill('出行提示');
  await operator.getByLabel('供给承诺').fill('每年更新。');
  await operator.getByRole('button', { name: '提交并加工' }).click();
  // The picture shows at once, whether it is built yet or not.
  const picture = operator.getByRole('region', { name: /^血缘图/ });
  for (const from of ['逐日气象观测', '沙箱作业', COMPONENT])
    await expect(picture.getByText(from).first()).toBeVisible();
}

/** Of one party, as its own machine speaks to the exchange. */
async function machineOf(page: Page, login: string): Promise<JointApi> {
  const { apiKey } = await accountOf(login);
  const origin = new URL(page.url()).origin;
  const ask = async (path: string, input?: unknown): Promise<unknown> => {
    const answer = await fetch(`${origin}/v1${path}`, {
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      ...(input === undefined ? {} : { method: 'POST', body: JSON.stringify(input) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return { act: (name, input) => ask(`/acts/${name}`, input), get: (path) => ask(path) };
}

interface Runs {
  readonly sql: boolean;
  readonly python: boolean;
  readonly reason: { readonly zh: string } | null;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `138${String(from + i).padStart(8, '0')}`);

/** Proposed by one, joined by both from their own machines; each page says how many they have in common. */
async function bothIntersect(operator: Page, holder: Page): Promise<void> {
  await operator.goto('/work/sandbox?part=joint');
  await operator.getByRole('button', { name: '提出联合计算' }).click();
  const sheet = operator.getByRole('dialog');
  await sheet.getByLabel('名称', { exact: true }).fill(JOINT);
  await sheet.getByLabel('使用目的').fill('估计重合人数。');
  await sheet.getByLabel('标识是什么、怎么写').fill('手机号，11 位数字');
  await sheet.getByLabel('与谁一起算').selectOption({ label: '示例市气象局' });
  await accessible(operator);
  await sheet.getByRole('button', { name: '提出联合计算' }).click();
  const command = (await operator.locator('.joint-command').textContent()) ?? '';
  expect(command).toMatch(/^bin\/shuheng joint jns_\w+ --file ids\.csv --ground consent --url http/);
  await holder.goto('/work/sandbox?part=joint');
  await accessible(holder);
  await holder.getByRole('link', { name: JOINT }).click();
  await expect(holder.getByRole('heading', { name: '在贵方自己的机器上运行' })).toBeVisible();
  await inEnglishAndDark(holder);
  const sessionId = /jns_\w+/.exec(command)?.[0] ?? '';
  const side = async (page: Page, login: string, ids: readonly string[]) => {
    const machine = await machineOf(page, login);
    const view = (await machine.get(`/joint-sessions/${sessionId}`)) as JointView;
    return intersect(machine, view, 'consent', ids, () => undefined);
  };
  await Promise.all([side(operator, 'operator', numbers(0, 130)), side(holder, 'weather', numbers(110, 260))]);
  for (const page of [operator, holder])
    await expect(page.getByRole('region', { name: '结果' }).locator('.big-figure')).toHaveText('20');
  await accessible(operator);
}

/** Where namespaces are missing nothing runs, and every page of the sandbox says so before anybody writes code. */
async function whatRunsHere(operator: Page): Promise<Runs> {
  const here = (await (await operator.request.get('/v1/sandbox-availability')).json()) as Runs;
  await operator.goto('/work/sandbox');
  const said = operator.getByText(/^本机不能隔离运行/);
  if (here.sql && here.python) await expect(said).toHaveCount(0);
  else await expect(said).toContainText(here.reason?.zh ?? 'no reason');
  return here;
}

async function queriesAndTheirHistory(operator: Page, holder: Page): Promise<void> {
  await expect(operator.getByText('正在准备数据')).toHaveCount(0);
  await operator.getByRole('link', { name: '查询', exact: true }).click();
  const editor = operator.getByRole('textbox', { name: '查询（SQL）' });
  await editor.fill(SQL);
  await editor.press('Control+Enter');
  const result = operator.getByRole('region', { name: '查询结果' });
  await expect(result.getByRole('cell', { name: 'rain' })).toBeVisible();
  await accessible(operator);
  await asksForTooFew(operator);

  const notebook = operator.waitForEvent('download');
  await operator.getByRole('link', { name: '历史', exact: true }).click();
  await operator.getByRole('button', { name: '导出笔记本' }).click();
  const book = JSON.parse(await readFile(await (await notebook).path(), 'utf8')) as { cells: { source: string[] }[] };
  expect(book.cells.some((c) => c.source.join('') === SQL)).toBe(true);

  await holder.goto('/work/sandbox?part=uses');
  await expect(holder.getByText('from weather_days').first()).toBeVisible();
  await accessible(holder);
}

test('an operator asks for a table, its holder grants it, and only what protects everybody comes out', async ({
  browser,
}) => {
  const operator = await operatorOpens(browser);
  const holder = await holderGrants(browser);
  const project = new URL(operator.url()).pathname;
  const here = await whatRunsHere(operator);
  await operator.goto(project);
  if (here.sql) {
    await queriesAndTheirHistory(operator, holder);
    await operatorSubmits(operator);
    await holderReleases(holder);
    await operatorMakesProduct(operator);
    await operator.goto(project);
    await operator.getByRole('link', { name: '作业', exact: true }).click();
    if (here.python) await pythonIsReviewed(operator, holder);
  }
  await bothIntersect(operator, holder);
});

const SERVICE = '航班延误分布查询';
const PHONE = { width: 360, height: 780 };
const callsLeft = async (page: Page): Promise<number> =>
  Number(/还剩 (\d+) 次/.exec((await page.getByText(/^还剩 \d+ 次$/).textContent()) ?? '')?.[1]);

/** The service the sample sold: what the buyer asks is answered in the sandbox, under names it can read. */
test('a buyer calls the query service it bought', async ({ browser }) => {
  const buyer = await signInAs(browser, 'insurer');
  const here = (await (await buyer.request.get('/v1/sandbox-availability')).json()) as Runs;
  test.skip(!here.sql, 'without isolation the sample sells no service');
  await buyer.goto('/work/orders');
  await buyer.getByRole('link', { name: SERVICE }).click();
  const minutes = buyer.getByLabel('延误不少于（分钟）');
  const ask = buyer.getByRole('button', { name: '查询', exact: true });
  await minutes.fill('一小时');
  const before = await callsLeft(buyer);
  await ask.click();
  await expect(minutes).toHaveAttribute('aria-invalid', 'true');
  await expect(minutes).toHaveAccessibleDescription(/请填写数字/);
  expect(await callsLeft(buyer)).toBe(before);
  await accessible(buyer);
  await minutes.fill('45');
  await ask.click();
  const answer = buyer.getByRole('region', { name: '查询结果' });
  for (const name of ['出发机场', '航班量（班）', '平均到达延误（分钟）'])
    await expect(answer.getByRole('columnheader', { name, exact: true })).toBeVisible();
  await expect(answer.getByRole('row').nth(1)).toContainText(/[A-Z]{3}/);
  expect(await callsLeft(buyer)).toBe(before - 1);
  await accessible(buyer);
  await buyer.setViewportSize(PHONE);
  await accessible(buyer);
  const file = buyer.waitForEvent('download');
  await buyer.getByRole('button', { name: '导出 CSV' }).click();
  expect(await readFile(await (await file).path(), 'utf8')).toContain('平均到达延误（分钟）');
});
