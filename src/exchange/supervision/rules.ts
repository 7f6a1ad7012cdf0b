import { dated, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { periodEnd } from '../contracts/index.ts';

/** Days for the next step of a report. */
export const HANDLING_DAYS = dated({ from: '2020-01-01', value: 15, unit: 'day', reference: 'HS-8.5' });

/** 举报投诉渠道: open to anybody, as long as it says what happened. */
export const saysWhatHappened = rule<{ subjectLength: number; descriptionLength: number }>({
  id: 'GY-26.2',
  title: text('举报须说明对象和事实', 'A report says about whom and what'),
  decide: ({ subjectLength, descriptionLength }) =>
    subjectLength > 0 && descriptionLength > 0
      ? ok()
      : violated(
          text('举报没有写明对象或事实。', 'The report does not say about whom, or what happened.'),
          text('请写明被举报的产品、单位或行为。', 'Name the product, party or act, and say what happened.'),
        ),
  examples: [
    { name: 'complete', at: '2026-01-01', facts: { subjectLength: 1, descriptionLength: 1 }, expect: 'ok' },
    { name: 'no description', at: '2026-01-01', facts: { subjectLength: 5, descriptionLength: 0 }, expect: 'violated' },
    { name: 'no subject', at: '2026-01-01', facts: { subjectLength: 0, descriptionLength: 5 }, expect: 'violated' },
  ],
});

/** 核实、督办、回访: each step rests on the one before it. */
export const closedLoop = rule<{ state: string; decision: string; verified: boolean; supervised: boolean }>({
  id: 'BJ-15.5',
  title: text('核实、督办、回访形成闭环', 'Verified, supervised, called back'),
  decide: ({ decision, verified, supervised, state }) => {
    if (decision === 'supervise' && !verified) {
      return violated(
        text('该举报尚未核实。', 'The report was not verified yet.'),
        text('请先核实，再督办。', 'Verify it first.'),
      );
    }
    if (decision === 'call-back' && !supervised && state !== 'dismissed') {
      return violated(
        text('该举报尚未督办。', 'The report was not supervised yet.'),
        text('请先督办；经核实不属实的，先作出不属实的决定。', 'Supervise it first, or dismiss it after verification.'),
      );
    }
    return ok();
  },
  examples: [
    {
      name: 'verify first',
      at: '2026-01-01',
      facts: { state: 'received', decision: 'verify', verified: false, supervised: false },
      expect: 'ok',
    },
    {
      name: 'supervise before verifying',
      at: '2026-01-01',
      facts: { state: 'received', decision: 'supervise', verified: false, supervised: false },
      expect: 'violated',
    },
    {
      name: 'call back before supervising',
      at: '2026-01-01',
      facts: { state: 'verified', decision: 'call-back', verified: true, supervised: false },
      expect: 'violated',
    },
    {
      name: 'call back after a dismissal',
      at: '2026-01-01',
      facts: { state: 'dismissed', decision: 'call-back', verified: false, supervised: false },
      expect: 'ok',
    },
    {
      name: 'call back at the end',
      at: '2026-01-01',
      facts: { state: 'supervised', decision: 'call-back', verified: true, supervised: true },
      expect: 'ok',
    },
  ],
});

/** 举报办理期限 */
export const handledInTime = rule({
  id: 'HS-8.5',
  title: text('举报在期限内办理', 'Reports are handled in time'),
  effect: 'monitor',
  params: { days: HANDLING_DAYS },
  decide: ({ since }: { since: string }, p, at) => {
    const end = periodEnd(new Date(since), p.days);
    if (at < end) return ok();
    return violated(
      text(`办理期限已于 ${end.toISOString()} 届满。`, `The time for this step ended at ${end.toISOString()}.`),
      text('请说明逾期原因。', 'Say why it took longer.'),
    );
  },
  examples: [
    { name: 'last day', at: '2026-01-17', facts: { since: '2026-01-02T00:00:00Z' }, expect: 'ok' },
    { name: 'a day late', at: '2026-01-18', facts: { since: '2026-01-02T00:00:00Z' }, expect: 'violated' },
  ],
});
