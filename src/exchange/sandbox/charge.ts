import { sql } from 'kysely';
import { refused } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { budgetOf, type GrantInHand, grantsInHand } from './store.ts';

/**
 * One query or output after another for an audience and the resources it reads, whatever server runs it: what was released
 * before is then known when the next is judged. In the order of ids, so that two can never wait for each other.
 */
export async function lockAudience(tx: Tx, audienceId: string, tables: readonly GrantInHand[]): Promise<void> {
  for (const id of [...new Set(tables.map((t) => t.resource.id))].sort())
    await sql`select pg_advisory_xact_lock(hashtextextended(${`sandbox ${audienceId} ${id}`}, 0))`.execute(tx);
}

export interface Charge {
  readonly projectId: string;
  /** `sbq_…` or `sbj_…`. */
  readonly madeId: string;
  readonly at: Date;
  /** Told again from the store: written down for the holder, and nothing is spent. */
  readonly free: boolean;
  /** Told by it, for its holder to see. */
  readonly cells: number;
}

/**
 * Asks the rights again under lock, counts the use of each table and writes it down for its holder. The rows of a right are
 * counted once for each prepared file. @returns the grants as they are now @throws Refused when a right ended or is used up
 */
export async function chargeUse(tx: Tx, tables: readonly GrantInHand[], charge: Charge): Promise<GrantInHand[]> {
  const grantIds = tables.map((t) => t.grant.id).sort();
  await tx.selectFrom('sandbox_grant').select('id').where('id', 'in', grantIds).orderBy('id').forUpdate().execute();
  const rights = tables.flatMap((t) => (t.right ? [t.right.id] : []));
  await tx
    .selectFrom('resource_authorisation')
    .select('id')
    .where('id', 'in', ['', ...rights])
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const table of await grantsInHand(tx, { grantIds, all: true }, charge.at)) {
    requireLiving(table);
    // A service may read older data than the resource has now.
    const { resource } = tables.find((t) => t.grant.id === table.grant.id) ?? table;
    if (!charge.free) await count(tx, { ...table, resource }, charge);
    await tx
      .insertInto('sandbox_use')
      .values({
        id: newId('sbu'),
        grant_id: table.grant.id,
        holder_id: table.grant.holder_id,
        project_id: charge.projectId,
        made_id: charge.madeId,
        at: charge.at,
        cells: charge.cells,
      })
      .execute();
  }
  return grantsInHand(tx, { grantIds, all: true }, charge.at);
}

/** @throws Refused when the right behind a grant, or the grant, does not live */
export function requireLiving({ stopped }: GrantInHand): void {
  if (stopped === null) return;
  throw refused(
    'rule',
    'HS-16.1',
    text('数据使用权限已停止', 'The right to use the data has stopped'),
    text(
      `对“${stopped.resource}”的权限自 ${stopped.since} 起停止。`,
      `The right to “${stopped.resource}” stopped at ${stopped.since}.`,
    ),
    text('结果没有给出，也没有计费。', 'Nothing was told, and nothing charged.'),
  );
}

async function count(tx: Tx, table: GrantInHand, { madeId, at }: Charge): Promise<void> {
  const { grant, right } = table;
  if (budgetOf(table).usesLeft < 1) throw usedUp(table);
  if (right !== null) {
    const rows = await rowsToCount(tx, table);
    if (right.usesLeft === 0 || (right.rowsLeft !== null && rows > right.rowsLeft)) throw usedUp(table);
    await tx
      .updateTable('resource_authorisation')
      .set((e) => ({ uses: e('uses', '+', 1), rows_used: e('rows_used', '+', rows) }))
      .where('id', '=', right.id)
      .execute();
    await tx
      .insertInto('resource_use')
      .values({
        id: newId('usd'),
        authorisation_id: right.id,
        resource_id: table.resource.id,
        made_id: madeId,
        made_version: 1,
        rows,
        taken_at: at,
      })
      .execute();
    await tx
      .updateTable('sandbox_prepared')
      .set({ counted: true })
      .where('grant_id', '=', grant.id)
      .where('source_id', '=', table.resource.objectId ?? '')
      .execute();
  }
  await tx
    .insertInto('sandbox_spent')
    .values({ audience_id: grant.audience_id, resource_id: table.resource.id, uses: 1 })
    .onConflict((c) =>
      c.columns(['audience_id', 'resource_id']).doUpdateSet((e) => ({ uses: e('sandbox_spent.uses', '+', 1) })),
    )
    .execute();
}

/** Rows that the right has yet to be charged for: those of a prepared file nobody used so far. */
export async function rowsToCount(tx: Tx, { grant, resource }: GrantInHand): Promise<number> {
  const row = await tx
    .selectFrom('sandbox_prepared')
    .select(['rows', 'counted'])
    .where('grant_id', '=', grant.id)
    .where('source_id', '=', resource.objectId ?? '')
    .executeTakeFirst();
  return row && !row.counted ? Number(row.rows) : 0;
}

const usedUp = ({ resource }: GrantInHand) =>
  refused(
    'rule',
    'HS-21.12',
    text('授权的用量已用完', 'The granted uses are used up'),
    text(
      `“${resource.title}”授权的次数或者行数已用完。`,
      `The uses or rows granted of “${resource.title}” are used up.`,
    ),
    text('请向数据持有单位申请新的授权。', 'Ask the holder of the data for another grant.'),
  );
