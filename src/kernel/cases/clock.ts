import { beijingDay } from '../rulebook/index.ts';
import { addDays, type Calendar, type Day } from './calendar.ts';

/** What a period is counted in. A number of the law stands in the rulebook; here it is only counted. */
export const PERIOD_UNITS = ['working-day', 'day', 'hour', 'month', 'year'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export interface Period {
  readonly unit: PeriodUnit;
  readonly count: number;
}

/** Time during which a clock stood still: supplements, publicity, objections. */
export interface Pause {
  readonly from: Date;
  readonly to: Date;
}

const HOUR_MS = 3_600_000;
const BEIJING_OFFSET_MS = 8 * HOUR_MS;
const MONTHS_A_YEAR = 12;
/** No period of the law is longer; a loop over days must end. */
const COUNT_MAX = 100_000;

/**
 * The last day of a period that an event on `day` starts (Civil Code art. 201 to 203): the day of the event is not
 * counted; working days skip weekends and holidays and count make-up days; days and months that would end on a day off
 * end on the next working day; months and years end on the day that corresponds, or on the month's last. Years are not
 * rolled: they are times of retention and validity, and nothing has to be done on their last day.
 * @param pauses a day counts only when the clock ran for the whole of it
 * @throws BeyondCalendar where the holiday notice of a year that matters is not known
 * @throws RangeError for hours, which end at a moment, and for what is no count
 */
export function lastDay(day: Day, { unit, count }: Period, calendar: Calendar, pauses: readonly Pause[] = []): Day {
  checkCount(count);
  const runs = (d: Day) => !pauses.some((p) => beijingDay(p.from) <= d && d <= beijingDay(p.to));
  switch (unit) {
    case 'working-day':
      return nth(day, count, (d) => calendar.isWorkingDay(d) && runs(d));
    case 'day':
      return rolled(nth(day, count, runs), calendar);
    case 'month':
      return rolled(later(day, addMonths(day, count), runs), calendar);
    case 'year':
      return later(day, addMonths(day, count * MONTHS_A_YEAR), runs);
    case 'hour':
      throw new RangeError('hours end at a moment, not with a day');
  }
}

/** The moment a period is over: 24:00 in Beijing of its last day, or exactly so many hours later (art. 201). @throws as {@link lastDay} */
export function dueAt(start: Date, period: Period, calendar: Calendar, pauses: readonly Pause[] = []): Date {
  if (period.unit !== 'hour') return endOf(lastDay(beijingDay(start), period, calendar, pauses));
  checkCount(period.count);
  const stoodMs = pauses.reduce((ms, p) => ms + (p.to.getTime() - p.from.getTime()), 0);
  return new Date(start.getTime() + period.count * HOUR_MS + stoodMs);
}

/**
 * How much of a period is left, in its own unit where that is hours or working days, otherwise in days: whole ones after
 * the present. Zero on the last day itself. @throws BeyondCalendar
 */
export function leftUntil(due: Date, unit: PeriodUnit, now: Date, calendar: Calendar): number {
  if (due <= now) return 0;
  if (unit === 'hour') return Math.floor((due.getTime() - now.getTime()) / HOUR_MS);
  // Due at 24:00 of its last day.
  const last = beijingDay(new Date(due.getTime() - 1));
  let left = 0;
  for (let day = addDays(beijingDay(now), 1); day <= last; day = addDays(day, 1))
    if (unit !== 'working-day' || calendar.isWorkingDay(day)) left += 1;
  return left;
}

/** 24:00 of a Beijing day, as a moment. */
export const endOf = (day: Day): Date => new Date(Date.parse(`${addDays(day, 1)}T00:00:00Z`) - BEIJING_OFFSET_MS);

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > COUNT_MAX)
    throw new RangeError(`a period has a whole number from 0 to ${COUNT_MAX}, not ${count}`);
}

/** The n-th counting day after `day`; with zero the day itself. */
function nth(day: Day, count: number, counts: (day: Day) => boolean): Day {
  let last = day;
  for (let left = count; left > 0; ) {
    last = addDays(last, 1);
    if (counts(last)) left -= 1;
  }
  return last;
}

const rolled = (day: Day, calendar: Calendar): Day =>
  calendar.isWorkingDay(day) ? day : nth(day, 1, calendar.isWorkingDay);

/** Moves an end back by the days before it on which the clock stood. */
function later(start: Day, end: Day, runs: (day: Day) => boolean): Day {
  let last = end;
  for (let day = addDays(start, 1); day <= last; day = addDays(day, 1)) if (!runs(day)) last = addDays(last, 1);
  return last;
}

/** The corresponding day `count` months later; a month after 31 January is the last of February (art. 202). */
function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const months = year * MONTHS_A_YEAR + (month - 1) + count;
  const [targetYear, targetMonth] = [Math.floor(months / MONTHS_A_YEAR), months % MONTHS_A_YEAR];
  const lastDate = new Date(Date.UTC(targetYear, targetMonth + 1, 0)).getUTCDate();
  return new Date(Date.UTC(targetYear, targetMonth, Math.min(date, lastDate))).toISOString().slice(0, 10);
}
