import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { NEGATIVE_LIST, negativeHits, type Screened } from './negative-list.ts';

const DAY = '2026-11-23';

interface Priced {
  readonly pricing: { readonly mode: string; readonly amountFen: string; readonly callsPerPackage: number | null };
}
/** Listing condition 5 of 5; a price of nothing is a price where the state lets public data go free. */
export const priceable = rule<
  Priced & { readonly priceBasis: { readonly governed: boolean; readonly opened: boolean } }
>({
  id: 'SH-10.6',
  title: text('符合可定价的要求', 'Can be priced'),
  decide: ({ pricing, priceBasis }) =>
    BigInt(pricing.amountFen) > 0 || priceBasis.governed || priceBasis.opened
      ? ok()
      : violated(text('没有价格。', 'There is no price.'), text('请填写大于零的价格。', 'Name a price above nothing.')),
  examples: [
    {
      name: 'one fen',
      at: DAY,
      facts: {
        pricing: { mode: 'one-off', amountFen: '1', callsPerPackage: null },
        priceBasis: { governed: false, opened: false },
      },
      expect: 'ok',
    },
    {
      name: 'public data, free',
      at: DAY,
      facts: {
        pricing: { mode: 'one-off', amountFen: '0', callsPerPackage: null },
        priceBasis: { governed: true, opened: false },
      },
      expect: 'ok',
    },
    {
      name: 'nothing',
      at: DAY,
      facts: {
        pricing: { mode: 'one-off', amountFen: '0', callsPerPackage: null },
        priceBasis: { governed: false, opened: false },
      },
      expect: 'violated',
    },
  ],
});

/** Use is controlled by purpose and metered by amount: both are set before anything is sold. */
export const controllable = rule<
  Priced & {
    readonly kind: string;
    readonly terms: { readonly purposes: readonly string[]; readonly validDays: number };
  }
>({
  id: 'GY-13.5',
  title: text('用途和用量可控可计量', 'Purpose and amount are controlled'),
  decide: ({ kind, terms, pricing }) => {
    if (terms.purposes.length === 0 || terms.validDays < 1)
      return violated(
        text('没有限定使用目的或者期限。', 'No purpose or no period of use is set.'),
        text('请至少填写一项使用目的和使用期限。', 'Name at least one purpose and the days of use.'),
      );
    const perCall = pricing.mode === 'per-call';
    if (perCall !== (kind === 'query-service'))
      return violated(
        text(
          '计价方式与产品形态不符：查询服务按次计价，其他产品一次性计价。',
          'The pricing does not fit: a query service is priced per call, other products once.',
        ),
        text('请修改计价方式。', 'Change the pricing mode.'),
      );
    return perCall && pricing.callsPerPackage === null
      ? violated(
          text('按次计价没有写明每包次数。', 'Calls per package are not stated.'),
          text('请填写每包次数。', 'State the calls per package.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'a data set for one purpose and one day',
      at: DAY,
      facts: {
        kind: 'dataset',
        terms: { purposes: ['研究'], validDays: 1 },
        pricing: { mode: 'one-off', amountFen: '1', callsPerPackage: null },
      },
      expect: 'ok',
    },
    {
      name: 'calls in packages',
      at: DAY,
      facts: {
        kind: 'query-service',
        terms: { purposes: ['风控'], validDays: 30 },
        pricing: { mode: 'per-call', amountFen: '1', callsPerPackage: 100 },
      },
      expect: 'ok',
    },
    {
      name: 'no purpose',
      at: DAY,
      facts: {
        kind: 'dataset',
        terms: { purposes: [], validDays: 1 },
        pricing: { mode: 'one-off', amountFen: '1', callsPerPackage: null },
      },
      expect: 'violated',
    },
    {
      name: 'no day',
      at: DAY,
      facts: {
        kind: 'dataset',
        terms: { purposes: ['研究'], validDays: 0 },
        pricing: { mode: 'one-off', amountFen: '1', callsPerPackage: null },
      },
      expect: 'violated',
    },
    {
      name: 'calls without number',
      at: DAY,
      facts: {
        kind: 'query-service',
        terms: { purposes: ['风控'], validDays: 30 },
        pricing: { mode: 'per-call', amountFen: '1', callsPerPackage: null },
      },
      expect: 'violated',
    },
    {
      name: 'a data set per call',
      at: DAY,
      facts: {
        kind: 'dataset',
        terms: { purposes: ['研究'], validDays: 1 },
        pricing: { mode: 'per-call', amountFen: '1', callsPerPackage: 100 },
      },
      expect: 'violated',
    },
  ],
});

/** What the negative list names is not traded. */
export const notOnNegativeList = rule({
  id: 'BJ-15.6',
  title: text('不在负面清单内', 'Not on the negative list'),
  params: { list: NEGATIVE_LIST },
  decide: (screened: Screened, { list }) => {
    const hits = negativeHits(list, screened);
    return hits.length > 0
      ? violated(
          text(
            `产品属于负面清单：${hits.map((h) => `${h.code} ${h.title.zh}`).join('、')}。`,
            `The product is on the negative list: ${hits.map((h) => `${h.code} ${h.title.en}`).join(', ')}.`,
          ),
          text(
            '清单内的数据不得交易；如系误判，请修改产品说明。',
            'What the list names is not traded. If the match is mistaken, correct the description.',
          ),
        )
      : ok();
  },
  examples: [
    { name: 'flights', at: DAY, facts: { grade: 'general', sector: '交通运输', words: '航班准点' }, expect: 'ok' },
    { name: 'core data', at: DAY, facts: { grade: 'core', sector: '交通运输', words: '航班准点' }, expect: 'violated' },
    {
      name: 'a closed sector',
      at: DAY,
      facts: { grade: 'general', sector: '国防军工', words: '零件' },
      expect: 'violated',
    },
    {
      name: 'faces',
      at: DAY,
      facts: { grade: 'general', sector: '安防', words: '车站人脸图像集' },
      expect: 'violated',
    },
  ],
});

/** Products, services, compute and algorithms are traded here; each product is of a known class. */
export const tradedClass = rule({
  id: 'GY-9.1',
  title: text('交易品种', 'Class of product traded'),
  params: {
    classes: dated<Readonly<Record<string, string>>>({
      from: '2020-01-01',
      value: { dataset: '数据产品', report: '数据产品', 'query-service': '数据服务' },
      reference: 'GY-9.1',
    }),
  },
  decide: ({ kind }: { readonly kind: string }, { classes }) =>
    classes[kind] !== undefined
      ? ok()
      : violated(
          text(`“${kind}”不是本所的交易品种。`, `“${kind}” is not traded here.`),
          text('请选择已开放的交易品种。', 'Choose a class that is traded.'),
        ),
  examples: [
    { name: 'a report', at: DAY, facts: { kind: 'report' }, expect: 'ok' },
    { name: 'something else', at: DAY, facts: { kind: 'share' }, expect: 'violated' },
  ],
});

interface Shared {
  readonly shares: readonly { readonly partyId: string; readonly basisPoints: number; readonly admitted: boolean }[];
}
const share = (partyId: string, basisPoints: number, admitted = true) => ({ partyId, basisPoints, admitted });

/** The price is shared out wholly, and to parties that can be paid. */
export const sharesComplete = rule({
  id: 'HS-4.4',
  title: text('收益分配完整', 'Shares are complete'),
  params: { whole: dated({ from: '2020-01-01', value: 10_000, unit: 'basis points', reference: 'HS-4.4' }) },
  decide: ({ shares }: Shared, { whole }) => {
    const outside = shares.filter((s) => !s.admitted).length;
    const sum = shares.reduce((total, s) => total + s.basisPoints, 0);
    if (sum !== whole)
      return violated(
        text(
          `各方比例合计为 ${sum} 个基点，应为 ${whole}。`,
          `The shares add up to ${sum} basis points, not ${whole}.`,
        ),
        text('请调整比例，使合计为百分之百。', 'Make the shares add up to the whole.'),
      );
    if (new Set(shares.map((s) => s.partyId)).size !== shares.length)
      return violated(
        text('同一单位出现两次。', 'A party stands twice.'),
        text('请合并同一单位的比例。', 'Give each party one share.'),
      );
    return outside > 0
      ? violated(
          text('分配对象中有未入驻或已暂停的单位。', 'A share goes to a party that is not admitted.'),
          text('请更换分配对象，或待其入驻后再挂牌。', 'Choose another party, or wait until it is admitted.'),
        )
      : ok();
  },
  examples: [
    { name: 'the whole', at: DAY, facts: { shares: [share('a', 7_000), share('b', 3_000)] }, expect: 'ok' },
    { name: 'one short', at: DAY, facts: { shares: [share('a', 7_000), share('b', 2_999)] }, expect: 'violated' },
    { name: 'one over', at: DAY, facts: { shares: [share('a', 7_000), share('b', 3_001)] }, expect: 'violated' },
    {
      name: 'to an outsider',
      at: DAY,
      facts: { shares: [share('a', 7_000), share('b', 3_000, false)] },
      expect: 'violated',
    },
    { name: 'twice to one', at: DAY, facts: { shares: [share('a', 7_000), share('a', 3_000)] }, expect: 'violated' },
  ],
});

/** Of what public data earns, a part goes to the department it comes from. */
export const providerShare = rule({
  id: 'GY-1.4',
  title: text('公共数据收益反哺数据提供部门', 'The provider of public data has a share'),
  params: {
    share: dated({
      from: '2020-01-01',
      value: 100,
      unit: 'basis points',
      reference: 'GY-1.4 leaves the proportion open; set by the operator',
    }),
  },
  decide: ({ shares, providers }: Shared & { readonly providers: readonly string[] }, { share: least }) => {
    if (providers.length === 0) return notApplicable();
    const without = providers.filter((p) => !shares.some((s) => s.partyId === p && s.basisPoints >= least));
    return without.length > 0
      ? violated(
          text(
            `有公共数据提供单位分得不足 ${least} 个基点。`,
            `A provider of public data gets less than ${least} basis points.`,
          ),
          text('请为每个公共数据提供单位安排收益比例。', 'Give each provider of public data its share.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'exactly the least',
      at: DAY,
      facts: { shares: [share('seller', 9_900), share('dept', 100)], providers: ['dept'] },
      expect: 'ok',
    },
    {
      name: 'one below',
      at: DAY,
      facts: { shares: [share('seller', 9_901), share('dept', 99)], providers: ['dept'] },
      expect: 'violated',
    },
    { name: 'nothing', at: DAY, facts: { shares: [share('seller', 10_000)], providers: ['dept'] }, expect: 'violated' },
    {
      name: 'no public data',
      at: DAY,
      facts: { shares: [share('seller', 10_000)], providers: [] },
      expect: 'not-applicable',
    },
  ],
});
