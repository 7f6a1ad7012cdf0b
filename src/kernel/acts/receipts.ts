import { sql } from 'kysely';
import type { Queryable } from '../database/index.ts';

export interface ReceiptRef {
  readonly id: string;
  readonly act: string;
  readonly at: string;
}

/** Receipts of the acts on some subjects, oldest first: what a page shows as its trail. Seeing one is decided where it is read. */
export async function receiptsOf(q: Queryable, subjects: readonly string[], limit: number): Promise<ReceiptRef[]> {
  const { rows } = await sql<{ id: string; name: string; at: Date }>`select id, name, at from act_log
    where subject = any(${[...subjects]}::text[]) order by id limit ${limit}`.execute(q);
  return rows.map(({ id, name, at }) => ({ id: id.replace('act_', 'rct_'), act: name, at: at.toISOString() }));
}
