import type { Generated, Selectable } from 'kysely';
import { lifecycle } from '../../kernel/acts/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import type { Terms } from './terms.ts';

/** 订单 from placing to the money in the rights holders' accounts. */
export const orderLife = lifecycle(
  {
    placed: { sign: 'signed', cancel: 'cancelled' },
    signed: { pay: 'paid', cancel: 'cancelled' },
    paid: { deliver: 'delivered', dispute: 'disputed' },
    // A grant that the exchange or a regulator revokes takes the order with it, at whatever stage (HS-5.15).
    delivered: { accept: 'accepted', dispute: 'disputed', revoke: 'refunded' },
    accepted: { clear: 'cleared', revoke: 'refunded' },
    cleared: { revoke: 'refunded' },
    disputed: { release: 'accepted', refund: 'refunded', revoke: 'refunded' },
    refunded: {},
    cancelled: {},
  },
  {
    rule: 'HS-5.3',
    subject: text('订单', 'order'),
    states: {
      placed: text('待签署', 'waiting for signatures'),
      signed: text('待付款', 'waiting for payment'),
      paid: text('待交付', 'waiting for delivery'),
      delivered: text('待验收', 'waiting for acceptance'),
      accepted: text('待清算', 'waiting for clearing'),
      cleared: text('已清算', 'cleared'),
      disputed: text('争议处理中', 'in dispute'),
      refunded: text('已退款', 'refunded'),
      cancelled: text('已取消', 'cancelled'),
    },
  },
);

export type OrderState = (typeof orderLife.states)[number];
export const ORDER_STATES = orderLife.states;

export interface OrderTable {
  id: string;
  product_id: string;
  product_version: number;
  object_id: string;
  buyer_party_id: string;
  seller_party_id: string;
  state: OrderState;
  version: Generated<number>;
  quantity: number;
  purpose: string;
  terms: Terms;
  terms_hash: string;
  total_fen: number;
  placed_at: Date;
  placed_by: string | null;
  buyer_signed_at: Date | null;
  buyer_signed_by: string | null;
  seller_signed_at: Date | null;
  seller_signed_by: string | null;
  paid_at: Date | null;
  delivered_at: Date | null;
  accepted_at: Date | null;
  accepted_by_deadline: Generated<boolean>;
  cleared_at: Date | null;
  closed_at: Date | null;
  due_at: Date | null;
  disputed_by: string | null;
  disputed_at: Date | null;
  reason: string | null;
  resolution: string | null;
}

export type Order = Selectable<OrderTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    trade_order: OrderTable;
  }
}

const DAY_MS = 86_400_000;
const BEIJING_OFFSET_MS = 8 * 3_600_000;

/**
 * The end of the last day of a period: the day of the event does not count, and the last day ends at 24:00 Beijing
 * time (Civil Code, articles 201 and 203).
 */
export function periodEnd(from: Date, days: number): Date {
  const midnightMs = Math.floor((from.getTime() + BEIJING_OFFSET_MS) / DAY_MS) * DAY_MS - BEIJING_OFFSET_MS;
  return new Date(midnightMs + (days + 1) * DAY_MS);
}

/** SHA-256, hex, of the canonical JSON of the terms: what both sides sign. */
export const hashOf = (terms: Terms): string => sha256Hex(canonical(JSON.parse(JSON.stringify(terms))));

export interface Waiting {
  readonly who: 'buyer' | 'seller' | 'both' | 'exchange' | 'system';
  readonly what: Text;
}

/** Who must act next, in one sentence; null when nobody must. */
export function waitingOn(order: Order): Waiting | null {
  switch (order.state) {
    case 'placed':
      if (order.buyer_signed_at)
        return { who: 'seller', what: text('请卖方签署合约', 'The seller signs the contract') };
      if (order.seller_signed_at) return { who: 'buyer', what: text('请买方签署合约', 'The buyer signs the contract') };
      return { who: 'both', what: text('请买卖双方签署合约', 'Both sides sign the contract') };
    case 'signed':
      return { who: 'buyer', what: text('请买方付款，款项由交易所托管', 'The buyer pays into escrow') };
    case 'paid':
      return { who: 'seller', what: text('请卖方交付', 'The seller delivers') };
    case 'delivered':
      return {
        who: 'buyer',
        what: text(
          '请买方验收，逾期视为验收通过',
          'The buyer accepts; when the time is over the delivery counts as accepted',
        ),
      };
    case 'accepted':
      return { who: 'system', what: text('系统正在清算', 'The system clears the trade') };
    case 'disputed':
      return { who: 'exchange', what: text('请交易所调解并作出处理决定', 'The exchange mediates and decides') };
    default:
      return null;
  }
}
