import type { Cell, Facet, Money, Page, PartyRef, SubjectReceipt, Text } from './common.ts';

export interface DictionaryColumn {
  readonly name: string;
  readonly type: string;
  readonly titleZh: string;
  readonly titleEn: string | null;
  readonly description: string | null;
  readonly unit: string | null;
  readonly sensitive: boolean;
  /** Columns of a product only. */
  readonly resourceId?: string;
  readonly sourceColumn?: string | null;
  readonly aggregate?: string | null;
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  readonly distinct: number;
  readonly distinctExact: boolean;
  readonly min: Cell;
  readonly max: Cell;
  readonly mean: number | null;
  readonly histogram:
    | readonly { readonly from: number | string; readonly to: number | string; readonly count: number }[]
    | null;
  readonly top: readonly { readonly value: Cell; readonly count: number }[] | null;
  /** Values are withheld because the column is sensitive. */
  readonly masked: boolean;
}

export interface Profile {
  readonly rows: number;
  readonly bytes: number;
  readonly duplicateRows: number | null;
  readonly columns: readonly ColumnProfile[];
}

export interface Pricing {
  readonly mode: 'one-off' | 'per-call';
  /** Of one licence, or of one package of calls. */
  readonly price: Money;
  readonly callsPerPackage?: number | null;
}

export interface QualityIndicator {
  readonly code: string;
  readonly dimension: string;
  readonly title: Text;
  /** Between 0 and 1, higher is better. */
  readonly value: number | null;
  readonly assessable: boolean;
  readonly reason?: Text | null;
}

export interface Quality {
  /** 0 to 100; null when nothing could be measured. */
  readonly score: number | null;
  readonly indicators: readonly QualityIndicator[];
}

export interface LineageNode {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  /** Where the title is the platform's and not people's. */
  readonly titleEn?: string;
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: unknown }[];
}

export interface ProductSummary {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly state: string;
  readonly summary: string;
  readonly seller: PartyRef;
  readonly sector: string;
  readonly pricing: Pricing;
  readonly qualityScore?: number | null;
  readonly listedAt?: string | null;
  readonly rows?: number | null;
}

export interface ProductPageOf extends Page<ProductSummary> {
  readonly facets?: { readonly kind?: readonly Facet[]; readonly sector?: readonly Facet[] };
}

export interface Product extends ProductSummary {
  readonly publicData: boolean;
  readonly scenario: string;
  readonly version: number;
  readonly terms: {
    readonly purposes: readonly string[];
    readonly validDays: number;
    readonly redistribution: boolean;
  };
  readonly supply: { readonly updateFrequency: string; readonly commitment: string };
  readonly offersTestData?: boolean;
  readonly dictionary: readonly DictionaryColumn[];
  readonly sample: { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] } | null;
  readonly profile: Profile | null;
  readonly quality: Quality | null;
  readonly opinions: readonly {
    readonly kind: string;
    readonly conclusion: string;
    readonly statement?: string;
    readonly assessor?: PartyRef;
    readonly issuedAt?: string;
  }[];
  readonly lineage: Lineage;
  readonly shares: readonly {
    readonly partyId: string;
    readonly name?: string;
    readonly basisPoints: number;
    readonly reason: string;
  }[];
  readonly listing: { readonly board: string; readonly at?: string; readonly listedAt?: string } | null;
  readonly receipts: readonly SubjectReceipt[];
}

export interface ResourceSummary {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly state: string;
  readonly holder: PartyRef;
  readonly sector: string;
  readonly classification: { readonly class: string; readonly grade: string };
  /** Of public data only. */
  readonly opening: string | null;
  readonly publicData: boolean;
  readonly containsPersonalInformation: boolean;
  readonly updateFrequency: string;
  readonly coverage: { readonly region: string; readonly from: string | null; readonly to: string | null };
  readonly rows: number;
  readonly bytes: number;
  readonly columnCount: number;
  readonly registeredAt: string;
  /** In the directory of its department. */
  readonly number: string | null;
  readonly office: string | null;
  readonly zone: string | null;
  /** Only listed, as new as planned, or overdue. */
  readonly data: DataState;
  readonly dataAt: string | null;
  readonly updateDueAt: string | null;
  readonly complete: boolean;
}
export type DataState = 'listed' | 'current' | 'overdue';

export interface ResourcePageOf extends Page<ResourceSummary> {
  readonly facets: Readonly<
    Record<
      'sector' | 'opening' | 'grade' | 'zone' | 'department' | 'data',
      readonly (Facet & { readonly title?: string })[]
    >
  >;
}

/** How far a department has gathered its data. */
export interface GatheredFigures {
  readonly entries: number;
  readonly excepted: number;
  readonly gathered: number;
  readonly fresh: number;
  readonly described: number;
  readonly overdue: number;
  readonly whole: number;
  readonly share: number | null;
  readonly unconditional: number;
  readonly conditional: number;
  readonly paid: number;
}

export interface OpeningApplication {
  readonly id: string;
  readonly caseId: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly applicant: PartyRef;
  readonly provider: PartyRef;
  readonly purpose: string;
  readonly statement: string;
  readonly until: string;
  readonly state: string;
  readonly stateTitle: { readonly zh: string; readonly en: string };
  readonly appliedAt: string;
  readonly dueAt: string | null;
  readonly decidedAt: string | null;
  readonly reason: string | null;
  readonly living: boolean;
  readonly columns: readonly string[];
  readonly downloads: number;
  readonly version: number;
}

export interface Resource extends ResourceSummary {
  readonly version: number;
  readonly source: string;
  readonly sourceStatement: string;
  readonly consentBasis: string | null;
  readonly dictionary: readonly DictionaryColumn[];
  /** Only for its holder. */
  readonly datasetId: string | null;
  readonly profile: Profile | null;
  readonly conditions: string | null;
  readonly exceptionBasis: string | null;
  readonly missing: readonly string[];
  readonly missingRule: string;
  readonly origin: {
    readonly kind: string;
    readonly page: string | null;
    readonly place: string | null;
    readonly takenAt: string | null;
  } | null;
  readonly responsible: string | null;
  readonly withdrawnAt: string | null;
  readonly authorisations: readonly {
    readonly id: string;
    readonly party: PartyRef;
    readonly purpose: string;
    readonly validUntil: string;
    readonly grantedAt: string;
    readonly revokedAt: string | null;
  }[];
  readonly products: readonly LineageNode[];
  readonly receipts: readonly SubjectReceipt[];
}
