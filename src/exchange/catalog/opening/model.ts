import type { Selectable, ColumnType as Stored } from 'kysely';
import { idOf } from '../../../kernel/ids.ts';
import { dated } from '../../../kernel/rulebook/index.ts';

export const OpeningApplicationId = idOf('opa', { zh: '开放申请编号', en: 'Application for opening' });

const FROM = '2020-01-01';
export const OPENING_LIMITS = {
  /** Downloads a minute from one address. */
  downloads: dated({ from: FROM, value: 20, unit: 'download', reference: 'HS-18.12' }),
  decision: dated({ from: FROM, value: 10, unit: 'working day', reference: 'HS-18.13' }),
  remind: dated({ from: FROM, value: 2, unit: 'working day', reference: 'HS-18.13' }),
};

export interface OpeningApplicationTable {
  id: string;
  case_id: string;
  resource_id: string;
  applicant_id: string;
  purpose: string;
  statement: string;
  until: string;
  applied_at: Date;
  decided_at: Date | null;
  reason: string | null;
  authorisation_id: string | null;
}
export type OpeningApplication = Selectable<OpeningApplicationTable>;

interface OpeningDownloadTable {
  resource_id: string;
  day: string;
  format: string;
  downloads: number;
  broken: number;
  bytes: number;
}
interface OpeningDayTable {
  day: string;
  id: string;
  downloads: number;
  bytes: number;
  resources: number;
  digest: string;
  closed_at: Stored<Date, Date, Date>;
}
interface OpeningExcerptTable {
  authorisation_id: string;
  source_object_id: string;
  /** Stands for the consents it was made by; empty where consent is not by row. */
  consents: string;
  object_id: string;
  rows: number;
}
declare module '../../../kernel/database/database.ts' {
  interface Tables {
    opening_application: OpeningApplicationTable;
    opening_download: OpeningDownloadTable;
    opening_day: OpeningDayTable;
    opening_excerpt: OpeningExcerptTable;
  }
}
