import type { PartyRef, Text } from '../../api.ts';

/** `GET /v1/evidence/bundles` */
export interface Bundle {
  readonly id: string;
  readonly party: PartyRef;
  readonly subject: string | null;
  readonly from: string | null;
  readonly until: string | null;
  readonly openings: boolean;
  readonly state: 'making' | 'ready' | 'failed' | 'removed';
  readonly stateTitle: Text;
  readonly version: number;
  readonly receipts: number;
  readonly done: number;
  readonly failure: Text | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly requestedAt: string;
  readonly requestReceiptId: string;
  readonly madeAt: string | null;
  readonly expiresAt: string;
}
