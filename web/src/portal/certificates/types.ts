import type { Money, Text } from '../../api.ts';

interface Party {
  readonly id: string;
  readonly name: string;
  readonly uscc: string;
}

/** What a certificate says (`Content` of the server). */
export interface Content {
  readonly number: string;
  readonly kind: 'registration' | 'trade' | 'delivery' | 'clearing' | 'asset';
  readonly issuedAt: string;
  readonly issuer: string;
  readonly holder: Party;
  readonly subject: { readonly id: string; readonly title: string };
  readonly parties: readonly (Party & { readonly role: Text })[];
  readonly amounts: readonly { readonly title: Text; readonly party: string | null; readonly amount: Money }[];
  readonly asset: {
    readonly period: { readonly from: string; readonly until: string };
    readonly registration: readonly { readonly title: Text; readonly value: Text }[];
    readonly rights: readonly { readonly right: Text; readonly ground: Text }[];
    readonly opinions: readonly {
      readonly kind: Text;
      readonly assessor: string;
      readonly conclusion: Text;
      readonly score: number | null;
      readonly issuedAt: string;
    }[];
    readonly counts: readonly {
      readonly key: string;
      readonly title: Text;
      readonly count: number;
      readonly first: string | null;
      readonly last: string | null;
    }[];
    readonly sums: readonly { readonly key: string; readonly title: Text; readonly amount: Money }[];
    readonly metered: readonly { readonly key: string; readonly title: Text; readonly count: number }[];
    readonly accounting: { readonly assessed: boolean; readonly traded: boolean };
  } | null;
  readonly recognised: readonly {
    readonly importId: string;
    readonly kindTitle: Text;
    readonly number: string;
    readonly registry: string;
    readonly issuedOn: string;
    readonly validUntil: string | null;
  }[];
  readonly supersedes: string | null;
  readonly events: readonly {
    readonly receiptId: string;
    readonly title: Text;
    readonly at: string;
  }[];
}

interface Other {
  readonly id: string;
  readonly number: string;
}

/** `GET /v1/certificates/:certificateId`; what it says is for those concerned. */
export interface ShownCertificate {
  readonly id: string;
  readonly number: string;
  readonly kind: Content['kind'];
  readonly kindTitle: Text;
  readonly state: 'valid' | 'revoked' | 'superseded';
  readonly stateTitle: Text;
  readonly issuer: string;
  readonly issuedAt: string;
  readonly revokedAt: string | null;
  readonly ground: Text | null;
  readonly receiptId: string;
  readonly certificate: {
    readonly contentSha256: string;
    readonly holder: string;
    readonly subject: { readonly id: string; readonly title: string };
    readonly signed: boolean;
    readonly mine: boolean;
    readonly reason: string | null;
    readonly version: number;
    readonly content: Content | null;
    readonly supersedes: Other | null;
    readonly supersededBy: Other | null;
  } | null;
}

export type ImportState = 'submitted' | 'recognised' | 'refused' | 'ended';

/** `GET /v1/imported-certificates`: a certificate of registration that another body issued. */
export interface ImportedCertificate {
  readonly id: string;
  readonly kind: 'data-ip' | 'data-rights';
  readonly kindTitle: Text;
  readonly number: string;
  readonly title: string;
  readonly registry: { readonly id: string; readonly name: string };
  readonly party: { readonly id: string; readonly name: string };
  readonly subject: { readonly id: string; readonly title: string };
  readonly rights: readonly Text[];
  readonly issuedOn: string;
  readonly validUntil: string | null;
  readonly expired: boolean;
  readonly state: ImportState;
  readonly stateTitle: Text;
  readonly restriction: Text | null;
  readonly importedAt: string;
  readonly decidedAt: string | null;
  readonly ground: Text | null;
  readonly receiptId: string;
  readonly version: number;
}

export interface Registry {
  readonly id: string;
  readonly name: string;
  readonly kinds: readonly ImportedCertificate['kind'][];
  readonly kindTitles: readonly Text[];
  readonly numberFormat: string;
  readonly validYears: number | null;
  readonly basis: string;
  readonly recognisedAt: string;
  readonly withdrawnAt: string | null;
  readonly version: number;
}
