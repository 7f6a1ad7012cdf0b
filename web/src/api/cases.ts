import type { Page, PartyRef, Text } from './common.ts';

export type PeriodUnit = 'working-day' | 'day' | 'hour' | 'month' | 'year';

export interface CaseItem {
  readonly id: string;
  readonly procedure: string;
  readonly procedureTitle: Text;
  readonly subject: string;
  readonly title: Text;
  readonly state: string;
  readonly stateTitle: Text;
  readonly waitingFor: {
    readonly part: string;
    readonly title: Text;
    readonly what: Text;
    readonly parties: readonly (PartyRef & { readonly person: string | null })[];
    readonly mine: boolean;
    /** Nobody has to act: time moves it on, or somebody outside does. */
    readonly idle: boolean;
  } | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly dueAt: string | null;
  readonly left: { readonly unit: PeriodUnit; readonly count: number } | null;
  readonly overdue: boolean;
  /** Its clock runs without a date: the holiday notice of a year is not recorded. */
  readonly unscheduled: boolean;
  readonly version: number;
}

export interface CaseClock {
  readonly name: string;
  readonly title: Text;
  readonly rule: string;
  readonly citation: Text;
  readonly state: 'running' | 'paused' | 'stopped' | 'overdue';
  readonly startedAt: string;
  readonly unit: PeriodUnit;
  readonly count: number;
  readonly dueAt: string | null;
  readonly left: number | null;
  readonly remindAt: string | null;
  readonly remindedAt: string | null;
  readonly endedAt: string | null;
  readonly whenOver: Text;
  readonly unscheduled: boolean;
  readonly pauses: readonly { readonly from: string; readonly to: string | null }[];
}

export interface CasePaper {
  readonly id: string;
  readonly kind: string;
  readonly kindTitle: Text;
  readonly party: string;
  readonly fileId: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly attachedAt: string;
}

export interface CaseDetail extends CaseItem {
  readonly states: readonly { readonly name: string; readonly title: Text; readonly final: boolean }[];
  /** The usual way through the procedure, and the way this case has gone. */
  readonly way: readonly string[];
  readonly steps: readonly { readonly state: string; readonly at: string }[];
  readonly subjects: readonly string[];
  readonly parts: readonly {
    readonly part: string;
    readonly title: Text;
    readonly partyId: string;
    readonly name: string;
  }[];
  /** The reader's parts. */
  readonly mine: readonly string[];
  readonly clocks: readonly CaseClock[];
  readonly papers: readonly CasePaper[];
  readonly kinds: readonly { readonly kind: string; readonly title: Text; readonly neededFor: readonly string[] }[];
  readonly notices: readonly string[];
  readonly moves: readonly {
    readonly event: string;
    readonly act: string;
    readonly to: string;
    readonly mine: boolean;
  }[];
  /** Names of the acts the reader may do now. */
  readonly myActs: readonly string[];
  readonly colleagues: readonly PartyRef[];
  readonly handledBy: PartyRef | null;
}

export interface CaseEvent {
  readonly receiptId: string;
  readonly act: string;
  readonly title: Text;
  readonly at: string;
  readonly subject: string;
  readonly party: PartyRef | null;
  /** The reader may open the receipt. */
  readonly mine: boolean;
  readonly level: 'committed' | 'sequenced' | 'witnessed';
  readonly index: number | null;
  readonly decisions: readonly {
    readonly rule: string;
    readonly citation: Text;
    readonly title: Text;
    readonly outcome: string;
    readonly binding: boolean;
  }[];
}

export interface Notice {
  readonly id: string;
  readonly title: Text;
  readonly procedureTitle: Text;
  readonly rule: string;
  readonly citation: Text;
  readonly openedAt: string;
  /** Null while an objection is looked into. */
  readonly closesAt: string | null;
  readonly closedAt: string | null;
  readonly workingDaysLeft: number | null;
  readonly objections: number;
  readonly undecided: number;
}

type ObjectionState = 'filed' | 'upheld' | 'dismissed';

export interface Objection {
  readonly id: string;
  readonly grounds: string;
  /** For whoever looks into it alone. */
  readonly contact: string | null;
  readonly filedAt: string;
  readonly state: ObjectionState;
  readonly reason: string | null;
}

export interface NoticeDetail extends Notice {
  readonly body: Text;
  readonly caseId: string | null;
  readonly decisions: readonly {
    readonly id: string;
    readonly state: ObjectionState;
    readonly filedAt: string;
    readonly decidedAt: string | null;
  }[];
  /** For whoever plays a part in the case. */
  readonly objectionsInFull: readonly Objection[] | null;
}

export interface CalendarYear {
  readonly year: number;
  readonly holidays: readonly string[];
  readonly workdays: readonly string[];
  readonly source: string | null;
  readonly recordedAt: string | null;
}

export interface Notification {
  readonly id: string;
  readonly caseId: string | null;
  readonly caseTitle: Text | null;
  readonly words: Text;
  readonly at: string;
  readonly readAt: string | null;
}

export interface NotificationPage extends Page<Notification> {
  readonly unread: number;
}
