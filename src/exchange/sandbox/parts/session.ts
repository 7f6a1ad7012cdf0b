import { IsolatedFailure, type Limits, type SqlSession } from '../../../kernel/isolation/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import type { Part } from '../model.ts';
import { sandboxSetting } from '../setting.ts';
import { type Rows, runParts } from './run.ts';
import { answerKey } from './seal.ts';
import { type Peopled, TURN_LIMITS, tableSql, turnSql, turnsOf } from './turns.ts';

/** A prepared table under the name statements call it by. */
export interface Attachable {
  readonly attached: string;
  /** Its file on this machine, made ready when it is first asked for. */
  readonly file: () => Promise<string>;
  /** Files that share its entities among them; none where it is kept whole. */
  readonly parts: readonly Part[];
  /** Null where each row is an entity of its own, so that nothing is kept of each. */
  readonly peopled: Peopled | null;
}

export interface Runs {
  /**
   * Of each statement the rows of all its runs: one for each part and turn of the table it reads, or one alone where it
   * reads several tables. @throws IsolatedFailure also when a run has more rows than the limit
   */
  readonly each: (statements: readonly string[], limit: number) => Promise<readonly (readonly Rows[])[]>;
  readonly close: () => Promise<void>;
}

/** Runs statements of our own making over prepared tables; processes with data are started when the first is asked. */
export function openRuns(tables: readonly Attachable[], limits: Limits): Runs {
  const at = new Date();
  const large = tables.filter(({ parts }) => parts.length > 1);
  const small = tables.filter((table) => !large.includes(table));
  const opened = new Map<readonly Attachable[], Promise<SqlSession>>();
  const key = answerKey();
  const halvingsMax = valueAt(TURN_LIMITS.halvings, at).value;
  let halvings = 0;
  let endsAt: number | undefined;
  /** One clock for all, however many processes it takes. */
  const within = (): Limits => {
    endsAt ??= Date.now() + limits.wallMs;
    return { ...limits, wallMs: Math.max(1, endsAt - Date.now()) };
  };
  const session = (needed: readonly Attachable[]) => {
    const found = opened.get(needed) ?? open(needed, within());
    opened.set(needed, found);
    return found;
  };
  const end = async (needed: readonly Attachable[]) => {
    const found = opened.get(needed);
    opened.delete(needed);
    await (await found?.catch(() => undefined))?.close();
  };
  /** A statement once for each turn of its table. */
  const inTurns = (sql: string, { peopled, attached, parts }: Attachable): readonly string[] => {
    const turns = peopled === null ? [] : turnsOf(peopled, Math.max(1, parts.length), halvings, at);
    return turns.length < 2 ? [sql] : turns.map((turn) => turnSql(sql, attached, turn));
  };
  /** What does not fit into memory is cut into more turns, as long as there is time. */
  const fitting = async <T>(run: () => Promise<T>, table: Attachable | undefined): Promise<T> => {
    for (;;)
      try {
        return await run();
      } catch (error) {
        const isMemory = error instanceof IsolatedFailure && error.ofMemory && Date.now() < (endsAt ?? 0);
        if (!isMemory || !table?.peopled || halvings >= halvingsMax) throw error;
        halvings += 1;
      }
  };
  /** The whole of a large table is brought here only for what reads it beside another. */
  const whole = async (sql: string, limit: number): Promise<readonly Rows[]> => {
    const needed = large.some((table) => reads(sql, table)) ? tables : small;
    const table = needed.find((one) => readsAlone(sql, one, tables));
    return fitting(async () => {
      const found: Rows[] = [];
      try {
        for (const one of table ? inTurns(sql, table) : [sql])
          found.push(noMore((await (await session(needed)).rows(one, limit + 1)).rows, limit));
        return found;
      } catch (error) {
        // Where memory was not enough the process may be gone, or full.
        if (error instanceof IsolatedFailure && error.ofMemory) await end(needed);
        throw error;
      }
    }, table);
  };
  const inParts = (table: Attachable, statements: readonly string[], limit: number) =>
    fitting(async () => {
      const { parts, attached } = table;
      const turns = statements.map((sql) => inTurns(sql, table));
      const { wallMs } = within();
      const run = { parts, attached, statements: turns.flat(), rowsMax: limit + 1, limits, key };
      const answers = await runParts({ ...run, endsAt: Date.now() + wallMs });
      const ofStatement = turns.flatMap((some, i) => some.map(() => i));
      const found = turns.map((): Rows[] => []);
      for (const rows of answers)
        for (const [n, one] of rows.entries()) found[ofStatement[n] ?? 0]?.push(noMore(one, limit));
      return found;
    }, table);
  return {
    each: async (statements, limit) => {
      const found: (readonly Rows[])[] = [];
      for (const table of large) {
        const places = statements.flatMap((sql, i) => (readsAlone(sql, table, tables) ? [i] : []));
        if (places.length === 0) continue;
        const some = places.map((i) => statements[i] ?? '');
        for (const [n, runs] of (await inParts(table, some, limit)).entries()) found[places[n] ?? 0] = runs;
      }
      for (const [i, sql] of statements.entries()) found[i] ??= await whole(sql, limit);
      return found;
    },
    close: async () => {
      for (const needed of [...opened.keys()]) await end(needed);
    },
  };
}

const reads = (sql: string, { attached }: Attachable) => sql.includes(tableSql(attached));

function readsAlone(sql: string, table: Attachable, tables: readonly Attachable[]): boolean {
  return reads(sql, table) && !tables.some((other) => other !== table && reads(sql, other));
}

function noMore(rows: Rows, limit: number): Rows {
  if (rows.length > limit) throw new IsolatedFailure('resource', 'more cells than a query may have');
  return rows;
}

async function open(tables: readonly Attachable[], limits: Limits): Promise<SqlSession> {
  const files = await Promise.all(tables.map(async ({ attached, file }) => ({ name: attached, path: await file() })));
  return sandboxSetting().executor.openSql(files, limits);
}
