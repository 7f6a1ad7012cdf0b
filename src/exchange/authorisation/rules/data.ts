import { notApplicable, ok, rule, unknown, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-25';

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

/** 审核数据申请是数据提供单位的职责: late is shown to the supervisor. */
export const providerReviewsInTime = rule<{ readonly isProvider: boolean; readonly reviewDueAt: string | null }>({
  id: 'JN-5.2',
  title: text('数据提供单位按期审核数据申请', 'The provider reviews applications for data in time'),
  effect: 'monitor',
  decide: ({ isProvider, reviewDueAt }, _, at) => {
    if (!isProvider) return notApplicable();
    return reviewDueAt === null || at.toISOString() <= reviewDueAt
      ? ok()
      : violated(text('数据申请审核逾期。', 'The review is late.'), text('请说明逾期原因。', 'Say why.'));
  },
  examples: [
    {
      name: 'at the end of the time',
      at: '2026-01-09T00:00:00Z',
      facts: { isProvider: true, reviewDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'late',
      at: '2026-01-10',
      facts: { isProvider: true, reviewDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'the authority',
      at: '2026-01-10',
      facts: { isProvider: false, reviewDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'not-applicable',
    },
  ],
});
