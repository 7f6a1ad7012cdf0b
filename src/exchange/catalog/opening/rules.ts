import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-26';

/** Who may simply download need not apply; what is paid for is bought. */
export const openUnderConditions = rule<{
  readonly opening: string | null;
  readonly gathered: boolean;
  readonly openColumns: number;
}>({
  id: 'HS-18.14',
  title: text('申请限于有条件开放且已归集的数据', 'An application is for gathered data open under conditions'),
  decide: ({ opening, gathered, openColumns }) => {
    if (opening === 'unconditional')
      return violated(
        text('该资源无条件开放。', 'The resource is open without conditions.'),
        text('无须申请，请在资源页面直接下载。', 'No application is needed: download it from its page.'),
      );
    if (opening !== 'conditional')
      return violated(
        text('该资源不是有条件开放。', 'The resource is not open under conditions.'),
        text('请订购由其加工的数据产品，或发布需求。', 'Order a product made from it, or post a demand.'),
      );
    return gathered && openColumns > 0
      ? ok()
      : violated(
          text('该资源没有可供开放的数据。', 'The resource has no data that could be opened.'),
          text('请等待数据归集，或向提供单位询问。', 'Wait until the data are gathered, or ask the provider.'),
        );
  },
  examples: [
    { name: 'gathered', at: DAY, facts: { opening: 'conditional', gathered: true, openColumns: 1 }, expect: 'ok' },
    { name: 'free', at: DAY, facts: { opening: 'unconditional', gathered: true, openColumns: 1 }, expect: 'violated' },
    { name: 'paid', at: DAY, facts: { opening: 'paid', gathered: true, openColumns: 1 }, expect: 'violated' },
    {
      name: 'only listed',
      at: DAY,
      facts: { opening: 'conditional', gathered: false, openColumns: 1 },
      expect: 'violated',
    },
    {
      name: 'all sensitive',
      at: DAY,
      facts: { opening: 'conditional', gathered: true, openColumns: 0 },
      expect: 'violated',
    },
  ],
});

/** One application of a party for a resource at a time. */
export const oneApplication = rule<{ readonly applicationUnderWay: boolean }>({
  id: 'HS-18.15',
  title: text('同一资源同时只有一个申请', 'One application for a resource at a time'),
  decide: ({ applicationUnderWay }) =>
    applicationUnderWay
      ? violated(
          text('本单位对该资源已有在办申请或有效权限。', 'The party already applied for it, or has a living right.'),
          text('请等待答复，或在权限到期后再申请。', 'Wait for the decision, or apply when the right is over.'),
        )
      : ok(),
  examples: [
    { name: 'the first', at: DAY, facts: { applicationUnderWay: false }, expect: 'ok' },
    { name: 'a second', at: DAY, facts: { applicationUnderWay: true }, expect: 'violated' },
  ],
});

/** A right from an opening ends after a year at the latest. */
export const openingTerm = rule({
  id: 'HS-18.16',
  title: text('开放使用有期限', 'A right from an opening ends'),
  params: { days: dated({ from: '2020-01-01', value: 366, unit: 'day', reference: 'HS-18.16' }) },
  decide: ({ termDays }: { readonly termDays: number }, { days }) => {
    if (termDays < 1)
      return violated(
        text('截止日不在将来。', 'The last day is not in the future.'),
        text('请填写将来的日期。', 'Name a day in the future.'),
      );
    return termDays <= days
      ? ok()
      : violated(
          text(`使用期限超过 ${days} 天。`, `The term is longer than ${days} days.`),
          text('请缩短期限，到期后可再次申请。', 'Shorten it; one can apply again when it ends.'),
        );
  },
  examples: [
    { name: 'tomorrow', at: DAY, facts: { termDays: 1 }, expect: 'ok' },
    { name: 'today', at: DAY, facts: { termDays: 0 }, expect: 'violated' },
    { name: 'a year', at: DAY, facts: { termDays: 366 }, expect: 'ok' },
    { name: 'a day more', at: DAY, facts: { termDays: 367 }, expect: 'violated' },
  ],
});

/** Who refuses says why. */
export const refusalReasoned = rule<{ readonly approve: boolean; readonly reason: string }>({
  id: 'HS-18.17',
  title: text('不同意须说明理由', 'A refusal gives its reason'),
  decide: ({ approve, reason }) => {
    if (approve) return notApplicable();
    return reason.trim()
      ? ok()
      : violated(
          text('不同意，但没有说明理由。', 'The application is refused without a reason.'),
          text('请写明不符合哪一项条件。', 'Say which condition is not met.'),
        );
  },
  examples: [
    { name: 'with a reason', at: DAY, facts: { approve: false, reason: '用途不符' }, expect: 'ok' },
    { name: 'without', at: DAY, facts: { approve: false, reason: ' ' }, expect: 'violated' },
    { name: 'agreed', at: DAY, facts: { approve: true, reason: '' }, expect: 'not-applicable' },
  ],
});
