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
  readonly rules: readonly { readonly id: string; readonly title: Text; readonly effect: string; readonly version: string; readonly article: string }[];
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

export interface DictionaryColumn {
  readonly name: string;
  readonly type: string;
  readonly titleZh?: string | null;
  readonly titleEn?: string | null;
  readonly description?: string | null;
  readonly unit?: string | null;
  readonly sensitive?: boolean;
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nulls?: number;
  readonly distinct?: number;
  readonly min?: string | number | null;
  readonly max?: string | number | null;
  readonly mean?: number | null;
  readonly histogram?: readonly { readonly from: number | string; readonly to: number | string; readonly count: number }[] | null;
  readonly top?: readonly { readonly value: string | null; readonly count: number }[] | null;
}

export interface Profile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

export interface Pricing {
  readonly mode: 'one-off' | 'per-call';
  readonly price: Money;
  readonly callsPerPackage?: number | null;
}

export interface QualityIndicator {
  readonly code: string;
  readonly dimension: string;
  readonly title: Text;
  readonly value: number | null;
  readonly assessable: boolean;
  readonly reason?: Text | string | null;
}

export interface LineageNode {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: Text | string | null }[];
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
  readonly quality?: { readonly score: number | null } | null;
  readonly listedAt?: string | null;
  readonly receiptId?: string | null;
}

export interface Product extends ProductSummary {
  readonly scenario: string;
  readonly version: number;
  readonly terms: { readonly purposes: readonly string[]; readonly validDays: number; readonly redistribution: boolean };
  readonly supply: { readonly updateFrequency: string; readonly commitment: string };
  readonly offersTestData?: boolean;
  readonly dictionary: readonly DictionaryColumn[];
  readonly sample: { readonly columns: readonly (string | { readonly name: string })[]; readonly rows: readonly (readonly unknown[])[] } | null;
  readonly profile: Profile | null;
  readonly quality: { readonly score: number | null; readonly indicators: readonly QualityIndicator[] } | null;
  readonly opinions: readonly {
    readonly kind: string;
    readonly conclusion: string;
    readonly statement?: string;
    readonly assessor?: PartyRef;
    readonly issuedAt?: string;
    readonly receiptId?: string | null;
  }[];
  readonly lineage: Lineage;
  readonly shares: readonly { readonly partyId: string; readonly name?: string; readonly basisPoints: number; readonly reason: string }[];
  readonly listing: { readonly board: string; readonly at: string; readonly receiptId?: string | null } | null;
  readonly receipts: readonly (string | { readonly id: string; readonly act?: string; readonly title?: Text; readonly at?: string })[];
}

export interface Demand {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly sector: string;
  readonly budget: Money | null;
  readonly until: string;
  readonly purpose: string;
  readonly state?: string;
  readonly publisher?: PartyRef;
  readonly party?: PartyRef;
  readonly publishedAt?: string;
}

export interface RulebookDocumentSummary {
  readonly code: string;
  readonly short: Text;
  readonly title: Text;
  readonly issuer: Text;
  readonly group: 'source' | 'house' | 'law';
  readonly level: string;
  readonly date: string | null;
  readonly status: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

export type CoverageStatus = 'enforced' | 'monitored' | 'recorded' | 'not-encoded' | 'open';

export interface CoverageItem {
  readonly id: string;
  readonly document: string;
  readonly article: string;
  readonly tier: string;
  readonly status: CoverageStatus;
  readonly reason?: string | Text | null;
}

export interface Me {
  readonly person: { readonly id: string; readonly login: string; readonly displayName: string };
  readonly party: PartyRef | null;
  readonly roles: readonly string[];
  readonly secondFactor: boolean;
}

export interface ReceiptStatus {
  readonly id: string;
  readonly status: string;
  readonly index: number | null;
  readonly at?: string;
  readonly act?: string;
  readonly title?: Text;
  readonly subject?: string;
}
