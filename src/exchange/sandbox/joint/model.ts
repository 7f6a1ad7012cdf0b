import type { ColumnType, Generated, Selectable } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';

export const JointId = idOf('jns', text('联合计算', 'Joint computation'));
export const JOINT_KINDS = ['intersection', 'sum'] as const;
export const REVEALS = ['count', 'ids'] as const;
export const GROUNDS = ['consent', 'statutory', 'not-personal'] as const;
export const JOINT_STATES = ['proposed', 'running', 'done', 'ended'] as const;
export const STEPS = ['own', 'other'] as const;
export type Step = (typeof STEPS)[number];

/** Points in one part: about a fifth of a megabyte as base64. */
export const PART_POINTS = 5_000;
export const FIELDS_MAX = 1_000;
export const PARTIES_MAX = 50;

export const JointResult = z.union([
  z.object({
    /** Fewer in common than may be told. */
    tooFew: z.boolean(),
    count: z.number().int().nullable(),
  }),
  z.object({ totals: z.array(z.object({ field: z.string(), total: z.string() })) }),
]);
export type JointResult = z.infer<typeof JointResult>;

interface JointSessionTable {
  id: string;
  kind: (typeof JOINT_KINDS)[number];
  title: string;
  purpose: string;
  reveal: (typeof REVEALS)[number] | null;
  identifier: string | null;
  fields: string[] | null;
  opened_by: string;
  opened_at: Date;
  until: Date;
  state: (typeof JOINT_STATES)[number];
  ended_at: Generated<Date | null>;
  end_reason: Generated<string | null>;
  result: ColumnType<JointResult | null, string | null | undefined, string | null>;
  transcript: Generated<string | null>;
}
export type JointSession = Selectable<JointSessionTable>;

interface JointPartyTable {
  session_id: string;
  party_id: string;
  joined_at: Generated<Date | null>;
  ground: Generated<(typeof GROUNDS)[number] | null>;
  size: Generated<number | null>;
  public_key: Generated<string | null>;
  words: Generated<string[] | null>;
}
export type JointParty = Selectable<JointPartyTable>;

interface JointPointsTable {
  session_id: string;
  party_id: string;
  step: Step;
  part: number;
  points: Buffer;
}

declare module '../../../kernel/database/database.ts' {
  interface Tables {
    joint_session: JointSessionTable;
    joint_party: JointPartyTable;
    joint_points: JointPointsTable;
  }
}
