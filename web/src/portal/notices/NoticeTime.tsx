import type { Notice } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { day, deadline } from '../../shared/format.ts';

const WORDS = words(
  {
    left: (n: number) => `异议剩余 ${n} 个工作日`,
    last: '今天是提出异议的最后一天',
    until: (at: string) => `公示至 ${at}`,
    standing: '异议调查中，公示期暂停计算',
    undated: '公示期待放假安排公布后确定',
    closed: (at: string) => `${at} 结束`,
  },
  {
    left: (n: number) => `${n} working ${n === 1 ? 'day' : 'days'} left to object`,
    last: 'today is the last day to object',
    until: (at: string) => `open until ${at}`,
    standing: 'an objection is being looked into; publicity stands still',
    undated: 'the date waits for the holiday notice of that year',
    closed: (at: string) => `ended ${at}`,
  },
);

/** How long a notice stays open, in working days; or why nobody can say yet. */
export function NoticeTime({ notice }: { readonly notice: Notice }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const { closedAt, closesAt, undecided, workingDaysLeft } = notice;
  if (closedAt !== null) return t.closed(day(closedAt));
  if (undecided > 0) return t.standing;
  if (closesAt === null) return t.undated;
  if (workingDaysLeft === null) return t.until(deadline(closesAt, language));
  return workingDaysLeft === 0 ? t.last : t.left(workingDaysLeft);
}
