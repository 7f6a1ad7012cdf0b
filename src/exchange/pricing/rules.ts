import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2025-01-16';

/** 补偿成本、合理盈利: every cost is given with its basis, and the profit stays within the permitted rate. */
export const costsAndProfit = rule({
  id: 'PPN-3.1',
  title: text('准许收入由成本、准许利润和税金构成', 'Costs, permitted profit and taxes'),
  params: {
    profitMax: dated({
      from: FROM,
      value: 1_000,
      unit: 'basis point',
      reference: 'HS-17.4',
    }),
  },
  decide: (
    {
      costFen,
      subsidyFen,
      profitBasisPoints,
    }: { readonly costFen: string; readonly subsidyFen: string; readonly profitBasisPoints: number },
    { profitMax },
  ) => {
    if (costFen === '0')
      return violated(
        text('没有填报经营成本。', 'No operating costs are given.'),
        text('请逐项填报成本及核算依据。', 'Give each cost with its basis.'),
      );
    if (BigInt(subsidyFen) > BigInt(costFen))
      return violated(
        text('政府补助大于经营成本。', 'The subsidy is larger than the costs.'),
        text('请核对补助金额；成本全部由补助承担的，产品应当免费。', 'Check the subsidy: what it pays for is free.'),
      );
    return profitBasisPoints <= profitMax
      ? ok()
      : violated(
          text(
            `利润率${profitBasisPoints}个基点，高于准许的${profitMax}个基点。`,
            `A profit of ${profitBasisPoints} basis points is above the ${profitMax} permitted.`,
          ),
          text('请降低利润率。', 'Ask for a lower rate.'),
        );
  },
  examples: [
    {
      name: 'at the permitted rate, the whole cost subsidised',
      at: DAY,
      facts: { costFen: '100', subsidyFen: '100', profitBasisPoints: 1_000 },
      expect: 'ok',
    },
    {
      name: 'one basis point more',
      at: DAY,
      facts: { costFen: '100', subsidyFen: '0', profitBasisPoints: 1_001 },
      expect: 'violated',
    },
    { name: 'no cost', at: DAY, facts: { costFen: '0', subsidyFen: '0', profitBasisPoints: 0 }, expect: 'violated' },
    {
      name: 'more subsidy than cost',
      at: DAY,
      facts: { costFen: '100', subsidyFen: '101', profitBasisPoints: 0 },
      expect: 'violated',
    },
  ],
});

interface PeriodFacts {
  readonly periodFrom: string;
  readonly periodUntil: string;
  readonly overlaps: boolean;
}

/** 一个周期一次核定: a period of a year or more, and none within another. */
export const onePeriod = rule({
  id: 'HS-17.5',
  title: text('核定周期不重叠', 'Periods do not overlap'),
  params: {
    monthsLeast: dated({ from: FROM, value: 12, unit: 'month', reference: 'HS-17.5' }),
    monthsMost: dated({ from: FROM, value: 36, unit: 'month', reference: 'HS-17.5' }),
  },
  decide: ({ periodFrom, periodUntil, overlaps }: PeriodFacts, { monthsLeast, monthsMost }) => {
    if (overlaps)
      return violated(
        text('与已核定或者正在核定的周期重叠。', 'It overlaps a period that is approved or under review.'),
        text('请从上一周期结束之日起算。', 'Begin where the last period ends.'),
      );
    const after = (months: number) => {
      const day = new Date(`${periodFrom}T00:00:00Z`);
      day.setUTCMonth(day.getUTCMonth() + months);
      return day.toISOString();
    };
    const end = new Date(`${periodUntil}T00:00:00Z`).toISOString();
    return end >= after(monthsLeast) && end <= after(monthsMost)
      ? ok()
      : violated(
          text(`周期应为${monthsLeast}至${monthsMost}个月。`, `A period has ${monthsLeast} to ${monthsMost} months.`),
          text('请调整起止日期。', 'Give other days.'),
        );
  },
  examples: [
    {
      name: 'a year',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2028-01-01', overlaps: false },
      expect: 'ok',
    },
    {
      name: 'a day less',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2027-12-31', overlaps: false },
      expect: 'violated',
    },
    {
      name: 'three years',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2030-01-01', overlaps: false },
      expect: 'ok',
    },
    {
      name: 'a day more',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2030-01-02', overlaps: false },
      expect: 'violated',
    },
    {
      name: 'thirteen months',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2028-02-01', overlaps: false },
      expect: 'ok',
    },
    {
      name: 'eleven months',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2027-12-01', overlaps: false },
      expect: 'violated',
    },
    {
      name: 'thirty-five months',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2029-12-01', overlaps: false },
      expect: 'ok',
    },
    {
      name: 'thirty-seven months',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2030-02-01', overlaps: false },
      expect: 'violated',
    },
    {
      name: 'within another',
      at: DAY,
      facts: { periodFrom: '2027-01-01', periodUntil: '2028-01-01', overlaps: true },
      expect: 'violated',
    },
  ],
});

/** 发展改革部门会同数据管理部门核定 */
export const approvedTogether = rule<{ readonly decider: string | null; readonly reviewers: readonly string[] }>({
  id: 'PPN-2.1',
  title: text('由价格主管部门会同大数据主管部门核定', 'Approved by price and data authority together'),
  decide: ({ decider, reviewers }) =>
    decider !== null && reviewers.includes(decider)
      ? ok()
      : violated(
          text('本事项不由贵单位核定，或者贵单位已经同意。', 'It is not for your party, or your party has agreed.'),
          text('请由价格主管部门和大数据主管部门核定。', 'The price and the data authority approve it.'),
        ),
  examples: [
    { name: 'the price authority', at: DAY, facts: { decider: 'p', reviewers: ['p', 'd'] }, expect: 'ok' },
    { name: 'the authority that agreed', at: DAY, facts: { decider: 'p', reviewers: ['d'] }, expect: 'violated' },
    { name: 'a job', at: DAY, facts: { decider: null, reviewers: ['d'] }, expect: 'violated' },
  ],
});

interface CapFacts {
  readonly agreementFits: boolean;
  readonly scenarioFits: boolean;
  readonly useClass: string;
}

/** 用于产业发展、行业发展的可收费: a cap is asked for what industry may use, made from data of that very scenario. */
export const capForIndustry = rule<CapFacts>({
  id: 'PPN-1.1',
  title: text('只对产业、行业用途收费', 'A fee for industry only'),
  decide: ({ agreementFits, scenarioFits, useClass }) => {
    if (!agreementFits || !scenarioFits)
      return violated(
        text('产品没有使用该数据申请的数据资源。', 'The product is not made from the data of this scenario.'),
        text('请选择产品所依据的数据申请。', 'Choose the application the product rests on.'),
      );
    return useClass === 'industry'
      ? ok()
      : violated(
          text(
            '该数据申请用于公共治理或者公益事业，产品应当免费。',
            'The scenario serves governance or welfare: free.',
          ),
          text('无需上限收费标准，请将价格定为零。', 'No cap is needed; set the price to nothing.'),
        );
  },
  examples: [
    {
      name: 'industry',
      at: DAY,
      facts: { agreementFits: true, scenarioFits: true, useClass: 'industry' },
      expect: 'ok',
    },
    {
      name: 'welfare',
      at: DAY,
      facts: { agreementFits: true, scenarioFits: true, useClass: 'public-welfare' },
      expect: 'violated',
    },
    {
      name: 'another agreement',
      at: DAY,
      facts: { agreementFits: false, scenarioFits: true, useClass: 'industry' },
      expect: 'violated',
    },
    {
      name: 'another resource',
      at: DAY,
      facts: { agreementFits: true, scenarioFits: false, useClass: 'industry' },
      expect: 'violated',
    },
  ],
});

interface TrialFacts {
  readonly operatingSince: string;
  readonly allowedFen: string | null;
}

/** How long a new operation may charge on trial. */
export const TRIAL_MONTHS = dated({ from: FROM, value: 12, unit: 'month', reference: 'PPN-2.4' });

/** 试行收费标准: before a full year of operation a cap stands on trial; after that on an approved revenue. */
export const trialOrApproved = rule({
  id: 'PPN-2.4',
  title: text('尚无完整年度的试行，其后依准许收入', 'On trial before a full year, then on approved revenue'),
  params: { trialMonths: TRIAL_MONTHS },
  decide: ({ operatingSince, allowedFen }: TrialFacts, { trialMonths }, at) => {
    if (allowedFen !== null) return ok();
    const yearOver = new Date(operatingSince);
    yearOver.setUTCMonth(yearOver.getUTCMonth() + trialMonths);
    return at < yearOver
      ? ok()
      : violated(
          text('已有完整年度运营情况，但最高准许收入尚未核定。', 'A full year is over, but no revenue is approved.'),
          text('请先申请核定最高准许收入。', 'Have the allowed revenue approved first.'),
        );
  },
  examples: [
    {
      name: 'the last second of the first year',
      at: '2026-12-31T23:59:59Z',
      facts: { operatingSince: '2026-01-01T00:00:00.000Z', allowedFen: null },
      expect: 'ok',
    },
    {
      name: 'a year is over',
      at: '2027-01-01T00:00:00Z',
      facts: { operatingSince: '2026-01-01T00:00:00.000Z', allowedFen: null },
      expect: 'violated',
    },
    {
      name: 'a month after the year, approved',
      at: '2027-02-01T00:00:00Z',
      facts: { operatingSince: '2026-01-01T00:00:00.000Z', allowedFen: '0' },
      expect: 'ok',
    },
    {
      name: 'eleven months and a day',
      at: '2026-12-02T00:00:00Z',
      facts: { operatingSince: '2026-01-01T00:00:00.000Z', allowedFen: null },
      expect: 'ok',
    },
    {
      name: 'a year and a day',
      at: '2027-01-02T00:00:00Z',
      facts: { operatingSince: '2026-01-01T00:00:00.000Z', allowedFen: null },
      expect: 'violated',
    },
  ],
});

/** 在最高准许收入范围内: caps times expected sales of all products together stay within the allowed revenue. */
export const capsWithinRevenue = rule<{ readonly allowedFen: string | null; readonly capsFen: string }>({
  id: 'PPN-2.2',
  title: text('各产品上限合计不超过最高准许收入', 'All caps together are within the allowed revenue'),
  decide: ({ allowedFen, capsFen }) => {
    if (allowedFen === null) return notApplicable();
    return BigInt(capsFen) <= BigInt(allowedFen)
      ? ok()
      : violated(
          text(
            `各产品上限与预计销量之积合计${capsFen}分，超过最高准许收入${allowedFen}分。`,
            `Caps times expected sales come to ${capsFen} fen, above the allowed revenue of ${allowedFen} fen.`,
          ),
          text('请降低上限，或者核对预计销量。', 'Lower the cap, or check the sales expected.'),
        );
  },
  examples: [
    { name: 'exactly all of it', at: DAY, facts: { allowedFen: '1000', capsFen: '1000' }, expect: 'ok' },
    { name: 'a fen more', at: DAY, facts: { allowedFen: '1000', capsFen: '1001' }, expect: 'violated' },
    { name: 'on trial', at: DAY, facts: { allowedFen: null, capsFen: '1001' }, expect: 'not-applicable' },
  ],
});

/** 周期结束后评估: the system counts once, when the period is over. */
export const periodIsOver = rule<{
  readonly periodUntil: string;
  readonly approved: boolean;
  readonly closed: boolean;
}>({
  id: 'PPN-4.1',
  title: text('周期结束后计算超收', 'Excess is computed when the period is over'),
  decide: ({ periodUntil, approved, closed }, _, at) =>
    approved && !closed && at.toISOString() >= periodUntil
      ? ok()
      : violated(
          text('周期尚未结束、未经核定或者已经计算。', 'The period is not over, not approved, or counted already.'),
          text('无需办理。', 'Nothing is to do.'),
        ),
  examples: [
    {
      name: 'at the second',
      at: '2028-01-01T00:00:00Z',
      facts: { periodUntil: '2028-01-01T00:00:00.000Z', approved: true, closed: false },
      expect: 'ok',
    },
    {
      name: 'a second before',
      at: '2027-12-31T23:59:59Z',
      facts: { periodUntil: '2028-01-01T00:00:00.000Z', approved: true, closed: false },
      expect: 'violated',
    },
    {
      name: 'again',
      at: '2028-01-02T00:00:00Z',
      facts: { periodUntil: '2028-01-01T00:00:00.000Z', approved: true, closed: true },
      expect: 'violated',
    },
    {
      name: 'never approved',
      at: '2028-01-02T00:00:00Z',
      facts: { periodUntil: '2028-01-01T00:00:00.000Z', approved: false, closed: false },
      expect: 'violated',
    },
  ],
});
