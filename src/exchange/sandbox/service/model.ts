import type { Selectable, ColumnType as Stored } from 'kysely';
import { lifecycle } from '../../../kernel/acts/index.ts';
import { idOf } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';
import type { StoredColumn } from './columns.ts';
import type { Template } from './template.ts';

export const ServiceId = idOf('sbs', text('沙箱查询服务', 'Query service of the sandbox'));
/** What is made of rights counts their uses under one version. */
export const SERVICE_VERSION = 1;

export const SERVICE_STATES = ['proposed', 'approved', 'ready', 'rejected'] as const;

/** A template with the columns its answers have. */
export interface CheckedTemplate extends Omit<Template, 'columns'> {
  readonly columns: readonly StoredColumn[];
}

/** The data a table is answered from, by resource: their name in the vault. */
export type Objects = Readonly<Record<string, string>>;

interface ServiceTable {
  id: string;
  project_id: string;
  party_id: string;
  title: string;
  summary: string;
  templates: Stored<readonly CheckedTemplate[], string, never>;
  templates_hash: string;
  state: (typeof SERVICE_STATES)[number];
  proposed_by: string | null;
  proposed_at: Date;
  resource_id: string | null;
}
export type Service = Selectable<ServiceTable>;

declare module '../../../kernel/database/database.ts' {
  interface Tables {
    sandbox_service: ServiceTable;
    sandbox_service_table: {
      service_id: string;
      grant_id: string;
      resource_id: string;
      holder_id: string;
      columns: string[];
    };
    sandbox_service_review: {
      service_id: string;
      holder_id: string;
      decision: 'approve' | 'reject' | null;
      reason: string | null;
      decided_by: string | null;
      decided_at: Date | null;
    };
    sandbox_service_revision: {
      service_id: string;
      revision: number;
      at: Date;
      person_id: string | null;
      objects: Stored<Objects, string, never>;
    };
    sandbox_service_call: {
      id: string;
      service_id: string;
      delivery_id: string;
      buyer_id: string;
      template: string;
      sql: string;
      answer_key: string;
      cells: number;
      cached: boolean;
      at: Date;
      objects: Stored<Objects, string | undefined, never>;
    };
  }
}

export const serviceLife = lifecycle(
  {
    proposed: { approve: 'approved', reject: 'rejected' },
    approved: { make: 'ready' },
    ready: { refresh: 'ready' },
    rejected: {},
  },
  {
    rule: 'HS-25.22',
    subject: text('沙箱查询服务', 'query service'),
    states: {
      proposed: text('待持有单位审批', 'waiting for the holders'),
      approved: text('已批准，正在登记', 'approved, being registered'),
      ready: text('可制作产品', 'ready to become a product'),
      rejected: text('未批准', 'rejected'),
    },
  },
);
