import type { ColumnType, Generated, Selectable } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';

export const AnnouncementId = idOf('anp', text('公告', 'Announcement'));
export const ApplicationId = idOf('apl', text('申请', 'Application'));
export const AgreementId = idOf('agr', text('协议', 'Agreement'));
export const ScenarioId = idOf('scn', text('数据申请', 'Application for data'));
export const GovernanceId = idOf('gvd', text('数据治理需求', 'Demand for data governance'));

/** 综合授权、分领域授权、分级授权 (Jinan draft, art. 7). */
export const MODES = ['comprehensive', 'field', 'tiered'] as const;
export type Mode = (typeof MODES)[number];
export const MODE_TITLES: Readonly<Record<Mode, Text>> = {
  comprehensive: text('综合授权', 'Comprehensive authorisation'),
  field: text('分领域授权', 'Authorisation by field'),
  tiered: text('分级授权', 'Tiered authorisation'),
};

/** What the agreement must say (Jinan draft, art. 9). */
export const CLAUSES = ['scope', 'term', 'rights', 'security', 'exit', 'disposal'] as const;
export type Clause = (typeof CLAUSES)[number];
export const CLAUSE_TITLES: Readonly<Record<Clause, Text>> = {
  scope: text('授权范围', 'Scope'),
  term: text('授权期限', 'Term'),
  rights: text('双方权利义务', 'Rights and duties'),
  security: text('数据安全要求', 'Data-security requirements'),
  exit: text('退出机制', 'Exit mechanism'),
  disposal: text('到期后的资产处置', 'Disposal of assets after the end'),
};

/** What data are used for: governance and welfare are free of charge, industry may be charged (PPN-1.1). */
export const USE_CLASSES = ['industry', 'public-governance', 'public-welfare'] as const;
export type UseClass = (typeof USE_CLASSES)[number];
export const USE_CLASS_TITLES: Readonly<Record<UseClass, Text>> = {
  industry: text('产业发展、行业发展', 'Industry'),
  'public-governance': text('公共治理', 'Public governance'),
  'public-welfare': text('公益事业', 'Public welfare'),
};

export const Criterion = z.object({
  title: z.string().trim().min(2).max(60).meta({ title: '评分项', 'x-title-en': 'Criterion' }),
  weight: z.number().int().min(1).max(100).meta({ title: '满分', 'x-title-en': 'Full points' }),
});
export type Criterion = z.infer<typeof Criterion>;

export const RowFilter = z.object({
  column: z.string().min(1).max(200),
  operator: z.enum(['=', '<>', '<', '<=', '>', '>=', 'in']),
  value: z.union([
    z.string().max(500),
    z.number(),
    z.boolean(),
    z.array(z.union([z.string().max(500), z.number()])).max(200),
  ]),
});
export type RowFilter = z.infer<typeof RowFilter>;

type Json<T> = ColumnType<T, string, string>;

interface AnnouncementTable {
  id: string;
  authoriser_id: string;
  authority_id: string;
  mode: Mode;
  title: string;
  scope: string;
  conditions: string;
  criteria: Json<readonly Criterion[]>;
  requirements: string;
  pass_score: number;
  resource_ids: string[];
  published_at: Date;
  apply_until: Date;
  interests: Generated<string[]>;
  protection: Generated<string>;
}
export type Announcement = Selectable<AnnouncementTable>;

interface ApplicationTable {
  id: string;
  announcement_id: string;
  party_id: string;
  case_id: string;
  statement: string;
  applied_at: Date;
  average_score: number | null;
  decision_reason: string | null;
}
export type Application = Selectable<ApplicationTable>;

interface ExpertScoreTable {
  application_id: string;
  party_id: string;
  points: number[];
  total: number;
  opinion: string;
  scored_at: Date;
}

interface AgreementTable {
  id: string;
  application_id: string;
  case_id: string;
  mode: Mode;
  authoriser_id: string;
  operator_id: string;
  resource_ids: string[];
  clauses: Json<Readonly<Record<Clause, Text>>>;
  clauses_hash: string;
  /** Hex; empty for drafts made before it was kept. */
  clauses_salt: string;
  valid_from: Date;
  valid_until: Date;
  drafted_at: Date;
  authoriser_signed_at: Date | null;
  operator_signed_at: Date | null;
  filed_at: Date | null;
  filing_number: string | null;
  ended_at: Date | null;
  ended_reason: string | null;
  disqualified_at: Generated<Date | null>;
}
export type Agreement = Selectable<AgreementTable>;

interface EvaluationTable {
  id: string;
  agreement_id: string;
  passed: boolean;
  findings: string;
  evaluated_at: Date;
  corrected_at: Date | null;
  correction: string | null;
  conduct: Generated<string>;
}

interface SecurityReportTable {
  id: string;
  agreement_id: string;
  summary: string;
  incidents: number;
  trainings: number;
  drills: number;
  reported_at: Date;
}

interface ScenarioTable {
  id: string;
  agreement_id: string;
  case_id: string;
  operator_id: string;
  resource_id: string;
  title: string;
  scenario: string;
  feasibility: string;
  value: string;
  purpose: string;
  use_class: ColumnType<UseClass, UseClass | undefined, UseClass>;
  columns: string[];
  row_filter: Json<readonly RowFilter[]>;
  valid_until: Date;
  rows_max: number | null;
  uses_max: number | null;
  approvals: Generated<string[]>;
  asked_at: Date;
  decided_at: Date | null;
  reason: string | null;
}
export type Scenario = Selectable<ScenarioTable>;

interface GovernanceTable {
  id: string;
  agreement_id: string;
  case_id: string;
  resource_id: string;
  problem: string;
  raised_at: Date;
  answer: string | null;
  answered_at: Date | null;
}
export type Governance = Selectable<GovernanceTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    operation_announcement: AnnouncementTable;
    operation_application: ApplicationTable;
    expert_score: ExpertScoreTable;
    operation_agreement: AgreementTable;
    operation_evaluation: EvaluationTable;
    security_report: SecurityReportTable;
    data_scenario: ScenarioTable;
    governance_demand: GovernanceTable;
  }
}
