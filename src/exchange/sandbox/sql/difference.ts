import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { NamedRows } from './names.ts';
import { type Placed, PlacedSql } from './placed.ts';

/** Two cells that both rest on rows of `dataset`, perhaps by other joins; `argument` null: rows are counted. */
export interface ComparedCells {
  readonly dataset: string;
  readonly a: NamedRows;
  readonly b: NamedRows;
  readonly argument: string | null;
}

export interface CellDifference {
  /** Entities with a row that is in one of the cells only. */
  readonly entities: number;
  /** Entities that contribute another amount to the one than to the other. */
  readonly contributing: number;
}

/** Statements to run, each for some of the pairs. */
export interface DifferencePlan {
  readonly statements: readonly { readonly sql: string; readonly pairs: readonly number[] }[];
  readonly count: number;
}

/** Pairs one scan of the data compares. */
const BATCH_MAX = 40;

/**
 * SQL that counts, for pairs of cells, the entities in rows of the one or the other but not of both (P xor Q; a row for
 * which a condition is unknown is not in the cell). Amounts are compared entity by entity: where rows differ and yet add up
 * to the same, nothing is learnt from the two sums, and where they hide each other among many, one entity is still one.
 * Pairs whose columns or data sets are not placed are left out and come back as null.
 */
export function differenceSql(pairs: readonly ComparedCells[], placed: readonly Placed[]): DifferencePlan {
  const sql = new PlacedSql(placed);
  const groups = new Map<string, { places: number[]; pairs: ComparedCells[] }>();
  for (const [place, pair] of pairs.entries()) {
    const name = JSON.stringify([pair.dataset, pair.a.source, pair.b.source]);
    const group = groups.get(name) ?? { places: [], pairs: [] };
    if (!writes(sql, pair)) continue;
    group.places.push(place);
    group.pairs.push(pair);
    groups.set(name, group);
  }
  const statements = [...groups.values()].flatMap((group) =>
    batches(group.pairs.length).map(([from, until]) => {
      const some = group.pairs.slice(from, until);
      return { sql: statementOf(sql, some), pairs: group.places.slice(from, until) };
    }),
  );
  return { statements, count: pairs.length };
}

/** The differences in the order they were asked for, of the one row that each statement answers. */
export function differencesOf(
  plan: DifferencePlan,
  answers: readonly (readonly (readonly Value[])[])[],
): (CellDifference | null)[] {
  const found: (CellDifference | null)[] = Array.from({ length: plan.count }, () => null);
  for (const [i, { pairs }] of plan.statements.entries()) {
    const row = answers[i]?.[0] ?? [];
    if (row.length !== pairs.length * 2) throw new TypeError('the answer has other columns than asked for');
    for (const [j, place] of pairs.entries())
      found[place] = { entities: count(row[j * 2]), contributing: count(row[j * 2 + 1]) };
  }
  return found;
}

function count(value: Value | undefined): number {
  const number = Number(value ?? Number.NaN);
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError('the answer holds no count where one is due');
  return number;
}

function batches(length: number): [from: number, until: number][] {
  const starts = Array.from({ length: Math.ceil(length / BATCH_MAX) }, (_, i) => i * BATCH_MAX);
  return starts.map((from) => [from, Math.min(from + BATCH_MAX, length)]);
}

/** Whether everything a pair names is there. */
function writes(sql: PlacedSql, pair: ComparedCells): boolean {
  try {
    statementOf(sql, [pair]);
    return [pair.a, pair.b].every(({ source }) => sql.datasetsOf(source).includes(pair.dataset));
  } catch {
    return false;
  }
}

function statementOf(sql: PlacedSql, pairs: readonly ComparedCells[]): string {
  const [first] = pairs;
  if (first === undefined) throw new TypeError('no pairs');
  const single = first.a.source === first.b.source && sql.datasetsOf(first.a.source).length === 1;
  if (single && sql.rowsAreEntities(first.dataset)) return ofRows(sql, pairs, first.a.source);
  return single ? ofOneSource(sql, pairs, first.a.source) : ofTwoSources(sql, pairs, first);
}

const answer = (pairs: readonly ComparedCells[], of: (i: number) => readonly [differs: string, amounts: string]) =>
  pairs
    .flatMap((_, i) => of(i).map((sql, j) => `count(*) FILTER (WHERE ${sql}) AS ${j === 0 ? 'e' : 'c'}${i}`))
    .join(', ');

/** Each row is an entity: no sums are needed. */
function ofRows(sql: PlacedSql, pairs: readonly ComparedCells[], source: string): string {
  const columns = pairs.flatMap(({ a, b, argument }, i) => [
    `${sql.within(a)} <> ${sql.within(b)} AS d${i}`,
    `coalesce(${sql.contribution(argument).sql} <> 0, FALSE) AS x${i}`,
  ]);
  const counts = answer(pairs, (i) => [`d${i}`, `d${i} AND x${i}`]);
  return `WITH r AS (SELECT ${columns.join(', ')} ${sql.from(source)}) SELECT ${counts} FROM r`;
}

function ofOneSource(sql: PlacedSql, pairs: readonly ComparedCells[], source: string): string {
  const [first] = pairs;
  const columns = pairs.flatMap(({ a, b, argument }, i) => {
    const amount = sql.contribution(argument).sql;
    const [inA, inB] = [sql.within(a), sql.within(b)];
    return [
      `bool_or(${inA} <> ${inB}) AS d${i}`,
      `coalesce(sum(CASE WHEN ${inA} AND NOT ${inB} THEN ${amount} WHEN ${inB} AND NOT ${inA} THEN -(${amount}) END), 0) AS s${i}`,
    ];
  });
  const counts = answer(pairs, (i) => [`d${i}`, `d${i} AND s${i} <> 0`]);
  const entity = sql.entity(first?.dataset ?? '');
  return `WITH r AS (SELECT ${columns.join(', ')} ${sql.from(source)} GROUP BY ${entity}) SELECT ${counts} FROM r`;
}

/** Cells of different joins: a row may stand in one of them several times, so numbers of rows are compared. */
function ofTwoSources(sql: PlacedSql, pairs: readonly ComparedCells[], first: ComparedCells): string {
  const side = (rows: (pair: ComparedCells) => NamedRows, source: string) => {
    const columns = pairs.flatMap((pair, i) => {
      const within = sql.within(rows(pair));
      return [
        `count(*) FILTER (WHERE ${within}) AS n${i}`,
        `coalesce(sum(${sql.contribution(pair.argument).sql}) FILTER (WHERE ${within}), 0) AS s${i}`,
      ];
    });
    const entity = sql.entity(first.dataset);
    return `SELECT ${entity} AS e, ${columns.join(', ')} ${sql.from(source)} GROUP BY ${entity}`;
  };
  const counts = answer(pairs, (i) => {
    const amounts = `coalesce(a.s${i}, 0) <> coalesce(b.s${i}, 0)`;
    return [`coalesce(a.n${i}, 0) <> coalesce(b.n${i}, 0) OR ${amounts}`, amounts];
  });
  return (
    `WITH a AS (${side(({ a }) => a, first.a.source)}), b AS (${side(({ b }) => b, first.b.source)}) ` +
    `SELECT ${counts} FROM a FULL JOIN b ON a.e IS NOT DISTINCT FROM b.e`
  );
}
