import type { Text } from '../../api.ts';

/** `GET /v1/evidence/health` */
export interface Health {
  readonly log: string;
  readonly at: string;
  readonly state: 'good' | 'waiting' | 'alarm';
  readonly size: number;
  readonly publishedSize: number;
  readonly witnessedSize: number | null;
  readonly waiting: number;
  readonly waitingMs: number;
  readonly checkpoint: { readonly text: string; readonly signedAt: string | null; readonly root: string } | null;
  readonly quorum: { readonly met: boolean; readonly says: Text; readonly witnessedAt: string | null } | null;
  readonly witnesses: readonly {
    readonly name: string;
    readonly vkey: string;
    readonly state: 'fresh' | 'behind' | 'late' | 'silent';
    readonly size: number | null;
    readonly at: string | null;
    readonly counted: boolean;
  }[];
  readonly anchors: {
    readonly chain: string | null;
    readonly size: number | null;
    readonly at: string | null;
    readonly transactionHash: string | null;
  } | null;
  readonly keys: readonly {
    readonly vkey: string;
    readonly id: string;
    readonly purpose: string;
    readonly algorithm: string;
    readonly state: 'announced' | 'signing' | 'retired';
    readonly announcedAt: string;
    readonly announcedBy: string | null;
    readonly lastSize: number | null;
  }[];
  readonly alarms: readonly { readonly kind: string; readonly at: string | null; readonly says: Text }[];
}
