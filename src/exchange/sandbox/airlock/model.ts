import type { Generated, Selectable, ColumnType as Stored } from 'kysely';
import { lifecycle } from '../../../kernel/acts/index.ts';
import { idOf } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';
import type { Column, TableProfile } from '../../../kernel/vault/index.ts';
import type { Check } from './checks.ts';
import type { OutputDeclaration } from './declaration.ts';
import type { Difference } from './differences.ts';

export const OutputId = idOf('sbo', text('沙箱成果', 'Sandbox output'));
export const RUN_TASK = 'sandbox.run-job';

/** 作业的一生: nothing leaves before the last step. */
export const jobLife = lifecycle(
  {
    queued: { begin: 'running', cancel: 'cancelled', fail: 'failed' },
    running: { begin: 'running', examine: 'checking', cancel: 'cancelled', fail: 'failed', reject: 'rejected' },
    checking: { begin: 'running', submit: 'review', cancel: 'cancelled', fail: 'failed', reject: 'rejected' },
    review: { release: 'released', reject: 'rejected', cancel: 'cancelled' },
    released: {},
    rejected: {},
    failed: {},
    cancelled: {},
  },
  {
    rule: 'HS-23.27',
    subject: text('沙箱作业', 'sandbox job'),
    states: {
      queued: text('排队中', 'queued'),
      running: text('运行中', 'running'),
      checking: text('检查中', 'being checked'),
      review: text('待审查', 'waiting for review'),
      released: text('已放行', 'released'),
      rejected: text('不予放行', 'rejected'),
      failed: text('失败', 'failed'),
      cancelled: text('已取消', 'cancelled'),
    },
  },
);
export type JobState = (typeof jobLife.states)[number];
export const JOB_STATES = jobLife.states;

type Json<T> = Stored<T, string, string>;
type Later<T> = Stored<T | null, T | null | undefined, T | null>;
type LaterJson<T> = Stored<T | null, string | null | undefined, string | null>;

interface JobTable {
  id: string;
  project_id: string;
  party_id: string;
  submitted_by: string;
  submitted_at: Date;
  language: 'sql' | 'python';
  code: string;
  output: Json<OutputDeclaration>;
  program_hash: string;
  state: JobState;
  run_id: Later<string>;
  attempts: Generated<number>;
  started_at: Later<Date>;
  ended_at: Later<Date>;
  failure: Later<string>;
  checks: Stored<readonly Check[], string | undefined, string>;
  differences: Stored<readonly Difference[], string | undefined, string>;
  content_id: Later<string>;
  table_id: Later<string>;
  log_id: Later<string>;
  content_sha256: Later<string>;
  rows: Later<number>;
  columns: LaterJson<readonly Column[]>;
  profile: LaterJson<TableProfile>;
  cpu_ms: Later<number>;
  memory_bytes: Later<number>;
}
export type Job = Selectable<JobTable>;

interface InputTable {
  job_id: string;
  grant_id: string;
  resource_id: string;
  holder_id: string;
  authorisation_id: string | null;
  alias: string;
}
export type JobInput = Selectable<InputTable>;

interface ReviewTable {
  job_id: string;
  holder_id: string;
  decision: Later<'release' | 'reject'>;
  reason: Later<string>;
  decided_by: Later<string>;
  decided_at: Later<Date>;
}
export type Review = Selectable<ReviewTable>;

interface OutputTable {
  id: string;
  job_id: string;
  project_id: string;
  party_id: string;
  kind: OutputDeclaration['kind'];
  content_id: string;
  table_id: string;
  sha256: string;
  released_at: Date;
  resource_id: Later<string>;
}
export type Output = Selectable<OutputTable>;

declare module '../../../kernel/database/database.ts' {
  interface Tables {
    sandbox_job: JobTable;
    sandbox_job_input: InputTable;
    sandbox_review: ReviewTable;
    sandbox_output: OutputTable;
  }
}
