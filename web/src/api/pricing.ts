import type { Money, PartyRef, ReceiptRef, Text } from './common.ts';

export type UseClass = 'industry' | 'public-governance' | 'public-welfare';

export interface AllowedRevenue {
  readonly id: string;
  readonly caseId: string;
  readonly agreementId: string;
  readonly operator: PartyRef;
  readonly state: string;
  readonly stateTitle: Text;
  readonly periodFrom: string;
  readonly periodUntil: string;
  readonly costs: readonly {
    readonly kind: string;
    readonly title: Text;
    readonly amount: Money;
    readonly note: string;
  }[];
  readonly cost: Money;
  readonly profitBasisPoints: number;
  readonly approvals: readonly PartyRef[];
  readonly reason: string | null;
  readonly subsidy: Money;
  readonly profit: Money;
  readonly tax: Money;
  readonly deducted: Money;
  readonly allowed: Money;
  readonly revenue: Money | null;
  readonly excess: Money | null;
}

export interface PriceCap {
  readonly id: string;
  readonly caseId: string;
  readonly operator: PartyRef;
  readonly authoriser: PartyRef;
  readonly product: { readonly id: string; readonly title: string };
  readonly scenario: { readonly id: string; readonly title: string };
  readonly cap: Money;
  readonly mode: 'one-off' | 'per-call';
  readonly units: number;
  readonly expectedQuantity: number;
  readonly trial: boolean;
  readonly basis: string;
  readonly reason: string | null;
  readonly state: string;
  readonly stateTitle: Text;
  readonly setAt: string | null;
}

export interface PriceBasis {
  readonly governed: boolean;
  readonly opened: boolean;
  readonly chargeable: boolean;
  readonly useClasses: readonly UseClass[];
  readonly price: Money;
  readonly callsPerPackage: number | null;
  readonly cap: {
    readonly id: string;
    readonly amount: Money;
    readonly mode: 'one-off' | 'per-call';
    readonly units: number;
    readonly trial: boolean;
    readonly setBy: PartyRef;
    readonly setAt: string;
    readonly basis: string;
  } | null;
  readonly receipts: readonly ReceiptRef[];
}

export interface ConsentNoticeItem {
  readonly id: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly purpose: string;
  readonly version: number;
  readonly newest: boolean;
  readonly level: 'record' | 'organisation';
  readonly keyColumn: string | null;
  readonly publishedAt: string;
  readonly living: number;
  readonly withdrawn: number;
}

export interface ConsentNotice {
  readonly id: string;
  readonly resource: string;
  readonly purpose: string;
  readonly version: number;
  readonly contentHash: string;
  readonly publishedAt: string;
  readonly parts: readonly { readonly name: string; readonly title: Text; readonly words: string }[];
}

export interface ConsentItem {
  readonly id: string;
  readonly noticeId: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly purpose: string;
  readonly version: number;
  readonly subjectKind: 'person' | 'organisation';
  readonly methodTitle: Text;
  readonly givenAt: string;
  readonly withdrawnAt: string | null;
  readonly withdrawnBy: 'subject' | 'keeper' | null;
  readonly code: string;
}

interface DisclosedAuthorisation {
  readonly agreementId: string;
  readonly operator: PartyRef;
  readonly authoriser: PartyRef;
  readonly mode: Text;
  readonly resources: number;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly filingNumber: string | null;
  readonly state: Text;
}

export interface DisclosureDocument {
  readonly year: number;
  readonly party: PartyRef & { readonly uscc: string; readonly legalRepresentative: string };
  readonly implementing: {
    readonly authorisations: readonly DisclosedAuthorisation[];
    readonly caps: readonly {
      readonly capId: string;
      readonly productId: string;
      readonly product: string;
      readonly operator: PartyRef;
      readonly cap: Money;
      readonly units: string;
      readonly trial: boolean;
      readonly setAt: string;
    }[];
  } | null;
  readonly operating: {
    readonly authorisations: readonly DisclosedAuthorisation[];
    readonly resources: readonly {
      readonly resourceId: string;
      readonly title: string;
      readonly holder: string;
      readonly updateFrequency: string;
      readonly purposes: readonly string[];
    }[];
    readonly products: readonly {
      readonly productId: string;
      readonly title: string;
      readonly kind: string;
      readonly useClasses: readonly UseClass[];
      readonly price: Money;
      readonly calls: number | null;
      readonly cap: Money | null;
    }[];
    readonly operation: {
      readonly orders: number;
      readonly revenue: Money;
      readonly periods: readonly {
        readonly from: string;
        readonly until: string;
        readonly cost: Money;
        readonly allowed: Money;
        readonly revenue: Money | null;
        readonly excess: Money | null;
      }[];
      readonly securityReports: number;
      readonly incidents: number;
      readonly trainings: number;
      readonly drills: number;
      readonly governanceRaised: number;
      readonly governanceAnswered: number;
      readonly violationReports: number;
    };
  } | null;
}

export interface DisclosureItem {
  readonly id: string;
  readonly party: PartyRef;
  readonly year: number;
  readonly version: number;
  readonly sha256: string;
  readonly publishedAt: string;
  readonly receiptId: string;
}

export interface DisclosureDetail extends DisclosureItem {
  readonly document: DisclosureDocument;
}

export interface DisclosureDraft {
  readonly document: DisclosureDocument;
  readonly missing: readonly Text[];
}
