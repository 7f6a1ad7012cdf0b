import type { Generated, JSONColumnType, Selectable, ColumnType as Stored } from 'kysely';
import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import type { Column } from '../../kernel/vault/index.ts';
import type { GrantPolicy } from './policy.ts';

export const ProjectId = idOf('sbp', text('沙箱项目', 'Sandbox project'));
export const RequestId = idOf('sbr', text('入箱申请', 'Request for a table'));
export const GrantId = idOf('sbg', text('入箱授权', 'Table grant'));
export const QueryId = idOf('sbq', text('沙箱查询', 'Sandbox query'));
export const JobId = idOf('sbj', text('沙箱作业', 'Sandbox job'));

/** Who works in the sandbox; each needs a right to the data besides. */
export const OPERATORS = ['operating-unit', 'data-merchant', 'buyer'] as const;
/** Who holds data. */
export const HOLDERS = ['data-provider', 'operating-unit', 'data-merchant'] as const;

/** A table's name in SQL: one word that needs no quotes. */
export const Alias = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .meta({ title: '表名', 'x-title-en': 'Name of the table' });

interface ProjectTable {
  id: string;
  party_id: string;
  title: string;
  purpose: string;
  state: 'open' | 'closed';
  opened_at: Date;
  closed_at: Date | null;
  close_reason: string | null;
  version: Generated<number>;
}
export type Project = Selectable<ProjectTable>;

interface GrantTable {
  id: string;
  project_id: string;
  resource_id: string;
  holder_id: string;
  audience_id: string;
  authorisation_id: string | null;
  alias: string;
  policy: Stored<GrantPolicy, string, string>;
  policy_hash: string;
  grant_hash: string;
  valid_until: Date;
  granted_at: Date;
  revoked_at: Date | null;
  revoke_reason: string | null;
  /** The data that exact answers about people under it are told of; null: none was told yet. */
  object_id: string | null;
}
export type Grant = Selectable<GrantTable>;

/** One of several files that share the entities of a prepared table among them. */
export interface Part {
  readonly objectId: string;
  readonly bytes: number;
}

interface PreparedTable {
  grant_id: string;
  /** The data it was made of, by their name in the vault. */
  source_id: string;
  key: string;
  object_id: string;
  rows: number;
  entities: number;
  bytes: number;
  columns: Stored<readonly Column[], string, string>;
  made_at: Date;
  counted: Generated<boolean>;
  /** In order; empty where the table is kept whole only. */
  parts: Stored<readonly Part[], string | undefined, string>;
}
export type Prepared = Selectable<PreparedTable>;

interface SpentTable {
  audience_id: string;
  resource_id: string;
  uses: Generated<number>;
}

interface QueryTable {
  id: string;
  project_id: string;
  audience_id: string;
  person_id: string | null;
  at: Date;
  sql: string;
  answer_key: string;
  answer: JSONColumnType<Answer>;
  cells: number;
  same_as: string | null;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    sandbox_project: ProjectTable;
    sandbox_member: { project_id: string; person_id: string; added_at: Date };
    sandbox_training: {
      id: string;
      party_id: string;
      person_id: string;
      held_on: string;
      topic: string;
      valid_until: string;
      recorded_at: Date;
    };
    sandbox_request: {
      id: string;
      project_id: string;
      resource_id: string;
      holder_id: string;
      authorisation_id: string | null;
      alias: string;
      wanted: string;
      state: 'waiting' | 'granted' | 'closed';
      requested_at: Date;
      settled_at: Date | null;
    };
    sandbox_grant: GrantTable;
    sandbox_prepared: PreparedTable;
    sandbox_spent: SpentTable;
    sandbox_query: QueryTable;
    sandbox_use: {
      id: string;
      grant_id: string;
      holder_id: string;
      project_id: string;
      made_id: string;
      at: Date;
      cells: Generated<number>;
    };
  }
}

/** Why a cell is not told; the same words whatever the data. */
export const SUPPRESSIONS = ['protected', 'complementary', 'history'] as const;

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** What a query tells. */
export const Answer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(Value)),
  /** How many cells are not told, and why; how many rows were left out as a whole. */
  suppressed: z.object({
    cells: z.number().int(),
    rows: z.number().int(),
    complementary: z.number().int(),
    history: z.number().int(),
  }),
  /** Same shape as `rows`: why a cell is empty; null where it is told. */
  marks: z.array(z.array(z.enum(SUPPRESSIONS).nullable())),
  /** Whether noise was added to the figures. */
  noisy: z.boolean(),
});
export type Answer = z.output<typeof Answer>;

/** What is left of the budgets of the tightest of the tables asked. */
export const Budget = z.object({
  usesLeft: z.number().int(),
  cellsLeft: z.number().int(),
  epsilonLeftMicro: z.number().int().nullable(),
});
export type Budget = z.output<typeof Budget>;

export const projectLife = lifecycle(
  { open: { close: 'closed' }, closed: {} },
  {
    rule: 'HS-21.1',
    subject: text('沙箱项目', 'sandbox project'),
    states: { open: text('进行中', 'open'), closed: text('已关闭', 'closed') },
  },
);

/** SHA-256 of canonical JSON (RFC 8785), hex. */
export const hashOf = (value: unknown): string => sha256Hex(canonical(JSON.parse(JSON.stringify(value))));
