import { dated, valueAt } from '../../../kernel/rulebook/index.ts';
import { sandboxSetting } from '../setting.ts';

const FROM = '2026-11-26';
const MEBIBYTE = 1024 ** 2;

/** From when on a prepared table is kept in parts, and how many. */
export const PART_LIMITS = {
  fromRows: dated({ from: FROM, value: 50_000_000, unit: 'row', reference: 'HS-21.14' }),
  fromSize: dated({ from: FROM, value: 4_096, unit: 'mebibyte', reference: 'HS-21.14' }),
  rows: dated({ from: FROM, value: 25_000_000, unit: 'row', reference: 'HS-21.14' }),
  size: dated({ from: FROM, value: 2_560, unit: 'mebibyte', reference: 'HS-21.14' }),
  parts: dated({ from: FROM, value: 64, unit: 'part', reference: 'HS-21.14' }),
};

/** Workers that take a part and die, or have no sandbox, before it is given up. */
export const PART_TRIES = dated({ from: FROM, value: 3, unit: 'attempt', reference: 'HS-21.15' });

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
