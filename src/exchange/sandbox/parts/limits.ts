import { dated, valueAt } from '../../../kernel/rulebook/index.ts';
import { sandboxSetting } from '../setting.ts';

const FROM = '2026-11-26';
const MEBIBYTE = 1024 ** 2;

/** From when on a prepared table is kept in parts, and how many. */
export const PART_LIMITS = {
  fromRows: dated({ from: FROM, value: 150_000_000, unit: 'row', reference: 'HS-21.14' }),
  fromSize: dated({ from: FROM, value: 12_288, unit: 'mebibyte', reference: 'HS-21.14' }),
  rows: dated({ from: FROM, value: 25_000_000, unit: 'row', reference: 'HS-21.14' }),
  size: dated({ from: FROM, value: 2_560, unit: 'mebibyte', reference: 'HS-21.14' }),
  parts: dated({ from: FROM, value: 64, unit: 'part', reference: 'HS-21.14' }),
};

/** Workers that take a part and die, or have no sandbox, before it is given up. */
export const PART_TRIES = dated({ from: FROM, value: 3, unit: 'attempt', reference: 'HS-21.15' });

const parameter = (value: number) => dated({ from: FROM, value, unit: 'millisecond', reference: 'HS-21.15' });
/** A dead worker's part is taken by another after so long; a living one renews in time, several times over. */
export const PART_LEASE = parameter(3_000);
export const PART_RENEWAL = parameter(500);
/** Before a part that a worker failed on is tried again; twice as long each time, somewhat more or less by chance. */
export const PART_PAUSE = parameter(250);
/** Chance makes a pause half as long to half as long again, so that workers who failed together do not return together. */
const JITTER = 0.5;

/** @param attempt the first is 1 */
export function pauseAfter(attempt: number, at: Date, chance = Math.random()): number {
  const longest = valueAt(PART_LEASE, at).value;
  const pause = Math.min(valueAt(PART_PAUSE, at).value * 2 ** (attempt - 1), longest);
  return Math.round(pause * (1 - JITTER + 2 * JITTER * chance));
}

/** In how many parts a table is kept; one: it stays whole. */
export function partsFor(table: { readonly rows: number; readonly bytes: number }, at: Date): number {
  const small = sandboxSetting().parts;
  const value = (name: keyof typeof PART_LIMITS) => valueAt(PART_LIMITS[name], at).value;
  const fromRows = small?.fromRows ?? value('fromRows');
  if (table.rows < fromRows && table.bytes < value('fromSize') * MEBIBYTE) return 1;
  const rows = small?.rows ?? value('rows');
  const wanted = Math.max(Math.ceil(table.rows / rows), Math.ceil(table.bytes / (value('size') * MEBIBYTE)));
  return Math.min(wanted, value('parts'));
}
