import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, BeyondCalendar, calendarOf, shippedYears } from './calendar.ts';
import { dueAt, endOf, lastDay, leftUntil, type PeriodUnit } from './clock.ts';

const calendar = calendarOf(shippedYears());
type Row = readonly [from: string, unit: PeriodUnit, count: number, last: string, why: string];

/** Checked by hand against the State Council's notices of each year. */
const TABLE: readonly Row[] = [
  ['2025-06-01', 'working-day', 30, '2025-07-14', 'the last day the authority published itself'],
  ['2023-09-15', 'working-day', 20, '2023-10-19', 'National Day, with 7 and 8 October worked'],
  ['2023-09-15', 'working-day', 30, '2023-11-02', 'the same, longer'],
  ['2023-09-28', 'working-day', 1, '2023-10-07', 'a Saturday that is worked'],
  ['2023-09-28', 'working-day', 2, '2023-10-08', 'a Sunday that is worked'],
  ['2023-09-28', 'working-day', 3, '2023-10-09', 'then Monday'],
  ['2023-01-20', 'working-day', 1, '2023-01-28', 'Spring Festival 21 to 27 January; Saturday 28 worked'],
  ['2023-01-20', 'working-day', 2, '2023-01-29', 'Sunday 29 worked'],
  ['2023-01-20', 'working-day', 3, '2023-01-30', 'then Monday'],
  ['2023-04-04', 'working-day', 1, '2023-04-06', 'Tomb-sweeping Day, 5 April'],
  ['2023-04-21', 'working-day', 1, '2023-04-23', 'Sunday 23 April worked'],
  ['2023-04-28', 'working-day', 1, '2023-05-04', 'Labour Day 29 April to 3 May'],
  ['2023-05-05', 'working-day', 1, '2023-05-06', 'Saturday 6 May worked'],
  ['2023-06-21', 'working-day', 1, '2023-06-25', 'Dragon Boat 22 to 24 June; Sunday 25 worked'],
  ['2023-12-29', 'working-day', 1, '2024-01-02', 'New Year 30 December to 1 January'],
  ['2024-02-08', 'working-day', 1, '2024-02-09', 'the eve was a working day in 2024'],
  ['2024-02-09', 'working-day', 1, '2024-02-18', 'Spring Festival 10 to 17 February; Sunday 18 worked'],
  ['2024-02-09', 'working-day', 2, '2024-02-19', 'then Monday'],
  ['2024-02-02', 'working-day', 1, '2024-02-04', 'Sunday 4 February worked'],
  ['2024-04-03', 'working-day', 1, '2024-04-07', 'Tomb-sweeping 4 to 6 April; Sunday 7 worked'],
  ['2024-04-26', 'working-day', 1, '2024-04-28', 'Sunday 28 April worked'],
  ['2024-04-30', 'working-day', 1, '2024-05-06', 'Labour Day 1 to 5 May'],
  ['2024-05-10', 'working-day', 1, '2024-05-11', 'Saturday 11 May worked'],
  ['2024-06-07', 'working-day', 1, '2024-06-11', 'Dragon Boat, Monday 10 June'],
  ['2024-09-13', 'working-day', 1, '2024-09-14', 'Saturday 14 September worked'],
  ['2024-09-14', 'working-day', 1, '2024-09-18', 'Mid-autumn 15 to 17 September'],
  ['2024-09-27', 'working-day', 1, '2024-09-29', 'Sunday 29 September worked'],
  ['2024-09-30', 'working-day', 1, '2024-10-08', 'National Day 1 to 7 October'],
  ['2024-10-11', 'working-day', 1, '2024-10-12', 'Saturday 12 October worked'],
  ['2024-12-31', 'working-day', 1, '2025-01-02', 'New Year is one day in 2025'],
  ['2025-01-24', 'working-day', 1, '2025-01-26', 'Sunday 26 January worked'],
  ['2025-01-27', 'working-day', 1, '2025-02-05', 'Spring Festival 28 January to 4 February'],
  ['2025-02-07', 'working-day', 1, '2025-02-08', 'Saturday 8 February worked'],
  ['2025-04-03', 'working-day', 1, '2025-04-07', 'Tomb-sweeping 4 to 6 April'],
  ['2025-04-25', 'working-day', 1, '2025-04-27', 'Sunday 27 April worked'],
  ['2025-04-30', 'working-day', 1, '2025-05-06', 'Labour Day 1 to 5 May'],
  ['2025-05-30', 'working-day', 1, '2025-06-03', 'Dragon Boat 31 May to 2 June'],
  ['2025-09-26', 'working-day', 1, '2025-09-28', 'Sunday 28 September worked'],
  ['2025-09-30', 'working-day', 1, '2025-10-09', 'National Day and Mid-autumn 1 to 8 October'],
  ['2025-09-30', 'working-day', 3, '2025-10-11', 'Saturday 11 October worked'],
  ['2025-12-31', 'working-day', 1, '2026-01-04', 'New Year 1 to 3 January; Sunday 4 worked'],
  ['2026-02-13', 'working-day', 1, '2026-02-14', 'Saturday 14 February worked'],
  ['2026-02-14', 'working-day', 1, '2026-02-24', 'Spring Festival 15 to 23 February'],
  ['2026-02-27', 'working-day', 1, '2026-02-28', 'Saturday 28 February worked'],
  ['2026-04-03', 'working-day', 1, '2026-04-07', 'Tomb-sweeping 4 to 6 April'],
  ['2026-04-30', 'working-day', 1, '2026-05-06', 'Labour Day 1 to 5 May'],
  ['2026-05-08', 'working-day', 1, '2026-05-09', 'Saturday 9 May worked'],
  ['2026-06-18', 'working-day', 1, '2026-06-22', 'Dragon Boat 19 to 21 June'],
  ['2026-06-01', 'working-day', 0, '2026-06-01', 'no days: the day itself'],
  ['2026-06-05', 'working-day', 5, '2026-06-12', 'a Friday and five days'],
  ['2026-06-06', 'working-day', 5, '2026-06-12', 'from Saturday the same'],
  ['2026-06-07', 'working-day', 5, '2026-06-12', 'from Sunday the same'],
  ['2026-06-01', 'day', 10, '2026-06-11', 'natural days'],
  ['2025-09-21', 'day', 10, '2025-10-09', 'would end on 1 October: the next working day (Civil Code art. 203)'],
  ['2026-06-03', 'day', 10, '2026-06-15', 'would end on a Saturday'],
  ['2026-02-04', 'day', 10, '2026-02-14', 'ends on a Saturday that is worked'],
  ['2026-01-31', 'month', 1, '2026-02-28', 'no 31 February; Saturday 28 February is worked'],
  ['2024-01-31', 'month', 1, '2024-02-29', 'a leap year'],
  ['2025-08-31', 'month', 6, '2026-02-28', 'six months on the last of the month'],
  ['2026-03-15', 'month', 6, '2026-09-15', 'the corresponding day'],
  ['2025-12-03', 'month', 6, '2026-06-03', 'over the turn of the year'],
  ['2024-02-29', 'year', 1, '2025-02-28', 'no 29 February'],
  ['2024-02-29', 'year', 4, '2028-02-29', 'the next leap year, far beyond the calendar'],
  ['2026-11-25', 'year', 20, '2046-11-25', 'times of retention are not rolled'],
];

describe('the table', () => {
  it('holds at least sixty cases', () => expect(TABLE.length).toBeGreaterThanOrEqual(60));
  it.each(TABLE)('%s + %s × %i = %s: %s', (from, unit, count, last) => {
    expect(lastDay(from, { unit, count }, calendar)).toBe(last);
  });
});

describe('pauses', () => {
  const at = (day: string) => new Date(`${day}T10:00:00+08:00`);
  const paused = (from: string, to: string) => [{ from: at(from), to: at(to) }];
  const due = (start: string, count: number, unit: PeriodUnit, pauses = paused('2026-06-08', '2026-06-10')) =>
    dueAt(at(start), { unit, count }, calendar, pauses).toISOString();

  it('take the days they touch from a period of working days', () => {
    // 1 June + 10 working days is 15 June; Monday 8 to Wednesday 10 do not count, and 19 June is Dragon Boat.
    expect(due('2026-06-01', 10, 'working-day')).toBe(endOf('2026-06-18').toISOString());
    expect(due('2026-06-01', 10, 'working-day', [])).toBe(endOf('2026-06-15').toISOString());
  });
  it('take nothing when they fall on days off, or before the first day', () => {
    expect(due('2026-06-01', 5, 'working-day', paused('2026-06-06', '2026-06-07'))).toBe(
      endOf('2026-06-08').toISOString(),
    );
    expect(due('2026-06-01', 5, 'working-day', paused('2026-05-20', '2026-06-01'))).toBe(
      endOf('2026-06-08').toISOString(),
    );
  });
  it('move hours by exactly as long as they lasted', () => {
    expect(due('2026-06-08', 24, 'hour')).toBe(new Date('2026-06-11T10:00:00+08:00').toISOString());
  });
  it('move natural days, months and years by the days they touch', () => {
    expect(due('2026-06-01', 10, 'day')).toBe(endOf('2026-06-15').toISOString());
    expect(due('2026-06-01', 1, 'year')).toBe(endOf('2027-06-04').toISOString());
  });
});

describe('edges', () => {
  it('count the day in Beijing, whatever zone the moment is written in', () => {
    const late = dueAt(new Date('2026-06-01T15:59:59Z'), { unit: 'working-day', count: 1 }, calendar);
    const later = dueAt(new Date('2026-06-01T16:00:00Z'), { unit: 'working-day', count: 1 }, calendar);
    expect([late, later].map((d) => d.toISOString())).toEqual(['2026-06-02T16:00:00.000Z', '2026-06-03T16:00:00.000Z']);
    expect(dueAt(new Date('2026-06-01T11:59:59-04:00'), { unit: 'working-day', count: 1 }, calendar)).toEqual(late);
  });
  it('are not moved by the summer time China had from 1986 to 1991, nor by that of other zones', () => {
    expect(addDays('1986-05-03', 1)).toBe('1986-05-04');
    expect(addDays('2026-03-28', 1)).toBe('2026-03-29');
  });
  it('raise an error beyond the calendar instead of guessing', () => {
    for (const unit of ['working-day', 'day'] as const) {
      expect(() => lastDay('2026-12-28', { unit, count: 10 }, calendar)).toThrow(BeyondCalendar);
      expect(() => lastDay('2003-12-01', { unit, count: 1 }, calendar)).toThrow(BeyondCalendar);
    }
  });
  it('refuse what is no count', () => {
    for (const count of [-1, 1.5, Number.NaN, 1e9])
      expect(() => lastDay('2026-06-01', { unit: 'day', count }, calendar)).toThrow(RangeError);
  });
});

describe('what is left', () => {
  const left = (due: string, unit: PeriodUnit, now: string) => leftUntil(new Date(due), unit, new Date(now), calendar);
  it('is whole working days after today, make-up days counted', () => {
    // Due at 24:00 of Friday 13 November 2026.
    expect(left('2026-11-13T16:00:00Z', 'working-day', '2026-11-06T01:00:00Z')).toBe(5);
    expect(left('2026-11-13T16:00:00Z', 'working-day', '2026-11-07T01:00:00Z')).toBe(5);
    expect(left('2026-11-13T16:00:00Z', 'working-day', '2026-11-13T15:59:59Z')).toBe(0);
    expect(left('2023-10-08T16:00:00Z', 'working-day', '2023-09-28T01:00:00Z')).toBe(2);
  });
  it('is days for longer periods, hours for hours, and nothing once it is over', () => {
    expect(left('2026-11-13T16:00:00Z', 'month', '2026-11-03T01:00:00Z')).toBe(10);
    expect(left('2026-11-13T10:30:00Z', 'hour', '2026-11-13T01:00:00Z')).toBe(9);
    expect(left('2026-11-13T10:30:00Z', 'hour', '2026-11-13T10:30:00Z')).toBe(0);
    expect(left('2026-11-13T16:00:00Z', 'working-day', '2026-11-20T01:00:00Z')).toBe(0);
  });
  it('is not guessed beyond the calendar', () => {
    expect(() => left('2027-01-13T16:00:00Z', 'working-day', '2026-12-30T01:00:00Z')).toThrow(BeyondCalendar);
  });
});

describe('properties', () => {
  const day = fc.integer({ min: 0, max: 8_000 }).map((n) => addDays('2004-02-01', n));
  const count = fc.integer({ min: 1, max: 40 });

  it('the last working day is a working day, and exactly so many lie between', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        const last = lastDay(from, { unit: 'working-day', count: n }, calendar);
        let working = 0;
        for (let d = addDays(from, 1); d <= last; d = addDays(d, 1)) if (calendar.isWorkingDay(d)) working += 1;
        return working === n && calendar.isWorkingDay(last);
      }),
    );
  });
  it('on the day of the event all of a period of working days is left', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        const start = new Date(`${from}T02:00:00Z`);
        return (
          leftUntil(dueAt(start, { unit: 'working-day', count: n }, calendar), 'working-day', start, calendar) === n
        );
      }),
    );
  });
  it('a later start never ends earlier, and one day more never ends on the same day', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        const last = lastDay(from, { unit: 'working-day', count: n }, calendar);
        return (
          lastDay(addDays(from, 1), { unit: 'working-day', count: n }, calendar) >= last &&
          lastDay(from, { unit: 'working-day', count: n + 1 }, calendar) > last
        );
      }),
    );
  });
  it('a pause never brings the end forward', () => {
    fc.assert(
      fc.property(
        day,
        count,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (from, n, wait, long) => {
          const start = new Date(`${from}T02:00:00Z`);
          const begin = new Date(`${addDays(from, wait)}T03:00:00Z`);
          const pause = { from: begin, to: new Date(begin.getTime() + long * 86_400_000) };
          const period = { unit: 'working-day' as const, count: n };
          return dueAt(start, period, calendar, [pause]) >= dueAt(start, period, calendar);
        },
      ),
    );
  });
});
