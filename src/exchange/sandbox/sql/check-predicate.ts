import type { ColumnType } from '../../../kernel/vault/index.ts';
import { readTyped, type TypedExpression } from './check-expression.ts';
import { typedConstant } from './constants.ts';
import { negated } from './predicates.ts';
import type { Problems } from './problems.ts';
import type { Scope } from './scope.ts';
import type { Comparison, Raw } from './tree.ts';
import type { Constant, Predicate } from './types.ts';

const CLAUSE = 'WHERE';
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Conditions on filter columns against constants, joined by AND, OR, NOT. */
export function readPredicate(raw: Raw, scope: Scope, depth: number): Predicate | undefined {
  const { size, problems } = scope;
  size.depth = Math.max(size.depth, depth);
  if (raw.kind === 'and' || raw.kind === 'or') {
    const parts = raw.of.map((one) => readPredicate(one, scope, depth + 1));
    const of = parts.filter((part) => part !== undefined);
    return of.length === parts.length ? { op: raw.kind, of } : undefined;
  }
  if (raw.kind === 'not') {
    const of = readPredicate(raw.of, scope, depth + 1);
    return of && negated(of);
  }
  size.predicates++;
  switch (raw.kind) {
    case 'null': {
      const operand = readOperand(raw.operand, scope);
      return operand && { op: raw.negated ? 'not null' : 'null', operand: operand.expression };
    }
    case 'in': {
      size.list = Math.max(size.list, raw.values.length);
      const operand = raw.values.length === 0 ? wrongCondition(problems) : readOperand(raw.operand, scope);
      const values = operand && constants(raw.values, operand, problems);
      return operand && values && { op: raw.negated ? 'not in' : 'in', operand: operand.expression, values };
    }
    case 'between': {
      size.predicates++;
      const lower = readComparison('>=', raw.operand, raw.lower, scope);
      const upper = lower && readComparison('<=', raw.operand, raw.upper, scope);
      return lower && upper && { op: 'and', of: [lower, upper] };
    }
    case 'compare':
      return raw.left.kind === 'constant'
        ? readComparison(MIRRORED[raw.op], raw.right, raw.left, scope)
        : readComparison(raw.op, raw.left, raw.right, scope);
    case 'column': {
      const operand = readOperand(raw, scope);
      if (operand === undefined) return undefined;
      if (operand.type !== 'boolean') return wrongCondition(problems);
      return { op: 'in', operand: operand.expression, values: [{ type: 'boolean', text: 'true' }] };
    }
    default:
      return wrongCondition(problems);
  }
}

function readOperand(raw: Raw, scope: Scope): TypedExpression | undefined {
  if (raw.kind === 'column' || raw.kind === 'call') return readTyped(raw, 'filter', CLAUSE, scope);
  return wrongCondition(scope.problems);
}

function wrongCondition(problems: Problems): undefined {
  return problems.add(
    'expression',
    CLAUSE,
    '筛选条件写作“字段 比较 常量”，可用 AND、OR、NOT 连接。',
    'A condition of WHERE is "column comparison constant", joined by AND, OR, NOT.',
  );
}

function readComparison(op: Comparison, left: Raw, right: Raw, scope: Scope): Predicate | undefined {
  const operand = readOperand(left, scope);
  const values = operand && constants([right], operand, scope.problems);
  const [value] = values ?? [];
  if (operand === undefined || values === undefined || value === undefined) return undefined;
  const { expression } = operand;
  if (op === '=') return { op: 'in', operand: expression, values };
  if (op === '<>') return { op: 'not in', operand: expression, values };
  return { op, operand: expression, value };
}

const WRITTEN: Readonly<Record<ColumnType, readonly [zh: string, en: string]>> = {
  text: ['不超过 200 个字符的字符串', 'a string of at most 200 characters'],
  integer: ['十五位以内的数', 'a number of at most fifteen digits'],
  decimal: ['十五位以内的数', 'a number of at most fifteen digits'],
  double: ['十五位以内的数', 'a number of at most fifteen digits'],
  boolean: ['TRUE 或者 FALSE', 'TRUE or FALSE'],
  date: ["日期，例如 DATE '2026-01-01'", "a date such as DATE '2026-01-01'"],
  timestamp: ["时间，例如 TIMESTAMP '2026-01-01 08:00:00'", "a time such as TIMESTAMP '2026-01-01 08:00:00'"],
  instant: ["时间，例如 TIMESTAMPTZ '2026-01-01 08:00:00+08'", "a time such as TIMESTAMPTZ '2026-01-01 08:00:00+08'"],
};

function constants(raws: readonly Raw[], operand: TypedExpression, problems: Problems): Constant[] | undefined {
  const values = raws.map((raw) => (raw.kind === 'constant' ? typedConstant(raw.constant, operand.type) : undefined));
  const whole = values.filter((value) => value !== undefined);
  if (whole.length === values.length) return whole;
  const { column } = operand.expression;
  const [zh, en] = WRITTEN[operand.type];
  return problems.add(
    'constant',
    CLAUSE,
    `${CLAUSE}：“${column}”须与常量比较，写作${zh}；缺失值用 IS NULL。`,
    `${CLAUSE}: "${column}" is compared with a constant: ${en}. For missing values write IS NULL.`,
  );
}
