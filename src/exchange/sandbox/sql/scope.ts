import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { ColumnPolicy, ColumnUse, GrantedTable } from '../policy.ts';
import { echo, type Problems } from './problems.ts';
import type { QueryLimits } from './rules.ts';
import type { ColumnRef, Join } from './types.ts';

/** Name of the entity's number in every prepared table. */
export const ENTITY_COLUMN = '_e';

/** A table of FROM under the name the query gives it. */
export interface NamedTable {
  readonly name: string;
  readonly table: GrantedTable;
}

export interface Source {
  readonly named: readonly NamedTable[];
  /** Sorted by alias. */
  readonly tables: readonly GrantedTable[];
  readonly joins: readonly Join[];
}

export interface Scope {
  readonly source: Source;
  readonly problems: Problems;
  readonly limits: QueryLimits;
  readonly size: { predicates: number; list: number; depth: number };
}

export interface Column extends ColumnRef {
  readonly type: ColumnType;
  readonly policy: ColumnPolicy;
}

const USES: Readonly<Record<ColumnUse, readonly [zh: string, en: string]>> = {
  group: ['分组', 'group by'],
  filter: ['筛选', 'filter by'],
  join: ['关联', 'join on'],
  aggregate: ['汇总', 'aggregate'],
};
const TOLD_MAX = 20;

const TYPES: readonly string[] = ['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'instant'];
const isType = (type: string): type is ColumnType => TYPES.includes(type);

/** Names differ by case alone no more than in the engine; the exact spelling goes first. */
export const sameName = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();

/** Columns of a table by use; hidden ones are as if they were not there. */
function columnsOf({ table }: NamedTable): Column[] {
  return table.columns.flatMap(({ name, type }) => {
    const policy = table.policy.columns.find((one) => one.name === name);
    if (policy === undefined || policy.uses.length === 0 || !isType(type)) return [];
    return [{ table: table.alias, column: name, type, policy }];
  });
}

/** The column a name stands for, whatever its use; undefined when there is none or more than one. */
export function findColumns(names: readonly string[], { named }: Source): Column[] {
  const [first = '', second] = names;
  const tables = second === undefined ? named : named.filter(({ name }) => sameName(name, first));
  const wanted = second ?? first;
  const all = tables.flatMap(columnsOf);
  const exact = all.filter(({ column }) => column === wanted);
  return exact.length > 0 ? exact : all.filter(({ column }) => sameName(column, wanted));
}

/** The column for one use, or what the query may use instead. */
export function columnFor(
  names: readonly string[],
  use: ColumnUse,
  clause: string,
  { source, problems }: Pick<Scope, 'source' | 'problems'>,
): Column | undefined {
  const found = findColumns(names, source);
  const [column, other] = found;
  const written = echo(names.join('.'));
  const [zh, en] = USES[use];
  if (column !== undefined && other !== undefined)
    return problems.add(
      'column',
      clause,
      `${clause}：字段“${written}”不止一个，请写作“表.字段”。`,
      `${clause}: "${written}" is in more than one table: write "table.column".`,
    );
  if (column?.policy.uses.includes(use)) return column;
  const usable = source.named
    .flatMap((one) => columnsOf(one).map((c) => ({ ...c, name: one.name })))
    .filter(({ policy }) => policy.uses.includes(use))
    .map(({ name, column: c }) => (source.named.length > 1 ? `${name}.${c}` : c));
  const listed = usable.slice(0, TOLD_MAX);
  const more = usable.length > listed.length ? '…' : '';
  const [listZh, listEn] =
    listed.length === 0
      ? [`没有可用于${zh}的字段。`, `No column may be used to ${en}.`]
      : [`可用于${zh}的字段：${listed.join('、')}${more}。`, `Columns to ${en}: ${listed.join(', ')}${more}.`];
  if (column === undefined)
    return problems.add(
      'column',
      clause,
      `${clause}：没有字段“${written}”。${listZh}`,
      `${clause}: there is no column "${written}". ${listEn}`,
    );
  const may = column.policy.uses;
  return problems.add(
    'use',
    clause,
    `${clause}：字段“${written}”不能用于${zh}，只能用于${may.map((u) => USES[u][0]).join('、')}。${listZh}`,
    `${clause}: "${written}" may not be used to ${en}, only to ${may.map((u) => USES[u][1]).join(', ')}. ${listEn}`,
  );
}
