import type { Generated, Selectable } from 'kysely';

export interface DeliveryTable {
  id: string;
  order_id: string;
  product_id: string;
  product_version: number;
  seller_party_id: string;
  buyer_party_id: string;
  method: 'file' | 'query';
  object_id: string;
  purpose: string;
  delivered_at: Date;
  valid_until: Date;
  calls_limit: number | null;
  calls_used: Generated<number>;
  revoked_at: Date | null;
  revoked_reason: string | null;
}

export interface UsageTable {
  id: string;
  delivery_id: string;
  kind: 'download' | 'query';
  format: string | null;
  started_at: Date;
  ended_at: Date | null;
  outcome: 'complete' | 'broken-off' | 'revoked' | null;
  bytes: Generated<number>;
  calls: Generated<number>;
  rows: Generated<number>;
}

export type Delivery = Selectable<DeliveryTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    delivery: DeliveryTable;
    delivery_usage: UsageTable;
    delivery_rendering: { object_id: string; format: string; rendered_id: string };
  }
}

export type GrantState = 'live' | 'expired' | 'revoked' | 'used-up';

/** What a grant is worth at a moment. */
export function grantState(delivery: Delivery, at: Date): GrantState {
  if (delivery.revoked_at) return 'revoked';
  if (at >= delivery.valid_until) return 'expired';
  return callsLeftOf(delivery) === 0 ? 'used-up' : 'live';
}

/** Null for files, which are licensed by period. */
export const callsLeftOf = (d: Delivery): number | null =>
  d.calls_limit === null ? null : d.calls_limit - d.calls_used;
