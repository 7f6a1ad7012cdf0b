export { BeyondCalendar, type Calendar, type CalendarYear, calendarOf, type Day, shippedYears } from './calendar.ts';
export { dueAt, lastDay, type Pause, PERIOD_UNITS, type Period, type PeriodUnit } from './clock.ts';
