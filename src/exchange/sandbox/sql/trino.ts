import type { GrantedTable } from '../policy.ts';
import { type Dialect, literalSql, numeralSql, quoteName, quoteText } from './generate.ts';
import { type GuardOptions, guardedSqlIn } from './guarded.ts';
import type { CheckedQuery } from './types.ts';

/** Where Trino finds the table behind a grant; it has the columns of a prepared table, `_e` among them. */
export interface TrinoTable {
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
}

/**
 * Trino's words (its documentation, release 480: functions and operators). Its bigint sums overflow, so whole numbers are
 * added as decimals; its lists fail beyond their end, so `element_at` is used; its week begins on Monday with 1.
 */
const trino: Dialect = {
  literal: literalSql,
  column: (sql, type) => (type === 'instant' ? `CAST(${sql} AT TIME ZONE 'UTC' AS TIMESTAMP(6))` : sql),
  part: (part, sql) => {
    if (part === 'isodow') return `day_of_week(${sql})`;
    return part === 'dayofweek' ? `(day_of_week(${sql}) % 7)` : `${part}(${sql})`;
  },
  trunc: (unit, sql) => `date_trunc('${unit}', ${sql})`,
  bin: (step, sql) => {
    const width = `CAST(${quoteText(numeralSql(step))} AS DOUBLE)`;
    return `floor(CAST(${sql} AS DOUBLE) / ${width}) * ${width}`;
  },
  isFinite: (sql) => `is_finite(${sql})`,
  summand: (sql, type) => (type === 'integer' ? `CAST(${sql} AS DECIMAL(38, 0))` : sql),
  element: (list, n) => `element_at(${list}, ${n})`,
  grouping: (columns) => `grouping(${columns.join(', ')})`,
  materialized: '',
};

/** The guarded SQL of a checked query in Trino's words; its answer is read by `cellsOf` like the own engine's. */
export function trinoSql(
  query: CheckedQuery,
  places: ReadonlyMap<string, TrinoTable>,
  options: Pick<GuardOptions, 'part'> = {},
): string {
  const table = ({ grantId }: GrantedTable) => {
    const place = places.get(grantId);
    if (place === undefined) throw new TypeError('a table of the query has no place in Trino');
    return [place.catalog, place.schema, place.table].map(quoteName).join('.');
  };
  return guardedSqlIn({ dialect: trino, table }, query, options);
}
