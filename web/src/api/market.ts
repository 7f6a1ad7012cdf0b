import type { Money, PartyRef, Text } from './common.ts';

export interface Demand {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly sector: string;
  readonly purpose: string;
  readonly budget: Money | null;
  /** `ended` is an open demand whose time is over. */
  readonly state: 'open' | 'ended' | 'closed';
  readonly until: string;
  readonly publishedAt: string;
  readonly party: PartyRef;
  /** How many there are; who sees which is another matter. */
  readonly responses: number;
  readonly version: number;
}

export interface DemandDetail extends Demand {
  readonly answers: readonly {
    readonly id: string;
    readonly party: PartyRef;
    readonly productId: string | null;
    readonly message: string;
    readonly respondedAt: string;
  }[];
  readonly closeReason: string | null;
}

/** Of a receipt: its act stands in the database, and from `sequenced` on its entry has a place in the public log. */
export interface ReceiptStatus {
  readonly id: string;
  readonly act: string;
  readonly title: Text;
  readonly at: string;
  readonly party: string | null;
  readonly subject: string;
  readonly level: 'committed' | 'sequenced' | 'witnessed';
  readonly index: number | null;
}

/** One receipt, with who witnessed it. */
export interface ReceiptWitnessing extends ReceiptStatus {
  readonly witnesses: readonly { readonly name: string; readonly at: string }[];
  /** The first anchor on each chain that covers the entry. */
  readonly anchors: readonly { readonly chainId: string; readonly blockNumber: number; readonly blockAt: string }[];
  /** False where the log has no witnesses: then `sequenced` is all there will be. */
  readonly awaitsWitnesses: boolean;
}

/** Live figures of the market. */
export interface Market {
  /** Money of cleared trades since the beginning, and since the first of this month. */
  readonly turnover: Money;
  readonly turnoverMonth: Money;
  readonly products: number;
  readonly sellers: number;
  readonly parties: number;
  /** Cleared orders, and all orders. */
  readonly trades: number;
  readonly orders: number;
  readonly receipts: number;
  /** Entries of the published evidence log. */
  readonly logSize: number;
  readonly at: string;
}
