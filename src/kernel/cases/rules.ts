import { dated, ok, rule, violated } from '../rulebook/index.ts';
import { text } from '../text.ts';
import type { Day } from './calendar.ts';

interface Notice {
  readonly year: number;
  readonly holidays: readonly Day[];
  readonly workdays: readonly Day[];
  readonly lastKnown: number;
}

/** 放假安排: days of that year, each once, make-up days on weekends, and no year left out on the way. */
export const realNotice = rule({
  id: 'HS-12.1',
  title: text('放假安排须与通知一致', 'A holiday notice is recorded as published'),
  params: {
    yearsAhead: dated({ from: '2020-01-01', value: 1, unit: 'year', reference: 'HS-12.1' }),
    weekend: dated({ from: '2020-01-01', value: ['Sat', 'Sun'], reference: 'HS-12.1' }),
  },
  decide: ({ year, holidays, workdays, lastKnown }: Notice, { yearsAhead, weekend }) => {
    const wrong = [...holidays, ...workdays].find((day) => !day.startsWith(`${year}-`));
    if (wrong !== undefined)
      return violated(
        text(`${wrong}不在${year}年内。`, `${wrong} is not in ${year}.`),
        text('请只填写该年份的日期。', 'Give days of that year only.'),
      );
    const weekday = workdays.find(
      (day) => !weekend.includes(new Date(`${day}T00:00:00Z`).toUTCString().split(',').at(0) ?? ''),
    );
    if (weekday !== undefined)
      return violated(
        text(`调休上班日${weekday}不是周末。`, `${weekday} is worked in exchange, yet no weekend day.`),
        text('请核对通知。', 'Check it against the notice.'),
      );
    const twice = holidays.find((day) => workdays.includes(day));
    if (twice !== undefined)
      return violated(
        text(`${twice}既放假又上班。`, `${twice} is both off and worked.`),
        text('请核对通知。', 'Check it against the notice.'),
      );
    if (year > lastKnown + yearsAhead)
      return violated(
        text(`${lastKnown}年之后的放假安排须逐年录入。`, `After ${lastKnown} the years follow one another.`),
        text('请先录入前一年的通知。', 'Record the year before first.'),
      );
    return ok();
  },
  examples: [
    {
      name: 'as published',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-01'], workdays: ['2026-01-04'], lastKnown: 2025 },
      expect: 'ok',
    },
    {
      name: 'a Saturday worked',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-02-17'], workdays: ['2026-02-14'], lastKnown: 2026 },
      expect: 'ok',
    },
    {
      name: 'another year',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2025-12-31'], workdays: [], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'a weekday worked in exchange',
      at: '2026-11-25',
      facts: { year: 2026, holidays: [], workdays: ['2026-01-05'], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'off and worked',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-04'], workdays: ['2026-01-04'], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'a year left out',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-01'], workdays: [], lastKnown: 2024 },
      expect: 'violated',
    },
  ],
});

/** 逾期上报: only what still waits after its time is reported. */
export const stillRunning = rule({
  id: 'HS-12.2',
  title: text('期限届满仍未办理的才上报', 'Only what is still waiting when its time is over is reported'),
  decide: ({ state, dueAt }: { state: string; dueAt: string | null }, _, at) => {
    if (state === 'running' && dueAt !== null && at.toISOString() >= dueAt) return ok();
    return violated(
      text('期限尚未届满，或者已经办理。', 'The time is not over, or the matter was dealt with.'),
      text('无需上报。', 'There is nothing to report.'),
    );
  },
  examples: [
    {
      name: 'at the very end',
      at: '2026-01-09',
      facts: { state: 'running', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'a moment before',
      at: '2026-01-08',
      facts: { state: 'running', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
    { name: 'dealt with', at: '2026-01-10', facts: { state: 'stopped', dueAt: null }, expect: 'violated' },
    { name: 'standing still', at: '2026-01-10', facts: { state: 'paused', dueAt: null }, expect: 'violated' },
  ],
});
