import type { Page, PartyRef, ReceiptStatus, Text } from '../../api.ts';

export interface LifeSubject {
  readonly id: string;
  readonly title: string;
  readonly titleEn?: string;
}

export interface LifeStage {
  readonly stage: string;
  readonly title: Text;
  readonly events: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly subjects: readonly (LifeSubject & { readonly state: Text | null })[];
  readonly subjectsTotal: number;
}

export interface LifeEvent {
  readonly receiptId: string;
  readonly act: string;
  readonly at: string;
  readonly stage: string;
  readonly subject: LifeSubject;
  readonly party: PartyRef | null;
  readonly level: ReceiptStatus['level'];
  readonly index: number | null;
  readonly mine: boolean;
}

/** `GET /v1/timelines/:subjectId` */
export interface Timeline extends Page<LifeEvent> {
  readonly subject: LifeSubject & { readonly state: Text | null };
  readonly stages: readonly LifeStage[];
  readonly truncated: boolean;
}
