import { sql } from 'kysely';
import { refused } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

/** Queries that one process answers at once. */
export const PLACES = dated({ from: '2026-11-26', value: 4, unit: 'query', reference: 'HS-21.11' });

/** Names the places of this process among the advisory locks of the database. */
const OWN = newId('plc');

/**
 * Takes one of this process's places for the rest of the transaction; it is given back with the transaction, however that
 * ends. @throws Refused of kind `too-many` when all are taken
 */
export async function takePlace(tx: Tx, at: Date): Promise<void> {
  const places = valueAt(PLACES, at).value;
  for (let place = 0; place < places; place++) {
    const { rows } = await sql<{ taken: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`sandbox ${OWN} ${place}`}, 0)) as taken`.execute(tx);
    if (rows[0]?.taken) return;
  }
  throw refused(
    'too-many',
    'HS-21.11',
    text('沙箱繁忙', 'The sandbox is busy'),
    text(`正在处理的查询已达 ${places} 个。`, `${places} queries are being answered.`),
    text('请稍后再试；同一查询不会重复计费。', 'Try again in a moment; the same query is not charged twice.'),
  );
}
