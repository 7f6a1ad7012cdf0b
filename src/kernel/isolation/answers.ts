import type { Cell, Column, ColumnType } from '../vault/index.ts';
import { IsolatedFailure } from './types.ts';

/** Rows as a process of the sandbox claims them to be; nothing of it is believed unseen. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export const COLUMNS_MAX = 2_000;
const NAME_CHARACTERS_MAX = 1_000;
const TYPES: readonly string[] = [
  'text',
  'integer',
  'decimal',
  'double',
  'boolean',
  'date',
  'timestamp',
  'instant',
] satisfies ColumnType[];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isColumn = (value: unknown): value is Column =>
  isRecord(value) &&
  Object.keys(value).length === 2 &&
  typeof value.name === 'string' &&
  value.name.length <= NAME_CHARACTERS_MAX &&
  typeof value.type === 'string' &&
  TYPES.includes(value.type);

const isCell = (value: unknown): value is Cell =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** Checked by hand: a schema library takes a second for a million cells. @throws IsolatedFailure `internal` */
export function checkedRows(value: unknown, rowsMax: number): Rows {
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) throw misshapen();
  const { columns, rows } = value;
  if (columns.length > COLUMNS_MAX || !columns.every(isColumn) || rows.length > rowsMax) throw misshapen();
  for (const row of rows)
    if (!Array.isArray(row) || row.length !== columns.length || !row.every(isCell)) throw misshapen();
  return { columns, rows };
}

export const misshapen = (): IsolatedFailure => new IsolatedFailure('internal', 'an answer of another shape');
