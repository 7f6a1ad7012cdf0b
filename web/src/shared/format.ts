import type { Money } from '../api.ts';
import type { Language } from '../app/preferences.ts';

/** Exact amount with thousands, such as `1,284,650.00`; integer arithmetic only. */
export function yuan(fen: string | bigint): string {
  const value = BigInt(fen);
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0n ? '−' : ''}${whole}.${digits.slice(-2)}`;
}

export const money = (m: Money): string => `¥ ${yuan(m.amountFen)}`;

const YUAN = /^(\d{1,15})(?:\.(\d{1,2}))?$/;

/** Fen of an amount a person typed in yuan, or null when it is none: `1,200.5` → `120050`. */
export function fenOf(typed: string): string | null {
  const match = YUAN.exec(typed.replaceAll(/[,，\s¥￥]/g, ''));
  return match ? BigInt(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`).toString() : null;
}

const count = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 4 });
export const number = (n: number): string => count.format(n);

const percentFormat = new Intl.NumberFormat('zh-CN', { style: 'percent', maximumFractionDigits: 2 });
export const percent = (ratio: number): string => percentFormat.format(ratio);

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

const LOCALE: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };
/** Dates of the law are Chinese dates, wherever the reader sits. */
const timeZone = 'Asia/Shanghai';

/** `2026-11-23 18:20`, Beijing time. */
export function dateTime(iso: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(new Date(iso));
}

/** `2026-11-23`, Beijing time. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(iso));
}

/** `11-02 09:14`, Beijing time; in another year the day alone, `2025-11-02`: for places with little room. */
export function brief(iso: string, now = Date.now()): string {
  const said = dateTime(iso);
  return said.slice(0, 4) === day(new Date(now).toISOString()).slice(0, 4) ? said.slice(5) : day(iso);
}

/** `18:20`, Beijing time. */
export function timeOfDay(iso: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, timeStyle: 'short' }).format(new Date(iso));
}

const yearOf = (time: number): string => day(new Date(time).toISOString()).slice(0, 4);

/** The year is said only where it is another than this one: a day without a year is taken for one of this year. */
const yearWhereOther = (time: number, now: number): Intl.DateTimeFormatOptions =>
  yearOf(time) === yearOf(now) ? {} : { year: 'numeric' };

/** `11月23日 18:20` or `23 November at 18:20`, of another year `2027年11月23日 18:20`: for sentences. */
export function moment(iso: string, language: Language, now = Date.now()): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    timeZone,
    ...yearWhereOther(Date.parse(iso), now),
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(iso));
}

const MIDNIGHT = '00:00';

/** The last day before a moment at which something ends: of `2026-12-10T16:00:00Z`, midnight in Beijing, `2026-12-10`. */
export const lastDay = (iso: string): string => day(new Date(Date.parse(iso) - 1).toISOString());

/** A moment by which something is due, `11月13日 18:00`; a day that ends is called by itself: `11月13日 24:00`, `the end of 13 November`. */
export function deadline(iso: string, language: Language, now = Date.now()): string {
  if (timeOfDay(iso) !== MIDNIGHT) return moment(iso, language, now);
  const last = Date.parse(iso) - 1;
  const said = new Intl.DateTimeFormat(LOCALE[language], {
    timeZone,
    ...yearWhereOther(last, now),
    month: 'long',
    day: 'numeric',
  }).format(last);
  return language === 'zh' ? `${said} 24:00` : `the end of ${said}`;
}

/** How long until or since, in the largest whole unit: `3天后`, `2 hours ago`. */
export function fromNow(iso: string, language: Language, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: 'auto' });
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(Math.trunc(seconds), 'second');
}

/** The end of a long id, for places with little room; the whole id stands in the title. */
export const shortId = (id: string): string => {
  const [prefix, rest] = id.split('_');
  return rest ? `${prefix}…${rest.slice(-6)}` : id;
};

/** What stands between a label and its value. */
export const colon = (language: Language): string => (language === 'zh' ? '：' : ': ');
