import type { Generated, Selectable } from 'kysely';
import { lifecycle } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';

/** 核实 → 督办 → 回访: the closed loop of a report. */
export const reportLife = lifecycle(
  {
    received: { verify: 'verified', dismiss: 'dismissed' },
    verified: { supervise: 'supervised' },
    supervised: { 'call-back': 'closed' },
    dismissed: { 'call-back': 'closed' },
    closed: {},
  },
  {
    rule: 'BJ-15.5',
    subject: text('举报', 'report'),
    states: {
      received: text('待核实', 'waiting to be verified'),
      verified: text('核实属实，待督办', 'verified, to be supervised'),
      supervised: text('督办中，待回访', 'supervised, to be called back'),
      dismissed: text('核实不属实，待回访', 'unfounded, to be called back'),
      closed: text('已办结', 'closed'),
    },
  },
);
export type ReportState = (typeof reportLife.states)[number];

export interface ViolationReportTable {
  id: string;
  subject: string;
  description: string;
  contact: string | null;
  party_id: string | null;
  reported_at: Date;
  state: ReportState;
  version: Generated<number>;
  due_at: Date | null;
}
export type ViolationReport = Selectable<ViolationReportTable>;

export interface ViolationStepTable {
  report_id: string;
  step: number;
  decision: string;
  reason: string;
  at: Date;
  party_id: string | null;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    violation_report: ViolationReportTable;
    violation_step: ViolationStepTable;
  }
}
