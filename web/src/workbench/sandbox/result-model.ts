import type { Cell, SandboxAnswer, SuppressionClass } from '../../api.ts';
import { isNumeric, isTime } from './builder-model.ts';

/** Of a service, a column has a title and perhaps a unit; of a query, the name its author gave it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly titleZh?: string | null;
  readonly titleEn?: string | null;
  readonly unit?: string | null;
}

/** What a column is called where people read it; without a title, its name. */
export const headOf = ({ name, titleZh, titleEn, unit }: ResultColumn, language: string): string => {
  const title = (language === 'en' ? titleEn : null) || titleZh || name;
  return unit ? (language === 'en' ? `${title} (${unit})` : `${title}（${unit}）`) : title;
};

/** The part of an answer that a table of it needs; jobs release it without marks. */
export interface ResultTable {
  readonly columns: readonly ResultColumn[];
  readonly rows: SandboxAnswer['rows'];
  readonly marks?: SandboxAnswer['marks'];
}

export const countMarks = (marks: SandboxAnswer['marks']): Record<SuppressionClass, number> => {
  const counts = { protected: 0, complementary: 0, history: 0 };
  for (const row of marks) for (const mark of row) if (mark) counts[mark] += 1;
  return counts;
};

/** What stands in a file in the place of a figure that is not told: a word, so that nobody takes it for a zero. */
export const WITHHELD = 'withheld';

export const textOf = (value: Cell | undefined): string => (value === null || value === undefined ? '' : String(value));

/** Rows of a CSV file: what the columns are called first; a withheld figure says so and its class. */
export const csvRows = (table: ResultTable, language = 'zh'): string[][] => [
  table.columns.map((c) => headOf(c, language)),
  ...table.rows.map((row, i) =>
    row.map((value, j) => {
      const mark = table.marks?.[i]?.[j];
      return mark ? `${WITHHELD}:${mark}` : textOf(value);
    }),
  ),
];

/** A figure as JSON brings it: numbers beyond 2^53 come as strings. */
export function figureOf(value: Cell | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return Number(value);
  return null;
}

/** Which columns are figures: by type, and not those that are plainly parts of a date or steps of a group. */
export function chartable(table: ResultTable): { readonly categories: number[]; readonly figures: number[] } {
  const figures = table.columns.flatMap((c, i) => (isNumeric(c.type) ? [i] : []));
  const categories = table.columns.flatMap((_, i) => (figures.includes(i) ? [] : [i]));
  // A year or a step is a number and a group at once: without another category the first column is it.
  if (categories.length === 0 && figures.length > 1) return { categories: [0], figures: figures.slice(1) };
  return { categories, figures };
}

export const CHART_ROWS_MAX = 400;

/** Whether a line says more than bars: one category, which is time. */
export const isTrend = (table: ResultTable, categories: readonly number[]): boolean => {
  const [first, ...rest] = categories;
  const type = first === undefined ? '' : (table.columns[first]?.type ?? '');
  return rest.length === 0 && isTime(type);
};
