import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { RawConstant } from './tree.ts';
import type { Constant } from './types.ts';

/** Digits a double tells apart from all their neighbours. */
const DIGITS_MAX = 15;
const TEXT_MAX = 200;

/** The constant in the one spelling of the column's type; undefined when it is not of that type. */
export function typedConstant(raw: RawConstant, type: ColumnType): Constant | undefined {
  switch (type) {
    case 'text':
      return raw.type === 'text' && raw.text.length <= TEXT_MAX && isPlain(raw.text)
        ? { type, text: raw.text }
        : undefined;
    case 'integer':
    case 'decimal':
    case 'double': {
      const text = raw.type === 'number' ? numeral(raw.text) : undefined;
      return text === undefined ? undefined : { type, text };
    }
    case 'boolean':
      return raw.type === 'boolean' ? { type, text: raw.text } : undefined;
    case 'date': {
      if (raw.type !== 'text' && raw.type !== 'date' && raw.type !== 'timestamp') return undefined;
      const time = timestamp(raw.text, false);
      return time?.endsWith(' 00:00:00') ? { type, text: time.slice(0, 10) } : undefined;
    }
    case 'timestamp': {
      if (raw.type !== 'text' && raw.type !== 'date' && raw.type !== 'timestamp') return undefined;
      const text = timestamp(raw.text, false);
      return text === undefined ? undefined : { type, text };
    }
    case 'instant': {
      if (raw.type === 'number' || raw.type === 'boolean' || raw.type === 'null') return undefined;
      const text = timestamp(raw.text, true);
      return text === undefined ? undefined : { type, text };
    }
  }
}

/** Neither control characters nor half of a pair of surrogates. */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** A decimal numeral without exponent, leading or trailing zeros or minus zero; undefined beyond fifteen digits. */
export function numeral(written: string): string | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/.exec(written);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > DIGITS_MAX) return undefined;
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`;
  const point = Math.max(0, -shift) + whole.length + shift;
  const before = digits.slice(0, point).replace(/^0+(?=.)/, '') || '0';
  const after = digits.slice(point).replace(/0+$/, '');
  const significant = `${before}${after}`.replace(/^0+/, '');
  if (significant.length > DIGITS_MAX || after.length > DIGITS_MAX) return undefined;
  if (significant === '') return '0';
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/;

/** `YYYY-MM-DD HH:MM:SS[.ffffff]`; with a zone, moved to UTC (without one it is UTC already, as the engine runs in UTC). */
function timestamp(written: string, zoned: boolean): string | undefined {
  const match = TIME.exec(written);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone] = match;
  if (zone !== undefined && !zoned) return undefined;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined;
  if (year === '0000') return undefined;
  const moved = new Date(date.getTime() - offsetMs(zone));
  const iso = moved.toISOString();
  if (!/^\d{4}-/.test(iso) || iso.startsWith('0000')) return undefined;
  const micros = fraction.replace(/0+$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${micros === '' ? '' : `.${micros}`}`;
}

function offsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** Order of two constants of one type, as the engine has it; text by its UTF-8 bytes. */
export function compareConstants(a: Constant, b: Constant): number {
  if (a.type === 'text' || b.type === 'text') return Buffer.compare(Buffer.from(a.text), Buffer.from(b.text));
  if (a.type === 'integer' || a.type === 'decimal' || a.type === 'double') return Number(a.text) - Number(b.text);
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

const DAY_MS = 86_400_000;

/** The next value up (1) or down (-1) of a type whose values are countable, else undefined. */
export function neighbour(constant: Constant, step: 1 | -1): Constant | undefined {
  if (constant.type === 'integer' && /^-?\d+$/.test(constant.text)) {
    const next = Number(constant.text) + step;
    return String(Math.abs(next)).length <= DIGITS_MAX ? { type: 'integer', text: String(next) } : undefined;
  }
  if (constant.type !== 'date') return undefined;
  const iso = new Date(Date.parse(`${constant.text}T00:00:00Z`) + step * DAY_MS).toISOString();
  return /^\d{4}-/.test(iso) && !iso.startsWith('0000') ? { type: 'date', text: iso.slice(0, 10) } : undefined;
}
