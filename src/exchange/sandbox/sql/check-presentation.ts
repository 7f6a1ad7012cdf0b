import type { Asked } from './check-outputs.ts';
import { typedConstant } from './constants.ts';
import type { Scope } from './scope.ts';
import { any, badField, is, isNode, type Node, type Raw, readExpression } from './tree.ts';
import type { CheckedQuery, Constant, OutputCondition, OutputOrder } from './types.ts';

type Presentation = Pick<CheckedQuery, 'having' | 'order' | 'limit' | 'offset'>;

/** HAVING, ORDER BY and LIMIT: they act on what was released, so they see nothing that was suppressed. */
export function checkPresentation(node: Node, asked: Asked, scope: Scope): Presentation | undefined {
  const raw = node.having;
  const read = raw === null ? null : readExpression(raw, 'HAVING', scope.problems, scope.limits.depthMax);
  const having = read && readCondition(read, asked, scope, 0);
  if (having === undefined) return undefined;
  let order: readonly OutputOrder[] = [];
  let [limit, offset]: [number | null, number] = [null, 0];
  const modifiers = node.modifiers;
  for (const modifier of Array.isArray(modifiers) ? modifiers : []) {
    if (!isNode(modifier)) return wrongModifier(scope);
    if (modifier.type === 'ORDER_MODIFIER') {
      const found = readOrder(modifier, asked, scope);
      if (found === undefined) return undefined;
      order = found;
    } else if (modifier.type === 'LIMIT_MODIFIER') {
      const found = readLimit(modifier, scope);
      if (found === undefined) return undefined;
      [limit, offset] = found;
    } else return wrongModifier(scope, modifier.type);
  }
  return { having, order, limit, offset };
}

function wrongModifier({ problems }: Scope, type?: unknown): undefined {
  return type === 'LIMIT_PERCENT_MODIFIER'
    ? problems.add('limit', 'LIMIT', 'LIMIT 须为行数，不支持百分比。', 'LIMIT is a number of rows, not a percentage.')
    : problems.add(
        'clause',
        'SELECT',
        '不支持 SELECT DISTINCT；请用 GROUP BY。',
        'SELECT DISTINCT is not supported; use GROUP BY.',
      );
}

function readCondition(raw: Raw, asked: Asked, scope: Scope, depth: number): OutputCondition | undefined {
  scope.size.depth = Math.max(scope.size.depth, depth);
  if (raw.kind === 'and' || raw.kind === 'or') {
    const parts = raw.of.map((one) => readCondition(one, asked, scope, depth + 1));
    const of = parts.filter((part) => part !== undefined);
    return of.length === parts.length ? { op: raw.kind, of } : undefined;
  }
  if (raw.kind === 'not') {
    const of = readCondition(raw.of, asked, scope, depth + 1);
    return of && { op: 'not', of };
  }
  if (raw.kind === 'between') {
    const lower = readCondition(
      { kind: 'compare', op: '>=', left: raw.operand, right: raw.lower },
      asked,
      scope,
      depth,
    );
    const upper = readCondition(
      { kind: 'compare', op: '<=', left: raw.operand, right: raw.upper },
      asked,
      scope,
      depth,
    );
    return lower && upper && { op: 'and', of: [lower, upper] };
  }
  scope.size.predicates++;
  if (raw.kind !== 'compare' || raw.right.kind !== 'constant')
    return scope.problems.add(
      'expression',
      'HAVING',
      'HAVING 写作“输出列 比较 常量”，可用 AND、OR、NOT 连接。',
      'HAVING is "output comparison constant", joined by AND, OR, NOT.',
    );
  const output = asked.outputOf(raw.left, 'HAVING');
  const type = output === undefined ? undefined : asked.outputs[output]?.type;
  if (output === undefined || type === undefined) return undefined;
  const value = typedConstant(raw.right.constant, type);
  if (value === undefined)
    return scope.problems.add(
      'constant',
      'HAVING',
      'HAVING 中的常量须与输出列同一类型。',
      'The constants of HAVING have the type of their output.',
    );
  const numeric = type === 'integer' || type === 'decimal' || type === 'double';
  if (numeric) return { op: raw.op, output, value: Number(value.text) };
  return { op: raw.op, output, value: cellText(value) };
}

/** A constant as cells carry it. */
function cellText({ type, text }: Constant): string {
  if (type === 'timestamp') return text.replace(' ', 'T');
  return type === 'instant' ? `${text.replace(' ', 'T')}Z` : text;
}

const ORDER = { type: is('ORDER_DEFAULT', 'ASCENDING', 'DESCENDING'), null_order: any, expression: isNode };

function readOrder(modifier: Node, asked: Asked, scope: Scope): OutputOrder[] | undefined {
  const { problems, limits } = scope;
  const listed = modifier.orders;
  const orders = (Array.isArray(listed) ? listed : []).map((item): OutputOrder | undefined => {
    if (!isNode(item) || badField(item, ORDER) !== undefined)
      return problems.add('syntax', 'ORDER BY', 'ORDER BY 不支持这种写法。', 'This form of ORDER BY is not supported.');
    const raw = readExpression(item.expression, 'ORDER BY', problems, limits.depthMax);
    const output = raw && asked.outputOf(raw, 'ORDER BY');
    const nulls = String(item.null_order);
    return output === undefined
      ? undefined
      : {
          output,
          descending: item.type === 'DESCENDING',
          nullsFirst: nulls === 'NULLS FIRST' || nulls === 'NULLS_FIRST',
        };
  });
  const whole = orders.filter((order) => order !== undefined);
  if (whole.length < orders.length) return undefined;
  return whole.filter(({ output }, i) => whole.findIndex((one) => one.output === output) === i);
}

const LIMIT = { type: any, limit: any, offset: any };

function readLimit(modifier: Node, { problems, limits }: Scope): [number | null, number] | undefined {
  const count = (value: unknown): number | null | undefined => {
    if (value === null) return null;
    const raw = readExpression(value, 'LIMIT', problems, limits.depthMax);
    if (raw?.kind !== 'constant' || raw.constant.type !== 'number' || !/^\d+$/.test(raw.constant.text))
      return undefined;
    return Number(raw.constant.text);
  };
  const [limit, offset] = [count(modifier.limit), count(modifier.offset)];
  if (badField(modifier, LIMIT) !== undefined || limit === undefined || offset === undefined)
    return problems.add(
      'limit',
      'LIMIT',
      'LIMIT 和 OFFSET 须为非负整数。',
      'LIMIT and OFFSET are whole numbers, not negative.',
    );
  return [limit, offset ?? 0];
}
