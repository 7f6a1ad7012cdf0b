import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type APIRequestContext, type Browser, expect, type Page, test } from '@playwright/test';
import QRCode from 'qrcode';
import { ROOT } from '../src/kernel/root.ts';
import { accessible } from './accessible.ts';
import { accountOf } from './accounts.ts';
import { signInAs } from './people.ts';

/**
 * Everything an outsider can check: receipts with their openings, certificates as PDF, JSON and printed code, court
 * bundles; in the portal and in the one static file opened from disk. A changed byte is shown each time.
 */
const SLOW_MS = 90_000;
/** The server under test anchors every ten seconds, when it has something new. */
const ANCHORED_MS = 120_000;
const PHONE = { width: 360, height: 780 };

interface Files {
  readonly receiptId: string;
  readonly proof: Buffer;
  readonly entry: Buffer;
  readonly openings: Buffer;
  readonly json: Buffer;
  readonly pdf: Buffer;
  readonly qr: Buffer;
  readonly bundle: Buffer;
  readonly policy: Buffer;
  readonly anchor: Buffer;
}
let files: Files;
let folder: string;

const at = (name: string): string => join(folder, name);

/** A certificate, its receipts and a bundle of a party of the sample, fetched as its own software would. */
test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(300_000);
  folder = await mkdtemp(join(tmpdir(), 'shuheng-evidence-'));
  const { apiKey } = await accountOf('merchant');
  const api = await playwright.request.newContext({
    baseURL: baseURL ?? '',
    extraHTTPHeaders: { authorization: `Bearer ${apiKey}` },
  });
  const bytes = async (path: string): Promise<Buffer> => {
    const answer = await api.get(path);
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    return answer.body();
  };
  const receipts = JSON.parse(String(await bytes('/v1/receipts?limit=100'))) as {
    items: { id: string; act: string; index: number | null }[];
  };
  const receiptId = receipts.items.find((r) => r.act === 'product.draft' && r.index !== null)?.id ?? '';
  expect(receiptId).not.toBe('');
  const products = JSON.parse(String(await bytes('/v1/products?mine=true&limit=20'))) as {
    items: { id: string; state: string }[];
  };
  const listed = products.items.find((p) => p.state === 'listed')?.id ?? '';
  const known = JSON.parse(String(await bytes(`/v1/certificates?subjectId=${listed}&kind=registration`))) as {
    items: { id: string }[];
  };
  const certificateId =
    known.items[0]?.id ??
    (await act<{ certificateId: string }>(api, 'certificate.issue', { kind: 'registration', subjectId: listed }))
      .certificateId;
  const { bundleId } = await act<{ bundleId: string }>(api, 'evidence.export-bundle', { subjectId: listed });
  await expect
    .poll(async () => JSON.parse(String(await bytes(`/v1/evidence/bundles/${bundleId}`))).state, { timeout: SLOW_MS })
    .toBe('ready');
  const { url } = await act<{ url: string }>(api, 'evidence.link-bundle', { bundleId });
  const anchored = `/v1/receipts/${receiptId}/anchor`;
  await expect.poll(async () => (await api.get(anchored)).status(), { timeout: ANCHORED_MS }).toBe(200);
  const json = await bytes(`/v1/certificates/${certificateId}.json`);
  const note = (JSON.parse(String(json)) as { signature: string }).signature;
  files = {
    receiptId,
    proof: await bytes(`/v1/receipts/${receiptId}.tlog-proof`),
    entry: await bytes(`/v1/receipts/${receiptId}/entry`),
    openings: await bytes(`/v1/receipts/${receiptId}/openings`),
    json,
    pdf: await bytes(`/v1/certificates/${certificateId}.pdf`),
    qr: await QRCode.toBuffer(`${baseURL}/verify#c=${Buffer.from(note).toString('base64url')}`, { width: 700 }),
    bundle: await bytes(url),
    policy: await bytes('/log/policy'),
    anchor: await bytes(anchored),
  };
  for (const [name, content] of Object.entries({
    'receipt.tlog-proof': files.proof,
    'receipt.json': files.entry,
    'openings.json': files.openings,
    'certificate.json': files.json,
    'certificate.pdf': files.pdf,
    'code.png': files.qr,
    'bundle.zip': files.bundle,
    'policy.txt': files.policy,
    'anchor.json': files.anchor,
  }))
    await writeFile(at(name), content);
  await api.dispose();
});

test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function act<T>(api: APIRequestContext, name: string, input: unknown): Promise<T> {
  const answer = await api.post(`/v1/acts/${name}`, { data: input });
  if (!answer.ok()) throw new Error(`${name}: ${await answer.text()}`);
  return ((await answer.json()) as { result: T }).result;
}

const give = (page: Page, ...names: readonly string[]) => page.setInputFiles('#verify-files', names.map(at));
const verdicts = (page: Page, kind: string) => page.locator(`.outcome.${kind}`);

/** Nothing on the way may be a fault of the page. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  return faults;
}

test('the portal verifies every kind of file, several at once, at desk and phone width', async ({ page }) => {
  const faults = watch(page);
  await page.goto('/verify');
  await expect(page.getByText('本站公布的公钥', { exact: true })).toBeVisible();
  await give(
    page,
    'receipt.tlog-proof',
    'receipt.json',
    'openings.json',
    'certificate.json',
    'certificate.pdf',
    'bundle.zip',
    'code.png',
  );
  await expect(verdicts(page, 'proven')).toHaveCount(5, { timeout: SLOW_MS });
  await expect(page.getByText('已见证').first()).toBeVisible();
  await expect(page.getByText('当事方开示的内容')).toBeVisible();
  await expect(page.getByText('司法包核验通过（已见证）')).toBeVisible();
  await accessible(page);
  // Whether it is still valid is asked only now.
  const asked = page.waitForRequest(/\/v1\/certificates\/.*\/status/);
  await page.getByRole('button', { name: '向本站查询现在是否有效' }).first().click();
  await asked;
  await expect(page.locator('.outcome-status .tag').first()).toHaveText('有效');
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  expect(faults).toEqual([]);
});

test('a changed file, half a file and a foreign file each get one clear sentence', async ({ page }) => {
  await page.goto('/verify');
  const bent = (content: Buffer, offset: number): Buffer => {
    const changed = Buffer.from(content);
    changed[offset] = (changed[offset] ?? 0) ^ 1;
    return changed;
  };
  // A digit after a digit stays one when its lowest bit turns: the entry is false, and still JSON.
  const digit = /(?<=\d)\d/.exec(String(files.entry));
  if (!digit) throw new Error('the entry has no number');
  await writeFile(at('bent.json'), bent(files.entry, Buffer.byteLength(String(files.entry).slice(0, digit.index))));
  await writeFile(at('bent.pdf'), bent(files.pdf, files.pdf.length >> 1));
  await writeFile(at('bent.zip'), bent(files.bundle, files.bundle.length >> 1));
  await writeFile(at('half.zip'), files.bundle.subarray(0, files.bundle.length >> 1));
  await writeFile(at('half.pdf'), files.pdf.subarray(0, files.pdf.length >> 1));
  await writeFile(at('half-certificate.json'), files.json.subarray(0, files.json.length >> 1));
  await writeFile(at('letter.txt'), 'Dear judge');
  await writeFile(at('empty.pdf'), '');
  await writeFile(at('picture.png'), await QRCode.toBuffer('https://example.org/', { width: 300 }));
  await give(
    page,
    'receipt.tlog-proof',
    'bent.json',
    'bent.pdf',
    'bent.zip',
    'half.zip',
    'half.pdf',
    'half-certificate.json',
    'letter.txt',
    'empty.pdf',
    'picture.png',
  );
  await expect(page.locator('.outcome')).toHaveCount(9, { timeout: SLOW_MS });
  await expect(verdicts(page, 'proven')).toHaveCount(0);
  for (const words of [
    '“letter.txt” 不是',
    '“empty.pdf” 是空文件',
    '二维码里不是凭证',
    '不是完整的 JSON',
    '压缩包不完整',
  ])
    await expect(page.getByText(words).first()).toBeVisible();
  await accessible(page);
});

test('an anchor proves a receipt in a block of another chain, and a changed one proves nothing', async ({ page }) => {
  await page.goto('/verify');
  await give(page, 'anchor.json');
  await expect(verdicts(page, 'proven')).toHaveCount(1, { timeout: SLOW_MS });
  await expect(page.getByText('该检查点的摘要在这笔交易里，这笔交易在这个区块里。')).toBeVisible();
  await accessible(page);
  const anchor = JSON.parse(String(files.anchor)) as { transaction: string };
  const at64 = anchor.transaction.length - 64;
  const digit = anchor.transaction[at64] === '0' ? '1' : '0';
  const transaction = `${anchor.transaction.slice(0, at64)}${digit}${anchor.transaction.slice(at64 + 1)}`;
  await writeFile(at('bent-anchor.json'), JSON.stringify({ ...anchor, transaction }));
  await page.goto('/verify');
  await give(page, 'bent-anchor.json');
  await expect(verdicts(page, 'false')).toHaveCount(1, { timeout: SLOW_MS });
});

test('an address from a printed code opens ready, and pasted text is taken', async ({ page }) => {
  const note = (JSON.parse(String(files.json)) as { signature: string }).signature;
  await page.goto(`/verify#c=${Buffer.from(note).toString('base64url')}`);
  await expect(verdicts(page, 'proven')).toHaveCount(1, { timeout: SLOW_MS });
  await expect(page.getByText('二维码由该日志所属的交易所签发')).toBeVisible();
  await page.getByRole('button', { name: '粘贴文字' }).click();
  await page.getByLabel(/粘贴凭证 JSON/).fill(String(files.json));
  await page.getByRole('button', { name: '核验这段文字' }).click();
  await expect(verdicts(page, 'proven')).toHaveCount(2);
});

test('a remembered key is compared with what the site publishes', async ({ page }) => {
  await page.goto('/verify');
  await page.getByRole('button', { name: '在本浏览器记住' }).click();
  await expect(page.getByText('与本站现在公布的一致。')).toBeVisible();
  await page.reload();
  await expect(page.getByText('与本站现在公布的一致。')).toBeVisible();
  await page.route('**/log/policy', (route) => route.fulfill({ body: 'log x.example+00000000+AA==\nquorum none\n' }));
  await page.reload();
  await expect(page.getByText('与本站现在公布的不一致')).toBeVisible();
});

test('the one static file verifies from disk, and reaches no network', async ({ browser }) => {
  const page = await offlinePage(browser);
  const faults = watch(page);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) sent.push(request.url());
  });
  await page.goto(`file://${join(ROOT, 'web', 'dist', 'verify.html')}?lang=zh`);
  await give(
    page,
    'policy.txt',
    'receipt.tlog-proof',
    'receipt.json',
    'certificate.json',
    'certificate.pdf',
    'bundle.zip',
  );
  await expect(verdicts(page, 'proven')).toHaveCount(4, { timeout: SLOW_MS });
  await expect(page.getByText('司法包核验通过（已见证）')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Shuheng verifier' })).toBeVisible();
  await expect(verdicts(page, 'proven')).toHaveCount(4);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  expect(
    await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'sent',
        () => 'refused',
      ),
    ),
  ).toBe('refused');
  expect([sent, faults]).toEqual([[], []]);
});

test('the file the server hands out carries its policy and the keys of certificates', async ({ browser, request }) => {
  const answer = await request.get('/verify.html');
  expect(answer.headers()['content-security-policy']).toContain("default-src 'none'");
  await writeFile(at('given.html'), await answer.body());
  const page = await offlinePage(browser);
  await page.goto(`file://${at('given.html')}?lang=zh`);
  await expect(page.getByText('随文件附带的公钥')).toBeVisible();
  await give(page, 'code.png', 'certificate.pdf');
  await expect(verdicts(page, 'proven')).toHaveCount(2, { timeout: SLOW_MS });
});

const offlinePage = async (browser: Browser): Promise<Page> =>
  (await browser.newContext({ offline: true, locale: 'zh-CN', viewport: { width: 1280, height: 880 } })).newPage();

test('the health of the log and the life of a product stand open to everybody', async ({ page, request }) => {
  const faults = watch(page);
  const { items } = (await (await request.get('/v1/products?limit=1')).json()) as { items: { id: string }[] };
  for (const [path, heading] of [
    ['/evidence', '存证健康'],
    [`/timelines/${items[0]?.id}`, ''],
  ] as const) {
    await page.setViewportSize({ width: 1280, height: 880 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(path);
    if (heading) await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    else await expect(page.getByText('产品挂牌')).toBeVisible();
    await accessible(page);
    await page.setViewportSize(PHONE);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${path}?lang=en`);
    await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
    await expect(page.locator('h1')).toBeVisible();
    await accessible(page);
  }
  expect(faults).toEqual([]);
});

test('a court bundle is asked for, followed and downloaded in the workbench', async ({ browser }) => {
  const page = await signInAs(browser, 'insurer');
  await page.goto('/work/bundles');
  await expect(page.getByRole('heading', { name: '司法包', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: '制作司法包' }).click();
  const asked = page.waitForResponse((r) => r.url().endsWith('/v1/acts/evidence.export-bundle'));
  await page.getByRole('dialog').getByRole('button', { name: '制作司法包' }).click();
  // Others of this party may be there: the one asked for here is known by its number.
  const { result } = (await (await asked).json()) as { result: { bundleId: string } };
  const download = page.locator(`#${result.bundleId}`).getByRole('button', { name: '下载', exact: true });
  await expect(download).toBeVisible({ timeout: SLOW_MS });
  await accessible(page);
  const started = page.waitForEvent('download');
  await download.click();
  const path = await (await started).path();
  await page.goto('/verify');
  await page.setInputFiles('#verify-files', path);
  await expect(page.getByText('司法包核验通过（已见证）')).toBeVisible({ timeout: SLOW_MS });
});
