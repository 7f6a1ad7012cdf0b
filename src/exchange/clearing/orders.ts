import type { Tx } from '../../kernel/database/index.ts';
import type { Share } from './model.ts';

/** What clearing looks at before it pays out: the terms as they were frozen when the order was placed. */
export interface OrderToClear {
  readonly id: string;
  readonly state: string;
  readonly productId: string;
  readonly buyerPartyId: string;
  readonly sellerPartyId: string;
  readonly totalFen: bigint;
  readonly feeBasisPoints: number;
  readonly shares: readonly Share[];
  /** The product holds data of a public body, so that public money is in the price. */
  readonly publicData: boolean;
}

export interface OrderBook {
  /** Locks the order's row; undefined when there is none. */
  readonly lock: (tx: Tx, orderId: string) => Promise<OrderToClear | undefined>;
  /** Moves a locked order from accepted to cleared. */
  readonly markCleared: (tx: Tx, order: { readonly id: string; readonly state: 'accepted' }, at: Date) => Promise<void>;
}

let book: OrderBook | undefined;

/** Contracts connects its orders when it is loaded: it calls clearing to reserve money, so clearing must not import it. */
export function connectOrders(orders: OrderBook): void {
  book = orders;
}

/** @throws Error when contracts was not loaded: a fault of the wiring */
export function orderBook(): OrderBook {
  if (!book) throw new Error('no order book is connected to clearing');
  return book;
}
