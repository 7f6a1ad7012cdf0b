import type { Text } from '../../src/kernel/text.ts';

export type { Text };

/** What the server answers; written by hand beside the reads of `src/`, in this one file. */
export interface Money {
  /** Integer fen as a string: JSON numbers would lose large sums. */
  readonly amountFen: string;
  readonly currency: 'CNY';
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Violation {
  readonly rule: string;
  readonly article: string;
  readonly fact: Text;
  readonly remedy: Text;
}

/** RFC 9457 problem details with the reasons of a refusal. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly titleText?: Text;
  readonly violations: readonly Violation[];
}

export interface ReceiptRef {
  readonly id: string;
  readonly at: string;
}

export interface ActInfo {
  readonly name: string;
  readonly title: Text;
  readonly by: { readonly kind: 'anyone' | 'signed-in' | 'system' | 'roles'; readonly roles?: readonly string[] };
  readonly byText: Text;
  readonly secondFactor: boolean;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly rules: readonly {
    readonly id: string;
    readonly title: Text;
    readonly effect: string;
    readonly version: string;
    readonly article: string;
  }[];
}

/** The part of JSON Schema 2020-12 that the forms understand. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly 'x-title-en'?: string;
  readonly 'x-id'?: string;
  readonly description?: string;
  readonly 'x-description-en'?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

export interface PartyRef {
  readonly id: string;
  readonly name: string;
}

export type Cell = string | number | boolean | null;

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
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: unknown }[];
}

/** An act on a subject, by its receipt. */
export interface SubjectReceipt {
  readonly id: string;
  readonly act: string;
  readonly at: string;
}

export interface Facet {
  readonly value: string;
  readonly count: number;
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
}

export interface ResourcePageOf extends Page<ResourceSummary> {
  readonly facets: { readonly sector: readonly Facet[] };
}

export interface Resource extends ResourceSummary {
  readonly version: number;
  readonly source: string;
  readonly sourceStatement: string;
  readonly consentBasis: string | null;
  readonly dictionary: readonly DictionaryColumn[];
  readonly profile: Profile | null;
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

export type CoverageStatus = 'enforced' | 'monitored' | 'recorded' | 'not-encoded' | 'open';
export type CoverageTotals = Readonly<Record<CoverageStatus, number>>;

export interface Adoption {
  readonly adoptedFrom: string;
  readonly revokedAt: string | null;
  readonly reason: string;
  readonly actId: string;
}

export interface RulebookDocument {
  readonly code: string;
  readonly short: Text;
  readonly title: Text;
  readonly issuer: Text;
  readonly group: 'source' | 'house' | 'law';
  readonly level: Text;
  readonly date: string | null;
  readonly status: 'draft' | 'in force' | 'house rules' | 'no legal force';
  readonly statusNote: Text;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly scope: Text;
  readonly source: string | null;
  readonly notes: Text | null;
  readonly binding: boolean;
  readonly adoption: Adoption | null;
  readonly articles: number;
  readonly totals: CoverageTotals;
}

export interface ActName {
  readonly name: string;
  readonly title: Text;
}

export interface Article {
  readonly id: string;
  readonly document: string;
  /** Place in the document, such as `第十条第1款`. */
  readonly article: string;
  readonly citation: Text;
  readonly kind: string;
  readonly tier: 'A' | 'B' | 'C' | 'D';
  readonly actor: Text | null;
  readonly text: Text;
  readonly numbers: string | null;
  readonly status: CoverageStatus;
  readonly reason?: Text;
  readonly binding: boolean;
  readonly acts: readonly ActName[];
  readonly rules: readonly { readonly title: Text; readonly effect: string; readonly version: string }[];
}

export type RulebookDocumentDetail = Omit<RulebookDocument, 'articles'> & {
  readonly articles: readonly Article[];
  readonly adoptions: readonly Adoption[];
};

export interface RuleParameter {
  readonly name: string;
  readonly values: readonly {
    readonly from: string;
    readonly value: unknown;
    readonly unit?: string;
    readonly reference: string;
  }[];
  readonly current: number | null;
}

export interface RuleView {
  readonly title: Text;
  readonly effect: string;
  readonly version: string;
  readonly params: readonly RuleParameter[];
  readonly examples: readonly {
    readonly name: string;
    readonly at: string;
    readonly facts: unknown;
    readonly expect: string;
  }[];
  readonly source: string;
  readonly acts: readonly ActName[];
}

export interface RuleDetail {
  readonly article: Article;
  readonly document: RulebookDocument;
  readonly rules: readonly RuleView[];
  readonly decisions: readonly {
    readonly act: string;
    readonly at: string;
    readonly outcome: string;
    readonly binding: boolean;
    readonly version: string;
  }[];
  readonly refusals: readonly {
    readonly act: string;
    readonly at: string;
    readonly partyId: string | null;
    readonly fact: Text | null;
  }[];
}

export interface CoverageItem {
  readonly id: string;
  readonly document: string;
  readonly article: string;
  readonly tier: string;
  readonly status: CoverageStatus;
  readonly reason?: Text;
  readonly acts: readonly string[];
  readonly rules: readonly {
    readonly version: string;
    readonly params: readonly string[];
    readonly examples: number;
  }[];
}

export interface Coverage {
  readonly items: readonly CoverageItem[];
  readonly totals: CoverageTotals;
  readonly documents: Readonly<Record<string, CoverageTotals>>;
}

export interface PartySummary {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly state: string;
}

export interface PartyDetail extends PartySummary {
  readonly uscc: string;
  readonly businessTypes: readonly string[];
  readonly providerClass: string | null;
}

/** Who is signed in. */
export interface Me {
  readonly person: {
    readonly id: string;
    readonly login: string;
    readonly displayName: string;
    readonly personalRoles: readonly string[];
    readonly secondFactorEnrolled: boolean;
  };
  readonly party: PartyRef & { readonly state: string; readonly roles: readonly string[] };
  /** In which the person may act now. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly secondFactor: boolean;
  /** The session may do nothing but set its second factor up. */
  readonly mustSetUpSecondFactor: boolean;
  readonly expiresAt: string;
}

/** Of a receipt: its act stands in the database, and from `sequenced` on its entry has a place in the public log. */
export interface ReceiptStatus {
  readonly id: string;
  readonly act: string;
  readonly title: Text;
  readonly at: string;
  readonly party: string | null;
  readonly subject: string;
  readonly level: 'committed' | 'sequenced';
  readonly index: number | null;
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
