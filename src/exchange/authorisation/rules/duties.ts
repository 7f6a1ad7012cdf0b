import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

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
