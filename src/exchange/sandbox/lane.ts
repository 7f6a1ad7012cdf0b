import { randomBytes } from 'node:crypto';
import type { Tx } from '../../kernel/database/index.ts';
import { IsolatedFailure, type LentFile, type Limits, type SqlSession } from '../../kernel/isolation/index.ts';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import { type Answer, hashOf } from './model.ts';
import { type Attachable, openRuns, type Runs } from './parts/index.ts';
import type { GrantedTable } from './policy.ts';
import { preparedTable } from './prepare.ts';
import { type CellPair, type Classify, type Difference, decide, type Released } from './sdc/index.ts';
import { sandboxSetting } from './setting.ts';
import { keptSpreads } from './spreads.ts';
import {
  type AskedShape,
  addCounts,
  allRows,
  askClasses,
  askedShape,
  type CheckedQuery,
  cellsOf,
  check,
  classesSql,
  differenceSql,
  differencesOf,
  guardedSql,
  largestCount,
  mergeCells,
  mergeClasses,
  mergeSpreads,
  type Placed,
  type Problem,
  type Rows,
  resultOf,
} from './sql/index.ts';
import { type GrantInHand, grantedColumns } from './store.ts';

/** What one query may take. */
export const QUERY_LIMITS = {
  wall: dated({ from: '2026-11-26', value: 30, unit: 'second', reference: 'HS-21.13' }),
  cells: dated({ from: '2026-11-26', value: 50_000, unit: 'cell', reference: 'HS-21.13' }),
  memory: dated({ from: '2026-11-26', value: 1_536, unit: 'mebibyte', reference: 'HS-21.13' }),
};
const MEBIBYTE = 1024 ** 2;
const ANSWER_BYTES = 16 * MEBIBYTE;
const THREADS = 2;
const NAME_BYTES = 8;

/** The same for every session, so that one may be started before anybody asks. */
export function limitsAt(at: Date): Limits {
  const seconds = valueAt(QUERY_LIMITS.wall, at).value;
  return {
    wallMs: seconds * 1_000,
    cpuSeconds: seconds * THREADS,
    memoryBytes: valueAt(QUERY_LIMITS.memory, at).value * MEBIBYTE,
    processes: 1,
    diskBytes: MEBIBYTE,
    answerBytes: ANSWER_BYTES,
  };
}

async function inSession<T>(
  files: readonly LentFile[],
  at: Date,
  use: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const session = await sandboxSetting().executor.openSql(files, limitsAt(at));
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** A grant as the checker of queries sees it: only what may be used now. */
export function grantedTable(inHand: GrantInHand): GrantedTable {
  const { grant, resource } = inHand;
  const columns = grantedColumns(inHand);
  const types = new Map(resource.columns.map((c) => [c.name, c.type]));
  return {
    grantId: grant.id,
    alias: grant.alias,
    columns: columns.map(({ name }) => ({ name, type: types.get(name) ?? 'text' })),
    policy: { ...grant.policy, columns },
  };
}

/** A query of the closed grammar, and the grants it uses. */
export interface Asked {
  readonly query: CheckedQuery;
  readonly shape: AskedShape;
  readonly tables: readonly GrantInHand[];
}

/**
 * Reads a person's text. It goes into a process that has no data; the process that has data is given only SQL of our own
 * making. @throws IsolatedFailure
 */
export async function readQuery(
  sql: string,
  granted: readonly GrantInHand[],
  at: Date,
): Promise<
  { readonly asked: Asked; readonly problems: null } | { readonly asked: null; readonly problems: readonly Problem[] }
> {
  const tree = await inSession([], at, (session) => session.parse(sql));
  const { query, problems } = check(tree, granted.map(grantedTable), at);
  if (query === null) return { asked: null, problems };
  const tables = granted.filter(({ grant }) => query.tables.some((t) => t.grantId === grant.id));
  const resourceOf = (grantId: string) => tables.find((t) => t.grant.id === grantId)?.resource.id ?? grantId;
  const shape = askedShape(query, resourceOf);
  // New data give new answers; a consent withdrawn since does not, or the difference would tell of one person.
  // Nor does one portion answer for another: what two sellers may show of one resource can differ.
  const portions = tables.map(({ grant, resource }) => [
    ...[resource.id, resource.objectId, grant.authorisation_id ?? '', grant.policy.entityKey ?? ''],
  ]);
  const fingerprint = hashOf([shape.fingerprint, portions.sort()]);
  return { asked: { query, shape: { ...shape, fingerprint }, tables }, problems: null };
}

/** A granted table made ready, under the name it is attached by. */
export interface Lent extends Placed, Attachable {
  readonly grantId: string;
  /** The whole file's name in the vault: another one deals its entities anew. */
  readonly objectId: string;
}

/** Makes the files of these grants ready; of a large one that is in parts, the workers do. Takes its own connections: call it before anything is locked. */
export const lend = (tables: readonly GrantInHand[]): Promise<Lent[]> =>
  Promise.all(
    tables.map(async (inHand) => {
      const { file, objectId, parts, rows, entities } = await preparedTable(inHand);
      if (parts.length === 0) await file();
      const [dataset, table] = [inHand.resource.id, grantedTable(inHand)];
      // Drawn after the question was read: no constant of it can hold this name.
      const attached = `t_${randomBytes(NAME_BYTES).toString('hex')}`;
      const peopled = table.policy.entityKey === null ? null : { rows, entities };
      return { grantId: inHand.grant.id, file, parts, objectId, dataset, table, attached, peopled };
    }),
  );

export interface Running {
  readonly tx: Tx;
  readonly at: Date;
  readonly asked: Asked;
  readonly lent: readonly Lent[];
  readonly queryId: string;
  /** To whom it is told: history and budgets are this party's. */
  readonly audience: string;
}

/**
 * Guards every cell, judges them by the history of the audience and answers what may be told. A process with the data is
 * started only where the answer is not known. @throws IsolatedFailure
 */
export async function answer({
  tx,
  at,
  asked,
  lent,
  queryId,
  audience,
}: Running): Promise<{ told: Answer; released: Released }> {
  const { query, shape } = asked;
  const data = openRuns(lent, limitsAt(at));
  try {
    const attached = new Map(lent.map((l) => [l.grantId, l.attached]));
    const cellsMax = valueAt(QUERY_LIMITS.cells, at).value;
    const released = await decide({
      tx,
      at,
      query: shape,
      ranges: shape.ranges,
      policies: query.tables.map((t) => t.policy),
      audience,
      queryId,
      cells: async (rowsPerEntity) => {
        const limit = cellsMax * query.tables.length;
        const [runs = []] = await data.each([guardedSql(query, attached, { rowsPerEntity })], limit);
        const cells = mergeCells(runs.map((rows) => cellsOf(query, rows)));
        if (runs.length > 1 && cells.length > limit) throw new IsolatedFailure('resource', 'more cells than allowed');
        return cells;
      },
      compare: (pairs) => compare(data, pairs, lent),
      classify: (...asks) => classify(data, lent, asks),
      spreads: keptSpreads({ rows: merged(data, mergeSpreads) }, lent, audience, cellsMax),
    });
    return { told: toldOf(query, released), released };
  } finally {
    await data.close();
  }
}

/** One statement over all parts of its table, its rows made those of the whole. */
const merged = (data: Runs, merge: (runs: readonly Rows[]) => Rows) => async (sql: string, limit: number) => {
  const [runs = []] = await data.each([sql], limit);
  return merge(runs);
};

/** Null for a pair that cannot be told apart with what is lent: it may tell of somebody, and is not released. */
async function compare(
  data: Runs,
  pairs: readonly CellPair[],
  placed: readonly Placed[],
): Promise<readonly (Difference | null)[]> {
  const plan = differenceSql(pairs, placed);
  const answers = await data.each(
    plan.statements.map(({ sql }) => sql),
    1,
  );
  return differencesOf(plan, answers.map(addCounts));
}

async function classify(
  data: Runs,
  placed: readonly Placed[],
  [dataset, shapes, argument, limit]: Parameters<Classify>,
): ReturnType<Classify> {
  const plan = classesSql(dataset, shapes, argument, limit, placed);
  const add = (runs: readonly Rows[]) => mergeClasses(runs, shapes.length);
  if (plan === null) return null;
  const merge = new Map([
    [plan.sql, add],
    [plan.probe, largestCount],
  ]);
  return askClasses(plan, (sql, most) => merged(data, merge.get(sql) ?? allRows)(sql, most));
}

function toldOf(query: CheckedQuery, { rows, suppressed }: Released): Answer {
  const { columns, rows: told, marks } = resultOf(query, rows);
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: told.map((row) => [...row]),
    marks: marks.map((row) => [...row]),
    suppressed: {
      cells: suppressed.protected + suppressed.complementary + suppressed.history,
      rows: marks.filter((row) => row.some((mark) => mark !== null)).length,
      complementary: suppressed.complementary,
      history: suppressed.history,
    },
    noisy: query.tables.some((t) => t.policy.privacy.kind === 'noise'),
  };
}
