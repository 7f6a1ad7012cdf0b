import { dated, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

/** Who authorises in which mode: comprehensive and tiered the data authority, by field the provider of the data. */
export const modeOfTheAuthoriser = rule<{
  readonly mode: string;
  readonly authoriserRoles: readonly string[];
  readonly foreignResources: readonly string[];
}>({
  id: 'JN-7.1',
  title: text('授权方式与授权单位相符', 'The mode fits who authorises'),
  decide: ({ mode, authoriserRoles, foreignResources }) => {
    const needed = mode === 'field' ? 'data-provider' : 'data-authority';
    if (!authoriserRoles.includes(needed))
      return violated(
        text(
          mode === 'field' ? '分领域授权由数据提供单位办理。' : '综合授权和分级授权由大数据主管部门办理。',
          mode === 'field'
            ? 'Authorisation by field is for the provider of the data.'
            : 'Comprehensive and tiered authorisation is for the data authority.',
        ),
        text('请选择与本单位职责相符的授权方式。', 'Choose the mode that is yours.'),
      );
    if (mode === 'field' && foreignResources.length > Number.MIN_VALUE)
      return violated(
        text(
          `以下数据不是本单位的：${foreignResources.join('、')}。`,
          `Not your own data: ${foreignResources.join(', ')}.`,
        ),
        text('分领域授权只限本单位的数据。', 'By field you authorise your own data only.'),
      );
    return ok();
  },
  examples: [
    {
      name: 'comprehensive by the authority',
      at: DAY,
      facts: { mode: 'comprehensive', authoriserRoles: ['data-authority'], foreignResources: ['a'] },
      expect: 'ok',
    },
    {
      name: 'by field by the provider',
      at: DAY,
      facts: { mode: 'field', authoriserRoles: ['data-provider'], foreignResources: [] },
      expect: 'ok',
    },
    {
      name: 'comprehensive by a provider',
      at: DAY,
      facts: { mode: 'comprehensive', authoriserRoles: ['data-provider'], foreignResources: [] },
      expect: 'violated',
    },
    {
      name: 'by field by the authority',
      at: DAY,
      facts: { mode: 'field', authoriserRoles: ['data-authority'], foreignResources: [] },
      expect: 'violated',
    },
    {
      name: 'others’ data by field',
      at: DAY,
      facts: { mode: 'field', authoriserRoles: ['data-provider'], foreignResources: ['气象'] },
      expect: 'violated',
    },
  ],
});

/** 公告五项内容: mode, scope, conditions, criteria and requirements, and a time in which one can apply. */
export const announcementComplete = rule({
  id: 'JN-8.1',
  title: text('公告载明五项内容', 'The announcement states the five things'),
  params: {
    fullPoints: dated({ from: FROM, value: 100, unit: 'point', reference: 'HS-13.15' }),
    hoursOpenLeast: dated({ from: FROM, value: 120, unit: 'hour', reference: 'HS-13.15' }),
  },
  decide: (
    {
      texts,
      weights,
      hoursOpen,
    }: {
      readonly texts: Readonly<Record<string, string>>;
      readonly weights: readonly number[];
      readonly hoursOpen: number;
    },
    { fullPoints, hoursOpenLeast },
  ) => {
    const empty = Object.entries(texts)
      .filter(([, words]) => words.trim() === '')
      .map(([name]) => name);
    if (empty.length > Number.MIN_VALUE)
      return violated(
        text(`公告缺少：${empty.join('、')}。`, `The announcement lacks: ${empty.join(', ')}.`),
        text(
          '请写明授权方式、范围、条件、评审标准和要求。',
          'State mode, scope, conditions, criteria and requirements.',
        ),
      );
    const sum = weights.reduce((a, b) => a + b);
    if (sum !== fullPoints)
      return violated(
        text(
          `各评分项满分合计${sum}分，应为${fullPoints}分。`,
          `The criteria add up to ${sum} points instead of ${fullPoints}.`,
        ),
        text('请调整各项满分。', 'Adjust the points of the criteria.'),
      );
    if (hoursOpen < hoursOpenLeast)
      return violated(
        text(`申请期不足${hoursOpenLeast}小时。`, `Less than ${hoursOpenLeast} hours are left to apply.`),
        text('请延长申请截止时间。', 'Give a later end.'),
      );
    return ok();
  },
  examples: [
    {
      name: 'complete, open for just long enough',
      at: DAY,
      facts: { texts: { 范围: '交通' }, weights: [60, 40], hoursOpen: 120 },
      expect: 'ok',
    },
    {
      name: 'an hour less',
      at: DAY,
      facts: { texts: { 范围: '交通' }, weights: [60, 40], hoursOpen: 119 },
      expect: 'violated',
    },
    { name: 'no scope', at: DAY, facts: { texts: { 范围: ' ' }, weights: [100], hoursOpen: 200 }, expect: 'violated' },
    {
      name: 'a point too few',
      at: DAY,
      facts: { texts: { 范围: '交通' }, weights: [60, 39], hoursOpen: 200 },
      expect: 'violated',
    },
    {
      name: 'a point too many',
      at: DAY,
      facts: { texts: { 范围: '交通' }, weights: [60, 41], hoursOpen: 200 },
      expect: 'violated',
    },
  ],
});

/** 公告期内申请: late is refused. */
export const appliedInTime = rule<{ readonly applyUntil: string }>({
  id: 'JN-8.2',
  title: text('在公告期内申请', 'Applied within the announced time'),
  decide: ({ applyUntil }, _, at) =>
    at.toISOString() < applyUntil
      ? ok()
      : violated(
          text('申请期已于公告载明的时间届满。', 'The announced time to apply is over.'),
          text('请等待下一次公告。', 'Wait for the next announcement.'),
        ),
  examples: [
    {
      name: 'a moment before the end',
      at: '2026-01-08T23:59:59Z',
      facts: { applyUntil: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'at the end',
      at: '2026-01-09T00:00:00Z',
      facts: { applyUntil: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});

/** 材料齐全: an application is accepted with its proofs. */
export const proofsAttached = rule<{ readonly missingPapers: readonly string[] }>({
  id: 'JN-8.2',
  title: text('附有证明材料', 'With its proofs'),
  decide: ({ missingPapers }) =>
    missingPapers.at(0) === undefined
      ? ok()
      : violated(
          text(`缺少材料：${missingPapers.join('、')}。`, `Missing documents: ${missingPapers.join(', ')}.`),
          text('请在事项页面提交。', 'Add them on the page of the case.'),
        ),
  examples: [
    { name: 'all there', at: DAY, facts: { missingPapers: [] }, expect: 'ok' },
    { name: 'no plan', at: DAY, facts: { missingPapers: ['运营方案'] }, expect: 'violated' },
  ],
});

/** 运维方不得申请运营: neither the maintainer nor the exchange operates, nor whoever is tied to one of them. */
export const maintainerDoesNotApply = rule<{
  readonly maintainsPlatform: boolean;
  readonly applicantRoles: readonly string[];
  readonly tiedToMaintainer: boolean;
}>({
  id: 'JN-13.3',
  title: text('平台运维方不得申请运营', 'The maintainer does not apply to operate'),
  decide: ({ maintainsPlatform, applicantRoles, tiedToMaintainer }) => {
    const remedy = text(
      '请由不承担平台运维、与运维方没有关联的单位申请。',
      'A party that neither maintains the platform nor is tied to whoever does must apply.',
    );
    if (maintainsPlatform || applicantRoles.includes('exchange'))
      return violated(text('申请单位承担平台运维。', 'The applicant maintains the platform.'), remedy);
    return tiedToMaintainer
      ? violated(
          text('申请单位与平台运维方有关联关系。', 'The applicant is tied to a maintainer of the platform.'),
          remedy,
        )
      : ok();
  },
  examples: [
    {
      name: 'an ordinary company',
      at: DAY,
      facts: { maintainsPlatform: false, applicantRoles: ['operating-unit'], tiedToMaintainer: false },
      expect: 'ok',
    },
    {
      name: 'the maintainer',
      at: DAY,
      facts: { maintainsPlatform: true, applicantRoles: ['operating-unit'], tiedToMaintainer: false },
      expect: 'violated',
    },
    {
      name: 'the exchange',
      at: DAY,
      facts: { maintainsPlatform: false, applicantRoles: ['exchange'], tiedToMaintainer: false },
      expect: 'violated',
    },
    {
      name: 'an affiliate of the maintainer',
      at: DAY,
      facts: { maintainsPlatform: false, applicantRoles: ['operating-unit'], tiedToMaintainer: true },
      expect: 'violated',
    },
  ],
});

/** 一个公告一次申请: a party that was refused or withdrew may apply again while the time runs. */
export const appliedOnce = rule<{ readonly appliedBefore: boolean }>({
  id: 'HS-13.18',
  title: text('同一公告只提一次申请', 'One application for one announcement'),
  decide: ({ appliedBefore }) =>
    appliedBefore
      ? violated(
          text('贵单位已申请，正在办理。', 'Your party has applied, and the application is under way.'),
          text('请在原事项中补充材料。', 'Add to the application you have.'),
        )
      : ok(),
  examples: [
    { name: 'the first', at: DAY, facts: { appliedBefore: false }, expect: 'ok' },
    { name: 'again', at: DAY, facts: { appliedBefore: true }, expect: 'violated' },
  ],
});
