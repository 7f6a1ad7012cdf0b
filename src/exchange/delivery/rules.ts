import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const HOUSE_START = '2020-01-01';

/** Life of a download link. */
export const LINK_MINUTES = dated({ from: HOUSE_START, value: 10, unit: 'minute', reference: 'HS-5.9' });

/** 原始数据不出平台: what leaves is the object built for the product, never a resource's own data set. */
export const neverRawData = rule<{ objectOf: 'product' | 'resource' | null }>({
  id: 'JN-14.4',
  title: text('原始数据不出平台', 'Raw data never leaves the platform'),
  decide: ({ objectOf }) => {
    if (objectOf === null) return unknown('objectOf');
    return objectOf === 'product'
      ? ok()
      : violated(
          text('要交付的是资源的原始数据集，而不是加工后的产品。', "This is a resource's raw data set, not a product."),
          text('请先加工成产品并通过评估，再行交付。', 'Make a product of it, have it assessed, and deliver that.'),
        );
  },
  examples: [
    { name: 'built product', at: '2026-01-01', facts: { objectOf: 'product' }, expect: 'ok' },
    { name: 'raw data set', at: '2026-01-01', facts: { objectOf: 'resource' }, expect: 'violated' },
    { name: 'nothing built', at: '2026-01-01', facts: { objectOf: null }, expect: 'unknown' },
  ],
});

interface Grant {
  readonly revoked: boolean;
  /** RFC 3339. */
  readonly validUntil: string;
  /** Null for files. */
  readonly callsLeft: number | null;
}

/** 可控可计量: purpose and amount are controlled as long as the grant lives, at every use. */
export const grantLive = rule<{ grant: Grant }>({
  id: 'GY-13.5',
  title: text('授权有效、用量未尽', 'The grant lives and is not used up'),
  decide: ({ grant }, _p, at) => {
    if (grant.revoked) {
      return violated(
        text('该交付的授权已撤销。', 'The grant of this delivery was revoked.'),
        text('如有异议，请联系卖方或交易所。', 'Ask the seller or the exchange if you disagree.'),
      );
    }
    if (at.toISOString() >= grant.validUntil) {
      return violated(
        text(`使用期限已于 ${grant.validUntil} 届满。`, `The licence ended at ${grant.validUntil}.`),
        text('请重新下单。', 'Place a new order.'),
      );
    }
    if (grant.callsLeft !== null && grant.callsLeft < 1) {
      return violated(
        text('购买的调用次数已用完。', 'The calls bought are used up.'),
        text('请重新下单购买调用次数。', 'Order more calls.'),
      );
    }
    return ok();
  },
  examples: [
    {
      name: 'live file',
      at: '2026-01-02',
      facts: { grant: { revoked: false, validUntil: '2026-01-03T00:00:00.000Z', callsLeft: null } },
      expect: 'ok',
    },
    {
      name: 'last call',
      at: '2026-01-02',
      facts: { grant: { revoked: false, validUntil: '2026-01-03T00:00:00.000Z', callsLeft: 1 } },
      expect: 'ok',
    },
    {
      name: 'no call left',
      at: '2026-01-02',
      facts: { grant: { revoked: false, validUntil: '2026-01-03T00:00:00.000Z', callsLeft: 0 } },
      expect: 'violated',
    },
    {
      name: 'the moment it ends',
      at: '2026-01-03',
      facts: { grant: { revoked: false, validUntil: '2026-01-03T00:00:00.000Z', callsLeft: null } },
      expect: 'violated',
    },
    {
      name: 'revoked',
      at: '2026-01-02',
      facts: { grant: { revoked: true, validUntil: '2026-01-03T00:00:00.000Z', callsLeft: null } },
      expect: 'violated',
    },
  ],
});

interface Standing {
  /** Suspended by the exchange or a regulator; a seller's own suspension stops only the sale. */
  readonly productStopped: boolean;
  readonly buyerState: string;
  readonly sellerState: string;
}

/** A product that a supervisor suspended, or a suspended party, stops the use of what was delivered, at once. */
export const nobodySuspended = rule<{ standing: Standing }>({
  id: 'HS-5.10',
  title: text('产品和双方均未被暂停', 'Neither the product nor a side is suspended'),
  decide: ({ standing: { productStopped, buyerState, sellerState } }) => {
    if (productStopped) {
      return violated(
        text('产品已被交易所或监管部门暂停。', 'The exchange or a regulator suspended the product.'),
        text('请等待恢复，或向交易所查询。', 'Wait until it is resumed, or ask the exchange.'),
      );
    }
    if (buyerState !== 'admitted' || sellerState !== 'admitted') {
      return violated(
        text(
          buyerState !== 'admitted' ? '买方的资格已被暂停。' : '卖方的资格已被暂停。',
          buyerState !== 'admitted' ? 'The buyer is suspended.' : 'The seller is suspended.',
        ),
        text('请联系交易所恢复资格。', 'Ask the exchange to resume it.'),
      );
    }
    return ok();
  },
  examples: [
    {
      name: 'all well',
      at: '2026-01-01',
      facts: { standing: { productStopped: false, buyerState: 'admitted', sellerState: 'admitted' } },
      expect: 'ok',
    },
    {
      name: 'product suspended',
      at: '2026-01-01',
      facts: { standing: { productStopped: true, buyerState: 'admitted', sellerState: 'admitted' } },
      expect: 'violated',
    },
    {
      name: 'seller suspended',
      at: '2026-01-01',
      facts: { standing: { productStopped: false, buyerState: 'admitted', sellerState: 'suspended' } },
      expect: 'violated',
    },
  ],
});

/** 撤销有据、钱随权走: what was paid for is taken away only by those who answer for the market. */
export const revokedBySupervisor = rule<{ by: 'supervisor' | 'side'; orderState: string }>({
  id: 'HS-5.15',
  title: text('付款后的授权由交易所或监管部门撤销', 'A paid grant is revoked by the exchange or a regulator'),
  decide: ({ by, orderState }) => {
    if (by === 'supervisor') return ok();
    const fact = text(
      '买方已经付款，交易一方不能自行撤销授权。',
      'The buyer has paid; a side of the trade cannot take the grant away.',
    );
    return orderState === 'delivered'
      ? violated(
          fact,
          text(
            '请在订单上提出异议，由交易所决定放款或者退款。',
            'Dispute the order: the exchange decides on release or refund.',
          ),
        )
      : violated(
          fact,
          text(
            '请向交易所说明理由；撤销的，价款按规则退还买方，买方违约的除外。',
            'Give the exchange your reason; on revocation the price goes back to the buyer, unless the buyer broke the terms.',
          ),
        );
  },
  examples: [
    { name: 'the exchange', at: '2026-01-01', facts: { by: 'supervisor', orderState: 'cleared' }, expect: 'ok' },
    {
      name: 'the seller before acceptance',
      at: '2026-01-01',
      facts: { by: 'side', orderState: 'delivered' },
      expect: 'violated',
    },
    {
      name: 'the seller after it was paid',
      at: '2026-01-01',
      facts: { by: 'side', orderState: 'cleared' },
      expect: 'violated',
    },
  ],
});

/** 安全、可追溯: what leaves has a hash to trace it by, and a way out that is open for a short time. */
export const traceableAndProtected = rule({
  id: 'SH-18.2',
  title: text('传输安全、可追溯', 'Protected in transmission and traceable'),
  params: {
    minutesMost: dated({ from: HOUSE_START, value: 60, unit: 'minute', reference: 'HS-5.9' }),
  },
  decide: ({ linkMinutes, objectSha256 }: { linkMinutes: number; objectSha256: string | null }, p) => {
    if (objectSha256 === null) return unknown('objectSha256');
    return linkMinutes <= p.minutesMost
      ? ok()
      : violated(
          text(`链接有效期 ${linkMinutes} 分钟过长。`, `A link of ${linkMinutes} minutes lives too long.`),
          text(`请不超过 ${p.minutesMost} 分钟。`, `At most ${p.minutesMost} minutes.`),
        );
  },
  examples: [
    { name: 'short', at: '2026-01-01', facts: { linkMinutes: 10, objectSha256: 'a' }, expect: 'ok' },
    { name: 'exactly the most', at: '2026-01-01', facts: { linkMinutes: 60, objectSha256: 'a' }, expect: 'ok' },
    { name: 'too long', at: '2026-01-01', facts: { linkMinutes: 61, objectSha256: 'a' }, expect: 'violated' },
    { name: 'no hash', at: '2026-01-01', facts: { linkMinutes: 10, objectSha256: null }, expect: 'unknown' },
  ],
});

/** 单次查询上限: a query service answers questions; it does not hand out the table. */
export const queryWithinLimits = rule({
  id: 'HS-5.11',
  title: text('单次查询在限额内', 'The query is within its limits'),
  params: {
    rowsMost: dated({ from: HOUSE_START, value: 100, unit: 'row', reference: 'HS-5.11' }),
    filtersMost: dated({ from: HOUSE_START, value: 10, unit: 'condition', reference: 'HS-5.11' }),
    filtersLeast: dated({ from: HOUSE_START, value: 1, unit: 'condition', reference: 'HS-5.11' }),
  },
  decide: ({ method, limit, filters }: { method: string; limit: number; filters: number }, p) => {
    if (method !== 'query') return notApplicable();
    if (limit > p.rowsMost || filters > p.filtersMost) {
      return violated(
        text(
          `请求 ${limit} 行、${filters} 个条件，超过单次上限。`,
          `${limit} rows and ${filters} conditions are above the limits.`,
        ),
        text(
          `单次最多 ${p.rowsMost} 行、${p.filtersMost} 个条件。`,
          `At most ${p.rowsMost} rows and ${p.filtersMost} conditions a query.`,
        ),
      );
    }
    if (filters < p.filtersLeast) {
      return violated(
        text('查询没有条件。', 'The query has no condition.'),
        text('请至少给出一个查询条件。', 'Give at least one condition.'),
      );
    }
    return ok();
  },
  examples: [
    { name: 'one condition', at: '2026-01-01', facts: { method: 'query', limit: 10, filters: 1 }, expect: 'ok' },
    { name: 'exactly the most', at: '2026-01-01', facts: { method: 'query', limit: 100, filters: 10 }, expect: 'ok' },
    { name: 'a row more', at: '2026-01-01', facts: { method: 'query', limit: 101, filters: 1 }, expect: 'violated' },
    {
      name: 'a condition more',
      at: '2026-01-01',
      facts: { method: 'query', limit: 10, filters: 11 },
      expect: 'violated',
    },
    { name: 'no condition', at: '2026-01-01', facts: { method: 'query', limit: 10, filters: 0 }, expect: 'violated' },
    { name: 'file', at: '2026-01-01', facts: { method: 'file', limit: 101, filters: 0 }, expect: 'not-applicable' },
  ],
});
