import { procedure } from '../../kernel/cases/index.ts';
import { dated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const from = '2025-01-16';
/** The notice names no length for a decision on prices. */
const TIMES = {
  revenue: dated({ from, value: 20, unit: 'working day', reference: 'HS-17.2' }),
  cap: dated({ from, value: 10, unit: 'working day', reference: 'HS-17.3' }),
};
const soon = dated({ from, value: 2, unit: 'working day', reference: 'HS-13.14' });

/** 核定最高准许收入: the operating unit asks, the price authority decides together with the data authority (PPN-2.1). */
export const revenueApproval = procedure({
  name: 'allowed-revenue',
  title: text('最高准许收入核定', 'Approval of the allowed revenue'),
  rule: 'PPN-2.1',
  parts: {
    applicant: text('运营单位', 'Operating unit'),
    reviewer: text('待核定部门', 'Still to approve'),
    approved: text('已同意部门', 'Approved'),
    authoriser: text('授权单位', 'Authorising unit'),
  },
  supervisor: 'reviewer',
  papers: {
    costs: { title: text('成本核算资料', 'Cost accounts'), neededFor: [] },
    other: { title: text('其他材料', 'Other document'), neededFor: [] },
  },
  clocks: {
    review: {
      title: text('核定期限', 'Time to approve'),
      rule: 'HS-17.2',
      period: TIMES.revenue,
      warnBefore: soon,
      onDue: 'escalate',
    },
  },
  states: {
    asked: {
      title: text('待核定', 'to be approved'),
      waits: {
        part: 'reviewer',
        what: text('请价格主管部门会同大数据主管部门核定', 'Price and data authority approve it together'),
      },
      clock: 'review',
      moves: {
        approve: { to: 'approved', act: 'price.approve-revenue' },
        refuse: { to: 'refused', act: 'price.refuse-revenue' },
        withdraw: { to: 'withdrawn', act: 'price.withdraw-revenue' },
      },
    },
    approved: { title: text('已核定', 'approved'), moves: {} },
    refused: { title: text('未核定', 'refused'), moves: {} },
    withdrawn: { title: text('已撤回', 'withdrawn'), moves: {} },
  },
  way: ['asked', 'approved'],
});

/** 制定上限收费标准: proposed by the operating unit, set by the authorising unit, known to both authorities (PPN-2.2). */
export const capSetting = procedure({
  name: 'price-cap',
  title: text('上限收费标准制定', 'Setting a price cap'),
  rule: 'PPN-2.2',
  parts: {
    applicant: text('运营单位', 'Operating unit'),
    authoriser: text('授权单位', 'Authorising unit'),
    authority: text('大数据主管部门', 'Data authority'),
  },
  supervisor: 'authority',
  papers: { basis: { title: text('定价说明', 'Basis of the price'), neededFor: [] } },
  clocks: {
    review: {
      title: text('制定期限', 'Time to set the cap'),
      rule: 'HS-17.3',
      period: TIMES.cap,
      warnBefore: soon,
      onDue: 'escalate',
    },
  },
  states: {
    asked: {
      title: text('待制定', 'to be set'),
      waits: { part: 'authoriser', what: text('请制定或者退回上限收费标准', 'Set the cap or send it back') },
      clock: 'review',
      moves: {
        set: { to: 'set', act: 'price.set-cap' },
        refuse: { to: 'refused', act: 'price.refuse-cap' },
        withdraw: { to: 'withdrawn', act: 'price.withdraw-cap' },
      },
    },
    set: { title: text('已制定', 'set'), moves: {} },
    refused: { title: text('已退回', 'sent back'), moves: {} },
    withdrawn: { title: text('已撤回', 'withdrawn'), moves: {} },
  },
  way: ['asked', 'set'],
});
