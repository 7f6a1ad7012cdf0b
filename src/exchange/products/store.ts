import { sql } from 'kysely';
import { notFound } from '../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { ColumnType } from '../../kernel/vault/index.ts';
import { sourcesBehind } from '../catalog/index.ts';
import {
  OPINION_KINDS,
  type Opinion,
  type OpinionKind,
  PRODUCT_COLUMNS,
  type Product,
  type ProductState,
  type ProductTable,
  productLife,
  type Quality,
  type Share,
} from './model.ts';

export async function getProduct(q: Queryable, productId: string): Promise<Product | undefined> {
  return q.selectFrom('product').select(PRODUCT_COLUMNS).where('id', '=', productId).executeTakeFirst();
}

/** Titles by id, for showing them beside ids; whoever asks has decided that they may be seen. */
export async function titlesOf(q: Queryable, productIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (productIds.length === 0) return new Map();
  const rows = await q
    .selectFrom('product')
    .select(['id', 'title'])
    .where('id', 'in', [...new Set(productIds)])
    .execute();
  return new Map(rows.map((r) => [r.id, r.title]));
}

/** Who holds the resources a product is made from, and those behind its components. */
export async function resourceHoldersOf(q: Queryable, productId: string): Promise<string[]> {
  const rows = await q
    .selectFrom('product_resource')
    .select('resource_id')
    .where('product_id', '=', productId)
    .execute();
  const sources = await sourcesBehind(
    q,
    rows.map((r) => r.resource_id),
  );
  return [...new Set(sources.map((s) => s.holderId))].sort();
}

/** Locks a product for the rest of the transaction. @throws notFound when there is none, or `heldBy` does not hold it */
export async function lock(
  tx: Tx,
  productId: string,
  options: { readonly heldBy?: string | null } = {},
): Promise<Product> {
  const product = await tx
    .selectFrom('product')
    .select(PRODUCT_COLUMNS)
    .where('id', '=', productId)
    .forUpdate()
    .executeTakeFirst();
  if (!product || (options.heldBy !== undefined && product.holder_id !== options.heldBy)) throw notFound();
  return product;
}

/** The newest conclusion of each kind on the product's current version. */
export async function opinionsOn(
  q: Queryable,
  productId: string,
): Promise<Readonly<Partial<Record<OpinionKind, Opinion>>>> {
  const rows = await q
    .selectFrom('product_opinion as o')
    .innerJoin('product as p', (j) => j.onRef('p.id', '=', 'o.product_id').onRef('p.version', '=', 'o.version'))
    .selectAll('o')
    .where('o.product_id', '=', productId)
    .orderBy('o.issued_at')
    .orderBy('o.assessment_id')
    .execute();
  return Object.fromEntries(rows.map((o) => [o.kind, o]));
}

/** What an order needs to know of a product; plain JSON, money as decimal fen. */
export interface ProductForOrder {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly kind: string;
  readonly state: ProductState;
  /** Who suspended it; null while it is not. */
  readonly suspendedBy: string | null;
  /** The vault object built for this version; empty while there is none, so never for a listed product. */
  readonly objectId: string;
  readonly sellerId: string;
  readonly sector: string;
  /** Highest grade of the resources it is made from. */
  readonly grade: string;
  readonly containsPersonalInformation: boolean;
  /** Made from data of public bodies. */
  readonly publicData: boolean;
  readonly complianceOpinion: 'passed' | 'failed' | null;
  readonly qualityOpinion: 'passed' | 'failed' | null;
  readonly purposes: readonly string[];
  readonly validDays: number;
  readonly redistribution: boolean;
  readonly mode: 'one-off' | 'per-call';
  readonly unitFen: string;
  readonly callsPerPackage: number | null;
  readonly supply: { readonly updateFrequency: string; readonly commitment: string };
  readonly shares: readonly Share[];
}

const ORDERED_COLUMNS = [
  'id',
  'version',
  'title',
  'kind',
  'state',
  'object_id',
  'holder_id',
  'sector',
  'grade',
  'contains_personal_information',
  'public_data',
  'suspended_by',
  'content',
] as const satisfies readonly (keyof ProductTable)[];
/** The newest conclusion of each kind on the version of `p`. */
const newestOpinions = sql<Partial<Record<OpinionKind, 'passed' | 'failed'>> | null>`(
  select jsonb_object_agg(o.kind, o.conclusion) from (
    select distinct on (kind) kind, conclusion from product_opinion
     where product_id = p.id and version = p.version order by kind, issued_at desc, assessment_id desc) o)`;

/** The product as an order sees it, in whatever state; whether it may be bought is the order's affair. */
export async function getForOrder(q: Queryable, productId: string): Promise<ProductForOrder | undefined> {
  // Without the sample, the profile and the dictionary, which an order does not look at.
  const product = await q
    .selectFrom('product as p')
    .select(ORDERED_COLUMNS)
    .select(newestOpinions.as('opinions'))
    .where('p.id', '=', productId)
    .executeTakeFirst();
  if (!product) return undefined;
  const { opinions } = product;
  const { pricing, terms, supply, shares } = product.content;
  return {
    id: product.id,
    version: product.version,
    title: product.title,
    kind: product.kind,
    state: product.state,
    suspendedBy: product.suspended_by,
    objectId: product.object_id ?? '',
    sellerId: product.holder_id,
    sector: product.sector,
    grade: product.grade,
    containsPersonalInformation: product.contains_personal_information,
    publicData: product.public_data,
    complianceOpinion: opinions?.compliance ?? null,
    qualityOpinion: opinions?.quality ?? null,
    purposes: terms.purposes,
    validDays: terms.validDays,
    redistribution: terms.redistribution,
    mode: pricing.mode,
    unitFen: pricing.price.amountFen,
    callsPerPackage: pricing.callsPerPackage ?? null,
    supply,
    shares,
  };
}

/** The built object, for delivery. */
export interface ProductObject {
  readonly productId: string;
  readonly version: number;
  readonly objectId: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly sensitive: boolean }[];
}

/** The vault object of the current version and its columns; undefined while it is not built. */
export async function objectOf(q: Queryable, productId: string): Promise<ProductObject | undefined> {
  const product = await getProduct(q, productId);
  if (!product || product.object_id === null) return undefined;
  return {
    productId: product.id,
    version: product.version,
    objectId: product.object_id,
    rows: product.rows ?? 0,
    bytes: product.bytes ?? 0,
    columns: product.dictionary.map((c) => ({ name: c.name, type: c.type as ColumnType, sensitive: c.sensitive })),
  };
}

/** Whether an object was built for this product, in whatever version. */
export async function isProductObject(q: Queryable, productId: string, objectId: string): Promise<boolean> {
  const row = await q
    .selectFrom('product_object')
    .select('object_id')
    .where('object_id', '=', objectId)
    .where('product_id', '=', productId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Lets a party see a product that is not listed. */
export async function grantView(tx: Tx, productId: string, partyIds: readonly string[]): Promise<void> {
  if (partyIds.length === 0) return;
  await tx
    .insertInto('product_viewer')
    .values([...new Set(partyIds)].map((party_id) => ({ product_id: productId, party_id })))
    .onConflict((c) => c.doNothing())
    .execute();
}

/** Keeps what was measured of one version; a later version has forgotten it. */
export async function recordQuality(tx: Tx, productId: string, version: number, quality: Quality): Promise<void> {
  await tx
    .updateTable('product')
    .set({ quality: JSON.stringify(quality) })
    .where('id', '=', productId)
    .where('version', '=', version)
    .execute();
}

/**
 * Keeps a third party's conclusion; with both kinds passed on the current version a draft becomes assessed.
 * The caller holds the product's lock.
 * @returns the product's state afterwards
 */
export async function recordOpinion(
  tx: Tx,
  product: Product,
  opinion: Omit<Opinion, 'product_id'>,
): Promise<ProductState> {
  await tx
    .insertInto('product_opinion')
    .values({ ...opinion, product_id: product.id })
    .execute();
  const opinions = await opinionsOn(tx, product.id);
  const passed = OPINION_KINDS.every((kind) => opinions[kind]?.conclusion === 'passed');
  const next = productLife.next(product.state, 'assess');
  if (!passed || next === undefined) return product.state;
  await tx.updateTable('product').set({ state: next }).where('id', '=', product.id).execute();
  return next;
}
