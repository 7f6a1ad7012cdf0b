import type { ProgramOutcome } from '../../../kernel/isolation/types.ts';
import type { Cell, Column } from '../../../kernel/vault/index.ts';
import { parseCsv } from './csv.ts';
import { OUTPUT_MAX, type OutputColumn, type OutputDeclaration } from './declaration.ts';
import { type ModelDocument, modelOf } from './model-document.ts';
import { Unfit } from './unfit.ts';

/** An output in its declared form: numbers rounded, words of the declared domain, nothing else. */
export interface TypedOutput {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Only of a model; its table lists every number of it. */
  readonly model: ModelDocument | null;
}

/** Numbers above are no statistic anybody reads, and their last digits could carry rows. */
const NUMBER_MAX = 1e15;
/** Significant digits that come out. */
const DIGITS_MAX = 12;

/**
 * Reads what a program left as exactly what was declared.
 * @throws Unfit of the first thing that is otherwise, as a class without anything of the data
 */
export function typedOutput(output: OutputDeclaration, outcome: ProgramOutcome): TypedOutput {
  switch (output.kind) {
    case 'table':
    case 'chart':
      return tableOf(output.columns, output.rowsMax, outcome);
    case 'metrics':
      return metricsOf(output.names, output.decimals, outcome);
    case 'model': {
      const model = modelOf(output.card, documentOf(outcome), (n) => numberOf(n, output.decimals));
      return { columns: [TEXT_COLUMN, VALUE_COLUMN], rows: model.numbers, model: model.document };
    }
  }
}

const TEXT_COLUMN: Column = { name: 'name', type: 'text' };
const VALUE_COLUMN: Column = { name: 'value', type: 'double' };

function tableOf(declared: readonly OutputColumn[], rowsMax: number, outcome: ProgramOutcome): TypedOutput {
  const { names, rows } = rowsOf(outcome);
  if (names.length !== declared.length || names.some((n, i) => n !== declared[i]?.name)) throw new Unfit('columns');
  if (rows.length > rowsMax) throw new Unfit('rows');
  const typed = rows.map((row) => {
    if (row.length !== declared.length) throw new Unfit('columns');
    return declared.map((column, i) => cellAs(column, row[i]));
  });
  return { columns: declared.map(({ name, type }) => ({ name, type: STORED[type] })), rows: typed, model: null };
}

const STORED = { integer: 'integer', decimal: 'double', text: 'text', date: 'date', boolean: 'boolean' } as const;

function metricsOf(names: readonly string[], decimals: number, outcome: ProgramOutcome): TypedOutput {
  const given = metricsGiven(names, outcome);
  if (Object.keys(given).length !== names.length) throw new Unfit('columns');
  const rows = names.map((name) => {
    if (!Object.hasOwn(given, name)) throw new Unfit('columns');
    return [name, numberOf(given[name], decimals)];
  });
  return { columns: [TEXT_COLUMN, VALUE_COLUMN], rows, model: null };
}

/** SQL gives metrics as one row. */
function metricsGiven(names: readonly string[], outcome: ProgramOutcome): Record<string, unknown> {
  if (!outcome.table) {
    const document = documentOf(outcome);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new Unfit('form');
    return document as Record<string, unknown>;
  }
  const { columns, rows } = outcome.table;
  if (rows.length !== 1 || columns.length !== names.length) throw new Unfit('rows');
  return Object.fromEntries(columns.map((c, i) => [c.name, rows[0]?.[i]]));
}

/** The one file that counts, whole and of a size a person can look through; everything else stays inside. */
function fileOf({ files }: ProgramOutcome, names: readonly string[]): { name: string; content: string } {
  const found = names.filter((n) => files.has(n));
  const [name] = found;
  if (name === undefined || found.length > 1) throw new Unfit('missing');
  const bytes = files.get(name) ?? Buffer.alloc(0);
  if (bytes.length > OUTPUT_MAX.bytes) throw new Unfit('size');
  try {
    return { name, content: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new Unfit('form');
  }
}

function documentOf(outcome: ProgramOutcome): unknown {
  return jsonOf(fileOf(outcome, ['result.json']).content);
}

/** Strict JSON: no NaN, no infinity, no name twice. */
function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new Unfit('form');
  }
}

function rowsOf(outcome: ProgramOutcome): { names: readonly string[]; rows: readonly (readonly unknown[])[] } {
  if (outcome.table) return { names: outcome.table.columns.map((c) => c.name), rows: outcome.table.rows };
  const { name, content } = fileOf(outcome, ['result.csv', 'result.json']);
  if (name === 'result.csv') {
    const [header, ...rows] = parseCsv(content, OUTPUT_MAX.rows + 1);
    if (!header) throw new Unfit('form');
    return { names: header.map((h) => h ?? ''), rows };
  }
  const document = jsonOf(content);
  if (typeof document !== 'object' || document === null) throw new Unfit('form');
  const { columns, rows, ...others } = document as Record<string, unknown>;
  const fits =
    Array.isArray(columns) &&
    columns.every((c) => typeof c === 'string') &&
    Array.isArray(rows) &&
    rows.every(Array.isArray) &&
    Object.keys(others).length === 0;
  if (!fits) throw new Unfit('form');
  return { names: columns as string[], rows: rows as unknown[][] };
}

/** @throws Unfit when a value is not of its column */
function cellAs(column: OutputColumn, value: unknown): Cell {
  if (value === null || value === undefined) {
    // A row without its group or its count could not be checked.
    if (column.role !== 'measure') throw new Unfit('type');
    return null;
  }
  switch (column.type) {
    case 'integer': {
      const number = numberOf(value, 0);
      if (number === null || number !== exact(value)) throw new Unfit('type');
      return number;
    }
    case 'decimal':
      return numberOf(value, column.decimals);
    case 'boolean':
      if (value === true || value === 'true' || value === 'True') return true;
      if (value === false || value === 'false' || value === 'False') return false;
      throw new Unfit('type');
    case 'date':
      if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) throw new Unfit('type');
      return within(column, value);
    case 'text':
      if (typeof value !== 'string') throw new Unfit('type');
      return within(column, value);
  }
}

/** A word of the declared domain; one that comes from a column is looked up there later. */
function within({ domain, from }: OutputColumn, value: string): string {
  if (domain?.includes(value)) return value;
  if (from === undefined) throw new Unfit('domain');
  if (!/^[^=+\-@\t\r\n|%\p{Cc}\p{Cf}][^\t\r\n\p{Cc}\p{Cf}]{0,99}$/u.test(value)) throw new Unfit('domain');
  return value;
}

const exact = (value: unknown): number => (typeof value === 'string' ? Number(value) : (value as number));

/** @throws Unfit for what is no finite number of a readable size */
function numberOf(value: unknown, decimals: number): number | null {
  if (value === null) return null;
  const written = typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*$/.test(value);
  if (typeof value !== 'number' && !written) throw new Unfit('type');
  const number = exact(value);
  if (!Number.isFinite(number) || Math.abs(number) >= NUMBER_MAX) throw new Unfit('type');
  const rounded = Number(Number(number.toFixed(decimals)).toPrecision(DIGITS_MAX));
  // Minus zero is one bit more than anybody needs.
  return rounded === 0 ? 0 : rounded;
}
