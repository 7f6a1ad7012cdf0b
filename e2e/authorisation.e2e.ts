import { expect, type Page, test } from '@playwright/test';
import { accessible } from './accessible.ts';
import { assemble, type Cast, PRODUCT, RESOURCE, RUN, SCENARIO, TITLE } from './authorisation/cast.ts';
import { clockOver, termOver } from './authorisation/data.ts';
import { product } from './authorisation/product.ts';
import { addPaper, day, desk, expectRight, rightState, sheet, sheetThatLeaves } from './authorisation/sheets.ts';

/**
 * Authorised operation of public data by nine people of six parties: two of the data authority, two of the department
 * whose data it is, two of the operating unit, and three experts of three institutions. From the announcement to a
 * product on the market and on to the end of the term; an objection, a correction, a suspension and an exit on the way.
 * Each person sees only what is theirs.
 */
const SLOW_MS = 60_000;
let people: Cast['people'];
let outsider: Cast['outsider'];
let apis: Cast['apis'];
let expertNames: Cast['expertNames'];

test.beforeAll(async ({ browser, baseURL }) => {
  ({ people, outsider, apis, expertNames } = await assemble(browser, baseURL ?? ''));
});

async function announce(): Promise<void> {
  const page = people.chief;
  await page.goto('/work/authorisation/announce');
  await accessible(page);
  await page.getByLabel('公告标题').fill(TITLE);
  await page.getByRole('button', { name: '发布公告' }).click();
  // What is missing is said beside its field, and nothing typed is lost.
  await expect(page.getByText('请至少选一项数据资源')).toBeVisible();
  await expect(page.getByLabel('公告标题')).toHaveValue(TITLE);
  await page.getByLabel('授权范围').fill('地铁客流数据，用于保险、商业选址领域的产品开发。');
  await page.getByLabel('搜索公共数据目录').fill('地铁客流');
  await page.getByRole('button', { name: `选取 ${RESOURCE}` }).click();
  await page.getByLabel('申请条件').fill('依法设立，具备数据安全能力，近三年无重大失信记录。');
  await page.getByLabel('相关要求').fill('每年开发不少于两个数据产品。');
  await page.getByLabel('申请截止').fill(day(10));
  await page.getByLabel('评分项').nth(0).fill('运营方案');
  await page.getByLabel('满分').nth(0).fill('60');
  await page.getByLabel('评分项').nth(1).fill('安全能力');
  await page.getByLabel('满分').nth(1).fill('40');
  for (const interest of ['国家秘密', '国家安全', '公共利益', '商业秘密', '个人隐私', '数据安全'])
    await page.getByLabel(interest, { exact: true }).check();
  await page.getByLabel('判断理由与保护措施').fill('数据为线路汇总，不含个人信息；原始数据不出平台。');
  await expect(page.getByText('合计 100 分，正好。')).toBeVisible();
  await page.getByRole('button', { name: '发布公告' }).click();
  await expect(page.getByRole('heading', { name: TITLE })).toBeVisible();
}

async function applyToOperate(): Promise<string> {
  const page = people.manager;
  await page.goto('/authorisation?open=true');
  await accessible(page);
  await page.getByRole('link', { name: TITLE }).click();
  await accessible(page);
  await sheetThatLeaves(page, '申请授权运营', { 申请说明: '具备客流数据产品开发和安全保障能力。' });
  await expect(page).toHaveURL(/\/work\/authorisation\/applications\/apl_/);
  for (const kind of ['资格证明材料', '数据安全能力证明', '运营方案']) await addPaper(page, kind);
  await accessible(page);
  return new URL(page.url()).pathname;
}

async function accept(application: string): Promise<void> {
  const page = people.clerk;
  await page.goto('/work');
  // What waits for the authority leads to the page of the operation.
  await page.locator('.task-list li', { hasText: TITLE }).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(application));
  await page.getByRole('button', { name: '受理申请并指定专家' }).click();
  const form = page.getByRole('dialog');
  for (const name of expertNames) {
    await form.getByRole('combobox').fill(name);
    await page.locator('.ant-select-item-option', { hasText: name }).click();
  }
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: '受理申请并指定专家' }).click();
  await expect(page.getByText('等待', { exact: false }).first()).toContainText('请专家评分');
}

async function score(page: Page, application: string, points: readonly [string, string]): Promise<void> {
  await page.goto('/work/authorisation');
  await page.getByRole('link', { name: '示例数据运营有限公司' }).click();
  await expect(page.getByRole('heading', { name: '评分表' })).toBeVisible();
  await page.getByLabel('运营方案 的得分').fill('61');
  await page.getByRole('button', { name: '提交评分' }).click();
  await expect(page.getByText('请填 0 到 60 的整数')).toBeVisible();
  await page.getByLabel('运营方案 的得分').fill(points[0]);
  await page.getByLabel('安全能力 的得分').fill(points[1]);
  await page.getByLabel('评审意见').fill('方案具体，可行。');
  await page.getByLabel('本单位与申请人、授权单位和数据提供单位没有关联').check();
  await page.getByRole('button', { name: '提交评分' }).click();
  await expect(page.getByRole('heading', { name: '贵方的评分' })).toBeVisible();
  expect(page.url()).toContain(application);
}

/** Who sees which sheet: an expert the own one, the applicant none, the authorising unit all. */
async function onlyOwnSheets(application: string): Promise<void> {
  const { first, second, manager, chief } = people;
  for (const page of [first, second, manager, chief]) await page.goto(application);
  const sheets = (page: Page) => page.getByRole('columnheader', { name: /示例评审机构/ });
  await expect(sheets(first)).toHaveText([expertNames[0] ?? '']);
  await expect(sheets(second)).toHaveText([expertNames[1] ?? '']);
  await expect(manager.getByText('评分由授权单位掌握')).toBeVisible();
  await expect(sheets(manager)).toHaveCount(0);
  await expect(sheets(chief)).toHaveCount(3);
  await accessible(first);
  await accessible(chief);
}

async function objectAndDismiss(application: string): Promise<void> {
  const { chief, clerk } = people;
  await chief.goto(application);
  await chief.getByRole('button', { name: '形成评审结论' }).click();
  await chief.getByRole('dialog').getByRole('button', { name: '形成评审结论' }).click();
  await expect(chief.getByRole('heading', { name: '公示与异议' })).toBeVisible();
  const notice = await chief.getByRole('link', { name: /授权运营初选名单公示/ }).getAttribute('href');
  const noticeId = notice?.split('/').at(-1) ?? '';
  // Anybody may object, without an account.
  const answer = await outsider.request.post('/v1/acts/notice.object', {
    data: { noticeId, grounds: '申请人曾有失信记录，请核查。' },
  });
  expect(answer.status()).toBe(200);
  await clerk.goto(application);
  await clerk.getByRole('button', { name: '处理异议' }).click();
  const form = clerk.getByRole('dialog');
  await form.getByRole('combobox').click();
  await clerk.locator('.ant-select-item-option').last().click();
  await form.getByLabel('调查结论与理由').fill('经查询信用记录，无失信情形。');
  await form.getByRole('button', { name: '处理异议' }).click();
  await expect(form).toBeHidden();
  await clockOver(await caseOf(application));
}

async function caseOf(application: string): Promise<string> {
  const id = application.split('/').at(-1) ?? '';
  const { caseId } = await apis.operator.get<{ caseId: string }>(`/applications/${id}`);
  return caseId;
}

async function agreementOf(application: string): Promise<string> {
  const id = application.split('/').at(-1) ?? '';
  let found: string | null = null;
  await expect
    .poll(
      async () => {
        found = (await apis.operator.get<{ agreementId: string | null }>(`/applications/${id}`)).agreementId;
        return found;
      },
      { timeout: SLOW_MS },
    )
    .not.toBeNull();
  return found ?? '';
}

async function signAndFile(application: string): Promise<void> {
  const { manager, chief, clerk, first, steward } = people;
  for (const page of [manager, chief]) {
    await page.goto(application);
    await expect(page.locator('.clauses > li')).toHaveCount(6);
    await page.getByRole('button', { name: '签署协议' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '签署协议' }).click();
    await expect(page.getByRole('button', { name: '签署协议' })).toBeHidden();
  }
  await accessible(manager);
  await clerk.goto(application);
  await sheet(clerk, '报同级政府备案', { 备案号: `备〔2026〕${RUN}号` });
  // The experts judged the application; the agreement is between others.
  await first.goto(application);
  await expect(first.getByRole('heading', { name: '贵方的评分' })).toBeVisible();
  await expect(first.locator('.clauses')).toHaveCount(0);
  // Nor is it the department's, whose data is asked for one scenario at a time.
  await steward.goto(application);
  await expect(steward.getByText('没有办成：查看授权运营事项')).toBeVisible();
  // The public sees who operates what, until when.
  await outsider.goto('/authorisation?part=units');
  const unit = outsider.getByRole('row').filter({ hasText: TITLE });
  await expect(unit).toContainText(`备〔2026〕${RUN}号`);
  await expect(unit).toContainText('运营中');
  await accessible(outsider);
}

/** @returns the page of the application for data */
async function askForData(): Promise<string> {
  const page = people.analyst;
  await page.goto('/work/authorisation/scenarios/new');
  await page.getByLabel('授权运营协议').selectOption({ label: (await optionWith(page, TITLE)) ?? '' });
  await page.getByLabel('数据资源').selectOption({ label: RESOURCE });
  await page.getByLabel('应用场景名称').fill(SCENARIO);
  await page.getByLabel('场景内容').fill('保险公司按线路客流为商铺营业中断险定价。');
  await page.getByLabel('可行性').fill('数据逐日更新，字段完整。');
  await page.getByLabel('经济或社会价值').fill('降低小微商户保费。');
  await page.getByLabel('使用目的').fill('客流统计产品');
  for (const title of ['线路', '客流']) await page.getByRole('checkbox', { name: title }).check();
  await expect(page.getByText('已选 2 / 3 个字段')).toBeVisible();
  await page.getByLabel('使用期限至').fill(day(200));
  await page.getByLabel('使用次数上限').fill('20');
  await accessible(page);
  await page.getByRole('button', { name: '提交数据申请' }).click();
  await expect(page.getByRole('heading', { name: SCENARIO })).toBeVisible();
  return new URL(page.url()).pathname;
}

const optionWith = (page: Page, title: string) =>
  page.getByLabel('授权运营协议').locator('option', { hasText: title }).textContent();

async function approveTogether(scenario: string): Promise<void> {
  const { clerk, steward, first } = people;
  await clerk.goto(scenario);
  await sheet(clerk, '同意数据申请', { 审核意见: '字段与场景相符。' });
  await clerk.goto(desk('rights'));
  await expect(rightState(clerk)).toHaveCount(0);
  // The department finds it among what waits for it, and is the second to agree.
  await steward.goto('/work');
  await steward.locator('.task-list li', { hasText: SCENARIO }).getByRole('link').click();
  await accessible(steward);
  await sheet(steward, '同意数据申请', { 审核意见: '同意用于该场景。' });
  await steward.goto(desk('rights'));
  await expect(rightState(steward)).toContainText('有效');
  await expect(rightState(steward)).toContainText('还剩 20 次');
  await accessible(steward);
  // It is neither the experts' nor anybody else's.
  await first.goto(scenario);
  await expect(first.getByText('没有这件数据申请')).toBeVisible();
}

async function governData(application: string): Promise<void> {
  const { analyst, transport, manager } = people;
  await analyst.goto(application);
  await analyst.getByRole('button', { name: '提出治理需求' }).click();
  const form = analyst.getByRole('dialog');
  await form.getByRole('combobox').click();
  await analyst.locator('.ant-select-item-option', { hasText: RESOURCE }).click();
  await form.getByLabel('质量问题').fill('个别日期的客流为空值。');
  await form.getByRole('button', { name: '提出治理需求' }).click();
  await expect(form).toBeHidden();
  await transport.goto(desk('demands'));
  await transport.getByRole('link', { name: '个别日期的客流为空值。' }).first().click();
  await sheet(transport, '答复数据治理需求', { 治理情况: '已从原始记录补录。' });
  await manager.goto(new URL(transport.url()).pathname);
  await accessible(manager);
  await manager.getByRole('button', { name: '已解决', exact: true }).click();
  await manager.getByRole('dialog').getByRole('button', { name: '已解决' }).click();
  await expect(manager.getByText('已经办结').first()).toBeVisible();
}

/** Failed, suspended in the same act, corrected in writing, rechecked: the right lives again. */
async function correct(application: string): Promise<void> {
  const { clerk, manager, analyst } = people;
  await clerk.goto(application);
  await clerk.getByRole('button', { name: '评估不合格', exact: true }).click();
  const verdict = clerk.getByRole('dialog');
  await verdict.getByLabel('评估意见').fill('操作日志缺少导出记录。');
  await verdict.getByRole('button', { name: '评估不合格' }).click();
  await expect(verdict).toBeHidden();
  await expectRight(analyst, '已暂停');
  await manager.goto(application);
  await addPaper(manager, '整改书面报告');
  await sheet(manager, '提交整改报告', { 整改情况: '已补齐导出日志并复核。' });
  await clerk.goto(application);
  await clerk.getByRole('button', { name: '整改到位', exact: true }).click();
  await clerk.getByRole('dialog').getByLabel('复查意见').fill('整改到位。');
  await clerk.getByRole('dialog').getByRole('button', { name: '整改到位' }).click();
  await expect(clerk.getByRole('dialog')).toBeHidden();
  await accessible(clerk);
  await expectRight(analyst, '有效');
}

async function suspendAndResume(application: string): Promise<void> {
  const { chief, steward } = people;
  await chief.goto(application);
  await sheet(chief, '暂停运营权限', { 理由: '发生安全事件，核查期间暂停。' });
  await expectRight(steward, '已暂停');
  await chief.goto(application);
  await sheet(chief, '恢复运营权限', { 理由: '核查完毕。' });
  await expectRight(steward, '有效');
}

/** At the second the term is over rights end by themselves; the exit is settled with the proof of erasure. */
async function expireAndLeave(application: string): Promise<void> {
  const { manager, analyst, steward } = people;
  await termOver(await agreementOf(application));
  await expectRight(analyst, '已终止');
  await expectRight(steward, '已终止');
  await expect(async () => {
    await manager.goto(application);
    await expect(manager.getByText('请按协议处置资产并清除数据').first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: SLOW_MS });
  await addPaper(manager, '资产处置与数据清除证明');
  await sheet(manager, '完成资产处置与数据清除', { 处置与清除情况: '已清除全部公共数据与中间结果。' });
  await expect(manager.getByText('已经办结').first()).toBeVisible();
  await accessible(manager);
  await outsider.goto('/authorisation?part=units');
  await expect(outsider.getByRole('row').filter({ hasText: TITLE })).toContainText('已退出');
}

test('nine people of six parties, from the announcement to a product on the market and to the end of the term', async () => {
  test.setTimeout(600_000);
  await announce();
  const application = await applyToOperate();
  await accept(application);
  const { first, second, third } = people;
  await score(first, application, ['50', '30']);
  await score(second, application, ['55', '35']);
  await score(third, application, ['45', '30']);
  await onlyOwnSheets(application);
  await objectAndDismiss(application);
  await agreementOf(application);
  await signAndFile(application);

  const scenario = await askForData();
  await approveTogether(scenario);
  const productId = await product(apis);
  await outsider.goto(`/products/${productId}`);
  await expect(outsider.getByRole('heading', { name: PRODUCT })).toBeVisible();

  await governData(application);
  await correct(application);
  await suspendAndResume(application);
  await expireAndLeave(application);
});
