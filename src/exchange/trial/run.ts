import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { IsolatedFailure, type SqlSession } from '../../kernel/isolation/index.ts';
import { type Cell, minimiseTable } from '../../kernel/vault/index.ts';
import { sandboxSetting, sessionLimits } from '../sandbox/index.ts';
import type { Measure } from './model.ts';
import type { Behind, OwnCounts } from './score.ts';
import { blocksStatement, type Columns, countsStatement, OWN, ownStatement, PRODUCT } from './statements.ts';

export interface Tables {
  /** Parquet objects of the vault. */
  readonly productObject: string;
  readonly ownObject: string;
  readonly measure: Measure;
  readonly columns: Columns;
}

/** What the two tables say; lives as long as the process they are lent to. */
export interface Meeting extends Behind {
  readonly own: OwnCounts & { readonly notLabels: number; readonly digest: string };
}

/**
 * Lends the two columns of each side that a measure needs, and no more, to a process without network and asks them there
 * in SQL of our own. @throws IsolatedFailure
 */
export function meet<T>(
  { productObject, ownObject, measure, columns }: Tables,
  at: Date,
  use: (m: Meeting) => Promise<T>,
) {
  const { vault, executor } = sandboxSetting();
  return vault.withFolder(async (folder): Promise<T> => {
    const lend = async (name: string, objectId: string, keep: readonly (string | null)[]) => {
      const path = join(folder, `${name}.db`);
      const kept = [...new Set(keep.filter((c) => c !== null))];
      await vault.withFile(objectId, (source) =>
        minimiseTable(
          {
            portion: { path: source, columns: null, rows: [] },
            keep: kept,
            entityKey: null,
            output: path,
            format: 'database',
          },
          { folder },
        ),
      );
      return { name, path };
    };
    const files = [
      await lend(PRODUCT, productObject, [columns.productKey, columns.productColumn]),
      await lend(OWN, ownObject, [columns.ownKey, columns.ownColumn]),
    ];
    const session = await executor.openSql(files, sessionLimits(at));
    try {
      return await use(await meetingOf(session, measure, columns));
    } finally {
      await session.close();
    }
  });
}

async function meetingOf(session: SqlSession, measure: Measure, columns: Columns): Promise<Meeting> {
  const one = async (sql: string): Promise<readonly Cell[]> => {
    const { rows } = await session.rows(sql, 1);
    if (!rows[0]) throw new IsolatedFailure('internal', 'a count without a row');
    return rows[0];
  };
  const [keys, positive, negative, notLabels, digest] = await one(ownStatement(measure, columns));
  return {
    own: {
      ...{ keys: Number(keys), positive: Number(positive), negative: Number(negative) },
      ...{ notLabels: Number(notLabels), digest: String(digest) },
    },
    counts: async () => {
      const [matched, usable] = await one(countsStatement(measure, columns));
      return { matched: Number(matched), usable: Number(usable) };
    },
    blocks: async (blocks) => {
      if (measure !== 'correlation' && measure !== 'auc') throw new Error('a count has no blocks');
      const salt = randomBytes(16).toString('hex');
      const [sum, found] = await one(blocksStatement(measure, columns, { blocks, salt }));
      return { sum: Number(sum), blocks: Number(found) };
    },
  };
}
