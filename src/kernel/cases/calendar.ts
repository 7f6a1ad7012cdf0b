import { createRequire } from 'node:module';
import type { Text } from '../text.ts';

/** A day in Beijing, `YYYY-MM-DD`. */
export type Day = string;

/** The State Council's holiday notice for one year: days off, and weekend days worked in exchange. */
export interface CalendarYear {
  readonly year: number;
  readonly holidays: readonly Day[];
  /** Weekend days that are worked (调休上班). */
  readonly workdays: readonly Day[];
}

/** A day in a year whose holiday notice is not known: guessing from the weekday would be silently wrong. */
export class BeyondCalendar extends RangeError {
  override name = 'BeyondCalendar';
  readonly year: number;
  readonly text: Text;
  constructor(year: number, known: { readonly first: number; readonly last: number }) {
    const text = {
      zh: `没有${year}年的放假安排（已有${known.first}至${known.last}年），无法计算工作日；请先录入国务院办公厅的通知。`,
      en: `The State Council's holiday notice for ${year} is not known (known: ${known.first} to ${known.last}), so working days cannot be counted; record the notice first.`,
    };
    super(`${text.zh}${text.en}`);
    this.year = year;
    this.text = text;
  }
}

export interface Calendar {
  readonly first: number;
  readonly last: number;
  /** False on weekends and statutory holidays, true on make-up weekend days. @throws BeyondCalendar */
  readonly isWorkingDay: (day: Day) => boolean;
}

const DAY_MS = 86_400_000;
const SUNDAY = 0;
const SATURDAY = 6;

/** @param years without gaps; a later entry for a year replaces an earlier one */
export function calendarOf(years: readonly CalendarYear[]): Calendar {
  const known = new Set(years.map((y) => y.year));
  const byYear = new Map(years.map((y) => [y.year, { off: new Set(y.holidays), on: new Set(y.workdays) }]));
  const first = Math.min(...known);
  const last = Math.max(...known);
  return {
    first,
    last,
    isWorkingDay: (day) => {
      const year = byYear.get(Number(day.slice(0, 4)));
      if (!year) throw new BeyondCalendar(Number(day.slice(0, 4)), { first, last });
      if (year.on.has(day)) return true;
      if (year.off.has(day)) return false;
      const weekday = weekdayOf(day);
      return weekday !== SUNDAY && weekday !== SATURDAY;
    },
  };
}

const weekdayOf = (day: Day): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** The day `count` days later; days are counted on the calendar, so no clock change can shift them. */
export const addDays = (day: Day, count: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);

interface Published {
  readonly holidays: Readonly<Record<Day, string>>;
  readonly workdays: Readonly<Record<Day, string>>;
}

/** The notices that ship with the platform (npm chinese-days, MIT, after the State Council's notices). */
export function shippedYears(): readonly CalendarYear[] {
  const { holidays, workdays } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Published;
  const years = new Map<number, { year: number; holidays: Day[]; workdays: Day[] }>();
  const put = (day: Day, what: 'holidays' | 'workdays') => {
    const year = Number(day.slice(0, 4));
    const entry = years.get(year) ?? { year, holidays: [], workdays: [] };
    entry[what].push(day);
    years.set(year, entry);
  };
  for (const day of Object.keys(holidays)) put(day, 'holidays');
  for (const day of Object.keys(workdays)) put(day, 'workdays');
  return [...years.values()].sort((a, b) => a.year - b.year);
}
