import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { TRIAL } from './parameters.ts';

const DAY = '2026-11-26';

/** 试用限于在售的数据产品: what nobody may buy is not tried either. */
export const onTheMarket = rule<{ readonly product: { readonly kind: string; readonly state: string } }>({
  id: 'HS-25.1',
  title: text('在售的数据产品方可试用', 'Only data products on the market are tried'),
  decide: ({ product: { kind, state } }) => {
    if (kind === 'query-service')
      return violated(
        text('查询服务不提供试用。', 'A query service is not tried.'),
        text('可购买一次调用包试查。', 'Buy its smallest package of calls.'),
      );
    return state === 'listed'
      ? ok()
      : violated(
          text('该产品现在不在售。', 'The product is not on the market now.'),
          text('请等待其挂牌或者恢复交易。', 'Wait until it is listed or resumed.'),
        );
  },
  examples: [
    { name: 'listed', at: DAY, facts: { product: { kind: 'dataset', state: 'listed' } }, expect: 'ok' },
    { name: 'suspended', at: DAY, facts: { product: { kind: 'dataset', state: 'suspended' } }, expect: 'violated' },
    { name: 'a service', at: DAY, facts: { product: { kind: 'query-service', state: 'listed' } }, expect: 'violated' },
  ],
});

interface OfferFacts {
  /** Columns named that the product does not have. */
  readonly unknown: readonly string[];
  /** Measures chosen that no column named can serve. */
  readonly without: readonly string[];
}
/** 开放的指标与数据字典相符。 */
export const offerFits = rule<OfferFacts>({
  id: 'HS-25.2',
  title: text('试用范围与数据字典相符', 'What is opened for trial fits the dictionary'),
  decide: ({ unknown, without }) => {
    if (unknown.length > 0)
      return violated(
        text(`产品没有字段“${unknown.join('、')}”。`, `The product has no column “${unknown.join(', ')}”.`),
        text('请从数据字典中选择字段。', 'Choose columns of the dictionary.'),
      );
    return without.length === 0
      ? ok()
      : violated(
          text(
            `所选指标（${without.join('、')}）没有合适的字段。`,
            `No column fits the measures chosen (${without.join(', ')}).`,
          ),
          text(
            '覆盖率需要一个字段，相关系数和 AUC 需要数值字段。',
            'Coverage takes a column; correlation and AUC take one of numbers.',
          ),
        );
  },
  examples: [
    { name: 'fits', at: DAY, facts: { unknown: [], without: [] }, expect: 'ok' },
    { name: 'no such column', at: DAY, facts: { unknown: ['x'], without: [] }, expect: 'violated' },
    { name: 'words for a correlation', at: DAY, facts: { unknown: [], without: ['correlation'] }, expect: 'violated' },
  ],
});

/** 只试用已开放的指标。 Null: it is. */
export const askedIsOpen = rule<{ readonly notOpen: Text | null }>({
  id: 'HS-25.3',
  title: text('指标和字段已开放试用', 'Measure and column are open for trial'),
  decide: ({ notOpen }) =>
    notOpen === null
      ? ok()
      : violated(notOpen, text('请按产品页列出的指标和字段试用。', 'Try what the page of the product lists.')),
  examples: [
    { name: 'open', at: DAY, facts: { notOpen: null }, expect: 'ok' },
    { name: 'not open', at: DAY, facts: { notOpen: text('未开放', 'not open') }, expect: 'violated' },
  ],
});

interface OwnTable {
  readonly table: {
    /** Null while it was not looked into. */
    readonly keys: number | null;
    /** What its columns do not fit; null: nothing. */
    readonly unfit: Text | null;
  };
}
/** 试用方自备表有下限和上限: a table of one is a question about one. */
export const ownTableOfMany = rule({
  id: 'HS-25.4',
  title: text('自备数据表的规模和字段', 'Size and columns of the own table'),
  params: { least: TRIAL.ownLeast, most: TRIAL.ownMost },
  decide: ({ table: { keys, unfit } }: OwnTable, { least, most }) => {
    if (unfit !== null) return violated(unfit, text('请更换字段或者数据表。', 'Choose another column or table.'));
    if (keys === null) return notApplicable();
    return keys >= least && keys <= most
      ? ok()
      : violated(
          text(
            `自备数据表有 ${keys} 个不同的键值，须为 ${least} 至 ${most} 个。`,
            `The own table has ${keys} different keys; it takes ${least} to ${most}.`,
          ),
          text('请使用完整的数据表，不要逐个试探。', 'Bring a whole table; single questions are not answered.'),
        );
  },
  examples: [
    { name: 'at least', at: DAY, facts: { table: { keys: 500, unfit: null } }, expect: 'ok' },
    { name: 'one less', at: DAY, facts: { table: { keys: 499, unfit: null } }, expect: 'violated' },
    { name: 'at most', at: DAY, facts: { table: { keys: 1_000_000, unfit: null } }, expect: 'ok' },
    { name: 'one more', at: DAY, facts: { table: { keys: 1_000_001, unfit: null } }, expect: 'violated' },
    { name: 'unfit', at: DAY, facts: { table: { keys: null, unfit: text('不符', 'unfit') } }, expect: 'violated' },
    { name: 'not read', at: DAY, facts: { table: { keys: null, unfit: null } }, expect: 'not-applicable' },
  ],
});

interface Tried {
  /** Of each trial that was charged. */
  readonly daysAgo: readonly number[];
  readonly repeated: boolean;
}
const NINE = Array.from({ length: 9 }, (_, i) => i);
/** 同一单位对同一产品的试用次数有上限: what all its trials together can tell of anybody is bounded by it. */
export const trialsLeft = rule({
  id: 'HS-25.5',
  title: text('试用次数', 'Number of trials'),
  params: { most: TRIAL.runsMost, days: TRIAL.runsDays },
  decide: ({ daysAgo, repeated }: Tried, { most, days }) => {
    const runs = daysAgo.filter((ago) => ago < days).length;
    return repeated || runs < most
      ? ok()
      : violated(
          text(
            `本单位 ${days} 天内对该产品已试用 ${runs} 次，上限 ${most} 次。`,
            `Your party tried this product ${runs} times in ${days} days; at most ${most}.`,
          ),
          text('重复相同的试用不计次数；也可以直接购买。', 'The same trial again is not counted; or buy the product.'),
        );
  },
  examples: [
    { name: 'the last', at: DAY, facts: { daysAgo: NINE, repeated: false }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { daysAgo: [...NINE, 364.9], repeated: false }, expect: 'violated' },
    { name: 'told again', at: DAY, facts: { daysAgo: [...NINE, 0], repeated: true }, expect: 'ok' },
    { name: 'one just over', at: DAY, facts: { daysAgo: [...NINE, 365], repeated: false }, expect: 'ok' },
  ],
});

interface TriedByAll {
  /** Of each trial of the product that was charged to any party. */
  readonly allDaysAgo: readonly number[];
  readonly repeated: boolean;
}
const FORTY_NINE = Array.from({ length: 49 }, (_, i) => i);
/** 全部单位对同一产品的试用总数有上限: parties that pool their trials learn no more of anybody than this allows. */
export const trialsOfAll = rule({
  id: 'HS-25.11',
  title: text('全部试用方的试用总数', 'Trials of all parties together'),
  params: { most: TRIAL.allMost, days: TRIAL.allDays },
  decide: ({ allDaysAgo, repeated }: TriedByAll, { most, days }) =>
    repeated || allDaysAgo.filter((ago) => ago < days).length < most
      ? ok()
      : violated(
          text(
            `该产品 ${days} 天内的试用总数已达上限 ${most} 次，不分由哪个单位试用。`,
            `This product was tried ${most} times in ${days} days by all parties together, which is the most.`,
          ),
          text(
            '最早的试用满期后可以再试用；也可以直接购买，或者请卖方提供测试数据。',
            'Try again once the oldest trials are past that time; or buy the product, or ask the seller for test data.',
          ),
        ),
  examples: [
    { name: 'the last', at: DAY, facts: { allDaysAgo: FORTY_NINE, repeated: false }, expect: 'ok' },
    {
      name: 'one too many',
      at: DAY,
      facts: { allDaysAgo: [...FORTY_NINE, 364.9], repeated: false },
      expect: 'violated',
    },
    { name: 'told again', at: DAY, facts: { allDaysAgo: [...FORTY_NINE, 0], repeated: true }, expect: 'ok' },
    { name: 'one just over', at: DAY, facts: { allDaysAgo: [...FORTY_NINE, 365], repeated: false }, expect: 'ok' },
  ],
});

/** 匹配过少不给出结果: decided on a count with noise. Never refuses; what is told depends on it. */
export const enoughMatched = rule({
  id: 'HS-25.6',
  title: text('匹配的最小个数', 'Least number of keys that match'),
  params: { least: TRIAL.matchedLeast },
  decide: ({ keys }: { readonly keys: number }, { least }) =>
    keys >= least
      ? ok()
      : violated(
          text(`匹配的键值少于约 ${least} 个。`, `Fewer than about ${least} keys match.`),
          text('只告知少于该数。', 'Only that is told.'),
        ),
  examples: [
    { name: 'just enough', at: DAY, facts: { keys: 500 }, expect: 'ok' },
    { name: 'one less', at: DAY, facts: { keys: 499 }, expect: 'violated' },
  ],
});

/** 自备数据来源合法: the platform does not see where it comes from; who brings it says so. */
export const lawfulTable = rule<{ readonly lawful: boolean }>({
  id: 'HS-25.9',
  title: text('自备数据来源合法', 'The own table is lawfully used'),
  decide: ({ lawful }) =>
    lawful
      ? ok()
      : violated(
          text('没有声明自备数据的来源和使用合法。', 'Nobody said that the own table is lawfully obtained and used.'),
          text(
            '请确认本单位有权为评估产品使用该表；含个人信息的，已依法取得同意或者另有法定依据。',
            'Confirm that your party may use the table to assess a product; for personal information, on consent or another lawful ground.',
          ),
        ),
  examples: [
    { name: 'said', at: DAY, facts: { lawful: true }, expect: 'ok' },
    { name: 'not said', at: DAY, facts: { lawful: false }, expect: 'violated' },
  ],
});

/** 不试用本单位的产品。 */
export const ofAnother = rule<{ readonly own: boolean }>({
  id: 'HS-25.10',
  title: text('试用他人的产品', 'A product of another party'),
  decide: ({ own }) =>
    own
      ? violated(
          text('这是本单位的产品。', 'It is a product of your own party.'),
          text('本单位的数据无需试用。', 'What is your own needs no trial.'),
        )
      : ok(),
  examples: [
    { name: 'of another', at: DAY, facts: { own: false }, expect: 'ok' },
    { name: 'own', at: DAY, facts: { own: true }, expect: 'violated' },
  ],
});
