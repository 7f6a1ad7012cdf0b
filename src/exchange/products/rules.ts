import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { NEGATIVE_LIST, negativeHits, type Screened } from './negative-list.ts';

const DAY = '2026-11-23';

interface Used {
  readonly id: string;
  readonly title: string;
  readonly withdrawn: boolean;
  readonly own: boolean;
  /** End of the living authorisation; null where there is none. */
  readonly authorisedUntil: string | null;
}
const own: Used = { id: 'res_a', title: '甲', withdrawn: false, own: true, authorisedUntil: null };
const lent: Used = { ...own, id: 'res_b', title: '乙', own: false, authorisedUntil: '2027-01-01T00:00:00.000Z' };

/** Every resource of a product is the maker's own or lent to it: without the parent right there is no right to process. */
const lawfulBasis = (id: string, title: Text) =>
  rule<{ readonly resources: readonly Used[] }>({
    id,
    title,
    decide: ({ resources }) => {
      const without = resources.filter((r) => r.withdrawn || (!r.own && r.authorisedUntil === null));
      return without.length > 0
        ? violated(
            text(
              `对以下资源没有有效的使用权：${without.map((r) => r.title).join('、')}。`,
              `There is no living right to use: ${without.map((r) => r.title).join(', ')}.`,
            ),
            text(
              '请先取得资源持有单位的授权，或移除该资源。',
              'Have the holder authorise the use first, or leave the resource out.',
            ),
          )
        : ok();
    },
    examples: [
      { name: 'own and lent', at: DAY, facts: { resources: [own, lent] }, expect: 'ok' },
      {
        name: 'lent no longer',
        at: DAY,
        facts: { resources: [own, { ...lent, authorisedUntil: null }] },
        expect: 'violated',
      },
      { name: 'own, but withdrawn', at: DAY, facts: { resources: [{ ...own, withdrawn: true }] }, expect: 'violated' },
    ],
  });
export const authorisedOperation = lawfulBasis('GY-1.2', text('经授权方可开发利用', 'Authorisation before use'));
export const processingRight = lawfulBasis(
  'SH-6.3',
  text('加工使用权源自资源权利或合同', 'The right to process derives from the right to the resource'),
);

/** A product of public data has one of six forms; each kind of product here is one of them. */
export const productForm = rule({
  id: 'JN-3.4',
  title: text('数据产品形态', 'Form of the product'),
  params: {
    forms: dated<Readonly<Record<string, string>>>({
      from: '2020-01-01',
      value: { dataset: '数据组件', report: '数据报告', 'query-service': '数据服务' },
      reference: 'JN-3.4',
    }),
  },
  decide: ({ kind }: { readonly kind: string }, { forms }) =>
    forms[kind] !== undefined
      ? ok()
      : violated(
          text(`“${kind}”不是数据产品的形态。`, `“${kind}” is no form of data product.`),
          text('请选择数据集、报告或查询服务。', 'Choose a data set, a report or a query service.'),
        ),
  examples: [
    { name: 'a data set is a component', at: DAY, facts: { kind: 'dataset' }, expect: 'ok' },
    { name: 'a query service', at: DAY, facts: { kind: 'query-service' }, expect: 'ok' },
    { name: 'something else', at: DAY, facts: { kind: 'raw-access' }, expect: 'violated' },
  ],
});

/** The recipe uses what the dictionary holds. */
export const recipeFits = rule<{ readonly recipeProblems: readonly Text[] }>({
  id: 'HS-4.2',
  title: text('加工方案与数据字典相符', 'The recipe fits the dictionary'),
  decide: ({ recipeProblems }) =>
    recipeProblems.length === 0
      ? ok()
      : violated(
          text(
            `加工方案有误：${recipeProblems.map((p) => p.zh).join('；')}。`,
            `The recipe does not fit: ${recipeProblems.map((p) => p.en).join('; ')}.`,
          ),
          text('请对照资源的数据字典修改加工方案。', 'Compare the recipe with the dictionary of the resource.'),
        ),
  examples: [
    { name: 'it fits', at: DAY, facts: { recipeProblems: [] }, expect: 'ok' },
    {
      name: 'a column is missing',
      at: DAY,
      facts: { recipeProblems: [text('没有字段', 'no column')] },
      expect: 'violated',
    },
  ],
});

type Conclusion = 'passed' | 'failed' | null;
interface Opinions {
  readonly complianceOpinion: Conclusion;
  readonly qualityOpinion: Conclusion;
}

/** Both assessments, passed, on this version. */
export const bothAssessed = rule<Opinions>({
  id: 'SH-10.1',
  title: text('经合规评估和质量评估', 'Compliance and quality assessed'),
  decide: ({ complianceOpinion, qualityOpinion }) => {
    if (complianceOpinion === 'passed' && qualityOpinion === 'passed') return ok();
    const zh = [complianceOpinion === 'passed' ? '' : '合规评估', qualityOpinion === 'passed' ? '' : '质量评估'].filter(
      (s) => s !== '',
    );
    const en = [
      complianceOpinion === 'passed' ? '' : 'compliance',
      qualityOpinion === 'passed' ? '' : 'quality',
    ].filter((s) => s !== '');
    return violated(
      text(
        `当前版本没有通过${zh.join('和')}。`,
        `The current version has not passed its ${en.join(' and ')} assessment.`,
      ),
      text('请向第三方评估机构申请评估。', 'Request the assessment from a third party.'),
    );
  },
  examples: [
    { name: 'both passed', at: DAY, facts: { complianceOpinion: 'passed', qualityOpinion: 'passed' }, expect: 'ok' },
    {
      name: 'quality failed',
      at: DAY,
      facts: { complianceOpinion: 'passed', qualityOpinion: 'failed' },
      expect: 'violated',
    },
    {
      name: 'compliance open',
      at: DAY,
      facts: { complianceOpinion: null, qualityOpinion: 'passed' },
      expect: 'violated',
    },
  ],
});

/** Each trade stands on a valid compliance review. */
export const complianceReviewed = rule<{ readonly complianceOpinion: Conclusion }>({
  id: 'GY-27.3',
  title: text('交易经合规性审查', 'Compliance reviewed'),
  decide: ({ complianceOpinion }) =>
    complianceOpinion === 'passed'
      ? ok()
      : violated(
          text('产品当前版本没有有效的合规审查结论。', 'The current version has no valid compliance review.'),
          text('请先完成合规评估。', 'Have it assessed for compliance first.'),
        ),
  examples: [
    { name: 'passed', at: DAY, facts: { complianceOpinion: 'passed' }, expect: 'ok' },
    { name: 'failed', at: DAY, facts: { complianceOpinion: 'failed' }, expect: 'violated' },
    { name: 'none', at: DAY, facts: { complianceOpinion: null }, expect: 'violated' },
  ],
});

interface Content {
  readonly built: boolean;
  readonly rows: number;
  readonly grade: string;
  readonly containsPersonalInformation: boolean;
  readonly consentRecorded: boolean;
}
const content: Content = {
  built: true,
  rows: 1,
  grade: 'general',
  containsPersonalInformation: false,
  consentRecorded: false,
};

/** Listing condition 1 of 5. */
export const contentUsable = rule<Content>({
  id: 'SH-10.2',
  title: text('数据内容合规、真实可用', 'Content compliant, authentic, usable'),
  decide: ({ built, rows, grade, containsPersonalInformation, consentRecorded }) => {
    if (grade === 'core')
      return violated(
        text('产品含有核心数据。', 'The product holds core data.'),
        text('请移除核心数据。', 'Take the core data out.'),
      );
    if (containsPersonalInformation && !consentRecorded)
      return violated(
        text(
          '产品涉及个人信息，但资源没有记录合法依据。',
          'The product touches personal information without a recorded legal basis.',
        ),
        text(
          '请补充依据，或只使用不含个人信息的资源。',
          'Record the basis, or use resources without personal information.',
        ),
      );
    return built && rows > 0
      ? ok()
      : violated(
          text('当前版本还没有加工出可用的数据。', 'The current version has no usable data yet.'),
          text('请等待加工完成，或修改加工方案。', 'Wait until it is built, or change the recipe.'),
        );
  },
  examples: [
    { name: 'one row is data', at: DAY, facts: content, expect: 'ok' },
    { name: 'no row', at: DAY, facts: { ...content, rows: 0 }, expect: 'violated' },
    { name: 'not built', at: DAY, facts: { ...content, built: false }, expect: 'violated' },
    { name: 'core data', at: DAY, facts: { ...content, grade: 'core' }, expect: 'violated' },
    {
      name: 'personal, with a basis',
      at: DAY,
      facts: { ...content, containsPersonalInformation: true, consentRecorded: true },
      expect: 'ok',
    },
    {
      name: 'personal, without',
      at: DAY,
      facts: { ...content, containsPersonalInformation: true },
      expect: 'violated',
    },
  ],
});

/** Listing condition 2 of 5. */
export const scenarioClear = rule<{ readonly scenario: string }>({
  id: 'SH-10.3',
  title: text('有明确的应用场景', 'Clear application scenario'),
  decide: ({ scenario }) =>
    scenario.trim() !== ''
      ? ok()
      : violated(
          text('没有写明应用场景或者使用案例。', 'No application scenario or use case is named.'),
          text('请写明谁在什么业务中怎样使用。', 'Say who uses it, in which business, and how.'),
        ),
  examples: [
    { name: 'named', at: DAY, facts: { scenario: '航班延误保险定价' }, expect: 'ok' },
    { name: 'blank', at: DAY, facts: { scenario: '  ' }, expect: 'violated' },
  ],
});

/** Listing condition 3 of 5. */
export const testDataOffered = rule<{ readonly offersTestData: boolean; readonly sampleRows: number }>({
  id: 'SH-10.4',
  title: text('能够提供测试数据', 'Test data can be provided'),
  decide: ({ offersTestData, sampleRows }) =>
    offersTestData && sampleRows > 0
      ? ok()
      : violated(
          text('没有可供测试的数据。', 'There is no data to test with.'),
          text(
            '请选择提供测试数据，并完成加工以生成样例。',
            'Offer test data, and have the product built so that a sample exists.',
          ),
        ),
  examples: [
    { name: 'a sample of one row', at: DAY, facts: { offersTestData: true, sampleRows: 1 }, expect: 'ok' },
    { name: 'an empty sample', at: DAY, facts: { offersTestData: true, sampleRows: 0 }, expect: 'violated' },
    { name: 'not offered', at: DAY, facts: { offersTestData: false, sampleRows: 1 }, expect: 'violated' },
  ],
});

/** Listing condition 4 of 5. */
export const supplySustained = rule<{
  readonly supply: { readonly updateFrequency: string; readonly commitment: string };
}>({
  id: 'SH-10.5',
  title: text('可持续供给或更新', 'Sustained supply or update'),
  decide: ({ supply }) =>
    supply.updateFrequency.trim() !== '' && supply.commitment.trim() !== ''
      ? ok()
      : violated(
          text('没有写明更新频率和供给承诺。', 'Frequency of update and commitment to supply are not stated.'),
          text('请写明多久更新一次、怎样保证持续供给。', 'Say how often it is updated and how the supply is kept up.'),
        ),
  examples: [
    {
      name: 'both stated',
      at: DAY,
      facts: { supply: { updateFrequency: '每月', commitment: '每月5日前更新' } },
      expect: 'ok',
    },
    {
      name: 'no commitment',
      at: DAY,
      facts: { supply: { updateFrequency: '每月', commitment: ' ' } },
      expect: 'violated',
    },
    {
      name: 'no frequency',
      at: DAY,
      facts: { supply: { updateFrequency: '', commitment: '持续供给' } },
      expect: 'violated',
    },
  ],
});

interface Priced {
  readonly pricing: { readonly mode: string; readonly amountFen: string; readonly callsPerPackage: number | null };
}
/** Listing condition 5 of 5. */
export const priceable = rule<Priced>({
  id: 'SH-10.6',
  title: text('符合可定价的要求', 'Can be priced'),
  decide: ({ pricing }) =>
    BigInt(pricing.amountFen) > 0
      ? ok()
      : violated(text('没有价格。', 'There is no price.'), text('请填写大于零的价格。', 'Name a price above nothing.')),
  examples: [
    {
      name: 'one fen',
      at: DAY,
      facts: { pricing: { mode: 'one-off', amountFen: '1', callsPerPackage: null } },
      expect: 'ok',
    },
    {
      name: 'nothing',
      at: DAY,
      facts: { pricing: { mode: 'one-off', amountFen: '0', callsPerPackage: null } },
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

/** The product operation right belongs to who made the product. */
export const operationRight = rule<{ readonly holderId: string; readonly listerId: string | null }>({
  id: 'SH-6.4',
  title: text('享有数据产品经营权', 'Product operation right'),
  decide: ({ holderId, listerId }) =>
    holderId === listerId
      ? ok()
      : violated(
          text('挂牌单位不是产品的经营权人。', 'The lister does not hold the right to operate the product.'),
          text('请由产品经营权人办理挂牌。', 'The holder of the product must list it.'),
        ),
  examples: [
    { name: 'its own product', at: DAY, facts: { holderId: 'a', listerId: 'a' }, expect: 'ok' },
    { name: 'somebody else’s', at: DAY, facts: { holderId: 'a', listerId: 'b' }, expect: 'violated' },
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

/** Every resource behind a listed product carries class and grade. */
export const resourcesClassified = rule<{
  readonly resources: readonly { readonly class: string; readonly grade: string }[];
}>({
  id: 'GY-13.1',
  title: text('所用资源均已分类分级', 'Every resource is classified and graded'),
  decide: ({ resources }) => {
    if (resources.length === 0) return unknown('resources');
    return resources.every((r) => r.class !== '' && r.grade !== '')
      ? ok()
      : violated(
          text('有资源没有分类或者定级。', 'A resource has no class or grade.'),
          text('请先为资源分类定级。', 'Classify and grade the resource first.'),
        );
  },
  examples: [
    { name: 'classified', at: DAY, facts: { resources: [{ class: '交通', grade: 'general' }] }, expect: 'ok' },
    { name: 'no grade', at: DAY, facts: { resources: [{ class: '交通', grade: '' }] }, expect: 'violated' },
    { name: 'no resource', at: DAY, facts: { resources: [] }, expect: 'unknown' },
  ],
});

/** Who suspended may lift it; the exchange and the regulator always may. */
export const liftedByRight = rule<{ readonly suspendedBy: string | null; readonly actsAs: string }>({
  id: 'HS-4.5',
  title: text('暂停由有权单位解除', 'A suspension is lifted by who may'),
  decide: ({ suspendedBy, actsAs }) =>
    actsAs !== 'holder' || suspendedBy === 'holder'
      ? ok()
      : violated(
          text('该产品由交易所或监管部门暂停。', 'The exchange or a regulator suspended this product.'),
          text('请向交易所或监管部门申请解除。', 'Ask the exchange or the regulator to lift it.'),
        ),
  examples: [
    { name: 'one’s own', at: DAY, facts: { suspendedBy: 'holder', actsAs: 'holder' }, expect: 'ok' },
    { name: 'the exchange lifts', at: DAY, facts: { suspendedBy: 'holder', actsAs: 'exchange' }, expect: 'ok' },
    {
      name: 'the regulator’s, by the holder',
      at: DAY,
      facts: { suspendedBy: 'regulator', actsAs: 'holder' },
      expect: 'violated',
    },
  ],
});
