import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { GrantedTable } from '../policy.ts';
import type { ColumnRef, Constant, Expression, Predicate } from './types.ts';

/** Any name of a table or column, whatever is in it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Any text; DuckDB and Trino know no escape within plain quotes but the doubled quote. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How an engine writes the few things they differ in. */
export interface Dialect {
  readonly literal: (constant: Constant) => string;
  /** The column as it is grouped and compared: instants as times in UTC. */
  readonly column: (sql: string, type: ColumnType) => string;
  readonly part: (part: Extract<Expression, { kind: 'part' }>['part'], sql: string) => string;
  readonly trunc: (unit: Extract<Expression, { kind: 'trunc' }>['unit'], sql: string, type: ColumnType) => string;
  readonly bin: (step: string, sql: string) => string;
  readonly isFinite: (sql: string) => string;
  /** A number as it is added up, in a type whose sums do not overflow. */
  readonly summand: (sql: string, type: ColumnType) => string;
  /** The n-th of a list, or nothing. */
  readonly element: (list: string, n: number) => string;
  /** Bits of the columns that are rolled up; the last column is the lowest. */
  readonly grouping: (columns: readonly string[]) => string;
  /** Between `AS` and a query that is used twice. */
  readonly materialized: string;
}

const NUMERAL = /^-?\d+(\.\d+)?$/;

/** A numeral is written only when it is one. */
export function numeralSql(text: string): string {
  if (!NUMERAL.test(text)) throw new TypeError('not a numeral');
  return text;
}

/** A constant as both engines write it. */
export function literalSql({ type, text }: Constant): string {
  switch (type) {
    case 'text':
      return quoteText(text);
    case 'integer':
    case 'decimal':
      return numeralSql(text);
    case 'double':
      return `CAST(${quoteText(numeralSql(text))} AS DOUBLE)`;
    case 'boolean':
      return text === 'true' ? 'TRUE' : 'FALSE';
    case 'date':
      return `DATE ${quoteText(text)}`;
    case 'timestamp':
    case 'instant':
      return `TIMESTAMP ${quoteText(text)}`;
  }
}

export const duckdb: Dialect = {
  literal: literalSql,
  column: (sql, type) => (type === 'instant' ? `make_timestamp(epoch_us(${sql}))` : sql),
  part: (part, sql) => `${part}(${sql})`,
  // date_trunc of a date answers a timestamp in this engine
  trunc: (unit, sql, type) => {
    const cut = `date_trunc('${unit}', ${sql})`;
    return type === 'date' ? `CAST(${cut} AS DATE)` : cut;
  },
  bin: (step, sql) => `floor(${sql} / ${numeralSql(step)}) * ${numeralSql(step)}`,
  isFinite: (sql) => `isfinite(${sql})`,
  summand: (sql) => sql,
  element: (list, n) => `${list}[${n}]`,
  grouping: (columns) => `grouping_id(${columns.join(', ')})`,
  materialized: 'MATERIALIZED ',
};

/** Turns what was checked into SQL over tables named by their alias. */
export interface Writer {
  readonly column: (ref: ColumnRef) => string;
  readonly expression: (expression: Expression) => string;
  readonly predicate: (predicate: Predicate) => string;
}

export function writer(tables: readonly GrantedTable[], dialect: Dialect = duckdb): Writer {
  const typeOf = ({ table, column }: ColumnRef): ColumnType => {
    const type = tables.find(({ alias }) => alias === table)?.columns.find(({ name }) => name === column)?.type;
    if (type === undefined) throw new TypeError('a checked query names a column that its tables lack');
    return type as ColumnType;
  };
  const column = (ref: ColumnRef) => `${quoteName(ref.table)}.${quoteName(ref.column)}`;
  const expression = (of: Expression): string => {
    const type = typeOf(of);
    const sql = dialect.column(column(of), type);
    if (of.kind === 'trunc') return dialect.trunc(of.unit, sql, type);
    if (of.kind === 'part') return dialect.part(of.part, sql);
    return of.kind === 'bin' ? dialect.bin(of.step, sql) : sql;
  };
  const predicate = (of: Predicate): string => {
    if ('of' in of) return `(${of.of.map(predicate).join(of.op === 'and' ? ' AND ' : ' OR ')})`;
    const operand = expression(of.operand);
    if (of.op === 'null') return `${operand} IS NULL`;
    if (of.op === 'not null') return `${operand} IS NOT NULL`;
    if ('value' in of) return `${operand} ${of.op} ${dialect.literal(of.value)}`;
    if (!('values' in of)) throw new TypeError('unknown predicate');
    const values = of.values.map(dialect.literal);
    if (values.length === 1) return `${operand} ${of.op === 'in' ? '=' : '<>'} ${values[0] ?? ''}`;
    return `${operand} ${of.op === 'in' ? 'IN' : 'NOT IN'} (${values.join(', ')})`;
  };
  return { column, expression, predicate };
}
