import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const HOUSE_START = '2020-01-01';
const DAY_MS = 86_400_000;

/** 需求截止时间 */
export const endsInTime = rule({
  id: 'HS-8.4',
  title: text('截止时间在将来且不超过最长期限', 'The demand ends in the future, within the longest period'),
  params: { daysMost: dated({ from: HOUSE_START, value: 366, unit: 'day', reference: 'HS-8.4' }) },
  decide: ({ until }: { until: string }, p, at) => {
    const end = Date.parse(until);
    if (end > at.getTime() && end <= at.getTime() + p.daysMost * DAY_MS) return ok();
    return violated(
      text(`截止时间为 ${until}。`, `The demand would end at ${until}.`),
      text(`请选择今后 ${p.daysMost} 天以内的时间。`, `Choose a time within the next ${p.daysMost} days.`),
    );
  },
  examples: [
    { name: 'next month', at: '2026-01-01', facts: { until: '2026-02-01T00:00:00Z' }, expect: 'ok' },
    { name: 'now', at: '2026-01-01', facts: { until: '2026-01-01T00:00:00Z' }, expect: 'violated' },
    { name: 'exactly the longest', at: '2026-01-01', facts: { until: '2027-01-02T00:00:00Z' }, expect: 'ok' },
    { name: 'a second longer', at: '2026-01-01', facts: { until: '2027-01-02T00:00:01Z' }, expect: 'violated' },
  ],
});

/** 只能应答征集中的需求 */
export const demandOpen = rule<{ demand: { state: string; until: string } }>({
  id: 'HS-8.1',
  title: text('需求在征集中', 'The demand is open'),
  decide: ({ demand }, _p, at) => {
    if (demand.state === 'open' && at.getTime() < Date.parse(demand.until)) return ok();
    return violated(
      text('该需求已关闭或已截止。', 'The demand is closed or over.'),
      text('请查看其他征集中的需求。', 'Look at the demands that are still open.'),
    );
  },
  examples: [
    {
      name: 'open',
      at: '2026-01-01',
      facts: { demand: { state: 'open', until: '2026-01-02T00:00:00Z' } },
      expect: 'ok',
    },
    {
      name: 'over',
      at: '2026-01-02',
      facts: { demand: { state: 'open', until: '2026-01-02T00:00:00Z' } },
      expect: 'violated',
    },
    {
      name: 'closed',
      at: '2026-01-01',
      facts: { demand: { state: 'closed', until: '2026-01-02T00:00:00Z' } },
      expect: 'violated',
    },
  ],
});

interface Answer {
  readonly responderId: string | null;
  readonly demanderId: string;
  readonly product: { readonly sellerId: string; readonly state: string } | null;
}

/** 应答人与所附产品 */
export const answersHonestly = rule<Answer>({
  id: 'HS-8.2',
  title: text('以本单位挂牌产品应答他人需求', "Answers another's demand, with an own listed product"),
  decide: ({ responderId, demanderId, product }) => {
    if (responderId === demanderId) {
      return violated(
        text('这是本单位发布的需求。', 'This is a demand of your own party.'),
        text('请等待其他单位应答。', 'Wait for the answers of others.'),
      );
    }
    if (product !== null && (product.sellerId !== responderId || product.state !== 'listed')) {
      return violated(
        text('所附产品不是本单位挂牌中的产品。', 'The product is not one you have on the market.'),
        text('请选择本单位挂牌中的产品，或只填写说明。', 'Choose a listed product of yours, or only write a message.'),
      );
    }
    return ok();
  },
  examples: [
    {
      name: 'message only',
      at: '2026-01-01',
      facts: { responderId: 'b', demanderId: 'a', product: null },
      expect: 'ok',
    },
    {
      name: 'own listed product',
      at: '2026-01-01',
      facts: { responderId: 'b', demanderId: 'a', product: { sellerId: 'b', state: 'listed' } },
      expect: 'ok',
    },
    {
      name: 'own demand',
      at: '2026-01-01',
      facts: { responderId: 'a', demanderId: 'a', product: null },
      expect: 'violated',
    },
    {
      name: "another's product",
      at: '2026-01-01',
      facts: { responderId: 'b', demanderId: 'a', product: { sellerId: 'c', state: 'listed' } },
      expect: 'violated',
    },
    {
      name: 'suspended product',
      at: '2026-01-01',
      facts: { responderId: 'b', demanderId: 'a', product: { sellerId: 'b', state: 'suspended' } },
      expect: 'violated',
    },
  ],
});

/** 及时响应数据需求: "timely" is left open by the document; the operator set the days (HS-8.3). */
export const answeredInTime = rule({
  id: 'GY-8.3',
  title: text('及时响应数据需求', 'Demands are answered in time'),
  effect: 'monitor',
  params: {
    days: dated({ from: '2023-01-01', value: 10, unit: 'day', reference: 'HS-8.3' }),
  },
  decide: ({ publishedAt, first }: { publishedAt: string; first: boolean }, p, at) => {
    if (!first) return notApplicable();
    if (at.getTime() <= Date.parse(publishedAt) + p.days * DAY_MS) return ok();
    return violated(
      text(
        `该需求发布于 ${publishedAt}，超过 ${p.days} 天才得到首次响应。`,
        `Published at ${publishedAt}, first answered after more than ${p.days} days.`,
      ),
      text('请关注需求榜，及时响应。', 'Watch the demand board.'),
    );
  },
  examples: [
    {
      name: 'last moment',
      at: '2026-01-11',
      facts: { publishedAt: '2026-01-01T00:00:00Z', first: true },
      expect: 'ok',
    },
    {
      name: 'a day late',
      at: '2026-01-12',
      facts: { publishedAt: '2026-01-01T00:00:00Z', first: true },
      expect: 'violated',
    },
    {
      name: 'late, but not the first',
      at: '2026-01-12',
      facts: { publishedAt: '2026-01-01T00:00:00Z', first: false },
      expect: 'not-applicable',
    },
  ],
});
