import { procedure } from '../../../kernel/cases/index.ts';
import { text } from '../../../kernel/text.ts';
import { OPENING_LIMITS } from './model.ts';

/** 有条件开放申请: apply, the provider decides within its time, a right to use comes of it (Beijing, three 6). */
export const openingApplication = procedure({
  name: 'opening-application',
  title: text('公共数据开放申请', 'Application for conditional opening'),
  rule: 'BJ-6.5',
  parts: {
    applicant: text('申请人', 'Applicant'),
    provider: text('数据提供单位', 'Data provider'),
    authority: text('大数据主管部门', 'Data authority'),
  },
  supervisor: 'authority',
  papers: { proof: { title: text('条件证明材料', 'Proof that the conditions are met'), neededFor: [] } },
  clocks: {
    decision: {
      title: text('答复期限', 'Time to decide'),
      rule: 'HS-18.13',
      period: OPENING_LIMITS.decision,
      warnBefore: OPENING_LIMITS.remind,
      onDue: 'escalate',
    },
  },
  way: ['asked', 'granted'],
  states: {
    asked: {
      title: text('待答复', 'to be decided'),
      waits: {
        part: 'provider',
        what: text('请核对开放条件，同意或者说明理由', 'Check the conditions; agree, or give the reason'),
      },
      clock: 'decision',
      moves: {
        grant: { to: 'granted', act: 'opening.decide' },
        refuse: { to: 'refused', act: 'opening.decide' },
        withdraw: { to: 'withdrawn', act: 'opening.withdraw' },
      },
    },
    granted: { title: text('已同意', 'granted'), moves: {} },
    refused: { title: text('未同意', 'refused'), moves: {} },
    withdrawn: { title: text('已撤回', 'withdrawn'), moves: {} },
  },
});
