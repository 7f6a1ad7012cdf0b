import type { Money, PartyRef } from '../../api.ts';

export interface DemandItem {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly sector: string;
  readonly purpose: string;
  readonly budget: Money | null;
  readonly state: string;
  readonly until: string;
  readonly publishedAt: string;
  readonly party: PartyRef;
  readonly responses: number;
  readonly version: number;
}

export interface DemandCase extends DemandItem {
  readonly closeReason: string | null;
  readonly answers: readonly {
    readonly id: string;
    readonly party: PartyRef;
    readonly productId: string | null;
    readonly message: string;
    readonly respondedAt: string;
  }[];
}
