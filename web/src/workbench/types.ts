import type { CaseItem, Money, PartyRef, Profile, Quality, Text } from '../api.ts';

/** What the reads of signed-in people answer, beside those of the portal (api-types.ts). */
export interface WaitingFor {
  readonly partyId: string | null;
  readonly name: string;
  readonly what: Text;
  readonly dueAt: string;
}

export interface Task {
  readonly id?: string;
  readonly subject: string;
  /** Of what follows a procedure. */
  readonly caseId?: string | null;
  readonly kind: string;
  readonly title: Text | string;
  readonly what: Text;
  readonly dueAt: string | null;
  /** Address of its read. */
  readonly link?: string;
  /** As the law counts it. */
  readonly left?: CaseItem['left'];
}

/** What in a column looks like personal data. */
export interface Finding {
  readonly column: string;
  readonly kind: string;
  readonly strength: string;
  readonly values: number;
  readonly matches: number;
  readonly exact: boolean;
  readonly within: boolean;
  readonly samples: readonly string[];
}

export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly state: 'ingesting' | 'ready' | 'failed' | 'erased';
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly createdAt: string;
  readonly progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number | null;
    readonly unit: 'bytes' | 'rows' | 'columns';
  };
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly profile: Profile | null;
  readonly findings: readonly Finding[] | null;
  readonly failure: Text | null;
}

export type OrderState =
  | 'placed'
  | 'signed'
  | 'paid'
  | 'delivered'
  | 'accepted'
  | 'cleared'
  | 'disputed'
  | 'refunded'
  | 'cancelled';

export interface OrderItem {
  readonly id: string;
  readonly state: OrderState;
  readonly stateTitle: Text;
  readonly product: { readonly id: string; readonly title: string; readonly kind: string; readonly version: number };
  readonly buyer: PartyRef;
  readonly seller: PartyRef;
  readonly quantity: number;
  readonly total: Money;
  readonly purpose: string;
  readonly placedAt: string;
  readonly version: number;
  readonly waitingFor: WaitingFor | null;
}

export interface SplitPart {
  readonly partyId: string;
  readonly name: string;
  readonly role: 'holder' | 'exchange';
  readonly basisPoints: number;
  readonly reason: string;
  readonly amount: Money;
}

export interface Order extends OrderItem {
  readonly scenario: string;
  readonly terms: {
    readonly calls: number | null;
    readonly price: { readonly mode: 'one-off' | 'per-call'; readonly unit: Money; readonly total: Money };
    readonly licence: { readonly validDays: number; readonly redistribution: boolean };
    readonly delivery: { readonly method: 'file' | 'query'; readonly days: number };
    readonly acceptance: { readonly days: number };
    readonly fee: { readonly basisPoints: number; readonly reference: string };
    readonly supply: { readonly updateFrequency: string; readonly commitment: string };
  };
  readonly termsHash: string;
  readonly contract: {
    readonly text: Text;
    readonly signatures: readonly {
      readonly side: 'buyer' | 'seller';
      readonly partyId: string;
      readonly name: string;
      readonly at: string | null;
    }[];
  };
  readonly split: readonly SplitPart[];
  readonly timeline: readonly {
    readonly act: string;
    readonly title: Text;
    readonly at: string;
    readonly party: PartyRef | null;
    readonly receiptId: string;
  }[];
  readonly delivery: {
    readonly id: string;
    readonly method: 'file' | 'query';
    readonly state: 'live' | 'expired' | 'revoked' | 'used-up';
    readonly deliveredAt: string;
    readonly validUntil: string;
    readonly callsLeft: number | null;
  } | null;
  readonly clearing: { readonly state: 'reserved' | 'cleared' | 'refunded'; readonly clearedAt: string | null } | null;
  readonly acceptedByDeadline: boolean;
  readonly reason: string | null;
  readonly resolution: string | null;
  readonly actions: readonly string[];
}

export interface DeliveryUsage {
  readonly id: string;
  readonly kind: 'download' | 'query';
  readonly format: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: 'complete' | 'broken-off' | 'revoked' | null;
  readonly bytes: number;
  readonly rows: number;
}

export interface Delivery {
  readonly id: string;
  readonly orderId: string;
  readonly method: 'file' | 'query';
  readonly state: 'live' | 'expired' | 'revoked' | 'used-up';
  readonly validUntil: string;
  readonly callsLimit: number | null;
  readonly callsLeft: number | null;
  readonly revokedReason: string | null;
  /** A right to the data behind it that does not live now. */
  readonly useStopped: {
    readonly resource: string;
    readonly state: 'suspended' | 'expired' | 'ended';
    readonly forConsent: boolean;
    readonly since: string;
  } | null;
  readonly usage: {
    readonly downloads: number;
    readonly calls: number;
    readonly bytes: number;
    readonly latest: readonly DeliveryUsage[];
  };
}

export interface Account {
  readonly id: string;
  readonly title: Text;
  readonly owner: PartyRef | null;
  readonly balance: Money;
  readonly reserved: Money;
  readonly available: Money;
  readonly incoming: Money;
  readonly entries: number;
}

export interface Withdrawal {
  readonly id: string;
  readonly party: PartyRef;
  readonly amount: Money;
  readonly bankAccount: string;
  readonly state: 'requested' | 'approved' | 'refused';
  readonly stateTitle: Text;
  readonly requestedAt: string;
  readonly decidedAt: string | null;
  readonly reason: string | null;
  readonly requestedByMe: boolean;
}

export interface Certificate {
  readonly id: string;
  readonly number: string;
  readonly kind: 'registration' | 'trade' | 'delivery' | 'clearing' | 'asset';
  readonly kindTitle: Text;
  readonly state: 'valid' | 'revoked' | 'superseded';
  readonly stateTitle: Text;
  readonly holder: string;
  readonly mine: boolean;
  readonly issuedAt: string;
  readonly receiptId: string;
  readonly subject: { readonly id: string; readonly title: string };
  /** Of an asset certificate, `YYYY-MM-DD/YYYY-MM-DD`. */
  readonly period: string;
}

export interface Assessment {
  readonly id: string;
  readonly kind: 'compliance' | 'quality';
  readonly state: 'requested' | 'measured' | 'issued';
  readonly product: { readonly id: string; readonly title: string; readonly version: number };
  readonly holder: PartyRef;
  readonly assessor: PartyRef;
  readonly norm: string;
  readonly requestedAt: string;
  readonly conclusion: 'passed' | 'failed' | null;
  readonly issuedAt: string | null;
}

export interface ChecklistAnswer {
  readonly item: string;
  readonly answer: 'yes' | 'no' | 'not-applicable';
  readonly note?: string;
}

export interface AssessmentDetail extends Assessment {
  readonly measurement: Quality | null;
  readonly measuredAt: string | null;
  readonly statement: string | null;
  readonly checklist: readonly ChecklistAnswer[] | null;
  readonly waitingFor: { readonly party: PartyRef; readonly what: Text } | null;
}

export interface Checklist {
  readonly kind: string;
  readonly norm: string;
  readonly validFrom: string;
  readonly items: readonly { readonly item: string; readonly title: Text; readonly source: string }[];
  readonly dimensions: readonly { readonly dimension: string; readonly title: Text }[];
}

export interface RecipeFilter {
  readonly column: string;
  readonly op: string;
  readonly value: string | number | boolean | null;
}

export interface Recipe {
  readonly resourceId: string;
  readonly filters: readonly RecipeFilter[];
  readonly groupBy: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly column?: string;
    readonly aggregate?: string;
    readonly titleZh: string;
    readonly titleEn?: string;
  }[];
  readonly minimumGroupSize?: number;
}

/** What a product's page holds beside the portal's part of it. */
export interface ProductExtra {
  readonly build: {
    readonly state: 'building' | 'built' | 'failed';
    readonly failure: Text | null;
    readonly builtAt: string | null;
    readonly rows: number | null;
    readonly bytes: number | null;
  };
  readonly recipe: Recipe | null;
  readonly suspension: { readonly by: string; readonly reason: string | null } | null;
}
