import type { Selectable, ColumnType as Stored } from 'kysely';
import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import type { OpinionKind, Quality } from '../products/index.ts';

export const AssessmentId = idOf('asm', { zh: '评估编号', en: 'Assessment id' });
export const KINDS = ['compliance', 'quality'] as const satisfies readonly OpinionKind[];

export const Answer = z.object({
  item: z.string().min(1).max(20),
  answer: z.enum(['yes', 'no', 'not-applicable']),
  note: z.string().trim().max(1_000).optional(),
});
export type Answer = z.infer<typeof Answer>;

export const assessmentLife = lifecycle(
  {
    requested: { measure: 'measured', issue: 'issued' },
    measured: { measure: 'measured', issue: 'issued' },
    issued: {},
  },
  {
    rule: 'HS-4.10',
    subject: text('评估', 'assessment'),
    states: {
      requested: text('已委托', 'requested'),
      measured: text('已测量', 'measured'),
      issued: text('已出具结论', 'concluded'),
    },
  },
);

export interface AssessmentTable {
  id: string;
  product_id: string;
  product_version: number;
  kind: OpinionKind;
  holder_id: string;
  assessor_id: string;
  state: (typeof assessmentLife.states)[number];
  norm: string;
  requested_at: Date;
  measurement: Stored<Quality | null, string | null, string>;
  measured_at: Date | null;
  conclusion: 'passed' | 'failed' | null;
  statement: string | null;
  checklist: Stored<readonly Answer[] | null, string | null, string>;
  issued_at: Date | null;
}
export type Assessment = Selectable<AssessmentTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    assessment: AssessmentTable;
  }
}
