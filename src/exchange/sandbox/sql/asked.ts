import { canonical, sha256Hex } from '../../../kernel/evidence/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { Measure } from '../cells.ts';
import type { GrantedTable } from '../policy.ts';
import { columnNamed, rangeOf } from './guarded.ts';
import { canonicalPredicate, conjuncts } from './predicates.ts';
import type { CheckedQuery, ColumnRef, Constant, Expression, Join, Predicate } from './types.ts';

/**
 * What the ledger keeps of a query: rows and arguments in canonical JSON over the names of data sets, so that projects in
 * which they have other aliases share one history. `differenceSql` and `classesSql` read it back.
 */
export interface AskedShape {
  readonly fingerprint: string;
  readonly source: string;
  readonly datasets: readonly string[];
  /** Conjuncts of WHERE, but for those in `fixed`. */
  readonly filter: readonly string[];
  /** Conjuncts that an expression has one value, as a group key would say it; null: it is missing. */
  readonly fixed: readonly (readonly [expression: string, value: Value])[];
  readonly groups: readonly { readonly expression: string; readonly domain: readonly (string | number)[] | null }[];
  /** In the order of the cells' measures; arguments `dataset.column`. */
  readonly measures: readonly Measure[];
  /** Ranges that values of summed columns were moved into, by argument. */
  readonly ranges: ReadonlyMap<string, { readonly lower: number; readonly upper: number }>;
}

/** The data sets of a source, and the equalities that join them. */
export interface SourceName {
  readonly datasets: readonly string[];
  readonly joins: readonly Join[];
}

/** @param datasetOf the data set behind a grant; two grants of one data set are told apart by nobody */
export function askedShape(query: CheckedQuery, datasetOf: (grantId: string) => string): AskedShape {
  const names = new Map(query.tables.map(({ grantId, alias }) => [alias, datasetOf(grantId)]));
  const rename = <T extends ColumnRef>(ref: T): T => ({ ...ref, table: names.get(ref.table) ?? ref.table });
  const datasets = query.tables.map(({ alias }) => names.get(alias) ?? alias).sort();
  const source: SourceName = { datasets, joins: query.joins.map((join) => renamedJoin(join, rename)).sort(byName) };
  const where = query.where === null ? null : canonicalPredicate(renamed(query.where, rename));
  const parts = conjuncts(where).map((one) => [one, fixedBy(one)] as const);
  const groups = query.groups.map(({ expression, domain }) => ({ expression: canonical(rename(expression)), domain }));
  const measures = query.measures.map((one) => renamedMeasure(one, query.tables, rename));
  const asked = {
    source: canonical(source),
    filter: parts.flatMap(([one, fixed]) => (fixed === null ? [canonical(one)] : [])).sort(),
    fixed: parts.flatMap(([, fixed]) => (fixed === null ? [] : [fixed])).sort(byName),
    groups,
    measures,
  };
  const ranges = new Map(
    query.measures.flatMap((one, i) => {
      if (one.function !== 'sum' || one.argument === null) return [];
      const { table, column } = columnNamed(one.argument, query.tables);
      return [[measures[i]?.argument ?? '', rangeOf(table, column, query.tables)] as const];
    }),
  );
  const said = { ...asked, groups: groups.map(({ expression }) => expression), ranges: [...ranges] };
  return { ...asked, datasets, ranges, fingerprint: sha256Hex(Buffer.from(canonical(said))) };
}

const byName = (a: unknown, b: unknown) => (canonical(a) < canonical(b) ? -1 : 1);

function renamedJoin({ left, right }: Join, rename: (ref: ColumnRef) => ColumnRef): Join {
  const [a = left, b = right] = [rename(left), rename(right)].sort(byName);
  return { left: a, right: b };
}

function renamed(predicate: Predicate, rename: <T extends ColumnRef>(ref: T) => T): Predicate {
  if ('of' in predicate) return { ...predicate, of: predicate.of.map((one) => renamed(one, rename)) };
  return { ...predicate, operand: rename(predicate.operand) };
}

function renamedMeasure(
  measure: Measure,
  tables: readonly GrantedTable[],
  rename: (ref: ColumnRef) => ColumnRef,
): Measure {
  const { function: of, argument } = measure;
  if (argument === null) return measure;
  const { table, column } = rename(of === 'entities' ? entityNamed(argument, tables) : columnNamed(argument, tables));
  return { ...measure, argument: `${table}.${column}` };
}

/** `alias._e`, the argument of a number of entities of one table of a join. */
function entityNamed(argument: string, tables: readonly GrantedTable[]): ColumnRef {
  const cut = argument.lastIndexOf('.');
  const table = tables.find(({ alias }) => alias === argument.slice(0, cut))?.alias;
  if (table === undefined) throw new TypeError('a measure names a table that the query lacks');
  return { table, column: argument.slice(cut + 1) };
}

/** The one value a condition asks for, where it is such a condition. */
function fixedBy(predicate: Predicate): readonly [expression: string, value: Value] | null {
  if (predicate.op === 'null') return [canonical(predicate.operand), null];
  if (predicate.op !== 'in' || !('values' in predicate) || predicate.values.length !== 1) return null;
  const [value] = predicate.values;
  return value === undefined ? null : [canonical(predicate.operand), cellValue(value)];
}

/** A constant as cells carry it in their keys. */
export function cellValue({ type, text }: Constant): Value {
  if (type === 'integer' || type === 'double') return Number(text);
  if (type === 'boolean') return text === 'true';
  if (type === 'timestamp') return text.replace(' ', 'T');
  return type === 'instant' ? `${text.replace(' ', 'T')}Z` : text;
}

/** The type a value of an expression has. */
export function typeOfExpression(of: Expression, tables: readonly GrantedTable[]): Constant['type'] {
  if (of.kind === 'part') return 'integer';
  if (of.kind === 'bin') return 'double';
  const table = tables.find(({ alias }) => alias === of.table);
  const type = table?.columns.find(({ name }) => name === of.column)?.type;
  if (type === undefined) throw new TypeError('an expression names a column that its tables lack');
  return type as Constant['type'];
}
