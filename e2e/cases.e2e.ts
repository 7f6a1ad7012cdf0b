import { type Browser, expect, type Page, test } from '@playwright/test';
import { accessible } from './accessible.ts';
import { accountOf } from './accounts.ts';
import { Api, applied, beforeThePublic, type Operation } from './operation.ts';
import { signIn, signInAs, signInByHand } from './people.ts';

/**
 * What every case shares, by hand: a stranger objects to a public notice, the authority sees it in its inbox, looks into
 * it and decides; an applicant adds a paper; a turn is given to a colleague, who alone sees it then.
 */
const SLOW_MS = 60_000;
const PHONE = { width: 360, height: 780 };
const DESK = { width: 1280, height: 880 };
let base: string;

test.beforeAll(({ baseURL }) => {
  base = baseURL ?? '';
});

/** Desk in light, phone in dark, and English: no way of looking keeps anybody out. */
async function accessibleEverywhere(page: Page): Promise<void> {
  await accessible(page);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESK);
}

/** The authority signs in with one-time codes, so its software acts here; its pages are those of every party. */
const authorityApi = async (): Promise<Api> => new Api(base, (await accountOf('authority')).apiKey);

test('a stranger objects to a public notice; the authority decides, and the case goes on', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  const { caseId, noticeId } = await beforeThePublic(base);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: '公示中' })).toBeVisible();
  await page.getByRole('link', { name: '全部公示' }).click();
  await expect(page.getByRole('heading', { name: '公示', level: 1 })).toBeVisible();
  await accessibleEverywhere(page);
  await page.goto(`/notices/${noticeId}`);
  await expect(page.getByText('异议剩余 5 个工作日')).toBeVisible();
  await expect(page.getByText('目前没有异议。')).toBeVisible();
  await accessibleEverywhere(page);
  await page.getByRole('button', { name: '提出异议' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('异议理由').fill('该单位近三年有失信记录，不符合申请条件。');
  await form.getByLabel(/联系方式/).fill('13800000000');
  await accessible(page);
  await form.getByRole('button', { name: '提出异议' }).click();
  await expect(form.getByText('：已办成。')).toBeVisible({ timeout: SLOW_MS });
  await expect(form.locator('code').last()).toHaveText(/^rct_/);
  // The publicity stands still, and nobody learns what was objected, or by whom.
  await page.reload();
  await expect(page.getByText('异议调查中，公示期暂停计算')).toBeVisible();
  await expect(page.getByText('第 1 件异议')).toBeVisible();
  await expect(page.getByText('失信记录')).toHaveCount(0);

  const authority = await authorityApi();
  const { items: waiting } = await authority.get<{ items: { id: string; waitingFor: { mine: boolean } }[] }>(
    '/cases?waiting=me&limit=100',
  );
  expect(waiting.find((c) => c.id === caseId)?.waitingFor.mine).toBe(true);
  const { items: tasks } = await authority.get<{ items: { caseId: string | null; what: { zh: string } }[] }>(
    '/tasks?limit=100',
  );
  expect(tasks.find((t) => t.caseId === caseId)?.what.zh).toBe('请调查处理异议');
  const { objectionsInFull } = await authority.get<{ objectionsInFull: { id: string; contact: string }[] }>(
    `/notices/${noticeId}`,
  );
  expect(objectionsInFull[0]?.contact).toBe('13800000000');
  await bellRings(browser);
  await authority.act('notice.decide-objection', {
    objectionId: objectionsInFull[0]?.id,
    decision: 'dismiss',
    reason: '经查询信用信息平台，该单位无失信记录。',
  });
  await page.reload();
  await expect(page.getByText('异议不成立')).toBeVisible();
  await expect(page.getByText(/异议剩余 \d 个工作日/)).toBeVisible();
});

/** The authority's people are told of the objection, and it counts as read once they went there. */
async function bellRings(browser: Browser): Promise<void> {
  const page = await signInByHand(browser, await accountOf('authority'));
  await expect(page.getByRole('link', { name: '请调查处理异议' })).toBeVisible();
  const bell = page.getByRole('button', { name: /通知，\d+ 条未读/ });
  const unread = Number(/\d+/.exec((await bell.textContent()) ?? '')?.[0]);
  await bell.click();
  const told = page.getByRole('dialog').getByRole('listitem').first();
  await expect(told.getByText('公示收到异议，请调查处理。')).toBeVisible();
  await accessible(page);
  await told.getByRole('link').click();
  await expect(page.getByText('该单位近三年有失信记录')).toBeVisible();
  await expect(page.getByRole('button', { name: '处理异议' })).toBeVisible();
  await expect(bell.or(page.getByRole('button', { name: '通知', exact: true })).first()).not.toHaveText(
    new RegExp(`${unread} 条未读`),
  );
  await accessibleEverywhere(page);
  await page.goto('/work/notifications');
  await expect(page.getByRole('heading', { name: '通知', level: 1 })).toBeVisible();
  await accessibleEverywhere(page);
  await page.context().close();
}

test('an applicant sees who must act and by when, and adds a paper', async ({ browser }) => {
  test.setTimeout(180_000);
  const { caseId, title } = await applied(base);
  const page = await signInAs(browser, 'operator');
  await page.goto('/work/cases?show=open');
  await expect(page.getByRole('heading', { name: '办理事项', level: 1 })).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: title });
  await expect(row.getByText('等待示例市大数据局')).toBeVisible();
  await expect(row.getByText('还剩 3 个工作日')).toBeVisible();
  await accessibleEverywhere(page);
  await page.goto(`/work/cases/${caseId}`);
  await expect(page.getByText('等待示例市大数据局：请核对资格与材料，决定是否受理')).toBeVisible();
  await expect(page.getByText('逾期将自动上报大数据主管部门并留痕')).toBeVisible();
  await expect(page.getByText('下一步需要：资格证明材料、数据安全能力证明、运营方案')).toBeVisible();
  await accessibleEverywhere(page);
  await page.getByRole('button', { name: '提交材料' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('材料种类').selectOption({ label: '运营方案' });
  await form.locator('input[type="file"]').setInputFiles({
    name: '运营方案.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7 plan'),
  });
  await expect(form.getByText('运营方案.pdf 已保存')).toBeVisible({ timeout: SLOW_MS });
  await accessible(page);
  await form.getByRole('button', { name: '提交材料' }).click();
  await expect(page.getByText('提交材料：已办成。')).toBeVisible({ timeout: SLOW_MS });
  await expect(page.getByText('下一步需要：资格证明材料、数据安全能力证明')).toBeVisible();
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载 运营方案.pdf' }).click();
  expect((await started).suggestedFilename()).toBe('运营方案.pdf');
  await expect(page.locator('.timeline').getByText('提交材料')).toBeVisible();
  // A file that is no paper is refused, with what to do, and the form keeps what was chosen.
  await page.getByRole('button', { name: '提交材料' }).click();
  await form.locator('input[type="file"]').setInputFiles({
    name: 'tool.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(''),
  });
  await expect(form.locator('.refusal, .drop-failed').first()).toBeVisible({ timeout: SLOW_MS });
  await page.context().close();
});

test('a turn is given to a colleague, whose inbox alone then shows it', async ({ browser }) => {
  test.setTimeout(180_000);
  const { expert, operation } = await scored();
  const boss = await signIn(browser, expert);
  await boss.goto('/work');
  await expect(boss.getByRole('link', { name: '请专家评分' })).toBeVisible();
  await accessibleEverywhere(boss);
  const colleague = await invite(expert.token);
  await boss.goto(`/work/cases/${operation.caseId}`);
  await expect(boss.getByText('轮到贵方：请专家评分')).toBeVisible();
  await boss.getByRole('button', { name: '交由同事办理' }).click();
  const form = boss.getByRole('dialog');
  await form.getByLabel(/承办人/).click();
  await boss.getByTitle('承办专家丁').click();
  await form.getByRole('button', { name: '交由本单位人员办理' }).click();
  await expect(boss.getByText('由 承办专家丁 办理。')).toBeVisible({ timeout: SLOW_MS });
  await boss.goto('/work');
  await expect(boss.getByText('现在没有等您办理的事')).toBeVisible();
  await boss.goto('/work/cases');
  await expect(boss.getByText('现在没有等您办理的事')).toBeVisible();
  await boss.context().close();
  const page = await signInByHand(browser, colleague);
  await page.getByRole('link', { name: '请专家评分' }).click();
  await expect(page.getByText('轮到贵方：请专家评分')).toBeVisible();
  await page.context().close();
});

interface Scored {
  readonly operation: Operation;
  readonly expert: Operation['experts'][number];
}

/** An application whose experts are named, and one of them. */
async function scored(): Promise<Scored> {
  const operation = await applied(base);
  const authority = await authorityApi();
  const operator = new Api(base, (await accountOf('operator')).apiKey);
  for (const kind of ['eligibility', 'security', 'plan'])
    await operator.act('case.attach-document', {
      caseId: operation.caseId,
      kind,
      fileId: await operator.paper(`${kind}.txt`, `${kind} of ${operation.caseId}`),
    });
  await authority.act('application.accept', {
    applicationId: operation.applicationId,
    expertIds: operation.experts.map((e) => e.partyId),
  });
  const [expert] = operation.experts;
  if (!expert) throw new Error('nobody judges');
  return { operation, expert };
}

/** Another person of the expert's party, who has chosen a password. */
async function invite(token: string): Promise<{ readonly login: string; readonly password: string }> {
  const login = `colleague${Date.now() % 1_000_000}`;
  const { initialPassword } = await new Api(base, token).act<{ initialPassword: string }>('access.invite-person', {
    login,
    displayName: '承办专家丁',
    roles: ['expert'],
  });
  return { login, password: initialPassword };
}
