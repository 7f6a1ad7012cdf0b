import { BeyondCalendar, calendarOf, dueAt, lastDay, type PeriodUnit, shippedYears } from '../../kernel/cases/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { type Arguments, need, UsageError } from './arguments.ts';

const UNITS: Readonly<Record<string, PeriodUnit>> = {
  'working-days': 'working-day',
  days: 'day',
  hours: 'hour',
  months: 'month',
  years: 'year',
};
const BEIJING_OFFSET_MS = 8 * 3_600_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `shuheng clock`: the last day of a period, alone on a line; exit code 2 outside the calendar. */
export async function clockCommand(args: Arguments): Promise<number> {
  const start = startOf(need(args, 'from'));
  const [name, ...others] = Object.keys(UNITS).filter((n) => args.flags[n] !== undefined);
  const unit = name === undefined ? undefined : UNITS[name];
  if (name === undefined || unit === undefined || others.length > 0)
    throw new UsageError(
      `须且只须给出一种期间 give exactly one of ${Object.keys(UNITS)
        .map((n) => `--${n}`)
        .join(', ')}`,
    );
  const words = need(args, name);
  if (!/^\d{1,6}$/.test(words)) throw new UsageError(`--${name} 须为整数 must be a whole number`);
  const period = { unit, count: Number(words) };
  const calendar = calendarOf(shippedYears());
  try {
    const due =
      unit === 'hour' ? inBeijing(dueAt(start, period, calendar)) : lastDay(beijingDay(start), period, calendar);
    process.stdout.write(`${due}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${error instanceof BeyondCalendar ? `${error.text.zh}\n${error.text.en}` : error.message}\n`);
    return 2;
  }
}

/** A day (from 00:00 in Beijing) or a moment with its zone. */
function startOf(words: string): Date {
  const at = new Date(DAY.test(words) ? Date.parse(`${words}T00:00:00+08:00`) : Date.parse(words));
  const real = !Number.isNaN(at.getTime()) && (!DAY.test(words) || beijingDay(at) === words);
  const zoned = DAY.test(words) || /(Z|[+-]\d{2}:\d{2})$/.test(words);
  if (!real || !zoned)
    throw new UsageError(`--from 须为日期或带时区的时刻 must be a day or a moment with its zone: ${words}`);
  return at;
}

const inBeijing = (at: Date): string =>
  `${new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
