import { echo, type Problems } from './problems.ts';

/**
 * Reads the tree of DuckDB's `json_serialize_sql` (1.5) into the few forms the grammar has. Every node names all of its
 * fields: one that is not listed, or holds anything but what is listed, is refused, so that a newer engine cannot add a
 * meaning unseen. The tree comes from a process that hostile text went into: nothing of it is trusted.
 */
export type Raw =
  | { readonly kind: 'column'; readonly names: readonly string[] }
  | { readonly kind: 'constant'; readonly constant: RawConstant }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Raw[]; readonly distinct: boolean }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Raw; readonly right: Raw }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Raw[] }
  | { readonly kind: 'not'; readonly of: Raw }
  | { readonly kind: 'in'; readonly negated: boolean; readonly operand: Raw; readonly values: readonly Raw[] }
  | { readonly kind: 'null'; readonly negated: boolean; readonly operand: Raw }
  | { readonly kind: 'between'; readonly operand: Raw; readonly lower: Raw; readonly upper: Raw };

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** `number` holds a decimal numeral; date, timestamp and instant hold the text as it was written. */
export interface RawConstant {
  readonly type: 'number' | 'text' | 'boolean' | 'date' | 'timestamp' | 'instant' | 'null';
  readonly text: string;
}

export interface Selected {
  readonly raw: Raw;
  /** Empty: none was given. */
  readonly alias: string;
}

export type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Test = (value: unknown) => boolean;
export const any: Test = () => true;
export const isText: Test = (value) => typeof value === 'string';
export const is =
  (...allowed: readonly (string | boolean | null)[]): Test =>
  (value) =>
    allowed.some((one) => one === value);
export const isEmpty: Test = (value) => Array.isArray(value) && value.length === 0;
const isFlag: Test = (value) => typeof value === 'boolean';
const isPlace: Test = (value) => value === undefined || typeof value === 'number';

/** The first field that is not as it must be; undefined when all are. */
export function badField(node: Node, spec: Readonly<Record<string, Test>>): string | undefined {
  const unknown = Object.keys(node).find((key) => !Object.hasOwn(spec, key));
  return unknown ?? Object.keys(spec).find((key) => !spec[key]?.(node[key]));
}

const common = { class: isText, type: isText, alias: isText, query_location: isPlace };
const EXPRESSIONS: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  COLUMN_REF: { ...common, type: is('COLUMN_REF'), column_names: Array.isArray },
  CONSTANT: { ...common, type: is('VALUE_CONSTANT'), value: isNode },
  CAST: { ...common, type: is('OPERATOR_CAST'), child: isNode, cast_type: isNode, try_cast: is(false) },
  COMPARISON: { ...common, left: isNode, right: isNode },
  CONJUNCTION: { ...common, type: is('CONJUNCTION_AND', 'CONJUNCTION_OR'), children: Array.isArray },
  OPERATOR: { ...common, children: Array.isArray },
  BETWEEN: { ...common, type: is('COMPARE_BETWEEN'), input: isNode, lower: isNode, upper: isNode },
  FUNCTION: {
    ...common,
    type: is('FUNCTION'),
    function_name: isText,
    schema: is('', 'main'),
    catalog: is(''),
    children: Array.isArray,
    filter: is(null),
    order_bys: (value) =>
      isNode(value) && badField(value, { type: is('ORDER_MODIFIER'), orders: isEmpty }) === undefined,
    distinct: isFlag,
    is_operator: isFlag,
    export_state: is(false),
  },
};

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
};

/** What people write most that is not in the grammar, by class of the node. */
const REFUSED: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  SUBQUERY: ['不支持子查询', 'Subqueries are not supported'],
  WINDOW: ['不支持窗口函数', 'Window functions are not supported'],
  STAR: ['不能取整行（*）；请逐项写出分组字段和统计量', 'Rows cannot be read (*): name group columns and measures'],
  CASE: ['不支持 CASE', 'CASE is not supported'],
  LAMBDA: ['不支持 lambda', 'Lambdas are not supported'],
  PARAMETER: ['不支持参数占位符，请直接写出值', 'No placeholders: write the value'],
  COLLATE: ['不支持排序规则（COLLATE）', 'COLLATE is not supported'],
  POSITIONAL_REFERENCE: ['不支持按位置引用字段（#1）', 'Columns are not referred to by place (#1)'],
};

/** Levels of the tree beyond the limit of nesting: a function within a comparison within conditions. */
const LEAF_LEVELS = 6;

/** Reads one expression, or says what of it is not in the grammar. */
export function readExpression(
  value: unknown,
  clause: string,
  problems: Problems,
  depthMax: number,
  depth = 0,
): Raw | undefined {
  if (depth > depthMax + LEAF_LEVELS)
    return problems.add('size', clause, `${clause} 嵌套过深。`, `${clause} is nested too deeply.`);
  if (!isNode(value)) return unreadable(clause, problems);
  const name = String(value.class);
  const spec = Object.hasOwn(EXPRESSIONS, name) ? EXPRESSIONS[name] : undefined;
  if (spec === undefined) {
    const [zh, en] = REFUSED[name] ?? ['不支持这种写法', 'This form is not supported'];
    return problems.add('expression', clause, `${clause}：${zh}。`, `${clause}: ${en}.`);
  }
  const bad = badField(value, spec);
  if (bad !== undefined) return refusedField(bad, value, clause, problems);
  const read = (child: unknown) => readExpression(child, clause, problems, depthMax, depth + 1);
  switch (name) {
    case 'COLUMN_REF':
      return readColumn(value, clause, problems);
    case 'CONSTANT':
    case 'CAST':
      return readConstant(value, clause, problems);
    case 'COMPARISON':
      return readComparison(value, clause, problems, read);
    case 'CONJUNCTION': {
      const of = readAll(value.children, read);
      return of && { kind: value.type === 'CONJUNCTION_AND' ? 'and' : 'or', of };
    }
    case 'OPERATOR':
      return readOperator(value, clause, problems, read);
    case 'BETWEEN': {
      const [operand, lower, upper] = [read(value.input), read(value.lower), read(value.upper)];
      return operand && lower && upper && { kind: 'between', operand, lower, upper };
    }
    default: {
      const args = readAll(value.children, read);
      const called = String(value.function_name);
      return args && { kind: 'call', name: called, args, distinct: value.distinct === true };
    }
  }
}

function readAll(children: unknown, read: (child: unknown) => Raw | undefined): Raw[] | undefined {
  const list = (Array.isArray(children) ? children : []).map(read);
  const whole = list.filter((one) => one !== undefined);
  return whole.length === list.length ? whole : undefined;
}

function refusedField(field: string, node: Node, clause: string, problems: Problems): undefined {
  const called = typeof node.function_name === 'string' ? echo(node.function_name) : '';
  if (field === 'filter')
    return problems.add(
      'clause',
      clause,
      `${clause}：统计量不支持 FILTER，请改用 WHERE。`,
      `${clause}: no FILTER on a measure, use WHERE.`,
    );
  if (field === 'order_bys')
    return problems.add(
      'clause',
      clause,
      `${clause}：统计量内不支持 ORDER BY。`,
      `${clause}: no ORDER BY within a measure.`,
    );
  if (field === 'try_cast')
    return problems.add('cast', clause, `${clause}：不支持 TRY_CAST。`, `${clause}: TRY_CAST is not supported.`);
  if (field === 'schema' || field === 'catalog')
    return problems.add(
      'function',
      clause,
      `${clause}：不支持函数 ${called}。`,
      `${clause}: the function ${called} is not supported.`,
    );
  return unreadable(clause, problems);
}

export function unreadable(clause: string, problems: Problems): undefined {
  return problems.add('syntax', clause, `${clause}：不支持这种写法。`, `${clause}: this form is not supported.`);
}

function readColumn(node: Node, clause: string, problems: Problems): Raw | undefined {
  const names = node.column_names;
  if (!Array.isArray(names) || !names.every((name): name is string => typeof name === 'string'))
    return unreadable(clause, problems);
  if (names.length === 1 || names.length === 2) return { kind: 'column', names };
  return problems.add(
    'column',
    clause,
    `${clause}：字段写作“字段”或者“表.字段”。`,
    `${clause}: a column is written as "column" or "table.column".`,
  );
}

function readComparison(
  node: Node,
  clause: string,
  problems: Problems,
  read: (child: unknown) => Raw | undefined,
): Raw | undefined {
  const type = String(node.type);
  const op = Object.hasOwn(COMPARISONS, type) ? COMPARISONS[type] : undefined;
  if (op === undefined)
    return problems.add(
      'expression',
      clause,
      `${clause}：比较只支持 = <> < <= > >=、IN、BETWEEN、IS NULL。`,
      `${clause}: comparisons are = <> < <= > >=, IN, BETWEEN and IS NULL.`,
    );
  const [left, right] = [read(node.left), read(node.right)];
  return left && right && { kind: 'compare', op, left, right };
}

function readOperator(
  node: Node,
  clause: string,
  problems: Problems,
  read: (child: unknown) => Raw | undefined,
): Raw | undefined {
  const type = String(node.type);
  const known = ['OPERATOR_NOT', 'OPERATOR_IS_NULL', 'OPERATOR_IS_NOT_NULL', 'COMPARE_IN', 'COMPARE_NOT_IN'];
  if (!known.includes(type))
    return problems.add(
      'expression',
      clause,
      `${clause}：不支持这种运算。`,
      `${clause}: this operator is not supported.`,
    );
  const children = readAll(node.children, read);
  const [first, ...rest] = children ?? [];
  if (children === undefined) return undefined;
  if (first === undefined) return unreadable(clause, problems);
  if (type === 'COMPARE_IN' || type === 'COMPARE_NOT_IN')
    return { kind: 'in', negated: type === 'COMPARE_NOT_IN', operand: first, values: rest };
  if (rest.length > 0) return unreadable(clause, problems);
  if (type === 'OPERATOR_NOT') return { kind: 'not', of: first };
  return { kind: 'null', negated: type === 'OPERATOR_IS_NOT_NULL', operand: first };
}

const CASTS: Readonly<Record<string, RawConstant['type']>> = {
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'instant',
  BOOLEAN: 'boolean',
};

/** A constant, or one with its type before it (`date '2026-01-01'`). */
function readConstant(node: Node, clause: string, problems: Problems): Raw | undefined {
  if (node.class === 'CONSTANT') {
    const constant = literalOf(node.value, clause, problems);
    return constant && { kind: 'constant', constant };
  }
  const [child, to] = [node.child, node.cast_type];
  const refuse = () =>
    problems.add(
      'cast',
      clause,
      `${clause}：类型转换只支持日期和时间常量，例如 DATE '2026-01-01'。`,
      `${clause}: only constants of dates and times carry a type, such as DATE '2026-01-01'.`,
    );
  if (!isNode(child) || child.class !== 'CONSTANT' || !isNode(to)) return refuse();
  if (badField(child, EXPRESSIONS.CONSTANT ?? {}) !== undefined) return unreadable(clause, problems);
  if (badField(to, { id: isText, type_info: is(null) }) !== undefined) return refuse();
  const id = String(to.id);
  const type = Object.hasOwn(CASTS, id) ? CASTS[id] : undefined;
  const constant = literalOf(child.value, clause, problems);
  if (constant === undefined) return undefined;
  if (type === undefined || constant.type !== 'text') return refuse();
  if (type === 'boolean' && constant.text !== 't' && constant.text !== 'f') return refuse();
  const written = type === 'boolean' ? String(constant.text === 't') : constant.text;
  return { kind: 'constant', constant: { type, text: written } };
}

function literalOf(value: unknown, clause: string, problems: Problems): RawConstant | undefined {
  if (!isNode(value) || !isNode(value.type)) return unreadable(clause, problems);
  if (badField(value, { type: isNode, is_null: isFlag, value: any }) !== undefined) return unreadable(clause, problems);
  const { type } = value;
  const [id, info] = [type.id, type.type_info];
  if (id === 'NULL' || value.is_null === true) return { type: 'null', text: '' };
  const held = value.value;
  if (id === 'VARCHAR' && info === null && typeof held === 'string') return { type: 'text', text: held };
  if (id === 'BOOLEAN' && info === null && typeof held === 'boolean') return { type: 'boolean', text: String(held) };
  const exact = typeof held === 'number' && Number.isSafeInteger(held);
  if ((id === 'INTEGER' || id === 'BIGINT') && info === null && exact) return { type: 'number', text: String(held) };
  if (id === 'DECIMAL' && isNode(info) && exact) return decimalOf(held, info.scale, clause, problems);
  if (id === 'DOUBLE' && info === null && typeof held === 'number' && Number.isFinite(held))
    return { type: 'number', text: String(held) };
  return problems.add(
    'constant',
    clause,
    `${clause}：常量须为十五位以内的数、字符串、日期、时间或者布尔值。`,
    `${clause}: a constant is a number of at most fifteen digits, a string, a date, a time or a boolean.`,
  );
}

const SCALE_MAX = 38;

function decimalOf(unscaled: number, scale: unknown, clause: string, problems: Problems): RawConstant | undefined {
  if (typeof scale !== 'number' || !Number.isInteger(scale) || scale < 0 || scale > SCALE_MAX)
    return unreadable(clause, problems);
  const digits = String(Math.abs(unscaled)).padStart(scale + 1, '0');
  const cut = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return { type: 'number', text: unscaled < 0 ? `-${text}` : text };
}
