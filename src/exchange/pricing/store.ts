import { sql } from 'kysely';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { UseClass } from '../authorisation/index.ts';
import type { PriceBasis } from '../products/index.ts';
import type { AllowedRevenue, PriceCap } from './model.ts';

interface PricedProduct {
  readonly id: string;
  readonly holderId: string;
}
/**
 * Rights that bind the price of a product: those it was built under, also through a component; of a resource it was not
 * built from yet, any living one that may still be taken.
 */
const bindingRights = ({ id, holderId }: PricedProduct, at: Date) => sql`
  resource_authorisation a join product d on d.id = ${id} where a.party_id = ${holderId} and (
    exists (select from resource_use u where u.made_id = d.id and u.made_version = d.version and u.authorisation_id = a.id)
    or (a.revoked_at is null and a.valid_until > ${at}
      and exists (select from product_resource p where p.product_id = d.id and p.resource_id = a.resource_id)
      and not exists (select from resource_use u where u.made_id = d.id and u.made_version = d.version
        and u.resource_id = a.resource_id)))`;

/**
 * What of a product's data stands under authorised operation, and for what it may be used: one row a resource. A right for
 * industry does not make a product chargeable that was built under one for welfare.
 */
async function governedResources(q: Queryable, product: PricedProduct, at: Date): Promise<{ industry: boolean }[]> {
  const { rows } = await sql<{ industry: boolean }>`
    select bool_or(s.use_class = 'industry') as industry
      from (select a.* from ${bindingRights(product, at)}) b join data_scenario s on s.id = b.scenario_id
     group by b.resource_id`.execute(q);
  return rows;
}

/** For what its data may be used. */
export async function useClassesOf(q: Queryable, product: PricedProduct, at: Date): Promise<UseClass[]> {
  const { rows } = await sql<{ use_class: UseClass }>`
    select distinct s.use_class from (select a.scenario_id from ${bindingRights(product, at)}) b
      join data_scenario s on s.id = b.scenario_id order by 1`.execute(q);
  return rows.map((r) => r.use_class);
}

/** Whether some of a product's data came by a conditional opening. */
async function opened(q: Queryable, product: PricedProduct, at: Date): Promise<boolean> {
  const { rows } = await sql<{
    opened: boolean;
  }>`select exists (select from (select a.id from ${bindingRights(product, at)}) b
      join opening_application o on o.authorisation_id = b.id) as opened`.execute(q);
  return rows[0]?.opened ?? false;
}

/** The cap that binds a product at a moment: the last one set. */
export async function capOf(q: Queryable, productId: string, at: Date): Promise<PriceCap | undefined> {
  return q
    .selectFrom('price_cap')
    .selectAll()
    .where('product_id', '=', productId)
    .where('valid_from', '<=', at)
    .orderBy('valid_from', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** What binds the price of a product held by a party: asked when it is listed and when it is ordered. */
export async function basisOf(
  q: Queryable,
  product: { readonly id: string; readonly holderId: string },
  at: Date,
): Promise<PriceBasis> {
  const resources = await governedResources(q, product, at);
  const cap = await capOf(q, product.id, at);
  return {
    governed: resources.length > 0 || cap !== undefined,
    chargeable: resources.every((r) => r.industry),
    opened: await opened(q, product, at),
    cap: cap ? { id: cap.id, amountFen: String(cap.cap_fen), mode: cap.mode, units: String(cap.units) } : null,
  };
}

/** Excess of closed periods that no approved period has taken off yet; fen. */
export async function openExcess(q: Queryable, operatorId: string, authoriserId: string): Promise<bigint> {
  const { rows } = await sql<{ excess: string; deducted: string }>`
    select coalesce(sum(excess_fen), 0)::text as excess, coalesce(sum(deducted_fen), 0)::text as deducted
      from allowed_revenue where operator_id = ${operatorId} and authoriser_id = ${authoriserId}`.execute(q);
  const [row] = rows;
  return BigInt(row?.excess ?? 0) - BigInt(row?.deducted ?? 0);
}

/** What buyers paid for products with a cap under an agreement and what was cleared in a period; refunds are out. */
export async function revenueOf(q: Queryable, agreementId: string, from: Date, until: Date): Promise<bigint> {
  const { rows } = await sql<{ fen: string }>`
    select coalesce(sum(c.total_fen), 0)::text as fen
      from clearing c join trade_order o on o.id = c.order_id
     where c.state = 'cleared' and c.closed_at >= ${from} and c.closed_at < ${until}
       and o.product_id in (select product_id from price_cap where agreement_id = ${agreementId} and valid_from is not null)`.execute(
    q,
  );
  return BigInt(rows[0]?.fen ?? 0);
}

/** Caps times expected sales of every product under an approved revenue, the newest cap of each; fen. */
export async function capsUnder(q: Queryable, revenueId: string, besidesProduct: string): Promise<bigint> {
  const { rows } = await sql<{ fen: string }>`
    select coalesce(sum(cap_fen::numeric * expected_quantity), 0)::text as fen from (
      select distinct on (product_id) cap_fen, expected_quantity from price_cap
       where revenue_id = ${revenueId} and valid_from is not null and product_id <> ${besidesProduct}
       order by product_id, valid_from desc, id desc) c`.execute(q);
  return BigInt(rows[0]?.fen ?? 0);
}

/** The approved revenue whose period holds a moment, or else the next to begin. */
export async function revenueNow(q: Queryable, agreementId: string, at: Date): Promise<AllowedRevenue | undefined> {
  return q
    .selectFrom('allowed_revenue')
    .selectAll()
    .where('agreement_id', '=', agreementId)
    .where('allowed_fen', 'is not', null)
    .where('period_until', '>', at)
    .orderBy('period_from')
    .limit(1)
    .executeTakeFirst();
}

export async function overlapping(tx: Tx, agreementId: string, from: Date, until: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('allowed_revenue as r')
    .innerJoin('case_file as c', 'c.id', 'r.case_id')
    .select('r.id')
    .where('r.agreement_id', '=', agreementId)
    .where('c.state', 'in', ['asked', 'approved'])
    .where('r.period_from', '<', until)
    .where('r.period_until', '>', from)
    .executeTakeFirst();
  return row !== undefined;
}
