import { type ColumnType, sql } from 'kysely';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { Family } from './judge.ts';
import type { AskedQuery, QueryShape, ReleasedRow } from './types.ts';

interface Conditions {
  readonly filter: readonly string[];
  readonly fixed: readonly (readonly [string, Value])[];
  readonly groups: readonly string[];
}
interface AnswerTable {
  audience: string;
  fingerprint: string;
  query_id: string;
  answer: ColumnType<readonly ReleasedRow[], string, string>;
  at: Date;
}
interface ShapeTable {
  id: ColumnType<number, never, never>;
  audience: string;
  datasets: string[];
  source: string;
  conditions: ColumnType<Conditions, string, string>;
  query_id: string;
  at: Date;
}
interface ToldCellTable {
  shape_id: number;
  family: string;
  rolled_up: number;
  key: ColumnType<readonly Value[], string, string>;
  entities: number;
  implied: boolean;
  withheld: boolean;
}
interface AllowanceTable {
  audience: string;
  dataset: string;
  cells: number;
  epsilon_micro: number;
}
declare module '../../../kernel/database/database.ts' {
  interface Tables {
    sandbox_answer: AnswerTable;
    sandbox_shape: ShapeTable;
    sandbox_told_cell: ToldCellTable;
    sandbox_allowance: AllowanceTable;
  }
}

/** A cell of a shape: which columns are rolled up, the values of the others. */
export interface ToldCell {
  readonly key: readonly Value[];
  readonly rolledUp: number;
  readonly entities: number;
  /** It was not told, but follows from what was. */
  readonly implied: boolean;
  /** It was not told because of its values, which itself says something of them. */
  readonly withheld?: boolean;
}
export interface ToldShape {
  readonly shape: QueryShape;
  readonly cells: readonly ToldCell[];
}

/** One at a time for a data set and an audience, in the order of names, until the act's transaction ends. */
export async function lockHistory(tx: Tx, audience: string, datasets: readonly string[]): Promise<void> {
  for (const dataset of [...new Set(datasets)].sort())
    await sql`select pg_advisory_xact_lock(hashtextextended(${`sandbox ${audience} ${dataset}`}, 0))`.execute(tx);
}

export async function answerOf(
  q: Queryable,
  audience: string,
  fingerprint: string,
): Promise<readonly ReleasedRow[] | undefined> {
  const found = await q
    .selectFrom('sandbox_answer')
    .select('answer')
    .where('audience', '=', audience)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return found?.answer;
}

/** Every query on the data set that told this family or looked at its values, with its cells; oldest first. */
export async function historyOf(q: Queryable, audience: string, dataset: string, family: Family): Promise<ToldShape[]> {
  // A row for each query: some tell thousands of cells, and their conditions are the same.
  const { rows } = await sql<{ source: string; conditions: Conditions; cells: readonly StoredCell[] }>`
    select s.source, s.conditions, c.cells from sandbox_shape s
    join lateral (select json_agg(json_build_array(key, rolled_up, entities, implied, withheld)) as cells
      from sandbox_told_cell where shape_id = s.id and family = ${family ?? ''}) c on c.cells is not null
    where s.audience = ${audience} and s.datasets @> array[${dataset}]::text[] order by s.id`.execute(q);
  return rows.map(({ source, conditions, cells }) => ({
    shape: { source, ...conditions },
    cells: cells.map(([key, rolledUp, entities, implied, withheld]) => ({
      key,
      rolledUp,
      entities,
      implied,
      withheld,
    })),
  }));
}
type StoredCell = readonly [
  key: readonly Value[],
  rolledUp: number,
  entities: number,
  implied: boolean,
  withheld: boolean,
];

/** Writes down what is told: with the answer, so that both stand or neither. */
export async function record(
  tx: Tx,
  of: { readonly audience: string; readonly query: AskedQuery; readonly queryId: string; readonly at: Date },
  told: readonly { readonly family: Family; readonly cells: readonly ToldCell[] }[],
): Promise<void> {
  const { audience, query, queryId, at } = of;
  if (told.every(({ cells }) => cells.length === 0)) return;
  const conditions: Conditions = {
    filter: query.filter,
    fixed: query.fixed,
    groups: query.groups.map((g) => g.expression),
  };
  const { id } = await tx
    .insertInto('sandbox_shape')
    .values({
      audience,
      datasets: [...query.datasets],
      source: query.source,
      conditions: JSON.stringify(conditions),
      query_id: queryId,
      at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  // As one value: a statement with a place for each number takes the database longer than the cells themselves.
  for (const { family, cells } of told)
    await sql`insert into sandbox_told_cell (shape_id, family, rolled_up, key, entities, implied, withheld)
      select ${id}, ${family ?? ''}, "rolledUp", key, entities, implied, coalesce(withheld, false)
      from jsonb_to_recordset(${JSON.stringify(cells)}::jsonb)
        as c("rolledUp" int, key jsonb, entities int, implied boolean, withheld boolean)`.execute(tx);
}

export async function keepAnswer(
  tx: Tx,
  of: { readonly audience: string; readonly query: AskedQuery; readonly queryId: string; readonly at: Date },
  rows: readonly ReleasedRow[],
): Promise<void> {
  await tx
    .insertInto('sandbox_answer')
    .values({
      audience: of.audience,
      fingerprint: of.query.fingerprint,
      query_id: of.queryId,
      answer: JSON.stringify(rows),
      at: of.at,
    })
    .execute();
}

export interface Spent {
  readonly cells: number;
  readonly epsilonMicro: number;
}
/** What the audience used up of each data set, in the order asked. */
export async function spentOf(q: Queryable, audience: string, datasets: readonly string[]): Promise<Spent[]> {
  const rows = await q
    .selectFrom('sandbox_allowance')
    .select(['dataset', 'cells', 'epsilon_micro'])
    .where('audience', '=', audience)
    .where('dataset', 'in', [...datasets, ''])
    .execute();
  const found = new Map(rows.map((r) => [r.dataset, { cells: r.cells, epsilonMicro: r.epsilon_micro }]));
  return datasets.map((dataset) => found.get(dataset) ?? { cells: 0, epsilonMicro: 0 });
}

export async function spend(tx: Tx, audience: string, datasets: readonly string[], more: Spent): Promise<void> {
  for (const dataset of new Set(datasets))
    await tx
      .insertInto('sandbox_allowance')
      .values({ audience, dataset, cells: more.cells, epsilon_micro: more.epsilonMicro })
      .onConflict((c) =>
        c.columns(['audience', 'dataset']).doUpdateSet({
          cells: sql<number>`sandbox_allowance.cells + ${more.cells}`,
          epsilon_micro: sql<number>`sandbox_allowance.epsilon_micro + ${more.epsilonMicro}`,
        }),
      )
      .execute();
}

/** Whether the party was told this answer before: told again, it costs nothing. */
export const toldBefore = async (q: Queryable, audience: string, fingerprint: string): Promise<boolean> =>
  (await q
    .selectFrom('sandbox_answer')
    .select('query_id')
    .where('audience', '=', audience)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst()) !== undefined;
