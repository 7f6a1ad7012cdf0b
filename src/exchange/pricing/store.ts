import { sql } from 'kysely';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { PriceBasis } from '../products/index.ts';
import type { AllowedRevenue, PriceCap } from './model.ts';

/**
 * What of a product's data stands under authorised operation, and for what it may be used: one row a resource. What was
 * built says under which right; before a build any living one may still be taken. A right for industry does not make a
 * product chargeable that was built under one for welfare.
 */
async function governedResources(
  q: Queryable,
  { id, holderId }: { readonly id: string; readonly holderId: string },
  at: Date,
): Promise<{ resource_id: string; industry: boolean }[]> {
  const { rows } = await sql<{ resource_id: string; industry: boolean }>`
    select a.resource_id, bool_or(s.use_class = 'industry') as industry
      from product_resource p
      join resource_authorisation a on a.resource_id = p.resource_id and a.party_id = ${holderId}
      join data_scenario s on s.id = a.scenario_id
      join product d on d.id = p.product_id
      left join lateral (select array_agg(u.authorisation_id) as ids from resource_use u
        where u.made_id = d.id and u.made_version = d.version and u.resource_id = a.resource_id) taken on true
     where p.product_id = ${id}
       and case when taken.ids is null then a.revoked_at is null and a.valid_until > ${at} else a.id = any (taken.ids) end
     group by a.resource_id`.execute(q);
  return rows;
}

/** Whether some of a product's data came by a conditional opening: by the rights it was built under, or before by any that lives. */
async function opened(q: Queryable, { id, holderId }: { readonly id: string; readonly holderId: string }, at: Date) {
  const { rows } = await sql<{ opened: boolean }>`
    select exists (select from product_resource p
      join resource_authorisation a on a.resource_id = p.resource_id and a.party_id = ${holderId}
      join opening_application o on o.authorisation_id = a.id
      join product d on d.id = p.product_id
      left join lateral (select array_agg(u.authorisation_id) as ids from resource_use u
        where u.made_id = d.id and u.made_version = d.version and u.resource_id = a.resource_id) taken on true
     where p.product_id = ${id}
       and case when taken.ids is null then a.revoked_at is null and a.valid_until > ${at} else a.id = any (taken.ids) end) as opened`.execute(
    q,
  );
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
