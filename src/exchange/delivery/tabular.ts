import { refused } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';
import { type Filter, queryTable, type RowSet, TableFailure } from '../../kernel/vault/index.ts';
import { deliverySetting } from './setting.ts';

/** Table workers of this process at once; each is a process of its own. */
const WORKERS_MAX = 4;
const QUERY_MS_MAX = 20_000;

let busy = 0;
const waiting: (() => void)[] = [];

async function turn<T>(work: () => Promise<T>): Promise<T> {
  // The wait is bounded by the connections of the pool: who waits here holds one.
  if (busy >= WORKERS_MAX) await new Promise<void>((go) => waiting.push(go));
  else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }
}

/**
 * Rows of a product's object that fit every filter.
 * @throws Refused `invalid` in the worker's words when the question does not fit the table; then no call is counted
 */
export function askTable(objectId: string, filters: readonly Filter[], limit: number): Promise<RowSet> {
  const { vault } = deliverySetting();
  return turn(() =>
    vault.withFile(objectId, async (path) => {
      try {
        return await queryTable(path, { filters, limit, timeoutMs: QUERY_MS_MAX });
      } catch (error) {
        if (!(error instanceof TableFailure) || error.kind === 'internal') throw error;
        throw refused(
          'invalid',
          'HS-1.6',
          text('查询无法执行', 'The query cannot be run'),
          error.text,
          text(
            '请对照数据字典核对字段和取值；本次不计调用次数。',
            'Check columns and values against the dictionary; this call is not counted.',
          ),
        );
      }
    }),
  );
}
