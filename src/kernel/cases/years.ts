import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, anyone, type Read, read, role } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { text } from '../text.ts';
import { type Calendar, type CalendarYear, calendarOf, shippedYears } from './calendar.ts';
import { rescheduleWaiting } from './clocks.ts';
import type { Procedure } from './procedure.ts';
import { realNotice } from './rules.ts';

/** The calendar as it is known now: what ships with the platform and what was recorded since. */
export async function calendarNow(db: Queryable): Promise<Calendar> {
  const { rows } = await sql<CalendarYear>`select year, holidays::text[] as holidays, workdays::text[] as workdays
    from calendar_year order by year`.execute(db);
  return calendarOf([...shippedYears(), ...rows]);
}

const Days = z.array(z.iso.date()).max(60);

/** 录入放假安排: the State Council's notice for a year, once a year; clocks that waited for it get their dates. */
export const calendarActs = (procedures: ReadonlyMap<string, Procedure>): Act[] => [
  act({
    name: 'calendar.record-year',
    title: text('录入放假安排', 'Record a holiday notice'),
    by: role('exchange', 'data-authority'),
    secondFactor: true,
    input: z.object({
      year: z.number().int().min(2004).max(2100).meta({ title: '年份', 'x-title-en': 'Year' }),
      holidays: Days.min(7).meta({ title: '放假日期', 'x-title-en': 'Days off' }),
      workdays: Days.meta({ title: '调休上班日期', 'x-title-en': 'Weekend days worked' }),
      source: z
        .string()
        .trim()
        .min(4)
        .max(300)
        .meta({ title: '通知文号或网址', 'x-title-en': 'Number or address of the notice' }),
    }),
    output: z.object({ year: z.number(), clocks: z.number() }),
    rules: [realNotice],
    facts: async ({ tx, input }) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('calendar_year', 0))`.execute(tx);
      const { last } = await calendarNow(tx);
      return { year: input.year, holidays: input.holidays, workdays: input.workdays, lastKnown: last };
    },
    perform: async ({ tx, input, actId, at, enqueue }) => {
      const { year, holidays, workdays, source } = input;
      const row = { holidays, workdays, source, recorded_at: at, act_id: actId };
      await tx
        .insertInto('calendar_year')
        .values({ year, ...row })
        .onConflict((c) => c.column('year').doUpdateSet(row))
        .execute();
      return { year, clocks: await rescheduleWaiting(tx, await calendarNow(tx), procedures, enqueue) };
    },
    entry: ({ input: { year, holidays, workdays, source } }) => ({
      subject: `calendar-${year}`,
      public: true,
      open: { year, holidays, workdays },
      sealed: { source },
    }),
  }),
];

interface RecordedYear extends CalendarYear {
  readonly source: string;
  readonly recorded_at: Date;
}

/** How many clocks run without a date, because the holiday notice of a year they reach into is not recorded. */
export async function undatedClocks(db: Queryable): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from case_clock
    where state = 'running' and due_at is null`.execute(db);
  return rows[0]?.n ?? 0;
}

/** 放假安排: the calendar all working days are counted by, open to whoever wants to check a deadline. */
export const calendarRead: Read = read({
  path: '/calendar-years',
  title: text('放假安排', 'Calendar of working days'),
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        year: z.number().int(),
        holidays: z.array(z.iso.date()),
        workdays: z.array(z.iso.date()),
        /** Null for the notices that ship with the platform. */
        source: z.string().nullable(),
        recordedAt: z.iso.datetime().nullable(),
      }),
    ),
    undatedClocks: z.number().int(),
  }),
  run: async ({ db }) => {
    const { rows } = await sql<RecordedYear>`select year, holidays::text[] as holidays, workdays::text[] as workdays,
      source, recorded_at from calendar_year`.execute(db);
    const recorded = new Map(rows.map((r) => [r.year, r]));
    const known = [...shippedYears().filter((y) => !recorded.has(y.year)), ...rows];
    return {
      items: known
        .sort((a, b) => b.year - a.year)
        .map(({ year, holidays, workdays }) => ({
          year,
          holidays: [...holidays].sort(),
          workdays: [...workdays].sort(),
          source: recorded.get(year)?.source ?? null,
          recordedAt: recorded.get(year)?.recorded_at.toISOString() ?? null,
        })),
      undatedClocks: await undatedClocks(db),
    };
  },
});
