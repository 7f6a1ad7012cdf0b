import { dated, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const HOUSE_START = '2020-01-01';

/** 只能订购挂牌中的产品 */
export const listedOnly = rule<{ product: { state: string; title: string } }>({
  id: 'HS-5.1',
  title: text('产品须在挂牌中', 'The product is on the market'),
  decide: ({ product }) =>
    product.state === 'listed'
      ? ok()
      : violated(
          text(`“${product.title}”现在不在挂牌中。`, `“${product.title}” is not on the market now.`),
          text(
            '请选择其他挂牌产品，或等待该产品恢复挂牌。',
            'Choose another listed product, or wait until it is listed again.',
          ),
        ),
  examples: [
    { name: 'listed', at: '2026-01-01', facts: { product: { state: 'listed', title: 'A' } }, expect: 'ok' },
    { name: 'suspended', at: '2026-01-01', facts: { product: { state: 'suspended', title: 'A' } }, expect: 'violated' },
    {
      name: 'only assessed',
      at: '2026-01-01',
      facts: { product: { state: 'assessed', title: 'A' } },
      expect: 'violated',
    },
  ],
});

/** 交付物已备妥: what is sold exists in the vault. */
export const deliverable = rule<{ product: { objectId: string | null; title: string } }>({
  id: 'HS-5.12',
  title: text('产品已可交付', 'The product can be delivered'),
  decide: ({ product }) =>
    product.objectId !== null
      ? ok()
      : violated(
          text(`“${product.title}”的数据尚未生成。`, `The data of “${product.title}” is not built yet.`),
          text('请等待产品数据生成后再下单。', 'Order after the product was built.'),
        ),
  examples: [
    { name: 'built', at: '2026-01-01', facts: { product: { objectId: 'obj', title: 'A' } }, expect: 'ok' },
    { name: 'not built', at: '2026-01-01', facts: { product: { objectId: null, title: 'A' } }, expect: 'violated' },
  ],
});

/** 买卖双方不得为同一主体 */
export const notOneself = rule<{ buyer: { id: string }; seller: { id: string } }>({
  id: 'HS-5.2',
  title: text('买卖双方不同', 'Buyer and seller differ'),
  decide: ({ buyer, seller }) =>
    buyer.id !== seller.id
      ? ok()
      : violated(
          text('该产品由本单位提供。', 'Your own party offers this product.'),
          text('本单位的产品无需购买，可直接使用。', 'There is no need to buy what is yours.'),
        ),
  examples: [
    { name: 'two parties', at: '2026-01-01', facts: { buyer: { id: 'a' }, seller: { id: 'b' } }, expect: 'ok' },
    { name: 'one party', at: '2026-01-01', facts: { buyer: { id: 'a' }, seller: { id: 'a' } }, expect: 'violated' },
  ],
});

interface Standing {
  readonly state: string;
  readonly name: string;
}

/** 入驻: who trades is registered at the exchange. */
export const bothAdmitted = rule<{ buyer: Standing; seller: Standing }>({
  id: 'GY-4.3',
  title: text('交易双方已入驻', 'Both sides are admitted at the exchange'),
  decide: ({ buyer, seller }) => {
    const outside = [buyer, seller].find((p) => p.state !== 'admitted');
    if (!outside) return ok();
    return violated(
      text(`“${outside.name}”目前未处于入驻状态。`, `“${outside.name}” is not admitted to the exchange now.`),
      text('请先办理入驻，或联系交易所恢复资格。', 'Apply for admission first, or ask the exchange to resume it.'),
    );
  },
  examples: [
    {
      name: 'both admitted',
      at: '2026-01-01',
      facts: { buyer: { state: 'admitted', name: 'A' }, seller: { state: 'admitted', name: 'B' } },
      expect: 'ok',
    },
    {
      name: 'buyer only applied',
      at: '2026-01-01',
      facts: { buyer: { state: 'applied', name: 'A' }, seller: { state: 'admitted', name: 'B' } },
      expect: 'violated',
    },
    {
      name: 'seller suspended',
      at: '2026-01-01',
      facts: { buyer: { state: 'admitted', name: 'A' }, seller: { state: 'suspended', name: 'B' } },
      expect: 'violated',
    },
  ],
});

interface Use {
  readonly purpose: string;
  readonly quantity: number;
  readonly product: { readonly purposes: readonly string[]; readonly mode: string };
}

/** 用途和用量控制: the purpose is one the licence allows, the quantity is metered. */
export const purposeAndQuantity = rule<Use>({
  id: 'GY-13.5',
  title: text('用途和用量在许可范围内', 'Purpose and quantity are within the licence'),
  decide: ({ purpose, quantity, product }) => {
    if (!product.purposes.includes(purpose)) {
      const allowed = product.purposes;
      return violated(
        text(
          `用途“${purpose}”不在产品许可的用途之内。`,
          `The licence of the product does not cover the purpose “${purpose}”.`,
        ),
        text(`许可的用途：${allowed.join('、')}。`, `Purposes it covers: ${allowed.join(', ')}.`),
      );
    }
    if (product.mode === 'one-off' && quantity !== 1) {
      return violated(
        text(
          `该产品按一次性许可出售，数量为 ${quantity}。`,
          `The product is sold as one licence; the quantity is ${quantity}.`,
        ),
        text('请将数量改为 1。', 'Set the quantity to 1.'),
      );
    }
    return ok();
  },
  examples: [
    {
      name: 'purpose of the licence',
      at: '2026-01-01',
      facts: { purpose: '风险定价', quantity: 1, product: { purposes: ['风险定价'], mode: 'one-off' } },
      expect: 'ok',
    },
    {
      name: 'another purpose',
      at: '2026-01-01',
      facts: { purpose: '精准营销', quantity: 1, product: { purposes: ['风险定价'], mode: 'one-off' } },
      expect: 'violated',
    },
    {
      name: 'two packages of calls',
      at: '2026-01-01',
      facts: { purpose: '风险定价', quantity: 2, product: { purposes: ['风险定价'], mode: 'per-call' } },
      expect: 'ok',
    },
    {
      name: 'one licence twice',
      at: '2026-01-01',
      facts: { purpose: '风险定价', quantity: 2, product: { purposes: ['风险定价'], mode: 'one-off' } },
      expect: 'violated',
    },
  ],
});

/** 单笔订单上限 */
export const quantityWithinOrder = rule({
  id: 'HS-5.8',
  title: text('数量和金额不超过单笔上限', 'Quantity and amount fit one order'),
  params: {
    most: dated({ from: HOUSE_START, value: 1_000, unit: 'package', reference: 'HS-5.8' }),
    mostFen: dated({ from: HOUSE_START, value: 1_000_000_000_000, unit: 'fen', reference: 'HS-5.8' }),
  },
  decide: ({ quantity, totalFen }: { quantity: number; totalFen: number }, p) => {
    if (quantity > p.most) {
      return violated(
        text(
          `数量 ${quantity} 超过单笔上限 ${p.most}。`,
          `The quantity ${quantity} is above ${p.most}, the most of one order.`,
        ),
        text('请减少数量或分笔下单。', 'Order less, or place several orders.'),
      );
    }
    return totalFen <= p.mostFen
      ? ok()
      : violated(
          text('金额超过单笔订单上限。', 'The amount is above the most of one order.'),
          text('请减少数量或分笔下单。', 'Order less, or place several orders.'),
        );
  },
  examples: [
    { name: 'one', at: '2026-01-01', facts: { quantity: 1, totalFen: 100 }, expect: 'ok' },
    {
      name: 'exactly the most',
      at: '2026-01-01',
      facts: { quantity: 1_000, totalFen: 1_000_000_000_000 },
      expect: 'ok',
    },
    { name: 'one more', at: '2026-01-01', facts: { quantity: 1_001, totalFen: 100 }, expect: 'violated' },
    { name: 'a fen more', at: '2026-01-01', facts: { quantity: 1, totalFen: 1_000_000_000_001 }, expect: 'violated' },
  ],
});

/** 涉及个人信息的交易 are lawful on a recorded basis, and the supervisor hears of each. */
export const personalInformationWatched = rule<{ product: { containsPersonalInformation: boolean; title: string } }>({
  id: 'GY-26.1',
  title: text('涉及个人信息的交易提示监管', 'Trades of personal information are shown to the supervisor'),
  effect: 'monitor',
  decide: ({ product }) =>
    product.containsPersonalInformation
      ? violated(
          text(`“${product.title}”含有个人信息。`, `“${product.title}” holds personal information.`),
          text('请监管部门核对合法依据和使用用途。', 'The supervisor checks the lawful basis and the purpose.'),
        )
      : ok(),
  examples: [
    {
      name: 'weather',
      at: '2026-01-01',
      facts: { product: { containsPersonalInformation: false, title: 'A' } },
      expect: 'ok',
    },
    {
      name: 'patients',
      at: '2026-01-01',
      facts: { product: { containsPersonalInformation: true, title: 'A' } },
      expect: 'violated',
    },
  ],
});

/** 签署的条款与下单时一致 */
export const signsWhatWasOrdered = rule<{ termsHash: string; signedHash: string }>({
  id: 'HS-5.4',
  title: text('签署的条款与订单一致', 'The terms signed are the terms ordered'),
  decide: ({ termsHash, signedHash }) =>
    termsHash === signedHash
      ? ok()
      : violated(
          text('提交的条款摘要与订单条款不一致。', 'The hash of the terms is not the one of this order.'),
          text('请重新打开订单，核对条款后再签署。', 'Open the order again, read the terms, and sign those.'),
        ),
  examples: [
    { name: 'same', at: '2026-01-01', facts: { termsHash: 'a', signedHash: 'a' }, expect: 'ok' },
    { name: 'other', at: '2026-01-01', facts: { termsHash: 'a', signedHash: 'b' }, expect: 'violated' },
  ],
});

/** 交付方式自主约定: the terms both sign name how it is delivered, and money moves only on a contract signed by both. */
export const deliveryAgreed = rule({
  id: 'SH-10.7',
  title: text('交付方式由双方约定', 'Both sides agreed on the delivery'),
  params: { signatures: dated({ from: HOUSE_START, value: 2, unit: 'side', reference: 'SH-10.7' }) },
  decide: ({ deliveryMethod, signatures }: { deliveryMethod: string | null; signatures: number }, p) => {
    if (deliveryMethod === null) return unknown('deliveryMethod');
    return signatures >= p.signatures
      ? ok()
      : violated(
          text('合约尚未由双方签署，交付方式未约定。', 'Not both sides have signed, so the delivery is not agreed.'),
          text('请等双方签署后再付款。', 'Pay after both sides have signed.'),
        );
  },
  examples: [
    { name: 'both signed', at: '2026-01-01', facts: { deliveryMethod: 'file', signatures: 2 }, expect: 'ok' },
    { name: 'one signed', at: '2026-01-01', facts: { deliveryMethod: 'file', signatures: 1 }, expect: 'violated' },
    { name: 'no method', at: '2026-01-01', facts: { deliveryMethod: null, signatures: 2 }, expect: 'unknown' },
  ],
});

/** 统一登记、规范交易: what is paid for was registered and traded on the exchange. */
export const registeredBeforeTrade = rule<{ registered: boolean; traded: boolean }>({
  id: 'SH-7.1',
  title: text('先登记、后交易', 'Registered first, then traded'),
  decide: ({ registered, traded }) =>
    registered && traded
      ? ok()
      : violated(
          text(
            registered ? '订单还没有签署存证。' : '产品没有挂牌登记的存证。',
            registered ? 'The signatures have no evidence yet.' : 'The listing of the product has no evidence.',
          ),
          text('请先完成登记和签署。', 'Finish registration and signing first.'),
        ),
  examples: [
    { name: 'both there', at: '2026-01-01', facts: { registered: true, traded: true }, expect: 'ok' },
    { name: 'never registered', at: '2026-01-01', facts: { registered: false, traded: true }, expect: 'violated' },
    { name: 'never signed', at: '2026-01-01', facts: { registered: true, traded: false }, expect: 'violated' },
  ],
});

/** 调解: who decides a dispute is neither side of it and gives reasons. */
export const neutralMediator = rule<{ mediatorId: string | null; buyer: { id: string }; seller: { id: string } }>({
  id: 'SH-19.2',
  title: text('争议由中立的交易所调解', 'A neutral exchange mediates'),
  decide: ({ mediatorId, buyer, seller }) => {
    if (mediatorId === null) return unknown('mediatorId');
    return mediatorId !== buyer.id && mediatorId !== seller.id
      ? ok()
      : violated(
          text('处理单位是本争议的一方。', 'The deciding party is a side of this dispute.'),
          text(
            '请由监管部门指定其他机构调解，或依法仲裁、诉讼。',
            'Ask the supervisor to name another mediator, or go to arbitration or court.',
          ),
        );
  },
  examples: [
    {
      name: 'the exchange',
      at: '2026-01-01',
      facts: { mediatorId: 'x', buyer: { id: 'a' }, seller: { id: 'b' } },
      expect: 'ok',
    },
    {
      name: 'the seller',
      at: '2026-01-01',
      facts: { mediatorId: 'b', buyer: { id: 'a' }, seller: { id: 'b' } },
      expect: 'violated',
    },
    {
      name: 'the buyer',
      at: '2026-01-01',
      facts: { mediatorId: 'a', buyer: { id: 'a' }, seller: { id: 'b' } },
      expect: 'violated',
    },
    {
      name: 'nobody',
      at: '2026-01-01',
      facts: { mediatorId: null, buyer: { id: 'a' }, seller: { id: 'b' } },
      expect: 'unknown',
    },
  ],
});
