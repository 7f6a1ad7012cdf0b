import type { CaseClock, PeriodUnit } from '../../api.ts';
import type { Language } from '../../app/preferences.ts';

const ZH: Readonly<Record<PeriodUnit, string>> = {
  'working-day': '个工作日',
  day: '天',
  hour: '小时',
  month: '个月',
  year: '年',
};
const EN: Readonly<Record<PeriodUnit, string>> = {
  'working-day': 'working day',
  day: 'day',
  hour: 'hour',
  month: 'month',
  year: 'year',
};

/** `5 个工作日`, `1 working day`. */
export function span(count: number, unit: PeriodUnit, language: Language): string {
  return language === 'zh' ? `${count} ${ZH[unit]}` : `${count} ${EN[unit]}${count === 1 ? '' : 's'}`;
}

/** `还剩 3 个工作日`; on the last day and in the last hour it says so. */
export function leftWords(count: number, unit: PeriodUnit, language: Language): string {
  if (language === 'zh') {
    if (count > 0) return `还剩 ${span(count, unit, language)}`;
    return unit === 'hour' ? '不足 1 小时' : '今天是最后一天';
  }
  if (count > 0) return `${span(count, unit, language)} left`;
  return unit === 'hour' ? 'less than an hour left' : 'today is the last day';
}

/** `2 / 5 个工作日`: how far a running clock is, where its whole and what is left are counted alike. */
export function progressWords({ count, unit, left }: CaseClock, language: Language): string | null {
  if (left === null || unit === 'month' || unit === 'year' || left > count) return null;
  const gone = count - left;
  return language === 'zh' ? `${gone} / ${span(count, unit, language)}` : `${gone} of ${span(count, unit, language)}`;
}
