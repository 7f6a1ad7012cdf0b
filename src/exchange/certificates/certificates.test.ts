import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { missingIn, ORDER_CHAINS } from './chains.ts';
import { numberOf, seriesOf } from './model.ts';
import { type Paper, renderCertificate } from './pdf.ts';

const hex = (n: number) => n.toString(16).padStart(64, 'c');
const party = (n: number, name: string) => ({
  id: `pty_${String(n).padStart(26, '0')}`,
  name,
  uscc: `91310000MA1FL${String(n).padStart(5, '0')}`,
});

function certificate(events: number, revoked = false): Paper {
  const [buyer, seller, holder] = [
    party(1, '示例物流科技有限公司'),
    party(2, '示例数据服务有限公司'),
    party(3, '示例市交通运输局'),
  ];
  return {
    id: 'cer_01kaq0000000000000000000aa',
    type: 'shuheng/certificate/2',
    number: 'QS-2026-000017',
    kind: 'clearing',
    issuedAt: '2026-11-23T08:05:09.000Z',
    issuer: '示例数据交易所',
    holder: seller,
    subject: { id: 'ord_01kaq0000000000000000000ab', title: '民航航班准点率分析数据集（2001 年上半年）' },
    parties: [
      { ...buyer, role: { zh: '买方', en: 'Buyer' } },
      { ...seller, role: { zh: '卖方', en: 'Seller' } },
      { ...holder, role: { zh: '收益权人', en: 'Recipient of income' } },
    ],
    amounts: [
      { title: { zh: '成交价款', en: 'Price' }, party: null, amount: { amountFen: '1250000', currency: 'CNY' } },
      { title: { zh: '收益分配', en: 'Share' }, party: seller.name, amount: { amountFen: '866250', currency: 'CNY' } },
      { title: { zh: '收益分配', en: 'Share' }, party: holder.name, amount: { amountFen: '371250', currency: 'CNY' } },
      { title: { zh: '交易服务费', en: 'Trading fee' }, party: null, amount: { amountFen: '12500', currency: 'CNY' } },
    ],
    events: Array.from({ length: events }, (_, n) => ({
      receiptId: `rct_${String(n).padStart(26, '0')}`,
      act: 'order.pay',
      title: {
        zh: ['付款', '交付', '验收', '清算'][n % 4] as string,
        en: ['Pay into escrow', 'Deliver', 'Accept', 'Clear a trade'][n % 4] as string,
      },
      at: new Date(Date.UTC(2026, 10, 20, 1, n, 30)).toISOString(),
      partyId: buyer.id,
      subject: 'ord_01kaq0000000000000000000ab',
      entrySha256: hex(n),
    })),
    asset: null,
    recognised: [],
    supersedes: null,
    nonce: '0'.repeat(32),
    revocation: revoked ? { at: '2026-11-24T01:00:00.000Z', ground: '凭证内容有误' } : null,
    contentSha256: hex(99),
  };
}

/** Pages and the sum of drawn strings' bytes, from the PDF itself. */
function look(pdf: Buffer) {
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
  let text = '';
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    try {
      text += inflateSync(pdf.subarray(at + 7)).toString('latin1');
    } catch {
      // Not a deflated stream.
    }
  }
  return { pages, shows: (text.match(/T[Jj]\b/g) ?? []).length };
}

describe('the paper', () => {
  test('one page for an ordinary certificate, more when there is more to list, never an empty one', async () => {
    const one = await renderCertificate(certificate(4), 'https://exchange.example/');
    expect(one.subarray(0, 5).toString()).toBe('%PDF-');
    expect(look(one).pages).toBe(1);
    const long = await renderCertificate(certificate(40), 'https://exchange.example');
    expect(look(long).pages).toBe(3);
    expect(look(long).shows).toBeGreaterThan(look(one).shows + 36 * 3);
  }, 60_000);
});

test('numbers run by kind and Beijing year', () => {
  expect(seriesOf('trade', new Date('2026-12-31T15:59:59Z'))).toBe('JY-2026');
  expect(seriesOf('registration', new Date('2026-12-31T16:00:00Z'))).toBe('DJ-2027');
  const at = new Date('2027-01-01T00:00:00Z');
  expect(numberOf('DJ-2027', 1, at)).toBe('DJ-2027-000001');
  expect(numberOf('DJ-2027', 1_234_567, at)).toBe('DJ-2027-1234567');
});

test('a chain says what it lacks', () => {
  const acts = (...names: string[]) => names.map((act) => ({ act }));
  const lacks = (kind: 'trade' | 'delivery' | 'clearing', ...names: string[]) =>
    missingIn(ORDER_CHAINS[kind], acts(...names)).map((t) => t.zh);
  expect(lacks('trade', 'order.place', 'contract.sign', 'contract.sign', 'order.pay')).toEqual([]);
  expect(lacks('trade', 'order.place', 'contract.sign', 'order.pay')).toEqual(['双方签署']);
  expect(lacks('delivery', 'order.place', 'contract.sign', 'contract.sign', 'delivery.deliver')).toEqual(['验收']);
  expect(
    lacks('delivery', 'order.place', 'contract.sign', 'contract.sign', 'delivery.deliver', 'order.accept-by-deadline'),
  ).toEqual([]);
  expect(lacks('clearing')).toEqual(['付款', '验收', '清算']);
});
