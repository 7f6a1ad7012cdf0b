import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../../kernel/text.ts';
import { type CertificateKind, Content } from '../model.ts';
import { drawCertificate, type Paper } from './sheet.ts';

/** What readers of PDF that we did not write make of our certificates. */
// A CommonJS module whose types name the default twice.
const decode =
  (jsQR as unknown as { default?: typeof jsQR.default }).default ?? (jsQR as unknown as typeof jsQR.default);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hash = (n: number) => n.toString(16).padStart(64, 'c');
const at = (n: number) => new Date(Date.UTC(2026, 10, 20, 1, n % 60, 30)).toISOString();
const party = (n: number, name: string) => ({
  id: `pty_${String(n).padStart(26, '0')}`,
  name,
  uscc: `91310000MA1FL${String(n).padStart(5, '0')}`,
});
const cny = (fen: number) => ({ amountFen: String(fen), currency: 'CNY' as const });
const VERIFY = 'https://exchange.example/verify';
const NOTE = `shuheng/certificate/2\ncer_01kaq0000000000000000000aa\nQS-2026-000017\n${hash(99)}\n\n— shuheng.example/log/certificate ${'Q'.repeat(92)}\n`;

function paper(kind: CertificateKind, events: number, more: Partial<Content> = {}): Paper {
  const holder = more.holder ?? party(2, '示例数据服务有限公司');
  const content = Content.parse({
    type: 'shuheng/certificate/2',
    id: 'cer_01kaq0000000000000000000aa',
    number: 'QS-2026-000017',
    kind,
    issuedAt: '2026-11-23T08:05:09.000Z',
    issuer: '示例数据交易所',
    holder,
    subject: { id: 'ord_01kaq0000000000000000000ab', title: '民航航班准点率分析数据集（2001 年上半年）' },
    parties: [
      { ...holder, role: text('卖方', 'Seller') },
      { ...party(1, '示例物流科技有限公司'), role: text('买方', 'Buyer') },
    ],
    amounts: [{ title: text('成交价款', 'Price'), party: null, amount: cny(1_250_000) }],
    asset: null,
    recognised: [],
    supersedes: null,
    events: Array.from({ length: events }, (_, n) => ({
      receiptId: `rct_${String(n).padStart(26, '0')}`,
      act: 'order.pay',
      title: text('付款', 'Pay into escrow'),
      at: at(n),
      subject: 'ord_01kaq0000000000000000000ab',
      partyId: null,
      entrySha256: hash(n),
    })),
    nonce: '0'.repeat(32),
    ...more,
  });
  return {
    content,
    contentSha256: hash(99),
    state: 'valid',
    stateTitle: text('有效', 'valid'),
    revocation: null,
    verifyUrl: `${VERIFY}#c=${Buffer.from(NOTE).toString('base64url')}`,
    verifyPage: VERIFY,
    json: Buffer.from('{"type":"shuheng/certificate/2"}'),
    madeAt: new Date('2026-11-25T00:00:00Z'),
  };
}

async function drawn(of: Paper): Promise<string> {
  const file = join(folder, `${Math.random()}.pdf`);
  writeFileSync(file, await drawCertificate(of));
  return file;
}
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
/** Text as somebody copies it, without the line breaks of the paper. */
const textOf = (file: string) => run('pdftotext', '-raw', file, '-').replace(/\s+/g, ' ');
const pagesOf = (file: string) => Number(/Pages:\s+(\d+)/.exec(run('pdfinfo', file))?.[1]);

describe('the paper', () => {
  test('takes one page for an ordinary certificate, more when there is more to list, never an empty one', async () => {
    expect(pagesOf(await drawn(paper('clearing', 4)))).toBe(1);
    const long = await drawn(paper('clearing', 90));
    const pages = pagesOf(long);
    expect(pages).toBe(4);
    for (let page = 1; page <= pages; page++) {
      expect(run('pdftotext', '-f', String(page), '-l', String(page), long, '-')).toContain('rct_');
    }
    expect(textOf(long)).toContain(`rct_${'89'.padStart(26, '0')}`);
  }, 120_000);

  test('says in its metadata what it is, is tagged, and embeds every font and the JSON', async () => {
    const file = await drawn(paper('trade', 4));
    const info = run('pdfinfo', file);
    expect(info).toContain('交易凭证 QS-2026-000017');
    expect(info).toMatch(/Tagged:\s+yes/);
    expect(run('pdfinfo', '-struct', file)).toContain('H1');
    expect(readFileSync(file, 'latin1')).toContain('/Lang (zh-CN)');
    const fonts = run('pdffonts', file).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(1);
    for (const font of fonts) expect(font).toMatch(/yes yes yes/);
    run('pdfdetach', '-saveall', '-o', folder, file);
    expect(readFileSync(join(folder, 'QS-2026-000017.json'), 'utf8')).toBe('{"type":"shuheng/certificate/2"}');
  }, 60_000);

  test('writes rare characters of names, copies them as themselves, and never prints an empty box', async () => {
    // Extension A, B, C, D, E, F: from the text font and from the rare one.
    const name = '㙓䶮𠮷𪚥𫖯𫝑𫞩𬭎𮯠公司';
    const file = await drawn(paper('registration', 1, { holder: party(7, name), parties: [] }));
    expect(textOf(file)).toContain(name);
    expect(textOf(file)).not.toContain('〔U+');
    // Nobody's font has these: said by their code points.
    const odd = await drawn(paper('registration', 1, { holder: party(7, `𰀀🙂${name}`), parties: [] }));
    expect(textOf(odd)).toContain('〔U+30000〕〔U+1F642〕㙓');
    expect(textOf(odd)).toContain('字库缺字以统一码标示');
  }, 60_000);

  test('carries a code that scans back from the printed page', async () => {
    const file = await drawn(paper('delivery', 4));
    const [width, height, grey] = pgm(
      execFileSync('pdftoppm', ['-r', '150', '-gray', '-singlefile', file], { maxBuffer: 16 * 1024 * 1024 }),
    );
    const pixels = new Uint8ClampedArray(grey.length * 4);
    for (const [n, value] of grey.entries()) pixels.set([value, value, value, 255], n * 4);
    expect(decode(pixels, width, height)?.data).toBe(`${VERIFY}#c=${Buffer.from(NOTE).toString('base64url')}`);
  }, 60_000);

  test('says in red that it was revoked', async () => {
    const file = await drawn({
      ...paper('trade', 4),
      state: 'revoked',
      stateTitle: text('已注销', 'revoked'),
      revocation: { at: at(5), ground: text('凭证内容有误', 'Its content is wrong') },
    });
    expect(textOf(file)).toContain('已注销：2026-11-20 09:05:30，凭证内容有误');
  }, 60_000);
});

/** A grey picture as poppler writes it. */
function pgm(file: Buffer): [width: number, height: number, grey: Buffer] {
  const [header = '', width, height] =
    /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 64).toString('latin1')) ?? [];
  return [Number(width), Number(height), file.subarray(header.length)];
}
