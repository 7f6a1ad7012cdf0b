import { sql } from 'kysely';
import { partiesById } from '../../kernel/access/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { money } from '../../kernel/ledger/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import * as catalog from '../catalog/index.ts';
import * as clearing from '../clearing/index.ts';
import * as contracts from '../contracts/index.ts';
import * as delivery from '../delivery/index.ts';
import * as products from '../products/index.ts';
import {
  type CertificateKind,
  type CertifiedEvent,
  type Chain,
  type Content,
  namesIn,
  ORDER_CHAINS,
  PRODUCT_CHAIN,
  RESOURCE_CHAIN,
} from './model.ts';

/** More acts than this no certificate lists: it would say the same on too many pages. */
const EVENTS_MAX = 100;

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
}

/** Undefined when there is no such subject, or no certificate of this kind about it. */
export async function subjectOf(
  q: Queryable,
  kind: CertificateKind,
  id: string,
  at: Date,
): Promise<Subject | undefined> {
  if (kind === 'registration') return id.startsWith('res_') ? resource(q, id) : product(q, id);
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

export interface ChainOfActs {
  readonly acts: number;
  /** Those with their evidence, in the order they happened. */
  readonly events: readonly CertifiedEvent[];
}

/** The subject's acts beside their evidence entries, read from the log of acts and from nowhere else. @throws RangeError for too many */
export async function chainOf(q: Queryable, subject: Subject): Promise<ChainOfActs> {
  const { rows } = await sql<{ id: string; name: string; at: Date; party_id: string | null; entry: string | null }>`
    select a.id, a.name, a.at, a.party_id, encode(sha256(e.bytes), 'hex') as entry
      from act_log a left join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)
     where a.subject = any (${[...subject.actSubjects]}::text[]) and a.name = any (${namesIn(subject.chain)}::text[])
     order by a.at, a.id limit ${EVENTS_MAX + 1}`.execute(q);
  if (rows.length > EVENTS_MAX) throw new RangeError(`${subject.id} has more than ${EVENTS_MAX} acts to certify`);
  const events = rows.flatMap((r) =>
    r.entry === null
      ? []
      : {
          receiptId: r.id.replace('act_', 'rct_'),
          act: r.name,
          title: titleOf(r.name),
          at: r.at.toISOString(),
          partyId: r.party_id,
          entrySha256: r.entry,
        },
  );
  return { acts: rows.length, events };
}

/** The act's own title, from the room that defines it. */
function titleOf(name: string): Text {
  for (const room of [catalog, products, contracts, delivery, clearing]) {
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
