import type { Selectable } from 'kysely';
import { idOf } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';

export const EntrustmentId = idOf('mnt', text('委托运维', 'Entrustment'));

/** What must be protected before anything is authorised (Jinan draft, art. 3, second paragraph). */
export const INTERESTS = [
  'state-secrets',
  'national-security',
  'public-interest',
  'trade-secrets',
  'personal-privacy',
  'data-security',
] as const;
export type Interest = (typeof INTERESTS)[number];
export const INTEREST_TITLES: Readonly<Record<Interest, Text>> = {
  'state-secrets': text('国家秘密', 'State secrets'),
  'national-security': text('国家安全', 'National security'),
  'public-interest': text('公共利益', 'Public interest'),
  'trade-secrets': text('商业秘密', 'Trade secrets'),
  'personal-privacy': text('个人隐私', 'Personal privacy'),
  'data-security': text('数据安全', 'Data security'),
};

/** How an operating unit takes part in an evaluation: well, or in one of the ways that are forbidden (art. 12). */
export const CONDUCTS = ['cooperative', 'refused', 'obstructed', 'evaded', 'false-report', 'hidden-report'] as const;
export type Conduct = (typeof CONDUCTS)[number];
export const CONDUCT_TITLES: Readonly<Record<Conduct, Text>> = {
  cooperative: text('配合评估，材料真实', 'Cooperates, with true material'),
  refused: text('拒绝评估', 'Refuses'),
  obstructed: text('阻碍评估', 'Obstructs'),
  evaded: text('规避评估', 'Evades'),
  'false-report': text('虚报', 'Reports falsely'),
  'hidden-report': text('瞒报', 'Hides facts'),
};

/** Norms for the security of products through their whole life (art. 16, first paragraph). */
export const NORMS = ['review', 'risk', 'monitoring', 'emergency'] as const;
export type Norm = (typeof NORMS)[number];
export const NORM_TITLES: Readonly<Record<Norm, Text>> = {
  review: text('安全审查规范', 'Security review'),
  risk: text('风险评估规范', 'Risk assessment'),
  monitoring: text('监测预警规范', 'Monitoring and warning'),
  emergency: text('应急处置规范', 'Emergency handling'),
};

export const DUTIES = ['evaluation', 'training', 'drill'] as const;
export type Duty = (typeof DUTIES)[number];

interface DutyTable {
  agreement_id: string;
  kind: Duty;
  case_id: string;
}

interface TrainingTable {
  id: string;
  agreement_id: string;
  kind: 'training' | 'drill';
  held_on: string;
  topic: string;
  participants: number;
  recorded_by: string;
  recorded_at: Date;
}

interface InspectionTable {
  id: string;
  agreement_id: string;
  accepted: boolean;
  standards_followed: boolean;
  findings: string;
  inspected_by: string;
  inspected_at: Date;
}

interface NormTable {
  id: string;
  kind: Norm;
  title: string;
  body: string;
  published_by: string;
  published_at: Date;
}

interface EntrustmentTable {
  id: string;
  party_id: string;
  entrusted_by: string;
  scope: string;
  valid_from: Date;
  valid_until: Date;
  recorded_at: Date;
  ended_at: Date | null;
}
export type Entrustment = Selectable<EntrustmentTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    operation_duty: DutyTable;
    security_training: TrainingTable;
    operation_inspection: InspectionTable;
    security_norm: NormTable;
    maintenance_entrustment: EntrustmentTable;
  }
}
