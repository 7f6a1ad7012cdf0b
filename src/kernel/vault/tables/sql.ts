import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failures } from './failures.ts';
import type { Cell, Column, ColumnType, Portion } from './types.ts';

/** SQL of our own making with the users' values set apart; values are bound as text and cast. */
export interface Compiled {
  readonly sql: string;
  readonly values: readonly (string | null)[];
}

/** A name of a column or table, whatever characters it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A constant of our own making, such as a path; values of users are bound instead. */
export const quoteText = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A table that lies in several files is lent as a folder whose name ends so. */
export const TABLES_FOLDER = '.tables';

/** The files of an input, in their order. */
export const filesAt = (path: string): string[] =>
  path.endsWith(TABLES_FOLDER)
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];

/** Bytes of all files of an input. */
export const bytesAt = (path: string): number => filesAt(path).reduce((sum, file) => sum + statSync(file).size, 0);

/** Files of one table agree in the names of their columns; where their types differ, the wider is taken. */
export function parquetOf(paths: readonly string[]): string {
  const files = paths.flatMap(filesAt);
  const byName = paths.some((path) => path.endsWith(TABLES_FOLDER)) ? ', union_by_name = true' : '';
  return `read_parquet([${files.map(quoteText).join(', ')}]${byName})`;
}

/** Where an input lies, whether it may be read whole or in part. */
export const pathOf = (input: string | Portion): string => (typeof input === 'string' ? input : input.path);

/** `copy … to` a new Parquet file. */
export const copyToParquet = (query: string, output: string): string =>
  `copy (${query}) to ${quoteText(output)} (format parquet, compression zstd, use_tmp_file false)`;

/** The engine's name of each stored type. */
export const SQL_TYPE: Readonly<Record<Exclude<ColumnType, 'decimal'>, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  instant: 'TIMESTAMP WITH TIME ZONE',
};

/** An integer column is compared with a fraction as numbers, not by rounding the fraction. */
export function comparisonType(column: Column, value: Cell): string {
  if (column.type === 'integer') return /^\s*[-+]?\d+\s*$/.test(String(value)) ? 'BIGINT' : 'DOUBLE';
  return column.type === 'decimal' ? 'DECIMAL(38, 10)' : SQL_TYPE[column.type];
}

/** The stored type for a type of the engine, and how a value gets there. */
export function normalise(sqlType: string): {
  readonly type: ColumnType;
  readonly cast: (expression: string) => string;
} {
  const keep = (type: ColumnType) => ({ type, cast: (e: string) => e });
  const to = (type: ColumnType, name: string) => ({ type, cast: (e: string) => `cast(${e} as ${name})` });
  if (sqlType === 'BOOLEAN') return keep('boolean');
  if (sqlType === 'BIGINT') return keep('integer');
  if (/^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER)$/.test(sqlType)) return to('integer', 'BIGINT');
  if (sqlType === 'UBIGINT') return to('decimal', 'DECIMAL(20,0)');
  if (sqlType === 'DOUBLE') return keep('double');
  if (sqlType === 'FLOAT') return to('double', 'DOUBLE');
  if (/^DECIMAL\(\d+,\d+\)$/.test(sqlType)) return keep('decimal');
  if (sqlType === 'DATE') return keep('date');
  if (sqlType === 'TIMESTAMP') return keep('timestamp');
  if (/^TIMESTAMP_(S|MS|NS)$/.test(sqlType)) return to('timestamp', 'TIMESTAMP');
  if (sqlType === 'TIMESTAMP WITH TIME ZONE') return keep('instant');
  if (sqlType === 'VARCHAR') return keep('text');
  if (sqlType === 'BLOB') return { type: 'text', cast: (e) => `hex(${e})` };
  // Mixed JSON values: strings as they are, the rest as JSON.
  if (sqlType === 'JSON') return { type: 'text', cast: (e) => `json_extract_string(${e}, '$')` };
  if (sqlType.endsWith(']') || /^(STRUCT|MAP|UNION|VARIANT)/.test(sqlType)) {
    return { type: 'text', cast: (e) => `cast(to_json(${e}) as VARCHAR)` };
  }
  return to('text', 'VARCHAR');
}

const NAME_LENGTH_MAX = 128;

/**
 * Column names that can be told apart: white space tidied, empty ones numbered, repeated ones counted.
 * The engine does not tell upper from lower case, so neither does this.
 */
export function tidyNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given, index) => {
    const plain =
      given
        .replace(/^\uFEFF/, '')
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, NAME_LENGTH_MAX) || `column_${index + 1}`;
    let name = plain;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** @throws TableFailure `unknown-column` */
export function columnNamed(columns: readonly Column[], name: string): Column {
  const found = columns.find((c) => c.name === name);
  if (!found) throw failures.unknownColumn(name);
  return found;
}
