import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const HOUSE_START = '2020-01-01';

/** Days a bundle lies ready before it is removed. */
export const KEPT_DAYS = dated({ from: HOUSE_START, value: 7, unit: 'day', reference: 'HS-10.62' });
/** Life of a download link. */
export const LINK_MINUTES = dated({ from: HOUSE_START, value: 10, unit: 'minute', reference: 'HS-10.62' });

/** 司法包不空也不过大: a bundle holds at least one receipt and no more than a person or a machine can look through. */
export const bundleSize = rule({
  id: 'HS-10.60',
  title: text('司法包至少有一张回执，且不超过上限', 'A bundle holds at least one receipt and no more than its limit'),
  params: { receiptsMax: dated({ from: HOUSE_START, value: 5_000, unit: 'receipt', reference: 'HS-10.60' }) },
  decide: ({ receipts }: { receipts: number }, { receiptsMax }) => {
    if (receipts === 0)
      return violated(
        text('所选范围内没有可以出示的回执。', 'There is no receipt to show within this scope.'),
        text('请放宽期间，或换一个事项。', 'Widen the period, or choose another subject.'),
      );
    return receipts <= receiptsMax
      ? ok()
      : violated(
          text(
            `所选范围内的回执超过 ${receiptsMax} 张，一个司法包装不下。`,
            `There are more than ${receiptsMax} receipts within this scope: too many for one bundle.`,
          ),
          text('请按事项或期间分成几个司法包。', 'Make several bundles, by subject or by period.'),
        );
  },
  examples: [
    { name: 'none', at: '2026-01-01', facts: { receipts: 0 }, expect: 'violated' },
    { name: 'one', at: '2026-01-01', facts: { receipts: 1 }, expect: 'ok' },
    { name: 'at the limit', at: '2026-01-01', facts: { receipts: 5_000 }, expect: 'ok' },
    { name: 'over the limit', at: '2026-01-01', facts: { receipts: 5_001 }, expect: 'violated' },
  ],
});

/** 同时制作有上限: making a bundle is work for everybody's machine. */
export const bundlesAtOnce = rule({
  id: 'HS-10.61',
  title: text('同时制作的司法包数量有上限', 'So many bundles are made at once'),
  params: { bundlesMax: dated({ from: HOUSE_START, value: 3, unit: 'bundle', reference: 'HS-10.61' }) },
  decide: ({ making }: { making: number }, { bundlesMax }) =>
    making < bundlesMax
      ? ok()
      : violated(
          text(`贵方已有 ${making} 个司法包正在制作。`, `${making} bundles of yours are being made already.`),
          text('请等它们做完，或删除不需要的。', 'Wait for them, or remove one you do not need.'),
        ),
  examples: [
    { name: 'first', at: '2026-01-01', facts: { making: 0 }, expect: 'ok' },
    { name: 'third', at: '2026-01-01', facts: { making: 2 }, expect: 'ok' },
    { name: 'fourth', at: '2026-01-01', facts: { making: 3 }, expect: 'violated' },
  ],
});

/** 期间先后: both as instants, the end exclusive. */
export const periodInOrder = rule<{ from: string | null; until: string | null }>({
  id: 'HS-10.64',
  title: text('期间的起日不晚于止日', 'A period begins before it ends'),
  decide: ({ from, until }) => {
    if (from === null || until === null) return notApplicable();
    return from < until
      ? ok()
      : violated(
          text('起日晚于止日。', 'The period ends before it begins.'),
          text('请对调或改正日期。', 'Swap or correct the dates.'),
        );
  },
  examples: [
    {
      name: 'one day',
      at: '2026-01-01',
      facts: { from: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'nothing between',
      at: '2026-01-01',
      facts: { from: '2026-01-02T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'open',
      at: '2026-01-01',
      facts: { from: null, until: '2026-01-01T00:00:00.000Z' },
      expect: 'not-applicable',
    },
  ],
});
