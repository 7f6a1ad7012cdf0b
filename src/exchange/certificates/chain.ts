import { sql } from 'kysely';
import { partiesById } from '../../kernel/access/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import type { SealedValue } from '../../kernel/evidence/index.ts';
import { money } from '../../kernel/ledger/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import * as assessment from '../assessment/index.ts';
import * as catalog from '../catalog/index.ts';
import * as clearing from '../clearing/index.ts';
import * as contracts from '../contracts/index.ts';
import * as delivery from '../delivery/index.ts';
import * as products from '../products/index.ts';
import { type Chain, ORDER_CHAINS, PRODUCT_CHAIN, RESOURCE_CHAIN } from './chains.ts';
import type { CertificateKind, CertifiedEvent, Content } from './model.ts';

/** What a certificate could be about: whose it is, which acts tell of it. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly chain: Chain;
  /** Ids under which the acts stand in the log. */
  readonly actSubjects: readonly string[];
  readonly parties: readonly { readonly id: string; readonly role: Text }[];
  /** Who may have a certificate of it. */
  readonly holders: readonly string[];
  readonly amounts: Content['amounts'];
  /** The price went back to the buyer. */
  readonly undone: boolean;
}

/** Undefined when there is no such subject, or no certificate of this kind about it. */
export async function subjectOf(
  q: Queryable,
  kind: CertificateKind,
  id: string,
  at: Date,
): Promise<Subject | undefined> {
  if (kind === 'registration' || kind === 'asset') return id.startsWith('res_') ? resource(q, id) : product(q, id);
  const orderId = await orderIdOf(q, kind, id);
  const order = orderId === undefined ? undefined : await contracts.getOrder(q, orderId);
  if (!order) return undefined;
  const delivered = await delivery.summaryOf(q, order.id, at);
  const cleared = kind === 'clearing' ? await clearing.clearingOf(q, order.id) : undefined;
  const { buyer, seller } = order.terms;
  const recipients = cleared?.legs.flatMap((l) => l.partyId ?? []) ?? [];
  const others = recipients.filter((p) => p !== buyer.id && p !== seller.id);
  return {
    id: order.id,
    title: order.terms.product.title,
    chain: ORDER_CHAINS[kind],
    actSubjects: [order.id, ...(delivered ? [delivered.id] : [])],
    parties: [
      { id: buyer.id, role: text('买方', 'Buyer') },
      { id: seller.id, role: text('卖方', 'Seller') },
      ...[...new Set(others)].map((p) => ({ id: p, role: text('收益权人', 'Recipient of income') })),
    ],
    holders: [...new Set([buyer.id, seller.id, ...recipients])],
    amounts: kind === 'delivery' ? [] : amountsOf(order.terms, cleared),
    undone: order.state === 'refunded',
  };
}

async function resource(q: Queryable, id: string): Promise<Subject | undefined> {
  const found = await catalog.getResource(q, id);
  return found && registration(found, text('数据资源持有单位', 'Holder of the data resource'), RESOURCE_CHAIN);
}

async function product(q: Queryable, id: string): Promise<Subject | undefined> {
  const found = await products.getProduct(q, id);
  return found && registration(found, text('数据产品提供单位', 'Provider of the data product'), PRODUCT_CHAIN);
}

const registration = (found: { id: string; title: string; holder_id: string }, role: Text, chain: Chain): Subject => ({
  id: found.id,
  title: found.title,
  chain,
  actSubjects: [found.id],
  parties: [{ id: found.holder_id, role }],
  holders: [found.holder_id],
  amounts: [],
  undone: false,
});

async function orderIdOf(q: Queryable, kind: CertificateKind, id: string): Promise<string | undefined> {
  if (id.startsWith('ord_')) return id;
  if (kind === 'delivery' && id.startsWith('dlv_')) return (await delivery.getDelivery(q, id))?.order_id;
  if (kind === 'clearing' && id.startsWith('clr_')) return (await clearing.clearingOf(q, id))?.orderId;
  return undefined;
}

function amountsOf(terms: contracts.Terms, cleared: clearing.Clearing | undefined): Content['amounts'] {
  const names = new Map(terms.split.map((p) => [p.partyId, p.name]));
  const legs = cleared?.legs ?? [];
  return [
    { title: text('成交价款', 'Price'), party: null, amount: terms.price.total },
    ...legs.map((l) => ({
      title: l.partyId === null ? text('交易服务费', 'Trading fee') : text('收益分配', 'Share'),
      party: l.partyId === null ? null : (names.get(l.partyId) ?? l.partyId),
      amount: money(l.amountFen),
    })),
  ];
}

/** An event with what its parties may open of its entry. */
export interface ChainEvent extends CertifiedEvent {
  readonly opened: Readonly<Record<string, unknown>>;
}

export interface ChainOfActs {
  readonly acts: number;
  /** Those with their evidence, in the order they happened. */
  readonly events: readonly ChainEvent[];
}

export interface ActsWanted {
  readonly subjects: readonly string[];
  readonly names: readonly string[];
  /** Acts from this moment on and before that one; without them all. */
  readonly from?: Date;
  readonly before?: Date;
  readonly limit: number;
}

/** Acts beside their evidence entries, read from the log of acts and from nowhere else. */
export async function chainOf(q: Queryable, wanted: ActsWanted): Promise<ChainOfActs> {
  const { rows } = await sql<{
    id: string;
    name: string;
    at: Date;
    party_id: string | null;
    subject: string;
    hash: string | null;
    sealed: Record<string, SealedValue> | null;
  }>`
    select a.id, a.name, a.at, a.party_id, a.subject, encode(sha256(e.bytes), 'hex') as hash, e.sealed
      from act_log a left join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)
     where a.subject = any (${[...wanted.subjects]}::text[]) and a.name = any (${[...wanted.names]}::text[])
       and (${wanted.from ?? null}::timestamptz is null or a.at >= ${wanted.from ?? null})
       and (${wanted.before ?? null}::timestamptz is null or a.at < ${wanted.before ?? null})
     order by a.at, a.id limit ${wanted.limit}`.execute(q);
  const events = rows.flatMap((r) =>
    r.hash === null
      ? []
      : {
          receiptId: r.id.replace('act_', 'rct_'),
          act: r.name,
          title: titleOf(r.name),
          at: r.at.toISOString(),
          subject: r.subject,
          partyId: r.party_id,
          entrySha256: r.hash,
          opened: valuesOf(r.sealed ?? {}),
        },
  );
  return { acts: rows.length, events };
}

/** What the parties share, and nobody erased. */
const valuesOf = (sealed: Readonly<Record<string, SealedValue>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(sealed).flatMap(([name, kept]) => ('value' in kept && !kept.own ? [[name, kept.value]] : [])),
  );

const ROOMS = [catalog, assessment, products, contracts, delivery, clearing];

/** The act's own title, from the room that defines it. */
function titleOf(name: string): Text {
  for (const room of ROOMS) {
    const found = room.acts.find((a) => a.name === name);
    if (found) return found.title;
  }
  throw new Error(`no room has an act ${name}`);
}

/** Names and codes of the parties as they stand today. */
export async function partyDetails(
  q: Queryable,
  ids: readonly string[],
): Promise<(id: string) => { id: string; name: string; uscc: string }> {
  const found = await partiesById(q, ids);
  return (id) => {
    const party = found.get(id);
    if (!party) throw new Error(`no party ${id}`);
    return { id, name: party.name, uscc: party.uscc };
  };
}
