import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { ColumnUse } from '../policy.ts';
import { numeral } from './constants.ts';
import { echo, type Problems } from './problems.ts';
import { type Column, columnFor, type Scope } from './scope.ts';
import type { Raw } from './tree.ts';
import { DATE_PARTS, type Expression, TRUNCATION_UNITS } from './types.ts';

export interface TypedExpression {
  readonly expression: Expression;
  readonly type: ColumnType;
  readonly domain: readonly (string | number)[] | null;
}

const UNITS: readonly string[] = TRUNCATION_UNITS;
const PARTS: readonly string[] = DATE_PARTS;
const isUnit = (unit: string): unit is (typeof TRUNCATION_UNITS)[number] => UNITS.includes(unit);
const isPart = (part: string): part is (typeof DATE_PARTS)[number] => PARTS.includes(part);
/** Other names of the engine for the same part. */
const SYNONYMS: Readonly<Record<string, string>> = { dow: 'dayofweek', weekday: 'dayofweek', dayofmonth: 'day' };
const PART_FUNCTIONS = ['date_part', 'datepart'];
const TRUNCATION_FUNCTIONS = ['date_trunc', 'datetrunc'];
const TIMES: readonly ColumnType[] = ['date', 'timestamp', 'instant'];
const NUMBERS: readonly ColumnType[] = ['integer', 'decimal', 'double'];

const FORMS_ZH =
  "字段、date_trunc('单位', 字段)、year/quarter/month/week/day/hour/dayofweek(字段)、floor(字段 / n) * n";
const FORMS_EN =
  "a column, date_trunc('unit', column), year/quarter/month/week/day/hour/dayofweek(column), floor(column / n) * n";

type Reader = Pick<Scope, 'source' | 'problems'>;

/** A column or one of the functions of it that groups and filters know. */
export function readTyped(raw: Raw, use: ColumnUse, clause: string, scope: Reader): TypedExpression | undefined {
  if (raw.kind === 'column') {
    const column = columnFor(raw.names, use, clause, scope);
    if (column === undefined) return undefined;
    const { table, column: name, type, policy } = column;
    return { expression: { kind: 'column', table, column: name }, type, domain: policy.domain ?? null };
  }
  if (raw.kind !== 'call' || raw.distinct) return wrongForm(clause, scope.problems);
  const name = raw.name.toLowerCase();
  const [first, second, ...rest] = raw.args;
  if (name === '*') return readBin(raw.args, use, clause, scope);
  if (TRUNCATION_FUNCTIONS.includes(name) || PART_FUNCTIONS.includes(name)) {
    const unit = first?.kind === 'constant' && first.constant.type === 'text' ? first.constant.text.toLowerCase() : '';
    if (second === undefined || rest.length > 0) return wrongForm(clause, scope.problems);
    return TRUNCATION_FUNCTIONS.includes(name)
      ? readTruncation(unit, second, use, clause, scope)
      : readPart(SYNONYMS[unit] ?? unit, second, use, clause, scope);
  }
  const part = Object.hasOwn(SYNONYMS, name) ? (SYNONYMS[name] ?? name) : name;
  if (isPart(part) && first !== undefined && second === undefined) return readPart(part, first, use, clause, scope);
  return scope.problems.add(
    'function',
    clause,
    `${clause}：不支持函数“${echo(raw.name)}”。可以写：${FORMS_ZH}。`,
    `${clause}: the function "${echo(raw.name)}" is not supported. Write ${FORMS_EN}.`,
  );
}

function wrongForm(clause: string, problems: Problems): undefined {
  return problems.add('expression', clause, `${clause}：可以写${FORMS_ZH}。`, `${clause}: write ${FORMS_EN}.`);
}

function timeColumn(raw: Raw, hours: boolean, use: ColumnUse, clause: string, scope: Reader): Column | undefined {
  if (raw.kind !== 'column') return wrongForm(clause, scope.problems);
  const column = columnFor(raw.names, use, clause, scope);
  if (column === undefined) return undefined;
  if (TIMES.includes(column.type) && !(hours && column.type === 'date')) return column;
  return scope.problems.add(
    'function',
    clause,
    `${clause}：“${echo(column.column)}”不是${hours ? '时间' : '日期或者时间'}字段。`,
    `${clause}: "${echo(column.column)}" is not a column of ${hours ? 'times' : 'dates or times'}.`,
  );
}

function readTruncation(
  unit: string,
  raw: Raw,
  use: ColumnUse,
  clause: string,
  scope: Reader,
): TypedExpression | undefined {
  if (!isUnit(unit)) return wrongUnit(unit, UNITS, clause, scope.problems);
  const column = timeColumn(raw, unit === 'hour', use, clause, scope);
  if (column === undefined) return undefined;
  const { table, column: name, type } = column;
  return { expression: { kind: 'trunc', unit, table, column: name }, type, domain: null };
}

function readPart(part: string, raw: Raw, use: ColumnUse, clause: string, scope: Reader): TypedExpression | undefined {
  if (!isPart(part)) return wrongUnit(part, PARTS, clause, scope.problems);
  const column = timeColumn(raw, part === 'hour', use, clause, scope);
  if (column === undefined) return undefined;
  const { table, column: name } = column;
  return { expression: { kind: 'part', part, table, column: name }, type: 'integer', domain: null };
}

function wrongUnit(unit: string, units: readonly string[], clause: string, problems: Problems): undefined {
  return problems.add(
    'function',
    clause,
    `${clause}：不支持单位“${echo(unit)}”，可用：${units.join('、')}。`,
    `${clause}: "${echo(unit)}" is not supported; use ${units.join(', ')}.`,
  );
}

/** `floor(column / n) * n` or `n * floor(column / n)`. */
function readBin(args: readonly Raw[], use: ColumnUse, clause: string, scope: Reader): TypedExpression | undefined {
  const [first, second, ...rest] = args;
  const [floor, factor] = first?.kind === 'constant' ? [second, first] : [first, second];
  const division = floor?.kind === 'call' && floor.name.toLowerCase() === 'floor' ? floor.args[0] : undefined;
  if (rest.length > 0 || floor?.kind !== 'call' || floor.args.length !== 1 || floor.distinct)
    return wrongForm(clause, scope.problems);
  if (division?.kind !== 'call' || division.name !== '/' || division.args.length !== 2)
    return wrongForm(clause, scope.problems);
  const [dividend, divisor] = division.args;
  const [step, again] = [numeralOf(divisor), numeralOf(factor)];
  if (dividend?.kind !== 'column' || step === undefined || step !== again || step === '0' || step.startsWith('-'))
    return wrongForm(clause, scope.problems);
  const column = columnFor(dividend.names, use, clause, scope);
  if (column === undefined) return undefined;
  const { table, column: name, type } = column;
  if (!NUMBERS.includes(type))
    return scope.problems.add(
      'function',
      clause,
      `${clause}：“${echo(name)}”不是数值字段。`,
      `${clause}: "${echo(name)}" is not a column of numbers.`,
    );
  return { expression: { kind: 'bin', step, table, column: name }, type: 'double', domain: null };
}

function numeralOf(raw: Raw | undefined): string | undefined {
  return raw?.kind === 'constant' && raw.constant.type === 'number' ? numeral(raw.constant.text) : undefined;
}
