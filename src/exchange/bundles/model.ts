import type { Generated, Selectable, ColumnType as Stored } from 'kysely';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';

export const BundleId = idOf('bdl', text('司法包编号', 'Bundle'));

export const bundleLife = lifecycle(
  {
    making: { finish: 'ready', fail: 'failed', remove: 'removed' },
    ready: { remove: 'removed' },
    failed: { remove: 'removed' },
    removed: {},
  },
  {
    rule: 'HS-10.63',
    subject: text('司法包', 'court bundle'),
    states: {
      making: text('正在制作', 'being made'),
      ready: text('可以下载', 'ready'),
      failed: text('没有做成', 'failed'),
      removed: text('已删除', 'removed'),
    },
  },
);

export interface BundleTable {
  id: string;
  party_id: string;
  requested_by: string;
  requested_at: Date;
  requested_act: string;
  subject: string | null;
  from_at: Date | null;
  until_at: Date | null;
  openings: boolean;
  state: (typeof bundleLife.states)[number];
  version: Generated<number>;
  receipts: number;
  done: Generated<number>;
  failure: Stored<Text | null, string | null, string | null>;
  object_id: string | null;
  bytes: number | null;
  sha256: string | null;
  sealed_act: string | null;
  made_at: Date | null;
  expires_at: Date;
}
export type Bundle = Selectable<BundleTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    evidence_bundle: BundleTable;
  }
}
