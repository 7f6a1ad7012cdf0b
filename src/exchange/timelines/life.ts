import { sql } from 'kysely';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { seesAllReceipts } from '../../kernel/evidence/reads.ts';
import { oversees } from '../contracts/index.ts';

/** A product sold more often than this shows its latest trades; each trade has a life of its own. */
const TRADES_MAX = 500;
const PRODUCTS_MAX = 100;

/** Everything a subject's life runs through, as far as it concerns the reader. */
export interface Life {
  readonly resources: readonly string[];
  readonly products: readonly string[];
  /** Ids under which its acts stand in the log: all of the above, assessments, trades, deliveries, certificates. */
  readonly subjects: readonly string[];
  /** Who sees no act on any of these is told nothing at all. */
  readonly about: readonly string[];
  /** There were more trades than are shown. */
  readonly truncated: boolean;
}

interface Root {
  readonly about: readonly string[];
  readonly resources: readonly string[];
  readonly products: readonly string[];
  /** The one trade it is about; null for all trades of its products. */
  readonly order: string | null;
  /** A resource ends where others make products of it: their trades are not its life. */
  readonly trades: boolean;
}

/**
 * What belongs to a subject from the resource to the certificate. Which of its acts a reader may see is decided act by
 * act; trades of others are not even looked for.
 * @returns undefined when there is no such subject
 */
export async function lifeOf(q: Queryable, actor: Actor, id: string): Promise<Life | undefined> {
  const root = await rootOf(q, id);
  if (!root) return undefined;
  const products = [...root.products];
  const resources = root.trades
    ? await ids(q, sql`select resource_id as id from product_resource where product_id = any(${products}::text[])`)
    : [...root.resources];
  const assessments = await ids(q, sql`select id from assessment where product_id = any(${products}::text[])`);
  const orders = root.order ? [root.order] : root.trades ? await tradesOf(q, actor, products) : [];
  const deliveries = await ids(q, sql`select id from delivery where order_id = any(${orders}::text[])`);
  const authorisations = await ids(
    q,
    sql`select id from resource_authorisation where resource_id = any(${resources}::text[])`,
  );
  const before = [...resources, ...authorisations, ...products, ...assessments, ...orders, ...deliveries];
  const certificates = await ids(q, sql`select id from certificate where subject_id = any(${before}::text[])`);
  return {
    resources,
    products,
    subjects: [...new Set([id, ...root.about, ...before, ...certificates])],
    about: root.about,
    truncated: orders.length >= TRADES_MAX,
  };
}

async function rootOf(q: Queryable, id: string): Promise<Root | undefined> {
  const one = async (query: ReturnType<typeof sql>) => (await ids(q, query))[0];
  const ofProduct = (product: string | undefined, about = [id], order: string | null = null): Root | undefined =>
    product === undefined ? undefined : { about, resources: [], products: [product], order, trades: true };
  const ofOrder = async (order: string | undefined): Promise<Root | undefined> =>
    order === undefined
      ? undefined
      : ofProduct(await one(sql`select product_id as id from trade_order where id = ${order}`), [id, order], order);
  switch (id.slice(0, 3)) {
    case 'res': {
      const found = await one(sql`select id from resource where id = ${id}`);
      const products = await ids(
        q,
        sql`select product_id as id from product_resource where resource_id = ${id} order by product_id desc limit ${PRODUCTS_MAX}`,
      );
      return found === undefined ? undefined : { about: [id], resources: [id], products, order: null, trades: false };
    }
    case 'prd':
      return ofProduct(await one(sql`select id from product where id = ${id}`));
    case 'asm':
      return ofProduct(await one(sql`select product_id as id from assessment where id = ${id}`));
    case 'ord':
      return ofOrder(id);
    case 'dlv':
      return ofOrder(await one(sql`select order_id as id from delivery where id = ${id}`));
    case 'clr':
      return ofOrder(await one(sql`select order_id as id from clearing where id = ${id}`));
    case 'cer': {
      const about = await one(sql`select subject_id as id from certificate where id = ${id}`);
      const root = about === undefined || about.startsWith('cer') ? undefined : await rootOf(q, about);
      return root && { ...root, about: [id] };
    }
    case 'cas': {
      // Papers are filed on the case, acts of a domain on what it is about.
      const about = await ids(
        q,
        sql`select subject_id as id from case_subject where case_id = ${id} order by subject_id`,
      );
      const found = await one(sql`select id from case_file where id = ${id}`);
      return found === undefined
        ? undefined
        : { about: [id, ...about], resources: [], products: [], order: null, trades: false };
    }
    default:
      return undefined;
  }
}

async function tradesOf(q: Queryable, actor: Actor, products: readonly string[]): Promise<string[]> {
  const all = seesAllReceipts(actor) || oversees(actor);
  if (!all && actor.partyId === null) return [];
  return ids(
    q,
    sql`select id from trade_order where product_id = any(${[...products]}::text[])
      ${all ? sql`` : sql`and ${actor.partyId} in (buyer_party_id, seller_party_id)`}
      order by id desc limit ${TRADES_MAX}`,
  );
}

async function ids(q: Queryable, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(q);
  return rows.map((row) => row.id);
}
