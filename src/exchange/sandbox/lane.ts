import type { Tx } from '../../kernel/database/index.ts';
import { IsolatedFailure, type LentFile, type Limits, type SqlSession } from '../../kernel/isolation/index.ts';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import type { Cell as Value } from '../../kernel/vault/index.ts';
import { type Answer, hashOf } from './model.ts';
import type { GrantedTable } from './policy.ts';
import { preparedFile } from './prepare.ts';
import { type CellPair, type Classify, type Difference, decide, type Released } from './sdc/index.ts';
import { sandboxSetting } from './setting.ts';
import { keptSpreads } from './spreads.ts';
import {
  type AskedShape,
  askClasses,
  askedShape,
  type CheckedQuery,
  cellsOf,
  check,
  classesSql,
  differenceSql,
  differencesOf,
  guardedSql,
  type Placed,
  type Problem,
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
  const fingerprint = hashOf([shape.fingerprint, tables.map((t) => [t.resource.id, t.resource.objectId]).sort()]);
  return { asked: { query, shape: { ...shape, fingerprint }, tables }, problems: null };
}

/** A granted table as a file of this machine, under the name it is attached by. */
export interface Lent extends Placed {
  readonly grantId: string;
  /** The file's name in the vault: another one deals its entities anew. */
  readonly objectId: string;
  readonly path: string;
}

/** Makes the files of these grants ready. Takes its own connections: call it before anything is locked. */
export const lend = (tables: readonly GrantInHand[]): Promise<Lent[]> =>
  Promise.all(
    tables.map(async (inHand, i) => {
      const { path, objectId } = await preparedFile(inHand);
      const [dataset, table] = [inHand.resource.id, grantedTable(inHand)];
      return { grantId: inHand.grant.id, path, objectId, dataset, table, attached: `t${i + 1}` };
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
  const lazy = lazySession(lent, at);
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
      cells: async (rowsPerEntity) =>
        cellsOf(query, await lazy.rows(guardedSql(query, attached, { rowsPerEntity }), cellsMax * query.tables.length)),
      compare: (pairs) => compare(lazy, pairs, lent),
      classify: (...asks) => classify(lazy, lent, asks),
      spreads: keptSpreads(lazy, lent, audience, cellsMax),
    });
    return { told: toldOf(query, released), released };
  } finally {
    await lazy.close();
  }
}

interface Rows {
  /** @throws IsolatedFailure also when there are more rows than the limit */
  readonly rows: (sql: string, limit: number) => Promise<readonly (readonly Value[])[]>;
}

function lazySession(lent: readonly Lent[], at: Date): Rows & { readonly close: () => Promise<void> } {
  let opened: Promise<SqlSession> | undefined;
  const files = lent.map(({ attached, path }) => ({ name: attached, path }));
  return {
    rows: async (sql, limit) => {
      opened ??= sandboxSetting().executor.openSql(files, limitsAt(at));
      const { rows } = await (await opened).rows(sql, limit + 1);
      if (rows.length > limit) throw new IsolatedFailure('resource', 'more cells than a query may have');
      return rows;
    },
    close: async () => {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** Null for a pair that cannot be told apart with what is lent: it may tell of somebody, and is not released. */
async function compare(
  session: Rows,
  pairs: readonly CellPair[],
  placed: readonly Placed[],
): Promise<readonly (Difference | null)[]> {
  const plan = differenceSql(pairs, placed);
  const answers = [];
  for (const { sql } of plan.statements) answers.push(await session.rows(sql, 1));
  return differencesOf(plan, answers);
}

async function classify(
  session: Rows,
  placed: readonly Placed[],
  [dataset, shapes, argument, limit]: Parameters<Classify>,
): ReturnType<Classify> {
  const plan = classesSql(dataset, shapes, argument, limit, placed);
  return plan && askClasses(plan, session.rows);
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
