import type { ColumnType, Generated, Selectable } from 'kysely';
import type { Text } from '../text.ts';
import type { PeriodUnit } from './clock.ts';

export interface CaseTable {
  id: string;
  procedure: string;
  subject_id: string;
  title: ColumnType<Text, string, string>;
  state: string;
  version: Generated<number>;
  opened_at: Date;
  moved_at: Date;
  closed_at: Date | null;
  due_at: Date | null;
}
export type CaseRow = Selectable<CaseTable>;

export interface CasePartTable {
  case_id: string;
  part: string;
  party_id: string;
  person_id: string | null;
}

/** RFC 3339; `to` is null while the clock stands. */
export interface StoredPause {
  readonly from: string;
  readonly to: string | null;
}

export interface CaseClockTable {
  id: string;
  case_id: string;
  name: string;
  state: 'running' | 'paused' | 'stopped' | 'overdue';
  started_at: Date;
  unit: PeriodUnit;
  count: number;
  reference: string;
  pauses: ColumnType<readonly StoredPause[], string, string>;
  due_at: Date | null;
  warn_at: Date | null;
  warned_at: Date | null;
  ended_at: Date | null;
}
export type CaseClock = Selectable<CaseClockTable>;

interface CalendarYearTable {
  year: number;
  holidays: ColumnType<string[], readonly string[], readonly string[]>;
  workdays: ColumnType<string[], readonly string[], readonly string[]>;
  source: string;
  recorded_at: Date;
  act_id: string;
}

interface NotificationTable {
  id: string;
  party_id: string;
  person_id: string | null;
  case_id: string | null;
  words: ColumnType<Text, string, string>;
  at: Date;
}

interface NotificationDeliveryTable {
  id: string;
  notification_id: string;
  channel: 'email' | 'webhook';
  party_id: string;
  person_id: string | null;
  state: Generated<'waiting' | 'sent' | 'failed' | 'dropped'>;
  attempts: Generated<number>;
  outcome: string | null;
  created_at: Date;
  attempted_at: Date | null;
}

interface PartyWebhookTable {
  party_id: string;
  url: string;
  secret: Buffer;
  set_at: Date;
  set_by: string;
}

interface NotificationPreferenceTable {
  person_id: string;
  email: boolean;
  language: 'zh' | 'en';
}

interface PublicNoticeTable {
  id: string;
  case_id: string;
  title: ColumnType<Text, string, string>;
  body: ColumnType<Text, string, string>;
  opened_at: Date;
  closes_at: Date | null;
  closed_at: Date | null;
}
export type Notice = Selectable<PublicNoticeTable>;

interface ObjectionTable {
  id: string;
  notice_id: string;
  party_id: string | null;
  grounds: string;
  contact: string | null;
  filed_at: Date;
  state: 'filed' | 'upheld' | 'dismissed';
  reason: string | null;
  decided_at: Date | null;
  decided_by: string | null;
}
export type Objection = Selectable<ObjectionTable>;

interface CaseDocumentTable {
  id: string;
  case_id: string;
  party_id: string;
  kind: string;
  file_id: string;
  attached_at: Date;
}

interface CaseStepTable {
  case_id: string;
  version: number;
  state: string;
  entered_at: Date;
}

interface CaseSubjectTable {
  case_id: string;
  subject_id: string;
}

interface NotificationReadTable {
  notification_id: string;
  person_id: string;
  at: Date;
}

declare module '../database/database.ts' {
  interface Tables {
    case_file: CaseTable;
    case_part: CasePartTable;
    case_clock: CaseClockTable;
    calendar_year: CalendarYearTable;
    notification: NotificationTable;
    notification_delivery: NotificationDeliveryTable;
    party_webhook: PartyWebhookTable;
    notification_preference: NotificationPreferenceTable;
    public_notice: PublicNoticeTable;
    objection: ObjectionTable;
    case_document: CaseDocumentTable;
    case_step: CaseStepTable;
    case_subject: CaseSubjectTable;
    notification_read: NotificationReadTable;
  }
}
