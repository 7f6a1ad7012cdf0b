import { partiesById } from '../../kernel/access/index.ts';
import { notFound } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { money } from '../../kernel/ledger/index.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { EXCHANGE, feeRuleAt, splitByShares } from '../clearing/index.ts';
import { getForOrder, type ProductForOrder } from '../products/index.ts';
import { ACCEPTANCE_DAYS, DELIVERY_DAYS } from './deadlines.ts';
import type { Side } from './orders.ts';
import type { SplitPart, Terms } from './terms.ts';

/** What an order needs to know of a product, and the object that will be delivered; null while it is not built. */
export type Offer = Omit<ProductForOrder, 'objectId'> & { readonly objectId: string | null };

/** States strangers may know of: what was once public. */
const SEEN = new Set(['listed', 'suspended', 'withdrawn']);

/** @throws notFound for a product that does not exist or was never on the market, so that drafts stay hidden */
export async function loadOffer(q: Queryable, productId: string, buyerPartyId: string | null): Promise<Offer> {
  const product = await getForOrder(q, productId);
  if (!product) throw notFound();
  if (!SEEN.has(product.state) && product.sellerId !== buyerPartyId) throw notFound();
  return { ...product, objectId: product.objectId || null };
}

/** Both sides of a trade to be, and the names of those who share in it, as the register of parties knows them. */
export interface Parties {
  readonly buyer: Side;
  readonly seller: Side;
  readonly holders: Readonly<Record<string, string>>;
}

/** @throws notFound when a side is not there */
export async function loadParties(q: Queryable, buyerId: string | null, offer: Offer): Promise<Parties> {
  const holders = offer.shares.map((s) => s.partyId);
  const parties = await partiesById(q, [...(buyerId === null ? [] : [buyerId]), offer.sellerId, ...holders]);
  const side = (id: string | null): Side => {
    const party = id === null ? undefined : parties.get(id);
    if (!party) throw notFound();
    return { id: party.id, name: party.name, uscc: party.uscc, state: party.state };
  };
  return {
    buyer: side(buyerId),
    seller: side(offer.sellerId),
    holders: Object.fromEntries(holders.map((id) => [id, parties.get(id)?.name ?? id])),
  };
}

interface Wanted {
  readonly quantity: number;
  readonly purpose: string;
  readonly scenario: string;
}

/** The terms of a trade as they stand at this moment; from here on only these count. */
export function freezeTerms(offer: Offer, { buyer, seller, holders }: Parties, wanted: Wanted, at: Date): Terms {
  const unitFen = BigInt(offer.unitFen);
  const totalFen = unitFen * BigInt(wanted.quantity);
  const fee = feeRuleAt(at);
  const legs = splitByShares(totalFen, fee.basisPoints, offer.shares);
  const split: SplitPart[] = legs.map(({ partyId, amountFen }, n) => {
    const share = offer.shares[n];
    if (share === undefined || partyId === EXCHANGE) {
      const reason = `交易服务费（${fee.reference}）`;
      return {
        partyId: EXCHANGE,
        name: '交易所',
        role: 'exchange',
        basisPoints: fee.basisPoints,
        reason,
        amount: money(amountFen),
      };
    }
    const name = holders[partyId] ?? partyId;
    return {
      partyId,
      name,
      role: 'holder',
      basisPoints: share.basisPoints,
      reason: share.reason,
      amount: money(amountFen),
    };
  });
  return {
    type: 'shuheng/terms/1',
    product: { id: offer.id, version: offer.version, title: offer.title, kind: offer.kind },
    buyer: { id: buyer.id, name: buyer.name, uscc: buyer.uscc },
    seller: { id: seller.id, name: seller.name, uscc: seller.uscc },
    purpose: wanted.purpose,
    scenario: wanted.scenario,
    quantity: wanted.quantity,
    calls: offer.mode === 'per-call' ? (offer.callsPerPackage ?? 1) * wanted.quantity : null,
    price: { mode: offer.mode, unit: money(unitFen), total: money(totalFen) },
    licence: { validDays: offer.validDays, redistribution: offer.redistribution },
    delivery: { method: offer.kind === 'query-service' ? 'query' : 'file', days: valueAt(DELIVERY_DAYS, at).value },
    acceptance: { days: valueAt(ACCEPTANCE_DAYS, at).value },
    supply: { updateFrequency: offer.supply.updateFrequency, commitment: offer.supply.commitment },
    split,
    fee,
    publicData: offer.publicData,
  };
}
