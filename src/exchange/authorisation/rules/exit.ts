import { ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-25';

/** 协议双方: a step that either of them may take. */
export const byEitherSide = rule<{ readonly parts: readonly string[] }>({
  id: 'JN-15.1',
  title: text('由授权单位或者运营单位办理', 'Done by who authorises or who operates'),
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
