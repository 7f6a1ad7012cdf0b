import { canonical } from '../../../kernel/evidence/index.ts';
import type { GrantedTable } from '../policy.ts';
import { echo, type Problems } from './problems.ts';
import type { QueryLimits } from './rules.ts';
import { columnFor, type NamedTable, type Source, sameName } from './scope.ts';
import { badField, is, isEmpty, isNode, isText, type Node, type Raw, readExpression } from './tree.ts';
import type { ColumnRef, Join } from './types.ts';

const place = (value: unknown) => value === undefined || typeof value === 'number';
const BASE_TABLE = {
  type: is('BASE_TABLE'),
  alias: isText,
  sample: is(null),
  query_location: place,
  schema_name: is(''),
  catalog_name: is(''),
  table_name: isText,
  column_name_alias: isEmpty,
  at_clause: is(null),
};
const JOIN = {
  type: is('JOIN'),
  alias: is(''),
  sample: is(null),
  query_location: place,
  left: isNode,
  right: isNode,
  condition: isNode,
  join_type: is('INNER'),
  ref_type: is('REGULAR'),
  using_columns: isEmpty,
  delim_flipped: is(false),
  duplicate_eliminated_columns: isEmpty,
};

const FROM_KINDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  SUBQUERY: ['FROM 不支持子查询', 'No subquery in FROM'],
  TABLE_FUNCTION: ['FROM 不支持表函数', 'No table function in FROM'],
  SHOW_REF: ['不支持 DESCRIBE、SHOW、SUMMARIZE', 'DESCRIBE, SHOW and SUMMARIZE are not supported'],
  EXPRESSION_LIST: ['不支持 VALUES', 'VALUES is not supported'],
  EMPTY: ['查询须有 FROM', 'A query has a FROM'],
  PIVOT: ['不支持 PIVOT', 'PIVOT is not supported'],
};

/** The granted tables of FROM and the equalities that join them. */
export function checkSource(
  from: unknown,
  granted: readonly GrantedTable[],
  problems: Problems,
  limits: QueryLimits,
): Source | undefined {
  const read = readFrom(from, granted, problems, limits.tablesMax);
  if (read === undefined) return undefined;
  const { named, conditions } = read;
  const source = { named, tables: named.map(({ table }) => table).sort(byAlias), joins: [] };
  const joins: Join[] = [];
  for (const condition of conditions) {
    const raw = readExpression(condition, 'ON', problems, limits.depthMax);
    const pairs = raw && readOn(raw, source, problems);
    if (pairs === undefined) return undefined;
    joins.push(...pairs);
  }
  if (!connected(named, joins))
    return problems.add(
      'join',
      'ON',
      '每张表须以字段相等与其他表关联。',
      'Every table is joined to the others by equal columns.',
    );
  const unique = new Map(joins.map((join) => [canonical(join), join]));
  return { ...source, joins: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, join]) => join) };
}

const byAlias = (a: GrantedTable, b: GrantedTable) => (a.alias < b.alias ? -1 : 1);

function readFrom(
  from: unknown,
  granted: readonly GrantedTable[],
  problems: Problems,
  left: number,
): { named: NamedTable[]; conditions: unknown[] } | undefined {
  if (!isNode(from)) return problems.add('table', 'FROM', '查询须有 FROM。', 'A query has a FROM.');
  if (left < 1) return problems.add('size', 'FROM', '关联的表过多。', 'Too many tables are joined.');
  const type = String(from.type);
  if (type === 'BASE_TABLE') {
    const named = readTable(from, granted, problems);
    return named && { named: [named], conditions: [] };
  }
  if (type !== 'JOIN') {
    const [zh, en] = (Object.hasOwn(FROM_KINDS, type) ? FROM_KINDS[type] : undefined) ?? [
      'FROM 不支持这种写法',
      'This form of FROM is not supported',
    ];
    return problems.add('table', 'FROM', `${zh}；请写出已授权的表。`, `${en}: name a granted table.`);
  }
  if (badField(from, JOIN) !== undefined)
    return problems.add(
      'join',
      'FROM',
      '只支持 INNER JOIN … ON 字段相等，不支持外连接、交叉连接、USING 和 NATURAL。',
      'Tables are joined by INNER JOIN … ON equal columns: no outer or cross joins, no USING, no NATURAL.',
    );
  const right = readFrom(from.right, granted, problems, left - 1);
  const rest = right && readFrom(from.left, granted, problems, left - right.named.length);
  if (right === undefined || rest === undefined) return undefined;
  const named = [...rest.named, ...right.named];
  if (new Set(named.map(({ table }) => table.grantId)).size < named.length)
    return problems.add('join', 'FROM', '不支持表与自身关联。', 'A table is not joined with itself.');
  // HS-22.4: rows of one entity would decide which rows of others are kept
  if (named.some(({ table }) => table.policy.privacy.kind === 'noise'))
    return problems.add(
      'join',
      'FROM',
      '以加噪方式回答的表不能关联：一个对象的影响无法限定。请单独查询。',
      'A table answered with noise is not joined, as what one entity can change would have no bound. Query it alone.',
    );
  if (new Set(named.map(({ name }) => name.toLowerCase())).size < named.length)
    return problems.add('name', 'FROM', '表名重复。', 'Two tables have one name.');
  return { named, conditions: [...rest.conditions, ...right.conditions, from.condition] };
}

function readTable(node: Node, granted: readonly GrantedTable[], problems: Problems): NamedTable | undefined {
  const bad = badField(node, BASE_TABLE);
  if (bad === 'sample') return problems.add('clause', 'FROM', '不支持抽样。', 'Samples are not supported.');
  const wanted = String(node.table_name);
  const table =
    granted.find(({ alias }) => alias === wanted) ?? only(granted.filter(({ alias }) => sameName(alias, wanted)));
  if (bad !== undefined || table === undefined || !table.policy.lanes.includes('interactive')) {
    const usable = granted.filter(({ policy }) => policy.lanes.includes('interactive')).map(({ alias }) => alias);
    return problems.add(
      'table',
      'FROM',
      `没有可在线查询的表“${echo(wanted)}”。可查询的表：${usable.join('、') || '无'}。`,
      `There is no table "${echo(wanted)}" to query. Tables: ${usable.join(', ') || 'none'}.`,
    );
  }
  return { name: String(node.alias) || table.alias, table };
}

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** Equalities of columns with each other, joined by AND. */
function readOn(raw: Raw, source: Source, problems: Problems): Join[] | undefined {
  if (raw.kind === 'and') {
    const parts = raw.of.map((one) => readOn(one, source, problems));
    const whole = parts.filter((part) => part !== undefined);
    return whole.length === parts.length ? whole.flat() : undefined;
  }
  if (raw.kind !== 'compare' || raw.op !== '=' || raw.left.kind !== 'column' || raw.right.kind !== 'column')
    return problems.add(
      'join',
      'ON',
      'ON 只支持两表字段相等（可用 AND 连接多个）；其他条件请写入 WHERE。',
      'ON holds equalities of two columns, joined by AND; other conditions belong into WHERE.',
    );
  const left = columnFor(raw.left.names, 'join', 'ON', { source, problems });
  const right = columnFor(raw.right.names, 'join', 'ON', { source, problems });
  if (left === undefined || right === undefined) return undefined;
  if (left.table === right.table)
    return problems.add('join', 'ON', 'ON 两边须为不同表的字段。', 'The sides of ON are columns of different tables.');
  if (left.type !== right.type || left.type === 'double')
    return problems.add(
      'join',
      'ON',
      `关联字段须同为一种类型，且不能为浮点数：${left.type}、${right.type}。`,
      `Joined columns have one type, and not double: ${left.type}, ${right.type}.`,
    );
  const sides = [left, right].map(({ table, column }): ColumnRef => ({ table, column }));
  const [a, b] = sides.sort((x, y) => (canonical(x) < canonical(y) ? -1 : 1));
  return a && b && [{ left: a, right: b }];
}

function connected(named: readonly NamedTable[], joins: readonly Join[]): boolean {
  const reached = new Set([named[0]?.table.alias]);
  for (let round = 0; round < named.length; round++)
    for (const { left, right } of joins) {
      if (reached.has(left.table)) reached.add(right.table);
      if (reached.has(right.table)) reached.add(left.table);
    }
  return named.every(({ table }) => reached.has(table.alias));
}
