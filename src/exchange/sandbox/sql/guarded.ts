import type { ColumnType } from '../../../kernel/vault/index.ts';
import type { GrantedTable } from '../policy.ts';
import { type Dialect, duckdb, numeralSql, quoteName, writer } from './generate.ts';
import { ENTITY_COLUMN } from './scope.ts';
import type { CheckedQuery, ColumnRef } from './types.ts';

/** Name each grant's file is attached under. */
export type Attached = ReadonlyMap<string, string>;

export interface GuardOptions {
  readonly part?: Part;
  /**
   * At most so many rows of each entity are kept, whichever cells they are in, before anything is computed; which ones
   * follows from what is in them. Answers with noise rest on it.
   */
  readonly rowsPerEntity?: number | null;
}

/** One of several runs that share the entities among them; their cells are merged (`mergeCells`). */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** A column that measures are of. */
export interface Argument extends ColumnRef {
  /** `alias.column`, as in the measures. */
  readonly name: string;
  readonly summed: boolean;
}

/** Beyond it a value counts as this: sums of whole tables stay within the engine's numbers, so that none can fail. */
const MAGNITUDE_MAX = 1e15;

/** The columns the measures are of, in the order of the answer. */
export function argumentsOf({ measures, tables }: Pick<CheckedQuery, 'measures' | 'tables'>): Argument[] {
  const names = [...new Set(measures.map((measure) => (measure.function === 'entities' ? null : measure.argument)))];
  return names
    .filter((name) => name !== null)
    .map((name): Argument => {
      const found = columnNamed(name, tables);
      return { ...found, name, summed: measures.some((one) => one.argument === name && one.function === 'sum') };
    });
}

/** The column behind a measure's argument. */
export function columnNamed(name: string, tables: readonly GrantedTable[]): ColumnRef {
  for (const { alias, columns } of tables) {
    const column = columns.find((one) => `${alias}.${one.name}` === name);
    if (column !== undefined) return { table: alias, column: column.name };
  }
  throw new TypeError('a measure names a column that its tables lack');
}

/** Whether each row of the source is an entity of its own, so that nothing has to be summed by entity first. */
export function rowsAreEntities({ tables }: Pick<CheckedQuery, 'tables'>): boolean {
  const [only, other] = tables;
  return only !== undefined && other === undefined && only.policy.entityKey === null;
}

/** A query can run in parts where no entity is in two of them: over one table. */
export const canRunInParts = ({ tables }: Pick<CheckedQuery, 'tables'>): boolean => tables.length === 1;

/**
 * SQL for the guards of every cell and every margin of a checked query (house rule HS-22.3). Values are moved into the
 * policy's range before anything else; what is not a finite number counts as missing. Contributions are summed by entity
 * within the cell first, then folded. A join answers its cells once for each table, by that table's entities.
 * The columns are those `cellsOf` reads.
 */
export function guardedSql(query: CheckedQuery, attached: Attached, options: GuardOptions = {}): string {
  const table = ({ grantId }: GrantedTable) => {
    const name = attached.get(grantId);
    if (name === undefined) throw new TypeError('a table of the query is not attached');
    return `${quoteName(name)}."main"."data"`;
  };
  return guardedSqlIn({ dialect: duckdb, table }, query, options);
}

/** An engine's words, and how it calls the table behind a grant. */
export interface EngineSql {
  readonly dialect: Dialect;
  readonly table: (table: GrantedTable) => string;
}

/** The same in the words of any engine. */
export function guardedSqlIn(engine: EngineSql, query: CheckedQuery, options: GuardOptions = {}): string {
  const keys = query.groups.map((_, i) => `k${i}`);
  const whole: Build = { query, engine, args: argumentsOf(query), keys };
  const base = `base AS (${bounded(whole, baseSql(whole, options.part), options.rowsPerEntity ?? null)})`;
  if (rowsAreEntities(query)) return `WITH ${base}, ${byRows(whole)}`;
  const each = query.tables.map((_, table) => byEntities(whole, table));
  return `WITH ${[base, ...each.flatMap(({ ctes }) => ctes)].join(', ')} ${each.map(({ select }) => select).join(' UNION ALL ')}`;
}

interface Build {
  readonly query: CheckedQuery;
  readonly engine: EngineSql;
  readonly args: readonly Argument[];
  /** Names of the group columns in `base`. */
  readonly keys: readonly string[];
}

/** Keys, entities and clamped values of the rows that the filter leaves. */
function baseSql({ query, engine, args }: Build, part: Part | undefined): string {
  const { dialect } = engine;
  const { column, expression } = writer(query.tables, dialect);
  const entity = (alias: string) => `${quoteName(alias)}.${quoteName(ENTITY_COLUMN)}`;
  const columns = [
    ...query.groups.map((group, i) => `${expression(group.expression)} AS k${i}`),
    ...(rowsAreEntities(query) ? [] : query.tables.map(({ alias }, i) => `${entity(alias)} AS e${i}`)),
    ...args.map((argument, i) => `${valueSql(argument, query.tables, column(argument), dialect)} AS x${i}`),
  ];
  const [first] = query.tables;
  if (part !== undefined && !canRunInParts(query)) throw new TypeError('a join does not run in parts');
  const share =
    part === undefined || first === undefined
      ? null
      : `coalesce(${entity(first.alias)}, 0) % ${numeralSql(String(part.of))} = ${numeralSql(String(part.index))}`;
  const from = fromSql(engine, query, share);
  return `SELECT ${columns.length === 0 ? '1 AS one' : columns.join(', ')} ${from}`;
}

/** The base with no more rows of an entity than allowed; a row that is an entity is one row. */
function bounded({ query, engine, args, keys }: Build, base: string, rowsPerEntity: number | null): string {
  if (rowsPerEntity === null || rowsAreEntities(query)) return base;
  if (engine.dialect !== duckdb) throw new TypeError('only the own engine bounds the rows of an entity');
  const most = numeralSql(String(rowsPerEntity));
  const content = [...keys, ...args.map((_, i) => `x${i}`)];
  const order = content.length === 0 ? '' : ` ORDER BY hash(${content.join(', ')}), ${content.join(', ')}`;
  const kept = query.tables.map((_, i) => `row_number() OVER (PARTITION BY e${i}${order}) <= ${most}`);
  return `SELECT * FROM (${base}) QUALIFY ${kept.join(' AND ')}`;
}

/** FROM and WHERE; all of a join's equalities stand in WHERE, where an inner join has them as well. */
function fromSql({ dialect, table }: EngineSql, query: CheckedQuery, also: string | null): string {
  const { column, predicate } = writer(query.tables, dialect);
  const tables = query.tables.map((one) => `${table(one)} AS ${quoteName(one.alias)}`);
  const conditions = [
    ...query.joins.map(({ left, right }) => `${column(left)} = ${column(right)}`),
    ...(query.where === null ? [] : [predicate(query.where)]),
    ...(also === null ? [] : [also]),
  ];
  return `FROM ${tables.join(', ')}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
}

/** The value as it is counted and summed. A missing one stays missing. */
export function valueSql(
  { table, column, summed }: Argument,
  tables: readonly GrantedTable[],
  sql: string,
  dialect: Dialect = duckdb,
): string {
  const granted = tables.find(({ alias }) => alias === table);
  const type = granted?.columns.find(({ name }) => name === column)?.type as ColumnType | undefined;
  const finite = type === 'double' ? `CASE WHEN ${dialect.isFinite(sql)} THEN ${sql} END` : sql;
  if (!summed || type === undefined) return finite;
  const range = rangeOf(table, column, tables);
  const bound = (value: number) =>
    type === 'double' ? `CAST('${numeralSql(plain(value))}' AS DOUBLE)` : numeralSql(plain(value));
  const [lower, upper] = [bound(range.lower), bound(range.upper)];
  const clamped = `WHEN ${sql} < ${lower} THEN ${lower} WHEN ${sql} > ${upper} THEN ${upper} ELSE ${sql} END`;
  const value = type === 'double' ? `CASE WHEN NOT ${dialect.isFinite(sql)} THEN NULL ${clamped}` : `CASE ${clamped}`;
  return dialect.summand(value, type);
}

/** Where the values of a summed column may lie: the policy's range, within what the engine's sums hold. */
export function rangeOf(
  table: string,
  column: string,
  tables: readonly GrantedTable[],
): { lower: number; upper: number } {
  const policy = tables.find(({ alias }) => alias === table)?.policy.columns.find(({ name }) => name === column);
  const within = (value: number) => Math.min(Math.max(value, -MAGNITUDE_MAX), MAGNITUDE_MAX);
  return {
    lower: within(policy?.range?.lower ?? -MAGNITUDE_MAX),
    upper: within(policy?.range?.upper ?? MAGNITUDE_MAX),
  };
}

/** More rows than a table has. */
const ROWS_MAX = 9e9;

/** Whether sums of a column are whole numbers that eight bytes hold: larger ones take the engine several times as long. */
export function sumsFit({ table, column, summed }: Omit<Argument, 'name'>, tables: readonly GrantedTable[]): boolean {
  const type = tables.find(({ alias }) => alias === table)?.columns.find(({ name }) => name === column)?.type;
  if (!summed || type !== 'integer') return false;
  const { lower, upper } = rangeOf(table, column, tables);
  const whole = Number.isInteger(lower) && Number.isInteger(upper);
  return whole && Math.max(Math.abs(lower), Math.abs(upper)) * ROWS_MAX < 2 ** 63;
}

const BOUND_DECIMALS = 9;

/** A number as a numeral without exponent. */
function plain(value: number): string {
  return Number.isInteger(value)
    ? value.toFixed(0)
    : value.toFixed(BOUND_DECIMALS).replace(/0+$/, '').replace(/\.$/, '');
}

/** Columns of the answer in their order, made of what each path computes. */
interface Folded {
  readonly entities: string;
  readonly rows: string;
  readonly rowsLargest: string;
  readonly rowsSecond: string;
  readonly args: readonly (readonly string[])[];
}

const BIGINT = (sql: string) => `CAST(${sql} AS BIGINT)`;
const COUNT = (sql: string) => `CAST(coalesce(${sql}, 0) AS BIGINT)`;
/** Of entities that count once each: the largest contribution, and the second. */
const ONE = (sql: string) => `CASE WHEN ${sql} > 0 THEN 1 END`;
const ANOTHER = (sql: string) => `CASE WHEN ${sql} > 1 THEN 1 END`;
const NUMBER = (sql: string) => `CAST(coalesce(${sql}, 0) AS DOUBLE)`;

function answerSql(
  query: CheckedQuery,
  table: number,
  folded: Folded,
  keys: readonly string[],
  rolledUp: string,
): string {
  const shown = keys.map((key, i) => {
    const type = query.groups[i]?.type;
    return type === 'text' || type === 'integer' || type === 'boolean' || type === 'double'
      ? key
      : `CAST(${key} AS VARCHAR)`;
  });
  return [
    `${table} AS t`,
    `CAST(${rolledUp} AS BIGINT) AS r`,
    ...shown.map((sql, i) => `${sql} AS g${i}`),
    `${COUNT(folded.entities)} AS ne`,
    `${COUNT(folded.rows)} AS nr`,
    `${COUNT(folded.rowsLargest)} AS nl`,
    `${COUNT(folded.rowsSecond)} AS ns`,
    ...folded.args.flatMap((columns, i) =>
      columns.map((sql, j) => `${j < 4 || j === 9 ? COUNT(sql) : NUMBER(sql)} AS a${i}_${j}`),
    ),
  ].join(', ');
}

/** The bit of a group column is its place; engines count from the right. */
const groupingId = ({ keys, engine }: Build) =>
  keys.length === 0 ? '0' : engine.dialect.grouping([...keys].reverse());
const cube = (keys: readonly string[]) => (keys.length === 0 ? '' : ` GROUP BY CUBE (${keys.join(', ')})`);
const listed = (columns: readonly string[]) => (columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')}`);

/** Each row is an entity: cells are computed once, and their margins folded of them. */
function byRows(whole: Build): string {
  const { query, args, keys } = whole;
  const { element } = whole.engine.dialect;
  const cells = [
    ...keys,
    'count(*) AS n',
    ...args.flatMap(({ summed, ...argument }, i) => {
      const x = `x${i}`;
      if (!summed) return [`count(${x}) AS v${i}`];
      const nonNegative = rangeOf(argument.table, argument.column, query.tables).lower >= 0;
      const size = nonNegative ? x : `abs(${x})`;
      return [
        `count(${x}) AS v${i}`,
        `count(*) FILTER (WHERE ${x} <> 0) AS c${i}`,
        `sum(${x}) AS s${i}`,
        ...(nonNegative ? [] : [`sum(${size}) AS b${i}`, `count(*) FILTER (WHERE ${x} < 0) AS m${i}`]),
        `max(${size}, 2) AS l${i}`,
      ];
    }),
  ];
  const folded: Folded = {
    entities: 'sum(n)',
    rows: 'sum(n)',
    rowsLargest: ONE('sum(n)'),
    rowsSecond: ANOTHER('sum(n)'),
    args: args.map(({ summed, ...argument }, i) => {
      const counted = [`sum(v${i})`, `sum(v${i})`, ONE(`sum(v${i})`), ANOTHER(`sum(v${i})`)];
      if (!summed) return counted;
      const nonNegative = rangeOf(argument.table, argument.column, query.tables).lower >= 0;
      const largest = `max(${element(`l${i}`, 1)}, 2)`;
      return [
        ...counted,
        `sum(c${i})`,
        `sum(s${i})`,
        nonNegative ? `sum(s${i})` : `sum(b${i})`,
        element(largest, 1),
        `greatest(coalesce(${element(largest, 2)}, 0), coalesce(max(${element(`l${i}`, 2)}), 0))`,
        nonNegative ? '0' : `sum(m${i})`,
      ];
    }),
  };
  const select = `SELECT ${answerSql(query, 0, folded, keys, groupingId(whole))} FROM f${cube(keys)}`;
  return `f AS (SELECT ${cells.join(', ')} FROM base${listed(keys)}) ${select}`;
}

/** By the entities of one table: summed by cell and entity, then by every margin and entity, then folded. */
function byEntities(whole: Build, table: number): { readonly ctes: readonly string[]; readonly select: string } {
  const { query, args, keys } = whole;
  const { element, materialized } = whole.engine.dialect;
  const top = (sql: string, n: number) => element(`max(${sql}, 2)`, n);
  const fits = args.map((argument) => sumsFit(argument, query.tables));
  const sums = (from: (i: number, summed: boolean) => readonly [count: string, sum: string]) =>
    args.flatMap(({ summed }, i) => {
      const [count, sum] = from(i, summed);
      return [`${count} AS v${i}`, ...(summed ? [`${fits[i] ? BIGINT(sum) : sum} AS s${i}`] : [])];
    });
  const first = [...keys, `e${table} AS e`, 'count(*) AS n', ...sums((i) => [`count(x${i})`, `sum(x${i})`])];
  const folded: Folded = {
    entities: 'count(*)',
    rows: 'sum(n)',
    rowsLargest: top('n', 1),
    rowsSecond: top('n', 2),
    args: args.map(({ summed }, i) => {
      const counted = [`sum(v${i})`, `count(*) FILTER (WHERE v${i} > 0)`, top(`v${i}`, 1), top(`v${i}`, 2)];
      if (!summed) return counted;
      const size = `abs(s${i})`;
      return [
        ...counted,
        `count(*) FILTER (WHERE s${i} <> 0)`,
        `sum(s${i})`,
        `sum(${size})`,
        top(size, 1),
        top(size, 2),
        `count(*) FILTER (WHERE s${i} < 0)`,
      ];
    }),
  };
  const answer = (rolledUp: string) => answerSql(query, table, folded, keys, rolledUp);
  const p = `p${table} AS ${materialized}(SELECT ${first.join(', ')} FROM base GROUP BY ${[...keys, `e${table}`].join(', ')})`;
  const finest = `SELECT ${answer('0')} FROM p${table}${listed(keys)}`;
  if (keys.length === 0) return { ctes: [p], select: finest };
  // Of one key the only margin has none; its column keeps its type.
  const [single = '', other] = keys;
  const head =
    other === undefined
      ? ['1 AS r', `max(${single}) FILTER (WHERE FALSE) AS ${single}`]
      : [`${groupingId(whole)} AS r`, ...keys];
  const again = [...head, 'e', `${BIGINT('sum(n)')} AS n`, ...sums((i) => [BIGINT(`sum(v${i})`), `sum(s${i})`])];
  // The finest cells come of the first sums themselves; only margins are summed by entity once more.
  const margins = Array.from({ length: 2 ** keys.length - 1 }, (_, set) =>
    keys.filter((_key, i) => ((set + 1) & (2 ** i)) === 0),
  );
  const grouping = margins.map((set) => `(${[...set, 'e'].join(', ')})`).join(', ');
  const q = `q${table} AS (SELECT ${again.join(', ')} FROM p${table} GROUP BY GROUPING SETS (${grouping}))`;
  return {
    ctes: [p, q],
    select: `${finest} UNION ALL SELECT ${answer('r')} FROM q${table} GROUP BY ${['r', ...keys].join(', ')}`,
  };
}
