import type { Text } from './common.ts';

export interface ActName {
  readonly name: string;
  readonly title: Text;
}

export interface Adoption {
  readonly adoptedFrom: string;
  readonly revokedAt: string | null;
  readonly reason: string;
  readonly actId: string;
}

export type CoverageStatus = 'enforced' | 'monitored' | 'recorded' | 'not-encoded' | 'open';

export type CoverageTotals = Readonly<Record<CoverageStatus, number>>;

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
