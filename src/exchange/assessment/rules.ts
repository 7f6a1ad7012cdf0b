import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const DAY = '2026-11-23';

/**
 * Only a third party assesses: not the seller, nobody who earns from the product, and nobody whose own data is in it, for
 * then it would judge itself; by a stated norm.
 */
export const independentAssessor = rule<{
  readonly assessorId: string;
  readonly sellerId: string;
  readonly shareHolderIds: readonly string[];
  /** Who holds the resources the product is made from. */
  readonly resourceHolderIds: readonly string[];
  readonly norm: string;
}>({
  id: 'GY-21.1',
  title: text('由独立第三方依规范评估', 'An independent third party assesses by a norm'),
  decide: ({ assessorId, sellerId, shareHolderIds, resourceHolderIds, norm }) => {
    if (assessorId === sellerId || shareHolderIds.includes(assessorId))
      return violated(
        text('评估机构是供方，或者参与产品的收益分配。', 'The assessor is the seller or has a share in the product.'),
        text('请委托与产品没有利益关系的评估机构。', 'Choose an assessor without interest in the product.'),
      );
    if (resourceHolderIds.includes(assessorId))
      return violated(
        text(
          '评估机构持有该产品所用的数据资源，等于评估自己的数据。',
          'The assessor holds a resource the product is made from: it would judge its own data.',
        ),
        text('请委托与产品没有利益关系的评估机构。', 'Choose an assessor without interest in the product.'),
      );
    return norm !== ''
      ? ok()
      : violated(text('没有评估规范。', 'There is no norm.'), text('请选择评估规范。', 'Choose the norm.'));
  },
  examples: [
    {
      name: 'a third party',
      at: DAY,
      facts: { assessorId: 'c', sellerId: 'a', shareHolderIds: ['a', 'b'], resourceHolderIds: ['d'], norm: 'n' },
      expect: 'ok',
    },
    {
      name: 'the seller itself',
      at: DAY,
      facts: { assessorId: 'a', sellerId: 'a', shareHolderIds: [], resourceHolderIds: [], norm: 'n' },
      expect: 'violated',
    },
    {
      name: 'one with a share',
      at: DAY,
      facts: { assessorId: 'b', sellerId: 'a', shareHolderIds: ['a', 'b'], resourceHolderIds: [], norm: 'n' },
      expect: 'violated',
    },
    {
      name: 'one whose data it is made of',
      at: DAY,
      facts: { assessorId: 'd', sellerId: 'a', shareHolderIds: ['a'], resourceHolderIds: ['d'], norm: 'n' },
      expect: 'violated',
    },
    {
      name: 'no norm',
      at: DAY,
      facts: { assessorId: 'c', sellerId: 'a', shareHolderIds: [], resourceHolderIds: [], norm: '' },
      expect: 'violated',
    },
  ],
});

/** One head of two parties may be chance, two people of one name, or one hand: a person at the supervisor looks. */
export const affiliationWatched = rule<{ readonly headsShared: readonly string[] }>({
  id: 'HS-4.15',
  title: text('疑似关联关系提示监管', 'A likely affiliation is shown to the supervisor'),
  effect: 'monitor',
  decide: ({ headsShared }) =>
    headsShared.length === 0
      ? ok()
      : violated(
          text(
            `评估机构与以下单位登记的负责人同名：${headsShared.join('、')}。`,
            `The assessor's registered head has the same name as that of: ${headsShared.join(', ')}.`,
          ),
          text(
            '请核实是否存在关联关系；存在的，改由其他机构评估。',
            'Check whether they are affiliated; if so, another assessor must do it.',
          ),
        ),
  examples: [
    { name: 'nobody', at: DAY, facts: { headsShared: [] }, expect: 'ok' },
    { name: 'the seller', at: DAY, facts: { headsShared: ['甲公司'] }, expect: 'violated' },
  ],
});

const ROLE_OF: Readonly<Record<string, string>> = { compliance: 'compliance-assessor', quality: 'quality-assessor' };

/** The assessor is admitted to this kind of assessment. */
export const assessorQualified = rule<{
  readonly kind: string;
  readonly assessorRoles: readonly string[];
  readonly assessorState: string;
}>({
  id: 'HS-4.14',
  title: text('具备相应评估角色', 'The assessor holds the role'),
  decide: ({ kind, assessorRoles, assessorState }) => {
    const needed = ROLE_OF[kind];
    return assessorState === 'admitted' && needed !== undefined && assessorRoles.includes(needed)
      ? ok()
      : violated(
          text('该机构没有入驻为此类评估机构。', 'The party is not admitted as an assessor of this kind.'),
          text('请选择具备相应角色的评估机构。', 'Choose an assessor that holds the role.'),
        );
  },
  examples: [
    {
      name: 'admitted to it',
      at: DAY,
      facts: { kind: 'quality', assessorRoles: ['quality-assessor'], assessorState: 'admitted' },
      expect: 'ok',
    },
    {
      name: 'of the other kind',
      at: DAY,
      facts: { kind: 'quality', assessorRoles: ['compliance-assessor'], assessorState: 'admitted' },
      expect: 'violated',
    },
    {
      name: 'suspended',
      at: DAY,
      facts: { kind: 'quality', assessorRoles: ['quality-assessor'], assessorState: 'suspended' },
      expect: 'violated',
    },
  ],
});

/** What is assessed is what will be sold: the object built for the current version. */
export const currentVersionBuilt = rule<{
  readonly built: boolean;
  readonly currentVersion: number;
  readonly assessedVersion: number;
}>({
  id: 'HS-4.3',
  title: text('对当前版本的数据评估', 'The current version is assessed'),
  decide: ({ built, currentVersion, assessedVersion }) => {
    if (currentVersion !== assessedVersion)
      return violated(
        text(
          '产品已修订，本次评估针对的是旧版本。',
          'The product was revised; this assessment is of an older version.',
        ),
        text('请供方就新版本重新委托评估。', 'The seller must request an assessment of the new version.'),
      );
    return built
      ? ok()
      : violated(
          text('当前版本的数据尚未加工完成。', 'The data of the current version is not built.'),
          text('请等待加工完成，或修改加工方案。', 'Wait until it is built, or change the recipe.'),
        );
  },
  examples: [
    { name: 'built', at: DAY, facts: { built: true, currentVersion: 2, assessedVersion: 2 }, expect: 'ok' },
    { name: 'not built', at: DAY, facts: { built: false, currentVersion: 2, assessedVersion: 2 }, expect: 'violated' },
    {
      name: 'revised meanwhile',
      at: DAY,
      facts: { built: true, currentVersion: 3, assessedVersion: 2 },
      expect: 'violated',
    },
  ],
});

interface Checked {
  readonly conclusion: string;
  readonly checklist: {
    readonly missing: readonly string[];
    readonly foreign: readonly string[];
    readonly negative: readonly string[];
  };
}
/** Every question is answered, and a no cannot pass. */
export const checklistAnswered = rule<Checked>({
  id: 'HS-4.11',
  title: text('清单逐项作答', 'Every item is answered'),
  decide: ({ conclusion, checklist: { missing, foreign, negative } }) => {
    if (missing.length > 0 || foreign.length > 0)
      return violated(
        text(
          `评估清单没有逐项作答：${[...missing, ...foreign].join('、')}。`,
          `The checklist is not answered item by item: ${[...missing, ...foreign].join(', ')}.`,
        ),
        text('请对清单每一项作答一次。', 'Answer each item of the checklist once.'),
      );
    return conclusion === 'passed' && negative.length > 0
      ? violated(
          text(
            `以下各项答“否”，结论不能为通过：${negative.join('、')}。`,
            `These were answered no, so it cannot pass: ${negative.join(', ')}.`,
          ),
          text(
            '请出具不通过的结论，或待供方整改后重新评估。',
            'Conclude that it failed, or assess again after correction.',
          ),
        )
      : ok();
  },
  examples: [
    {
      name: 'all yes',
      at: DAY,
      facts: { conclusion: 'passed', checklist: { missing: [], foreign: [], negative: [] } },
      expect: 'ok',
    },
    {
      name: 'a no that fails',
      at: DAY,
      facts: { conclusion: 'failed', checklist: { missing: [], foreign: [], negative: ['C01'] } },
      expect: 'ok',
    },
    {
      name: 'a no that passes',
      at: DAY,
      facts: { conclusion: 'passed', checklist: { missing: [], foreign: [], negative: ['C01'] } },
      expect: 'violated',
    },
    {
      name: 'one left out',
      at: DAY,
      facts: { conclusion: 'failed', checklist: { missing: ['C02'], foreign: [], negative: [] } },
      expect: 'violated',
    },
    {
      name: 'one of another list',
      at: DAY,
      facts: { conclusion: 'passed', checklist: { missing: [], foreign: ['Q01'], negative: [] } },
      expect: 'violated',
    },
  ],
});

/** No quality opinion without a measurement of the object. */
export const measuredFirst = rule<{ readonly kind: string; readonly measured: boolean }>({
  id: 'HS-4.12',
  title: text('质量结论以测量为依据', 'A quality opinion rests on a measurement'),
  decide: ({ kind, measured }) => {
    if (kind !== 'quality') return notApplicable();
    return measured
      ? ok()
      : violated(
          text('尚未完成对数据的测量。', 'The data has not been measured yet.'),
          text('请等待测量完成后再出具结论。', 'Wait until the measurement is there.'),
        );
  },
  examples: [
    { name: 'measured', at: DAY, facts: { kind: 'quality', measured: true }, expect: 'ok' },
    { name: 'not measured', at: DAY, facts: { kind: 'quality', measured: false }, expect: 'violated' },
    {
      name: 'compliance is read, not measured',
      at: DAY,
      facts: { kind: 'compliance', measured: false },
      expect: 'not-applicable',
    },
  ],
});
