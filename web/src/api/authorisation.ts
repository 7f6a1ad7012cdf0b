import type { PartyRef, Text } from './common.ts';
import type { UseClass } from './pricing.ts';

export type OperationMode = 'comprehensive' | 'field' | 'tiered';

export interface AnnouncementItem {
  readonly id: string;
  readonly title: string;
  readonly mode: OperationMode;
  readonly modeTitle: Text;
  readonly authoriser: PartyRef;
  readonly publishedAt: string;
  readonly applyUntil: string;
  readonly open: boolean;
  readonly resources: number;
}

export interface Criterion {
  readonly title: string;
  /** Full points. */
  readonly weight: number;
}

export interface AnnouncementDetail extends AnnouncementItem {
  readonly scope: string;
  readonly conditions: string;
  readonly requirements: string;
  readonly criteria: readonly Criterion[];
  readonly passScore: number;
  readonly authority: PartyRef;
  readonly resourceList: readonly TitledRef[];
}

export interface TitledRef {
  readonly id: string;
  readonly title: string;
}

export interface OperatingUnit {
  readonly id: string;
  readonly operator: PartyRef;
  readonly authoriser: PartyRef;
  readonly title: string;
  readonly modeTitle: Text;
  readonly state: string;
  readonly stateTitle: Text;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly filingNumber: string | null;
}

export interface ApplicationItem {
  readonly id: string;
  readonly caseId: string;
  readonly announcement: TitledRef;
  readonly applicant: PartyRef;
  readonly state: string;
  readonly stateTitle: Text;
  readonly appliedAt: string;
  readonly dueAt: string | null;
  readonly averageScore: number | null;
  readonly agreementId: string | null;
}

export interface ScoreSheet {
  readonly expert: PartyRef;
  readonly points: readonly number[];
  readonly total: number;
  readonly opinion: string;
}

export interface ApplicationDetail extends ApplicationItem {
  readonly statement: string;
  readonly reason: string | null;
  readonly criteria: readonly Criterion[];
  readonly passScore: number;
  /** Null for the applicant; an expert sees the own sheet only. */
  readonly scores: readonly ScoreSheet[] | null;
  /** Whom the reader's own party is tied to, so that it must not score. */
  readonly tiedTo: Text | null;
}

export interface AgreementItem {
  readonly id: string;
  readonly applicationId: string;
  readonly caseId: string;
  readonly title: string;
  readonly mode: OperationMode;
  readonly modeTitle: Text;
  readonly authoriser: PartyRef;
  readonly operator: PartyRef;
  readonly state: string;
  readonly stateTitle: Text;
  readonly dueAt: string | null;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly filingNumber: string | null;
}

export interface AgreementDetail extends AgreementItem {
  readonly authority: PartyRef;
  readonly clauses: readonly { readonly name: string; readonly title: Text; readonly words: Text }[];
  readonly clausesHash: string;
  readonly clausesSalt: string;
  readonly draftedAt: string;
  readonly signedByAuthoriserAt: string | null;
  readonly signedByOperatorAt: string | null;
  readonly filedAt: string | null;
  readonly endedAt: string | null;
  readonly endedReason: string | null;
  readonly resources: readonly TitledRef[];
  readonly evaluations: readonly {
    readonly id: string;
    readonly passed: boolean;
    readonly findings: string;
    readonly at: string;
    readonly correction: string | null;
  }[];
  readonly reports: readonly {
    readonly id: string;
    readonly summary: string;
    readonly incidents: number;
    readonly trainings: number;
    readonly drills: number;
    readonly at: string;
  }[];
}

export interface RowFilter {
  readonly column: string;
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'in';
  readonly value: string | number | boolean | readonly (string | number)[];
}

export type RightState = 'live' | 'suspended' | 'ended';

export interface Scenario {
  readonly id: string;
  readonly caseId: string;
  readonly agreementId: string;
  readonly title: string;
  readonly operator: PartyRef;
  readonly provider: PartyRef;
  readonly resource: TitledRef;
  readonly scenario: string;
  readonly feasibility: string;
  readonly value: string;
  readonly purpose: string;
  readonly useClass: UseClass;
  readonly columns: readonly string[];
  readonly rowFilter: readonly RowFilter[];
  readonly validUntil: string;
  readonly rowsMax: number | null;
  readonly usesMax: number | null;
  readonly state: string;
  readonly stateTitle: Text;
  readonly askedAt: string;
  readonly dueAt: string | null;
  readonly approvals: readonly PartyRef[];
  readonly reason: string | null;
  readonly right: { readonly id: string; readonly state: RightState } | null;
}

export interface GovernanceDemand {
  readonly id: string;
  readonly caseId: string;
  readonly agreementId: string;
  readonly resource: TitledRef;
  readonly operator: PartyRef;
  readonly provider: PartyRef;
  readonly problem: string;
  readonly raisedAt: string;
  readonly answer: string | null;
  readonly answeredAt: string | null;
  readonly state: string;
  readonly stateTitle: Text;
  readonly dueAt: string | null;
}

export interface UseRight {
  readonly id: string;
  readonly resource: TitledRef;
  readonly holder: PartyRef;
  readonly operator: PartyRef;
  readonly purpose: string;
  readonly scenario: TitledRef;
  readonly agreementId: string;
  readonly applicationId: string;
  readonly columns: readonly string[] | null;
  readonly rowFilter: readonly RowFilter[];
  readonly grantedAt: string;
  readonly validUntil: string;
  readonly state: RightState;
  readonly suspendedAt: string | null;
  readonly endedAt: string | null;
  readonly endedReason: string | null;
  readonly rowsMax: number | null;
  readonly uses: number;
  readonly usesMax: number | null;
}

export interface Affiliation {
  readonly id: string;
  readonly own: boolean;
  readonly other: PartyRef;
  readonly nature: string;
  readonly note: string | null;
  readonly declaredAt: string;
}

export interface AgreementDuties {
  readonly duties: readonly {
    readonly kind: 'evaluation' | 'training' | 'drill';
    readonly caseId: string;
    readonly state: string;
    readonly dueAt: string | null;
  }[];
  readonly trainings: readonly {
    readonly id: string;
    readonly kind: 'training' | 'drill';
    readonly heldOn: string;
    readonly topic: string;
    readonly participants: number;
    readonly recordedBy: PartyRef;
  }[];
  readonly inspections: readonly {
    readonly id: string;
    readonly accepted: boolean;
    readonly standardsFollowed: boolean;
    readonly findings: string;
    readonly inspectedBy: PartyRef;
    readonly at: string;
  }[];
}

export interface SecurityNorms {
  readonly items: readonly {
    readonly id: string;
    readonly kind: string;
    readonly kindTitle: Text;
    readonly title: string;
    readonly body: string;
    readonly publishedBy: PartyRef;
    readonly publishedAt: string;
  }[];
  readonly missing: readonly ('review' | 'risk' | 'monitoring' | 'emergency')[];
}

export interface Entrustment {
  readonly id: string;
  readonly party: PartyRef;
  readonly entrustedBy: PartyRef;
  readonly scope: string;
  readonly from: string;
  readonly until: string;
  readonly endedAt: string | null;
}
