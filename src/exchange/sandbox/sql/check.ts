import { canonical, sha256Hex } from '../../../kernel/evidence/index.ts';
import type { GrantedTable } from '../policy.ts';
import { checkOutputs } from './check-outputs.ts';
import { readPredicate } from './check-predicate.ts';
import { checkPresentation } from './check-presentation.ts';
import { checkSource } from './check-source.ts';
import { canonicalPredicate } from './predicates.ts';
import { type Problem, Problems } from './problems.ts';
import { type QuerySize, queryLimits, querySize } from './rules.ts';
import { any, badField, is, isEmpty, isNode, type Node, readExpression } from './tree.ts';
import type { CheckedQuery } from './types.ts';

export type CheckOutcome =
  | { readonly query: CheckedQuery; readonly problems: null }
  | { readonly query: null; readonly problems: readonly Problem[] };

/**
 * Checks the tree of one statement, as the executing engine parsed it, against the closed grammar and the uses its
 * columns are granted for (house rule HS-22.1). What is answered holds nothing of the text: SQL is made anew of it.
 */
export function check(tree: unknown, tables: readonly GrantedTable[], at: Date): CheckOutcome {
  const problems = new Problems();
  const query = checkTree(tree, tables, at, problems);
  const found = problems.found;
  if (query !== undefined && found.length === 0) return { query, problems: null };
  if (found.length === 0) problems.add('syntax', 'SELECT', '不支持这种写法。', 'This form is not supported.');
  return { query: null, problems: found };
}

function checkTree(
  tree: unknown,
  tables: readonly GrantedTable[],
  at: Date,
  problems: Problems,
): CheckedQuery | undefined {
  const node = selectNode(tree, problems);
  if (node === undefined) return undefined;
  const limits = queryLimits(at);
  const source = checkSource(node.from_table, tables, problems, limits);
  if (source === undefined) return undefined;
  const scope = { source, problems, limits, size: { predicates: 0, list: 0, depth: 0 } };

  const rawWhere = node.where_clause;
  const where = rawWhere === null ? null : readWhere(rawWhere, scope);
  const asked = checkOutputs(node, scope);
  if (asked === undefined || where === undefined) return undefined;
  const shown = checkPresentation(node, asked, scope);
  if (shown === undefined) return undefined;

  const size: QuerySize = {
    ...scope.size,
    tables: source.tables.length,
    groups: asked.groups.length,
    measures: asked.measures.length,
    rows: Math.max(shown.limit ?? 0, shown.offset),
  };
  const { decision } = querySize.evaluate(size, at);
  if (decision.outcome === 'violated') return problems.add('size', 'SELECT', decision.fact.zh, decision.fact.en);

  const { groups, measures, outputs } = asked;
  const cells = {
    tables: source.tables.map(({ grantId, alias }) => ({ grantId, alias })),
    joins: source.joins,
    where,
    groups: groups.map((group) => group.expression),
    measures: measures.map(({ function: name, argument }) => ({ name, argument })),
  };
  return {
    tables: source.tables,
    joins: source.joins,
    where,
    groups,
    measures,
    outputs,
    ...shown,
    fingerprint: sha256Hex(Buffer.from(canonical(cells))),
  };
}

function readWhere(raw: unknown, scope: Parameters<typeof readPredicate>[1]) {
  const read = readExpression(raw, 'WHERE', scope.problems, scope.limits.depthMax);
  const predicate = read && readPredicate(read, scope, 0);
  return predicate && canonicalPredicate(predicate);
}

const SELECT_NODE = {
  type: is('SELECT_NODE'),
  modifiers: Array.isArray,
  cte_map: (value: unknown) => isNode(value) && badField(value, { map: isEmpty }) === undefined,
  select_list: Array.isArray,
  from_table: any,
  where_clause: any,
  group_expressions: Array.isArray,
  group_sets: Array.isArray,
  aggregate_handling: is('STANDARD_HANDLING', 'FORCE_AGGREGATES'),
  having: any,
  sample: is(null),
  qualify: is(null),
};

/** Why a field of the statement may not be filled. */
const CLAUSES: Readonly<Record<string, readonly [clause: string, zh: string, en: string]>> = {
  type: [
    'SELECT',
    '只支持单个 SELECT，不支持 UNION、INTERSECT、EXCEPT。',
    'One plain SELECT: no UNION, INTERSECT or EXCEPT.',
  ],
  cte_map: ['WITH', '不支持 WITH 子句。', 'WITH is not supported.'],
  sample: ['SAMPLE', '不支持抽样。', 'Samples are not supported.'],
  qualify: ['QUALIFY', '不支持 QUALIFY。', 'QUALIFY is not supported.'],
};

/** The one SELECT of the tree. */
function selectNode(tree: unknown, problems: Problems): Node | undefined {
  const whole = (zh: string, en: string) => problems.add('statement', 'SELECT', zh, en);
  if (!isNode(tree) || badField(tree, { error: is(false), statements: Array.isArray }) !== undefined)
    return whole('语法有误，或者不是 SELECT 语句。', 'The text has a syntax error or is not a SELECT.');
  const statements = tree.statements;
  const [statement, ...more] = Array.isArray(statements) ? statements : [];
  if (more.length > 0) return whole('一次只能提交一条语句。', 'One statement at a time.');
  if (!isNode(statement) || badField(statement, { node: isNode, named_param_map: isEmpty }) !== undefined)
    return whole('不支持参数占位符，请直接写出值。', 'No placeholders: write the value.');
  const node = statement.node;
  if (!isNode(node)) return whole('不是 SELECT 语句。', 'This is not a SELECT.');
  const bad = node.type === 'SELECT_NODE' ? badField(node, SELECT_NODE) : 'type';
  if (bad === undefined) return node;
  const [clause, zh, en] = CLAUSES[bad] ?? ['SELECT', '不支持这种写法。', 'This form is not supported.'];
  return problems.add('clause', clause, zh, en);
}
