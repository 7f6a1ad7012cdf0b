import { sql } from 'kysely';
import { notFound } from '../../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { type GrantInHand, grantsInHand } from '../store.ts';
import type { Service } from './model.ts';

/** @throws notFound when there is none */
export async function lockService(tx: Tx, serviceId: string): Promise<Service> {
  const row = await tx
    .selectFrom('sandbox_service')
    .selectAll()
    .where('id', '=', serviceId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export const tablesOf = (q: Queryable, serviceId: string) =>
  q.selectFrom('sandbox_service_table').selectAll().where('service_id', '=', serviceId).orderBy('grant_id').execute();

/** The tables of a service with what stands behind each now, revoked ones too. */
export async function serviceGrants(q: Queryable, serviceId: string, at: Date): Promise<GrantInHand[]> {
  const grantIds = (await tablesOf(q, serviceId)).map((t) => t.grant_id);
  return grantsInHand(q, { grantIds, all: true }, at);
}

/** The service a product was made of, if it was made of one. */
export async function serviceOfProduct(q: Queryable, productId: string): Promise<Service | undefined> {
  const { rows } = await sql<{ id: string }>`select s.id from product_resource r
    join sandbox_service s on s.resource_id = r.resource_id where r.product_id = ${productId} limit 1`.execute(q);
  const [found] = rows;
  return found && q.selectFrom('sandbox_service').selectAll().where('id', '=', found.id).executeTakeFirst();
}
