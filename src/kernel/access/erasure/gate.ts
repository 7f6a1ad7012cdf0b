import { sql } from 'kysely';
import type { Database, Tx } from '../../database/index.ts';

const LOCK = 'erasure of a person';

/** Taken by an erasure before it looks anywhere; ends with its transaction. */
export async function lockErasure(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${LOCK}, 0))`.execute(tx);
}

/**
 * How many persons were erased. Work that copies words from one place to another over some time asks before it reads
 * them and again before it writes them ({@link keepErasuresOut}): words read before an erasure must not be written after.
 */
export async function erasures(db: Database | Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from person where erased_at is not null`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Waits for a running erasure and keeps the next one waiting until this transaction ends, so that it finds what was written. */
export async function keepErasuresOut(tx: Tx): Promise<number> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${LOCK}, 0))`.execute(tx);
  return erasures(tx);
}
