import { canonical } from '../../../kernel/evidence/index.ts';
import type { Measure } from '../cells.ts';
import { readTyped, type TypedExpression } from './check-expression.ts';
import { echo, Problems } from './problems.ts';
import { columnFor, ENTITY_COLUMN, findColumns, type Scope, sameName } from './scope.ts';
import { isNode, type Node, type Raw, readExpression, type Selected } from './tree.ts';
import type { Group, Output, OutputSource } from './types.ts';

export interface Asked {
  readonly groups: readonly Group[];
  readonly measures: readonly Measure[];
  readonly outputs: readonly Output[];
  /** The output an expression of HAVING or ORDER BY means: by name, by place or written again. */
  readonly outputOf: (raw: Raw, clause: string) => number | undefined;
}

const AGGREGATES = ['count', 'count_star', 'sum', 'avg', 'mean'];
const NAME_MAX = 100;

const isAggregate = (raw: Raw): boolean => raw.kind === 'call' && AGGREGATES.includes(raw.name.toLowerCase());

/** What a sum, a count or a mean asks for, before places are given to measures. */
type Wanted =
  | { readonly kind: 'group'; readonly key: string }
  | { readonly kind: 'measure'; readonly measure: Measure }
  | { readonly kind: 'ratio'; readonly sum: Measure; readonly count: Measure };

/** The select list and GROUP BY: group columns and measures, sorted, and which output shows what. */
export function checkOutputs(node: Node, scope: Scope): Asked | undefined {
  const selected = readSelected(node.select_list, scope);
  if (selected === undefined) return undefined;
  const groups = readGroups(node, selected, scope);
  if (groups === undefined) return undefined;
  const wanted = selected.map(({ raw }) => wantedOf(raw, groups, 'SELECT', scope));
  const whole = wanted.filter((one) => one !== undefined);
  if (whole.length < wanted.length) return undefined;
  const measures = measuresOf(whole);
  if (measures.length === 0)
    return scope.problems.add(
      'aggregate',
      'SELECT',
      '须至少有一个统计量：count(*)、sum(字段)、avg(字段)。',
      'At least one measure is needed: count(*), sum(column), avg(column).',
    );
  const keys = groups.map((group) => canonical(group.expression));
  const sources = whole.map((one) => sourceOf(one, keys, measures));
  const names = namesOf(selected, scope);
  if (names === undefined) return undefined;
  const outputs = sources.map(
    (source, i): Output => ({ name: names[i] ?? '', type: typeOf(source, groups, measures, scope), source }),
  );
  return { groups, measures, outputs, outputOf: outputFinder(outputs, groups, measures, scope) };
}

function readSelected(list: unknown, { problems, limits }: Scope): Selected[] | undefined {
  const items = Array.isArray(list) ? list : [];
  const outputsMax = limits.groupsMax + limits.measuresMax;
  if (items.length === 0 || items.length > outputsMax)
    return problems.add(
      'size',
      'SELECT',
      `SELECT 最多 ${outputsMax} 列。`,
      `SELECT has at most ${outputsMax} columns.`,
    );
  const read = items.map((item): Selected | undefined => {
    const raw = readExpression(item, 'SELECT', problems, limits.depthMax);
    return raw && { raw, alias: isNode(item) ? String(item.alias ?? '') : '' };
  });
  const whole = read.filter((one) => one !== undefined);
  return whole.length === read.length ? whole : undefined;
}

/** GROUP BY by expression, by place or by name of an output; ALL means every output that is no measure. */
function readGroups(node: Node, selected: readonly Selected[], scope: Scope): Group[] | undefined {
  const { problems, limits } = scope;
  const listed = node.group_expressions;
  const written = Array.isArray(listed) ? listed : [];
  const sets = canonical(node.group_sets ?? null);
  const plain = written.length === 0 ? '[]' : canonical([written.map((_, i) => i)]);
  if (sets !== plain)
    return problems.add(
      'group',
      'GROUP BY',
      '不支持 ROLLUP、CUBE、GROUPING SETS，也不要重复写分组字段。',
      'No ROLLUP, CUBE or GROUPING SETS, and no column twice.',
    );
  const all = node.aggregate_handling === 'FORCE_AGGREGATES';
  const raws = all
    ? selected.map(({ raw }) => raw).filter((raw) => !isAggregate(raw))
    : written.map((item) => {
        const raw = readExpression(item, 'GROUP BY', problems, limits.depthMax);
        return raw && behind(raw, selected, scope);
      });
  const groups = raws.map((raw) => raw && readTyped(raw, 'group', 'GROUP BY', scope));
  const whole = groups.filter((group) => group !== undefined);
  if (whole.length < groups.length) return undefined;
  const unique = new Map(whole.map((group) => [canonical(group.expression), group]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** What a place or a name in GROUP BY stands for; a column goes before an output of its name, as in the engine. */
function behind(raw: Raw, selected: readonly Selected[], scope: Scope): Raw {
  if (raw.kind === 'constant' && raw.constant.type === 'number')
    return selected[Number(raw.constant.text) - 1]?.raw ?? raw;
  if (raw.kind !== 'column' || raw.names.length !== 1 || findColumns(raw.names, scope.source).length > 0) return raw;
  return selected.find(({ alias }) => alias !== '' && sameName(alias, raw.names[0] ?? ''))?.raw ?? raw;
}

function wantedOf(raw: Raw, groups: readonly Group[], clause: string, scope: Scope): Wanted | undefined {
  if (raw.kind === 'call' && isAggregate(raw)) return aggregateOf(raw, clause, scope);
  if (raw.kind === 'call' && raw.distinct)
    return scope.problems.add(
      'clause',
      clause,
      `${clause}：不支持 DISTINCT。`,
      `${clause}: DISTINCT is not supported.`,
    );
  const typed: TypedExpression | undefined = readTyped(raw, 'group', clause, scope);
  if (typed === undefined) return undefined;
  const key = canonical(typed.expression);
  if (groups.some((group) => canonical(group.expression) === key)) return { kind: 'group', key };
  return scope.problems.add(
    'group',
    clause,
    `${clause}：“${echo(typed.expression.column)}”须同样写入 GROUP BY，或者放入统计量。`,
    `${clause}: "${echo(typed.expression.column)}" is to stand in GROUP BY as well, or within a measure.`,
  );
}

function aggregateOf(
  { name, args, distinct }: Extract<Raw, { kind: 'call' }>,
  clause: string,
  scope: Scope,
): Wanted | undefined {
  const called = name.toLowerCase();
  const [argument, more] = args;
  if (distinct)
    return called === 'count' && argument && !more ? entitiesOf(argument, clause, scope) : wrongDistinct(clause, scope);
  if (called === 'count_star' && argument === undefined) return rows;
  if (argument?.kind !== 'column' || more !== undefined)
    return scope.problems.add(
      'aggregate',
      clause,
      `${clause}：统计量只能取字段本身：count(*)、count(字段)、sum(字段)、avg(字段)。`,
      `${clause}: a measure takes a bare column: count(*), count(column), sum(column), avg(column).`,
    );
  const column = columnFor(argument.names, 'aggregate', clause, scope);
  if (column === undefined) return undefined;
  const of = `${column.table}.${column.column}`;
  const count: Measure = { name: `count(${of})`, function: 'count', argument: of };
  if (called === 'count') return { kind: 'measure', measure: count };
  if (!['integer', 'decimal', 'double'].includes(column.type))
    return scope.problems.add(
      'aggregate',
      clause,
      `${clause}：“${echo(column.column)}”不是数值字段，不能求和。`,
      `${clause}: "${echo(column.column)}" is not a column of numbers and has no sum.`,
    );
  const sum: Measure = { name: `sum(${of})`, function: 'sum', argument: of };
  return called === 'sum' ? { kind: 'measure', measure: sum } : { kind: 'ratio', sum, count };
}

const rows: Wanted = { kind: 'measure', measure: { name: 'count(*)', function: 'count', argument: null } };

/** `count(distinct key)` where the key is a table's entity, or its number in the prepared table. */
function entitiesOf(raw: Raw, clause: string, scope: Scope): Wanted | undefined {
  const [first = '', second] = raw.kind === 'column' ? raw.names : [];
  const { named } = scope.source;
  const wanted = second ?? first;
  const found = named.filter(
    ({ name, table }) =>
      (second === undefined || sameName(name, first)) &&
      (wanted === ENTITY_COLUMN || (table.policy.entityKey !== null && sameName(table.policy.entityKey, wanted))),
  );
  const [one, other] = found;
  if (one === undefined || other !== undefined) return wrongDistinct(clause, scope);
  const argument = named.length === 1 ? null : `${one.table.alias}.${ENTITY_COLUMN}`;
  return { kind: 'measure', measure: { name: `entities(${argument ?? '*'})`, function: 'entities', argument } };
}

function wrongDistinct(clause: string, { problems, source }: Scope): undefined {
  const keys = source.named.map(({ name, table }) => {
    const key = table.policy.entityKey ?? ENTITY_COLUMN;
    return source.named.length > 1 ? `${name}.${key}` : key;
  });
  const forms = keys.map((key) => `count(distinct ${key})`);
  return problems.add(
    'clause',
    clause,
    `${clause}：DISTINCT 只用于统计对象数：${forms.join('、')}。`,
    `${clause}: DISTINCT is for counting entities only: ${forms.join(', ')}.`,
  );
}

function measuresOf(wanted: readonly Wanted[]): Measure[] {
  const all = wanted.flatMap((one) =>
    one.kind === 'measure' ? [one.measure] : one.kind === 'ratio' ? [one.sum, one.count] : [],
  );
  return [...new Map(all.map((measure) => [measure.name, measure])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function sourceOf(wanted: Wanted, keys: readonly string[], measures: readonly Measure[]): OutputSource {
  const at = (measure: Measure) => measures.findIndex(({ name }) => name === measure.name);
  if (wanted.kind === 'group') return { kind: 'group', group: keys.indexOf(wanted.key) };
  if (wanted.kind === 'measure') return { kind: 'measure', measure: at(wanted.measure) };
  return { kind: 'ratio', sum: at(wanted.sum), count: at(wanted.count) };
}

function typeOf(
  source: OutputSource,
  groups: readonly Group[],
  measures: readonly Measure[],
  scope: Scope,
): Output['type'] {
  if (source.kind === 'group') return groups[source.group]?.type ?? 'text';
  const measure = source.kind === 'measure' ? measures[source.measure] : undefined;
  if (measure === undefined) return 'double';
  if (measure.function !== 'sum') return 'integer';
  const types = scope.source.tables.flatMap(({ alias, columns }) =>
    columns.filter(({ name }) => `${alias}.${name}` === measure.argument).map(({ type }) => type),
  );
  return types[0] === 'integer' ? 'integer' : 'double';
}

/** Names of the outputs: the ones given, else made of what they show; each once. */
function namesOf(selected: readonly Selected[], { problems }: Scope): string[] | undefined {
  const taken = new Set<string>();
  const names: string[] = [];
  for (const { raw, alias } of selected) {
    if (alias.length > NAME_MAX || /\p{C}/u.test(alias))
      return problems.add(
        'name',
        'SELECT',
        `列名最多 ${NAME_MAX} 个字符，不含控制字符。`,
        `A name has at most ${NAME_MAX} characters and no control characters.`,
      );
    if (alias !== '' && taken.has(alias.toLowerCase()))
      return problems.add('name', 'SELECT', `列名“${echo(alias)}”重复。`, `The name "${echo(alias)}" is given twice.`);
    const base = alias === '' ? nameOf(raw) : alias;
    let name = base;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`;
    taken.add(name.toLowerCase());
    names.push(name);
  }
  return names;
}

function nameOf(raw: Raw): string {
  if (raw.kind === 'column') return raw.names.at(-1) ?? '';
  if (raw.kind !== 'call') return 'value';
  if (raw.name === 'count_star') return 'count';
  if (raw.name === '*') return 'bin';
  if (raw.distinct) return 'entities';
  const column = raw.args.find((arg) => arg.kind === 'column');
  const unit = raw.args.find((arg) => arg.kind === 'constant');
  const head = unit?.kind === 'constant' ? unit.constant.text.toLowerCase() : raw.name.toLowerCase();
  return column?.kind === 'column' ? `${head}_${column.names.at(-1) ?? ''}` : head;
}

function outputFinder(
  outputs: readonly Output[],
  groups: readonly Group[],
  measures: readonly Measure[],
  scope: Scope,
) {
  const keys = groups.map((group) => canonical(group.expression));
  const written = outputs.map(({ source }) => canonical(source));
  return (raw: Raw, clause: string): number | undefined => {
    if (raw.kind === 'constant' && raw.constant.type === 'number' && clause === 'ORDER BY') {
      const index = Number(raw.constant.text) - 1;
      if (outputs[index] !== undefined) return index;
    }
    const name = raw.kind === 'column' && raw.names.length === 1 ? raw.names[0] : undefined;
    const byName = name === undefined ? -1 : outputs.findIndex((output) => sameName(output.name, name));
    if (byName >= 0) return byName;
    const quiet = { ...scope, problems: new Problems() };
    const wanted = wantedOf(raw, groups, clause, quiet);
    const index = wanted === undefined ? -1 : written.indexOf(canonical(sourceOf(wanted, keys, measures)));
    if (index >= 0) return index;
    const list = outputs.map((output) => echo(output.name));
    return scope.problems.add(
      'output',
      clause,
      `${clause}：只能使用 SELECT 中的列：${list.join('、')}。`,
      `${clause}: only the columns of SELECT may be used: ${list.join(', ')}.`,
    );
  };
}
