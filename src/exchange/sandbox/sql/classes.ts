import { createHash } from 'node:crypto';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import { keyValue } from './cells-read.ts';
import { type Placed, PlacedSql } from './placed.ts';

/** What sets the rows of a query's cells apart, as the ledger keeps it. */
export interface RowShape {
  readonly source: string;
  readonly filter: readonly string[];
  readonly fixed: readonly (readonly [expression: string, value: Value])[];
  readonly groups: readonly string[];
}

/** Rows that no query told apart: by shape its group values, or null where its WHERE leaves them out. */
export interface ClassOfRows {
  readonly keys: readonly (readonly Value[] | null)[];
  readonly entities: number;
  readonly contributing: number;
}

export type KeyType = Parameters<typeof keyValue>[1];
export interface ClassPlan {
  /** Counts classes in the first rows of the file: where they are too many, so are those of all. Null: nothing is saved. */
  readonly probe: string | null;
  readonly sql: string;
  /** The sets of classes that entities with several stand in, by marks of the classes; null: each has one. */
  readonly together: string | null;
  /** Types of each shape's group values. */
  readonly types: readonly (readonly KeyType[])[];
  readonly limit: number;
}

/** Rows of a file looked at first. */
const PROBED_ROWS = 65_536;

/**
 * SQL that groups the rows of one data set by all shapes at once and counts the entities of each class: what every sum ever
 * released of the data set is made of. A shape over a join gives each row the cell its partner puts it in; the plan answers
 * nothing where a row has several partners. Null where a shape names what is not placed or the argument is another data
 * set's: then only pairs are compared.
 */
export function classesSql(
  dataset: string,
  shapes: readonly RowShape[],
  argument: string | null,
  limit: number,
  placed: readonly Placed[],
): ClassPlan | null {
  try {
    return planOf(new PlacedSql(placed), dataset, shapes, argument, limit);
  } catch {
    return null;
  }
}

function planOf(
  sql: PlacedSql,
  dataset: string,
  shapes: readonly RowShape[],
  argument: string | null,
  limit: number,
): ClassPlan | null {
  const contribution = sql.contribution(argument);
  if (contribution.dataset !== null && contribution.dataset !== dataset) return null;
  const types = shapes.map(({ groups }) => groups.map((group) => sql.expression(group).type));
  const own = JSON.stringify(dataset);
  // Rows are grouped by plain values, each once for all shapes that have it; keys are spelled of the few groups alone.
  const columns = new Map<string, string>();
  const column = (text: string): string => {
    const name = columns.get(text) ?? `c${columns.size}`;
    columns.set(text, name);
    return name;
  };
  const [keys, joined]: [string[], { cte: string; name: string }[]] = [[], []];
  for (const [i, shape] of shapes.entries()) {
    const datasets = sql.datasetsOf(shape.source);
    if (!datasets.includes(dataset)) return null;
    const within = sql.within({ filter: shape.filter, keys: shape.fixed });
    const expressions = shape.groups.map((group) => sql.expression(group).sql);
    if (datasets.length === 1) {
      const everywhere = within === 'TRUE' && expressions.length > 0;
      const inside = everywhere ? null : column(within);
      const values = expressions.map((of) => column(everywhere ? of : `CASE WHEN ${within} THEN ${of} END`));
      keys.push(inside === null ? listSql(values) : `CASE WHEN ${inside} THEN ${listSql(values)} END`);
      continue;
    }
    const list = listSql(expressions);
    const name = `j${i}`;
    const from = sql.from(shape.source);
    const condition = from.includes(' WHERE ') ? `${from} AND ${within}` : `${from} WHERE ${within}`;
    joined.push({
      name,
      cte: `${name} AS (SELECT ${own}.rowid AS r, any_value(${list}) AS k, count(*) AS n ${condition} GROUP BY ${own}.rowid)`,
    });
    keys.push(column(`${name}.k`));
  }
  const from = sql.from(JSON.stringify({ datasets: [dataset], joins: [] }));
  const withJoins = `${from}${joined.map(({ name }) => ` LEFT JOIN ${name} ON ${name}.r = ${own}.rowid`).join('')}`;
  const once = joined.map(({ name }) => `(SELECT coalesce(max(n), 0) <= 1 FROM ${name})`).join(' AND ') || 'TRUE';
  const names = [...columns.values()];
  const rows = sql.rowsAreEntities(dataset);
  const named = [...columns].map(([text, name]) => `${text} AS ${name}`);
  const taken = [...named, `${contribution.sql} AS x`, ...(rows ? [] : [`${sql.entity(dataset)} AS e`])];
  const base = `base AS (SELECT ${taken.join(', ')} ${withJoins})`;
  const ctes = [...joined.map(({ cte }) => cte), base];
  const by = names.length === 0 ? '' : ` GROUP BY ${names.join(', ')}`;
  const shown = keys.map((key, i) => `${key} AS k${i}, `).join('');
  const grouped = names.map((name) => `${name}, `).join('');
  const probe =
    names.length === 0 || joined.length > 0
      ? null
      : `SELECT count(*) FROM (SELECT 1 FROM (SELECT ${named.join(', ')} ${from} WHERE ${own}.rowid < ${PROBED_ROWS}) AS s${by} LIMIT ${limit + 1})`;
  if (rows)
    return {
      probe,
      sql: `WITH ${ctes.join(', ')} SELECT ${shown}count(*) AS n, count(*) FILTER (WHERE x <> 0) AS c, 1 AS m, ${once} AS o FROM base${by} LIMIT ${limit + 1}`,
      together: null,
      types,
      limit,
    };
  const sum = sql.sumsFit(argument) ? 'CAST(sum(x) AS BIGINT)' : 'sum(x)';
  const byEntity = `p AS (SELECT ${grouped}e, ${sum} AS x FROM base GROUP BY ${[...names, 'e'].join(', ')})`;
  const most = '(SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM p GROUP BY e) AS s)';
  const marked = `q AS (SELECT e, ${markSql(keys)} AS m FROM p), s AS (SELECT string_agg(m, ' ' ORDER BY m) AS s FROM q GROUP BY e HAVING count(*) > 1)`;
  return {
    probe,
    sql: `WITH ${[...ctes, byEntity].join(', ')} SELECT ${shown}count(*) AS n, count(*) FILTER (WHERE x <> 0) AS c, ${most} AS m, ${once} AS o FROM p${by} LIMIT ${limit + 1}`,
    together: `WITH ${[...ctes, byEntity, marked].join(', ')} SELECT DISTINCT s FROM s`,
    types,
    limit,
  };
}

/** Hexadecimal digits that stand for a class where its keys would be too long to repeat for everybody. */
const MARK_DIGITS = 16;
const markSql = (keys: readonly string[]) =>
  `left(md5(${keys.map((key) => `coalesce(strlen(${key}) || ':' || ${key}, '-')`).join(" || ' ' || ")}), ${MARK_DIGITS})`;
const markOf = (keys: readonly Value[]) =>
  createHash('md5')
    .update(keys.map((key) => (key === null ? '-' : `${Buffer.byteLength(String(key))}:${key}`)).join(' '))
    .digest('hex')
    .slice(0, MARK_DIGITS);

export const listSql = (values: readonly string[]): string =>
  `CAST(to_json(CAST([${values.map((value) => `CAST(${value} AS VARCHAR)`).join(', ')}] AS VARCHAR[])) AS VARCHAR)`;

/** Asks a plan: first whether there are too many classes among some rows. @param ask limit of rows beside the SQL */
export async function askClasses(
  plan: ClassPlan,
  ask: (sql: string, limit: number) => Promise<readonly (readonly Value[])[]>,
) {
  if (plan.probe !== null) {
    const [[found] = []] = await ask(plan.probe, 1);
    if (Number(found) > plan.limit) return null;
  }
  const rows = await ask(plan.sql, plan.limit + 1);
  const found = classesOf(plan, rows);
  const together = async (limit: number) =>
    plan.together === null
      ? []
      : setsOf(plan, rows, await ask(`${plan.together} LIMIT ${limit + 1}`, limit + 1), limit);
  return found && { ...found, together };
}

/** The classes in the answer; null where there are too many, or rows stand in several cells of one shape. */
export function classesOf(
  plan: ClassPlan,
  rows: readonly (readonly Value[])[],
): { readonly classes: readonly ClassOfRows[]; readonly most: number; readonly disjoint: boolean } | null {
  if (rows.length > plan.limit) return null;
  const width = plan.types.length;
  const classes: ClassOfRows[] = [];
  let most = 0;
  for (const row of rows) {
    if (row.length !== width + 4) throw new TypeError('the answer has other columns than asked for');
    const [entities, contributing, together, once] = row.slice(width);
    if (once !== true) return null;
    most = Math.max(most, Number(together));
    classes.push({
      keys: plan.types.map((types, i) => keysOf(row[i] ?? null, types)),
      entities: Number(entities),
      contributing: Number(contributing),
    });
  }
  return { classes, most, disjoint: most <= 1 };
}

/** Sets of places of classes; null: there are more than the limit. */
function setsOf(
  plan: ClassPlan,
  classes: readonly (readonly Value[])[],
  sets: readonly (readonly Value[])[],
  limit: number,
): number[][] | null {
  if (sets.length > limit) return null;
  const width = plan.types.length;
  const places = new Map(classes.map((row, place) => [markOf(row.slice(0, width)), place]));
  return sets.map(([marks]) =>
    String(marks)
      .split(' ')
      .map((mark) => {
        const place = places.get(mark);
        if (place === undefined) throw new TypeError('a set names a class that is not there');
        return place;
      }),
  );
}

export function keysOf(value: Value, types: readonly KeyType[]): readonly Value[] | null {
  if (value === null) return null;
  const list: unknown = JSON.parse(String(value));
  if (!Array.isArray(list) || list.length !== types.length)
    throw new TypeError('a class has other keys than asked for');
  return list.map((text: unknown, i) => (typeof text === 'string' ? keyValue(text, types[i] ?? 'text') : null));
}
