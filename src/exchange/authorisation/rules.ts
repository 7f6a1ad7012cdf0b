import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { CLAUSE_TITLES, CLAUSES, type Clause } from './model.ts';

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

/** 运维方不得申请运营: neither the maintainer nor the exchange operates. */
export const maintainerDoesNotApply = rule<{
  readonly maintainsPlatform: boolean;
  readonly applicantRoles: readonly string[];
}>({
  id: 'JN-13.3',
  title: text('平台运维方不得申请运营', 'The maintainer does not apply to operate'),
  decide: ({ maintainsPlatform, applicantRoles }) =>
    maintainsPlatform || applicantRoles.includes('exchange')
      ? violated(
          text('申请单位承担平台运维。', 'The applicant maintains the platform.'),
          text('请由不承担平台运维的单位申请。', 'A party that does not maintain the platform must apply.'),
        )
      : ok(),
  examples: [
    {
      name: 'an ordinary company',
      at: DAY,
      facts: { maintainsPlatform: false, applicantRoles: ['operating-unit'] },
      expect: 'ok',
    },
    {
      name: 'the maintainer',
      at: DAY,
      facts: { maintainsPlatform: true, applicantRoles: ['operating-unit'] },
      expect: 'violated',
    },
    {
      name: 'the exchange',
      at: DAY,
      facts: { maintainsPlatform: false, applicantRoles: ['exchange'] },
      expect: 'violated',
    },
  ],
});

interface Expert {
  readonly id: string;
  readonly name: string;
  readonly affiliated: boolean;
}

/** 第三方专家评审: enough experts from outside, none of them tied to the applicant. */
export const expertsFromOutside = rule({
  id: 'JN-8.3',
  title: text('由第三方专家评审', 'Reviewed by third-party experts'),
  params: { expertsLeast: dated({ from: FROM, value: 3, unit: 'expert', reference: 'HS-13.16' }) },
  decide: ({ experts }: { readonly experts: readonly Expert[] }, { expertsLeast }) => {
    const tied = experts.find((e) => e.affiliated);
    if (tied)
      return violated(
        text(`${tied.name}与申请人有关联，应当回避。`, `${tied.name} is tied to the applicant and must stand aside.`),
        text('请另选专家。', 'Choose another expert.'),
      );
    return experts.length < expertsLeast
      ? violated(
          text(
            `专家有${experts.length}名，至少${expertsLeast}名。`,
            `${experts.length} experts; at least ${expertsLeast} are needed.`,
          ),
          text('请增加专家。', 'Name more experts.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'three from outside',
      at: DAY,
      facts: { experts: ['a', 'b', 'c'].map((id) => ({ id, name: id, affiliated: false })) },
      expect: 'ok',
    },
    {
      name: 'two',
      at: DAY,
      facts: { experts: ['a', 'b'].map((id) => ({ id, name: id, affiliated: false })) },
      expect: 'violated',
    },
    {
      name: 'one is tied',
      at: DAY,
      facts: { experts: ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id, affiliated: id === 'd' })) },
      expect: 'violated',
    },
  ],
});

/** 评分: each expert once, within the full points of each criterion, and free of ties at that moment too. */
export const scoreIsFair = rule<{
  readonly points: readonly number[];
  readonly weights: readonly number[];
  readonly affiliated: boolean;
  readonly scoredBefore: boolean;
}>({
  id: 'JN-8.3',
  title: text('按评审标准评分并回避', 'Scored by the criteria, without ties'),
  decide: ({ points, weights, affiliated, scoredBefore }) => {
    if (affiliated)
      return violated(
        text('您与申请人有关联，应当回避。', 'You are tied to the applicant and must stand aside.'),
        text('请向授权单位说明，由其另选专家。', 'Tell the authorising unit, which names another expert.'),
      );
    if (scoredBefore)
      return violated(
        text('您已经评分。', 'You have scored already.'),
        text('评分不能更改。', 'A score cannot be changed.'),
      );
    const fits = points.length === weights.length && points.every((p, i) => p <= (weights.at(i) ?? -Infinity));
    return fits
      ? ok()
      : violated(
          text(
            '评分与评审标准不符：每项须评分，且不超过满分。',
            'The points do not fit the criteria: one for each, within its full points.',
          ),
          text('请按公告的评分项逐项评分。', 'Score each criterion of the announcement.'),
        );
  },
  examples: [
    {
      name: 'full points',
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], affiliated: false, scoredBefore: false },
      expect: 'ok',
    },
    {
      name: 'a point too many',
      at: DAY,
      facts: { points: [61, 40], weights: [60, 40], affiliated: false, scoredBefore: false },
      expect: 'violated',
    },
    {
      name: 'one criterion left out',
      at: DAY,
      facts: { points: [60], weights: [60, 40], affiliated: false, scoredBefore: false },
      expect: 'violated',
    },
    {
      name: 'tied',
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], affiliated: true, scoredBefore: false },
      expect: 'violated',
    },
    {
      name: 'twice',
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], affiliated: false, scoredBefore: true },
      expect: 'violated',
    },
  ],
});

/** 分领域授权会同评审: the provider reviews together with the authority, in the same way. */
export const reviewedTogether = rule<{ readonly mode: string; readonly authorityTakesPart: boolean }>({
  id: 'JN-8.4',
  title: text('分领域授权会同主管部门评审', 'By field the authority reviews with the provider'),
  decide: ({ mode, authorityTakesPart }) => {
    if (mode !== 'field') return notApplicable();
    return authorityTakesPart
      ? ok()
      : violated(
          text('大数据主管部门没有参与评审。', 'The data authority takes no part in the review.'),
          text('请指定大数据主管部门会同评审。', 'Name the data authority that reviews with you.'),
        );
  },
  examples: [
    { name: 'together', at: DAY, facts: { mode: 'field', authorityTakesPart: true }, expect: 'ok' },
    { name: 'alone', at: DAY, facts: { mode: 'field', authorityTakesPart: false }, expect: 'violated' },
    {
      name: 'comprehensive',
      at: DAY,
      facts: { mode: 'comprehensive', authorityTakesPart: true },
      expect: 'not-applicable',
    },
  ],
});

/** 公示无异议后签约: nobody signs before the publicity is over without an objection that holds. */
export const publicityOver = rule({
  id: 'JN-8.5',
  title: text('公示无异议后签订协议', 'Signed after a publicity without objection'),
  params: { openObjectionsMax: dated({ from: FROM, value: 0, unit: 'objection', reference: 'JN-8.5' }) },
  decide: (
    { openObjections, noticeClosed }: { readonly openObjections: number; readonly noticeClosed: boolean },
    { openObjectionsMax },
  ) =>
    noticeClosed && openObjections <= openObjectionsMax
      ? ok()
      : violated(
          text('公示尚未结束，或者有异议尚未处理。', 'The publicity is not over, or an objection is undecided.'),
          text('请等待公示期满并处理完异议。', 'Wait for its end and decide the objections.'),
        ),
  examples: [
    { name: 'over, nothing open', at: DAY, facts: { openObjections: 0, noticeClosed: true }, expect: 'ok' },
    { name: 'one objection open', at: DAY, facts: { openObjections: 1, noticeClosed: true }, expect: 'violated' },
    { name: 'still open', at: DAY, facts: { openObjections: 0, noticeClosed: false }, expect: 'violated' },
  ],
});

/** 协议六项条款 */
export const agreementComplete = rule({
  id: 'JN-9.1',
  title: text('协议载明六项内容', 'The agreement holds the six clauses'),
  params: { needed: dated<readonly Clause[]>({ from: FROM, value: CLAUSES, reference: 'JN-9.1' }) },
  decide: ({ clauses }: { readonly clauses: Readonly<Record<string, string>> }, { needed }) => {
    const missing = needed.filter((name) => !clauses[name]?.trim());
    return missing.at(0) === undefined
      ? ok()
      : violated(
          text(
            `协议缺少：${missing.map((m) => CLAUSE_TITLES[m]?.zh ?? m).join('、')}。`,
            `The agreement lacks: ${missing.map((m) => CLAUSE_TITLES[m]?.en ?? m).join(', ')}.`,
          ),
          text('请补充缺少的条款。', 'Add the missing clauses.'),
        );
  },
  examples: [
    { name: 'all six', at: DAY, facts: { clauses: Object.fromEntries(CLAUSES.map((c) => [c, '约定'])) }, expect: 'ok' },
    ...CLAUSES.map((left) => ({
      name: `without ${left}`,
      at: DAY,
      facts: { clauses: Object.fromEntries(CLAUSES.filter((c) => c !== left).map((c) => [c, '约定'])) },
      expect: 'violated' as const,
    })),
  ],
});

/** 授权期限: it ends, and not later than the house allows. */
export const termIsLimited = rule({
  id: 'HS-13.17',
  title: text('授权期限不超过规定年限', 'The term is limited'),
  params: { yearsMax: dated({ from: FROM, value: 5, unit: 'year', reference: 'HS-13.17' }) },
  decide: ({ years, validUntil }: { readonly years: number; readonly validUntil: string }, { yearsMax }, at) =>
    years <= yearsMax && at.toISOString() < validUntil
      ? ok()
      : violated(
          text(`授权期限须在今后且不超过${yearsMax}年。`, `The term ends in the future, within ${yearsMax} years.`),
          text('请调整到期时间。', 'Give another end.'),
        ),
  examples: [
    { name: 'five years', at: DAY, facts: { years: 5, validUntil: '2031-01-01T00:00:00.000Z' }, expect: 'ok' },
    { name: 'longer', at: DAY, facts: { years: 6, validUntil: '2033-01-01T00:00:00.000Z' }, expect: 'violated' },
    { name: 'in the past', at: DAY, facts: { years: 1, validUntil: '2020-01-01T00:00:00.000Z' }, expect: 'violated' },
  ],
});

/** 协议与平台缺一不可: whoever uses public data does so under a living agreement, on the platform. */
export const underLivingAgreement = rule({
  id: 'JN-3.2',
  title: text('在有效的授权运营协议内', 'Under a living agreement'),
  params: { living: dated<readonly string[]>({ from: FROM, value: ['filing', 'operating'], reference: 'JN-3.2' }) },
  decide: (
    {
      state,
      validUntil,
      ended,
    }: {
      readonly state: string;
      readonly validUntil: string;
      readonly ended: boolean;
    },
    { living },
    at,
  ) =>
    living.includes(state) && !ended && at.toISOString() < validUntil
      ? ok()
      : violated(
          text('授权运营协议没有生效、已暂停或者已终止。', 'The agreement is not in force, is suspended or has ended.'),
          text('请先签订协议，或者完成整改后恢复。', 'Sign one, or finish the correction first.'),
        ),
  examples: [
    {
      name: 'operating',
      at: DAY,
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'ok',
    },
    {
      name: 'just signed',
      at: DAY,
      facts: { state: 'filing', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'ok',
    },
    {
      name: 'correcting',
      at: DAY,
      facts: { state: 'correcting', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'violated',
    },
    {
      name: 'at the second it ends',
      at: '2027-01-01T00:00:00Z',
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'violated',
    },
    {
      name: 'ended',
      at: DAY,
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: true },
      expect: 'violated',
    },
  ],
});

/** 由主管部门与数据提供单位双方批准 */
export const twoApprovals = rule<{
  readonly reviewers: readonly string[];
  readonly decider: string | null;
  readonly approvals: readonly string[];
}>({
  id: 'JN-14.1',
  title: text('数据申请由双方批准', 'An application for data is approved by both'),
  decide: ({ reviewers, decider, approvals }) => {
    if (decider === null || !reviewers.includes(decider))
      return violated(
        text(
          '本申请不由贵单位审核，或者贵单位已经同意。',
          'It is not for your party to review, or your party has agreed.',
        ),
        text('请由大数据主管部门和数据提供单位审核。', 'The data authority and the provider review it.'),
      );
    return approvals.includes(decider) ? unknown('approval') : ok();
  },
  examples: [
    { name: 'the provider', at: DAY, facts: { reviewers: ['p', 'a'], decider: 'p', approvals: [] }, expect: 'ok' },
    {
      name: 'somebody else',
      at: DAY,
      facts: { reviewers: ['p', 'a'], decider: 'x', approvals: [] },
      expect: 'violated',
    },
    { name: 'a job', at: DAY, facts: { reviewers: ['p', 'a'], decider: null, approvals: [] }, expect: 'violated' },
  ],
});

/** 一个场景一次申请 */
export const oneScenario = rule<{ readonly sameScenarioOpen: boolean; readonly resourcesOfScenario: number }>({
  id: 'JN-14.2',
  title: text('一个场景一次申请', 'One scenario, one application'),
  decide: ({ sameScenarioOpen }) =>
    sameScenarioOpen
      ? violated(
          text(
            '该场景已有申请正在审核或者仍然有效。',
            'An application for this scenario is under review or still lives.',
          ),
          text('请使用已有的授权；新的场景请另行申请。', 'Use what you have; a new scenario is a new application.'),
        )
      : ok(),
  examples: [
    { name: 'the first', at: DAY, facts: { sameScenarioOpen: false, resourcesOfScenario: 1 }, expect: 'ok' },
    { name: 'again', at: DAY, facts: { sameScenarioOpen: true, resourcesOfScenario: 1 }, expect: 'violated' },
  ],
});

/** 场景明确、可行、有价值: a human judgement, recorded with its words. */
export const scenarioJudged = rule<{ readonly specific: string; readonly feasible: string; readonly valuable: string }>(
  {
    id: 'JN-14.3',
    title: text('场景明确、可行、有价值', 'A scenario that is specific, feasible and of value'),
    effect: 'record',
    decide: ({ specific, feasible, valuable }) =>
      [specific, feasible, valuable].every((words) => words.trim() !== '')
        ? ok()
        : violated(
            text('场景没有写明内容、可行性或者价值。', 'Content, feasibility or value of the scenario is not stated.'),
            text('请逐项说明。', 'Say each of them.'),
          ),
    examples: [
      {
        name: 'all three',
        at: DAY,
        facts: { specific: '按线路评估延误', feasible: '数据完整', valuable: '降低保费' },
        expect: 'ok',
      },
      {
        name: 'no value',
        at: DAY,
        facts: { specific: '按线路评估延误', feasible: '数据完整', valuable: '' },
        expect: 'violated',
      },
    ],
  },
);

/** 评估不合格即暂停 */
export const suspendedAtOnce = rule<{ readonly passed: boolean; readonly rightsAfter: string }>({
  id: 'JN-12.3',
  title: text('评估不合格立即暂停权限', 'A failed evaluation suspends at once'),
  decide: ({ passed, rightsAfter }) => {
    if (passed) return notApplicable();
    return rightsAfter === 'suspended'
      ? ok()
      : violated(
          text('评估不合格而权限没有暂停。', 'The evaluation failed, yet the rights go on.'),
          text('须同时暂停数据使用权限。', 'Suspend the use of data in the same act.'),
        );
  },
  examples: [
    { name: 'failed and suspended', at: DAY, facts: { passed: false, rightsAfter: 'suspended' }, expect: 'ok' },
    { name: 'failed and going on', at: DAY, facts: { passed: false, rightsAfter: 'live' }, expect: 'violated' },
    { name: 'passed', at: DAY, facts: { passed: true, rightsAfter: 'live' }, expect: 'not-applicable' },
  ],
});

/** 书面整改报告 */
export const correctedInWriting = rule<{ readonly reportWords: string; readonly missingPapers: readonly string[] }>({
  id: 'JN-12.4',
  title: text('在期限内整改并书面报告', 'Corrected in time, and reported in writing'),
  decide: ({ reportWords, missingPapers }) =>
    reportWords.trim() !== '' && missingPapers.at(0) === undefined
      ? ok()
      : violated(
          text('没有提交书面整改报告。', 'No written report of the correction was submitted.'),
          text('请上传书面报告并说明整改情况。', 'Add the written report and say what was done.'),
        ),
  examples: [
    { name: 'in writing', at: DAY, facts: { reportWords: '已整改', missingPapers: [] }, expect: 'ok' },
    {
      name: 'no paper',
      at: DAY,
      facts: { reportWords: '已整改', missingPapers: ['整改书面报告'] },
      expect: 'violated',
    },
    { name: 'no word', at: DAY, facts: { reportWords: ' ', missingPapers: [] }, expect: 'violated' },
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

/** 谁授权谁监管、谁运营谁负责: each step is taken by whoever plays the part it belongs to. */
export const itsTurn = rule<{ readonly parts: readonly string[]; readonly needed: string }>({
  id: 'JN-15.1',
  title: text('谁授权谁监管、谁运营谁负责', 'Who authorises supervises, who operates answers'),
  decide: ({ parts, needed }) =>
    parts.includes(needed)
      ? ok()
      : violated(
          text('本环节不由贵单位办理。', 'This step is not your party’s.'),
          text('请由本事项的相应单位办理。', 'The party that plays this part takes it.'),
        ),
  examples: [
    { name: 'the authorising unit', at: DAY, facts: { parts: ['authoriser'], needed: 'authoriser' }, expect: 'ok' },
    {
      name: 'the applicant itself',
      at: DAY,
      facts: { parts: ['applicant'], needed: 'authoriser' },
      expect: 'violated',
    },
  ],
});

/** 评审结论: only when every named expert has scored. */
export const everyExpertScored = rule({
  id: 'JN-8.3',
  title: text('全部专家评分后形成结论', 'Concluded when every expert has scored'),
  params: { waitingMax: dated({ from: FROM, value: 0, unit: 'expert', reference: 'JN-8.3' }) },
  decide: ({ scored, waiting }: { readonly scored: number; readonly waiting: number }, { waitingMax }) =>
    waiting <= waitingMax && scored
      ? ok()
      : violated(
          text(`还有${waiting}名专家没有评分。`, `${waiting} experts have not scored yet.`),
          text('请等待全部专家评分。', 'Wait for all of them.'),
        ),
  examples: [
    { name: 'all have', at: DAY, facts: { scored: 3, waiting: 0 }, expect: 'ok' },
    { name: 'one has not', at: DAY, facts: { scored: 2, waiting: 1 }, expect: 'violated' },
    { name: 'nobody was named', at: DAY, facts: { scored: 0, waiting: 0 }, expect: 'violated' },
  ],
});

/** 公示期满无异议 */
export const nothingOpenAgainst = rule({
  id: 'JN-8.5',
  title: text('公示期满无未处理异议', 'Nothing undecided at the end of the publicity'),
  params: { openObjectionsMax: dated({ from: FROM, value: 0, unit: 'objection', reference: 'JN-8.5' }) },
  decide: ({ openObjections }: { readonly openObjections: number }, { openObjectionsMax }) =>
    openObjections <= openObjectionsMax
      ? ok()
      : violated(text('有异议尚未处理。', 'An objection is undecided.'), text('请先处理异议。', 'Decide it first.')),
  examples: [
    { name: 'none', at: DAY, facts: { openObjections: 0 }, expect: 'ok' },
    { name: 'one', at: DAY, facts: { openObjections: 1 }, expect: 'violated' },
  ],
});

interface Signature {
  readonly side: string | null;
  readonly hashSigned: string;
  readonly hashOfWords: string;
  readonly signedBefore: boolean;
}

/** 双方签署同一文本 */
export const signsTheseWords = rule<Signature>({
  id: 'JN-8.5',
  title: text('双方签署同一文本', 'Both sign the same words'),
  decide: ({ side, hashSigned, hashOfWords, signedBefore }) => {
    if (side === null)
      return violated(
        text('贵单位不是协议的一方。', 'Your party is no side of the agreement.'),
        text('请由授权单位和运营单位签署。', 'The authorising and the operating unit sign.'),
      );
    if (signedBefore)
      return violated(
        text('贵单位已经签署。', 'Your party has signed.'),
        text('请等待对方签署。', 'Wait for the other side.'),
      );
    return hashSigned === hashOfWords
      ? ok()
      : violated(
          text('签署的文本与现在的协议不一致。', 'The words signed are not those of the agreement.'),
          text('请重新打开协议，核对后签署。', 'Open the agreement again, read it, and sign.'),
        );
  },
  examples: [
    {
      name: 'the operating unit',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'a', hashOfWords: 'a', signedBefore: false },
      expect: 'ok',
    },
    {
      name: 'other words',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'b', hashOfWords: 'a', signedBefore: false },
      expect: 'violated',
    },
    {
      name: 'twice',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'a', hashOfWords: 'a', signedBefore: true },
      expect: 'violated',
    },
    {
      name: 'an expert',
      at: DAY,
      facts: { side: null, hashSigned: 'a', hashOfWords: 'a', signedBefore: false },
      expect: 'violated',
    },
  ],
});

/** 名单备案: late filing is shown to the supervisor. */
export const filedWithGovernment = rule<{ readonly filingNumber: string; readonly dueAt: string | null }>({
  id: 'JN-8.7',
  title: text('运营单位名单及时备案', 'The list of operating units is filed in time'),
  effect: 'monitor',
  decide: ({ filingNumber, dueAt }, _, at) =>
    filingNumber.trim() !== '' && (dueAt === null || at.toISOString() <= dueAt)
      ? ok()
      : violated(
          text('名单没有在期限内备案。', 'The list was not filed in time.'),
          text('请说明逾期原因。', 'Say why it took longer.'),
        ),
  examples: [
    {
      name: 'at the end of the time',
      at: '2026-01-09T00:00:00Z',
      facts: { filingNumber: '备〔2026〕1号', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'late',
      at: '2026-01-10',
      facts: { filingNumber: '备〔2026〕1号', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});

/** 定期报告: late is shown to the supervisor. */
export const reportedInTime = rule<{ readonly row: { readonly due_at: Date | string | null } }>({
  id: 'JN-17.3',
  title: text('定期报告运营安全情况', 'Security is reported in time'),
  effect: 'monitor',
  decide: ({ row }, _, at) =>
    row.due_at === null || at <= new Date(row.due_at)
      ? ok()
      : violated(text('安全报告逾期。', 'The report is late.'), text('请说明逾期原因。', 'Say why.')),
  examples: [
    {
      name: 'at the end of the time',
      at: '2026-01-09T00:00:00Z',
      facts: { row: { due_at: '2026-01-09T00:00:00.000Z' } },
      expect: 'ok',
    },
    { name: 'late', at: '2026-01-10', facts: { row: { due_at: '2026-01-09T00:00:00.000Z' } }, expect: 'violated' },
  ],
});

/** 岗前安全培训: a period without any training is shown to the supervisor. */
export const trained = rule({
  id: 'JN-17.1',
  title: text('开展安全培训', 'Technicians are trained'),
  effect: 'monitor',
  params: { trainingsLeast: dated({ from: FROM, value: 1, unit: 'training', reference: 'JN-17.1' }) },
  decide: ({ trainings }: { readonly trainings: number }, { trainingsLeast }) =>
    trainings >= trainingsLeast
      ? ok()
      : violated(
          text('报告期内没有开展安全培训。', 'No training took place in the period.'),
          text('请组织技术人员安全培训并留存记录。', 'Train the technicians and keep the record.'),
        ),
  examples: [
    { name: 'one training', at: DAY, facts: { trainings: 1 }, expect: 'ok' },
    { name: 'none', at: DAY, facts: { trainings: 0 }, expect: 'violated' },
  ],
});

/** 仍未整改到位: the exit begins. */
export const endsWhenNotCorrected = rule<{ readonly corrected: boolean; readonly leads: string }>({
  id: 'JN-12.5',
  title: text('未整改到位的启动退出', 'What is not corrected ends in the exit'),
  decide: ({ corrected, leads }) =>
    corrected || leads === 'exiting'
      ? ok()
      : violated(
          text('未整改到位而没有启动退出。', 'It is not corrected, yet no exit begins.'),
          text('须启动退出机制。', 'Start the exit.'),
        ),
  examples: [
    { name: 'corrected', at: DAY, facts: { corrected: true, leads: 'operating' }, expect: 'ok' },
    { name: 'not corrected, exit', at: DAY, facts: { corrected: false, leads: 'exiting' }, expect: 'ok' },
    { name: 'not corrected, going on', at: DAY, facts: { corrected: false, leads: 'operating' }, expect: 'violated' },
  ],
});

/** 退出: by the authorising unit, or by the operating unit itself. */
export const mayEndIt = rule<{ readonly parts: readonly string[] }>({
  id: 'JN-15.1',
  title: text('由授权单位或者运营单位启动退出', 'Ended by who authorises or who operates'),
  decide: ({ parts }) =>
    parts.includes('authoriser') || parts.includes('applicant')
      ? ok()
      : violated(
          text('贵单位不是协议的一方。', 'Your party is no side of the agreement.'),
          text('请由授权单位或者运营单位办理。', 'The authorising or the operating unit does it.'),
        ),
  examples: [
    { name: 'the authorising unit', at: DAY, facts: { parts: ['authoriser'] }, expect: 'ok' },
    { name: 'the operating unit', at: DAY, facts: { parts: ['applicant'] }, expect: 'ok' },
    { name: 'an expert', at: DAY, facts: { parts: ['scored'] }, expect: 'violated' },
  ],
});

/** 到期终止权限并留存日志 */
export const termIsOver = rule<{ readonly validUntil: string; readonly workLogKept: boolean }>({
  id: 'JN-8.6',
  title: text('到期终止权限并留存工作日志', 'At the end of the term rights end and the log stays'),
  decide: ({ validUntil, workLogKept }, _, at) =>
    at.toISOString() >= validUntil && workLogKept
      ? ok()
      : violated(
          text('授权尚未到期，或者工作日志没有留存。', 'The term is not over, or the work log is not kept.'),
          text('到期后再办理。', 'Wait for the end.'),
        ),
  examples: [
    {
      name: 'at the second',
      at: '2027-01-01T00:00:00Z',
      facts: { validUntil: '2027-01-01T00:00:00.000Z', workLogKept: true },
      expect: 'ok',
    },
    {
      name: 'a second before',
      at: '2026-12-31T23:59:59Z',
      facts: { validUntil: '2027-01-01T00:00:00.000Z', workLogKept: true },
      expect: 'violated',
    },
    {
      name: 'without the log',
      at: '2027-01-02',
      facts: { validUntil: '2027-01-01T00:00:00.000Z', workLogKept: false },
      expect: 'violated',
    },
  ],
});

/** 不得留存: the exit is settled with the proof of erasure. */
export const nothingRetained = rule<{ readonly missingPapers: readonly string[] }>({
  id: 'JN-17.2',
  title: text('退出后不留存公共数据', 'No public data is retained after the exit'),
  decide: ({ missingPapers }) =>
    missingPapers.at(0) === undefined
      ? ok()
      : violated(
          text('没有提交资产处置与数据清除证明。', 'The proof of disposal and erasure is missing.'),
          text('请上传证明后再办理。', 'Add the proof first.'),
        ),
  examples: [
    { name: 'proved', at: DAY, facts: { missingPapers: [] }, expect: 'ok' },
    { name: 'not proved', at: DAY, facts: { missingPapers: ['disposal'] }, expect: 'violated' },
  ],
});

interface Scope {
  readonly inScope: boolean;
  readonly unknownColumns: readonly string[];
  readonly askedUntil: string;
  readonly validUntil: string;
}

/** 在协议范围内申请: resources of the agreement, columns that exist, within its term. */
export const withinTheAgreement = rule<Scope>({
  id: 'JN-10.1',
  title: text('在协议范围内申请数据', 'Data is asked for within the agreement'),
  decide: ({ inScope, unknownColumns, askedUntil, validUntil }, _, at) => {
    if (!inScope)
      return violated(
        text('该资源不在协议的授权范围内。', 'The resource is not in the scope of the agreement.'),
        text('请申请协议范围内的资源。', 'Ask for one that is.'),
      );
    if (unknownColumns.at(0) !== undefined)
      return violated(
        text(
          `资源没有这些字段：${unknownColumns.join('、')}。`,
          `The resource has no such columns: ${unknownColumns.join(', ')}.`,
        ),
        text('请对照数据字典选择字段。', 'Choose columns of the dictionary.'),
      );
    return askedUntil <= validUntil && at.toISOString() < askedUntil
      ? ok()
      : violated(
          text('使用期限须在今后且不晚于协议到期。', 'The use ends in the future, and not after the agreement.'),
          text('请调整使用期限。', 'Give another end.'),
        );
  },
  examples: [
    {
      name: 'until the end of the agreement',
      at: DAY,
      facts: { inScope: true, unknownColumns: [], askedUntil: '2027-01-01', validUntil: '2027-01-01' },
      expect: 'ok',
    },
    {
      name: 'longer than the agreement',
      at: DAY,
      facts: { inScope: true, unknownColumns: [], askedUntil: '2027-01-02', validUntil: '2027-01-01' },
      expect: 'violated',
    },
    {
      name: 'in the past',
      at: DAY,
      facts: { inScope: true, unknownColumns: [], askedUntil: '2025-01-02', validUntil: '2027-01-01' },
      expect: 'violated',
    },
    {
      name: 'another resource',
      at: DAY,
      facts: { inScope: false, unknownColumns: [], askedUntil: '2027-01-01', validUntil: '2027-01-01' },
      expect: 'violated',
    },
    {
      name: 'a column that is not there',
      at: DAY,
      facts: { inScope: true, unknownColumns: ['x'], askedUntil: '2027-01-01', validUntil: '2027-01-01' },
      expect: 'violated',
    },
  ],
});

/** 可以提出数据治理需求 */
export const governanceOfOwnScope = rule<{ readonly inScope: boolean }>({
  id: 'JN-10.2',
  title: text('对授权范围内的数据提出治理需求', 'Demands concern data of the agreement'),
  decide: ({ inScope }) =>
    inScope
      ? ok()
      : violated(
          text('该资源不在协议的授权范围内。', 'The resource is not in the scope of the agreement.'),
          text('请选择协议范围内的资源。', 'Choose one that is.'),
        ),
  examples: [
    { name: 'in scope', at: DAY, facts: { inScope: true }, expect: 'ok' },
    { name: 'out of scope', at: DAY, facts: { inScope: false }, expect: 'violated' },
  ],
});

/** 开展数据治理: late is shown to the supervisor. */
export const governedInTime = rule<{ readonly row: { readonly due_at: Date | string | null } }>({
  id: 'JN-10.3',
  title: text('数据提供单位及时治理数据', 'The provider governs its data in time'),
  effect: 'monitor',
  decide: ({ row }, _, at) =>
    row.due_at === null || at <= new Date(row.due_at)
      ? ok()
      : violated(text('治理答复逾期。', 'The answer is late.'), text('请说明逾期原因。', 'Say why.')),
  examples: [
    {
      name: 'at the end of the time',
      at: '2026-01-09T00:00:00Z',
      facts: { row: { due_at: '2026-01-09T00:00:00.000Z' } },
      expect: 'ok',
    },
    { name: 'late', at: '2026-01-10', facts: { row: { due_at: '2026-01-09T00:00:00.000Z' } }, expect: 'violated' },
  ],
});
