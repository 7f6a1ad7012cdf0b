import { IsolatedFailure, type Limits, type SqlSession } from '../../../kernel/isolation/index.ts';
import type { Part } from '../model.ts';
import { sandboxSetting } from '../setting.ts';
import { type Rows, runParts } from './run.ts';
import { answerKey } from './seal.ts';

/** A prepared table under the name statements call it by. */
export interface Attachable {
  readonly attached: string;
  /** Its file on this machine, made ready when it is first asked for. */
  readonly file: () => Promise<string>;
  /** Files that share its entities among them; none where it is kept whole. */
  readonly parts: readonly Part[];
}

export interface Runs {
  /**
   * Of each statement the rows of all its runs: one for each part of the table it reads, or one alone where it reads a
   * table kept whole, or several tables. @throws IsolatedFailure also when a run has more rows than the limit
   */
  readonly each: (statements: readonly string[], limit: number) => Promise<readonly (readonly Rows[])[]>;
  readonly close: () => Promise<void>;
}

/** Runs statements of our own making over prepared tables; processes with data are started when the first is asked. */
export function openRuns(tables: readonly Attachable[], limits: Limits): Runs {
  const large = tables.filter(({ parts }) => parts.length > 1);
  const small = tables.filter((table) => !large.includes(table));
  const opened = new Map<readonly Attachable[], Promise<SqlSession>>();
  const key = answerKey();
  let endsAt: number | undefined;
  /** The whole of a large table is brought here only for what reads it beside another. */
  const whole = async (sql: string, limit: number): Promise<Rows> => {
    const needed = large.some((table) => reads(sql, table)) ? tables : small;
    const session = opened.get(needed) ?? open(needed, limits);
    opened.set(needed, session);
    const { rows } = await (await session).rows(sql, limit + 1);
    return within(rows, limit);
  };
  const inParts = async (table: Attachable, statements: readonly string[], limit: number) => {
    endsAt ??= Date.now() + limits.wallMs;
    const { parts, attached } = table;
    const answers = await runParts({ parts, attached, statements, rowsMax: limit + 1, limits, key, endsAt });
    return statements.map((_, i) => answers.map((rows) => within(rows[i] ?? [], limit)));
  };
  return {
    each: async (statements, limit) => {
      const found: (readonly Rows[])[] = [];
      for (const table of large) {
        const places = statements.flatMap((sql, i) => (readsAlone(sql, table, tables) ? [i] : []));
        if (places.length === 0) continue;
        const some = places.map((i) => statements[i] ?? '');
        for (const [n, runs] of (await inParts(table, some, limit)).entries()) found[places[n] ?? 0] = runs;
      }
      for (const [i, sql] of statements.entries()) found[i] ??= [await whole(sql, limit)];
      return found;
    },
    close: async () => {
      for (const session of opened.values()) await (await session.catch(() => undefined))?.close();
    },
  };
}

/** Every table of a statement stands in it as the generator writes it; a constant that looks like one costs time only. */
const reads = (sql: string, { attached }: Attachable) => sql.includes(`"${attached}"."main"."data"`);

function readsAlone(sql: string, table: Attachable, tables: readonly Attachable[]): boolean {
  return reads(sql, table) && !tables.some((other) => other !== table && reads(sql, other));
}

function within(rows: Rows, limit: number): Rows {
  if (rows.length > limit) throw new IsolatedFailure('resource', 'more cells than a query may have');
  return rows;
}

async function open(tables: readonly Attachable[], limits: Limits): Promise<SqlSession> {
  const files = await Promise.all(tables.map(async ({ attached, file }) => ({ name: attached, path: await file() })));
  return sandboxSetting().executor.openSql(files, limits);
}
