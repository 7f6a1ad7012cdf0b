import { z } from 'zod';
import { fenOf, Money, yuan } from '../../kernel/ledger/index.ts';
import type { Text } from '../../kernel/text.ts';

const PartyName = z.object({ id: z.string(), name: z.string(), uscc: z.string() });

/** What one recipient gets out of the price; the parts of a trade add up to its price to the fen. */
export const SplitPart = z.object({
  partyId: z.string(),
  name: z.string(),
  /** `holder` of a right to the data, or `exchange` for the trading fee. */
  role: z.enum(['holder', 'exchange']),
  basisPoints: z.number().int(),
  reason: z.string(),
  amount: Money,
});
export type SplitPart = z.infer<typeof SplitPart>;

/** The terms of a trade as frozen when the order was placed; later changes of the product do not touch them. */
export const Terms = z.object({
  type: z.literal('shuheng/terms/1'),
  product: z.object({ id: z.string(), version: z.number().int(), title: z.string(), kind: z.string() }),
  buyer: PartyName,
  seller: PartyName,
  purpose: z.string(),
  scenario: z.string(),
  quantity: z.number().int(),
  /** Calls bought altogether; null for files. */
  calls: z.number().int().nullable(),
  price: z.object({ mode: z.enum(['one-off', 'per-call']), unit: Money, total: Money }),
  licence: z.object({ validDays: z.number().int(), redistribution: z.boolean() }),
  delivery: z.object({ method: z.enum(['file', 'query']), days: z.number().int() }),
  acceptance: z.object({ days: z.number().int() }),
  supply: z.object({ updateFrequency: z.string(), commitment: z.string() }),
  /** The exchange's rate on the day of the order, and the house rule that set it. */
  fee: z.object({ basisPoints: z.number().int(), reference: z.string() }),
  /** The product is made from data of a public body (GY-1.4). */
  publicData: z.boolean(),
  split: z.array(SplitPart),
});
export type Terms = z.infer<typeof Terms>;

const METHOD: Readonly<Record<'file' | 'query', Text>> = {
  file: { zh: '数据文件下载', en: 'download of the data file' },
  query: { zh: '在线查询服务', en: 'online query service' },
};

/** A share in English: what people wrote stays as they wrote it, the fee is ours to name. */
const shareIn = (p: SplitPart, terms: Terms): string =>
  p.role === 'exchange' ? `the exchange (trading fee, ${terms.fee.reference})` : `${p.name} (${p.reason})`;

/** The contract in words, made from the frozen terms alone: same terms, same text. */
export function contractText(terms: Terms): Text {
  const { buyer, seller, product, price, licence, delivery, acceptance, supply } = terms;
  const total = yuan(fenOf(price.total));
  const unit = yuan(fenOf(price.unit));
  const calls = terms.calls;
  const zh = [
    '数据产品交易合约',
    `甲方（数据使用单位）：${buyer.name}（统一社会信用代码 ${buyer.uscc}）`,
    `乙方（数据产品提供方）：${seller.name}（统一社会信用代码 ${seller.uscc}）`,
    `第一条　交易标的：数据产品“${product.title}”（编号 ${product.id}，第 ${product.version} 版），数量 ${terms.quantity}${calls === null ? '' : `，合计调用 ${calls} 次`}。`,
    `第二条　使用用途：${terms.purpose}。应用场景：${terms.scenario}。甲方不得超出约定用途使用${licence.redistribution ? '；经乙方同意的范围内可以再次提供' : '，不得向第三方转让或再次提供'}。`,
    `第三条　价款：单价 ${unit}，总价 ${total}。甲方付款后由交易所托管，验收通过后按本合约分配。`,
    `第四条　交付：乙方应在付款后 ${delivery.days} 日内以“${METHOD[delivery.method].zh}”方式交付。使用期限自交付之日起 ${licence.validDays} 日。`,
    `第五条　验收：甲方应在交付后 ${acceptance.days} 日内验收；逾期未提出异议的，视为验收通过。`,
    `第六条　持续供给：更新频率为${supply.updateFrequency}。${supply.commitment}`,
    `第七条　收益分配：${terms.split.map((p) => `${p.name}（${p.reason}）${yuan(fenOf(p.amount))}`).join('；')}。`,
    '第八条　争议：双方可在清算前向交易所申请调解，也可以依法仲裁或者提起诉讼。',
    '第九条　本合约自双方签署之时成立；登记、签署、交付和清算记录均存证于数据交易链。',
  ];
  const en = [
    'Contract on a data product',
    `Party A (buyer): ${buyer.name} (unified social credit code ${buyer.uscc})`,
    `Party B (seller): ${seller.name} (unified social credit code ${seller.uscc})`,
    `1. Subject: the data product “${product.title}” (${product.id}, version ${product.version}), quantity ${terms.quantity}${calls === null ? '' : `, ${calls} calls in all`}.`,
    `2. Purpose of use: ${terms.purpose}. Scenario: ${terms.scenario}. Party A uses it for nothing else${licence.redistribution ? '; it may pass it on within what Party B agreed to' : ' and does not pass it on'}.`,
    `3. Price: ${unit} each, ${total} in all. Once paid, the exchange holds it in escrow and shares it out by this contract after acceptance.`,
    `4. Delivery: Party B delivers by ${METHOD[delivery.method].en} within ${delivery.days} days after payment. The licence runs for ${licence.validDays} days from delivery.`,
    `5. Acceptance: Party A accepts or objects within ${acceptance.days} days after delivery; after that the delivery counts as accepted.`,
    `6. Supply: updated ${supply.updateFrequency}. ${supply.commitment}`,
    `7. Sharing of the income: ${terms.split.map((p) => `${shareIn(p, terms)} ${yuan(fenOf(p.amount))}`).join('; ')}.`,
    '8. Disputes: until clearing either side may ask the exchange to mediate; arbitration and the courts stay open.',
    '9. The contract stands when both have signed; registration, signatures, delivery and clearing are kept in the evidence log.',
  ];
  return { zh: zh.join('\n'), en: en.join('\n') };
}
