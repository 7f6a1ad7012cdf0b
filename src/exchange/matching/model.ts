import type { Generated, Selectable } from 'kysely';
import { lifecycle } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';

export const demandLife = lifecycle(
  { open: { close: 'closed' }, closed: {} },
  {
    rule: 'HS-8.1',
    subject: text('数据需求', 'demand'),
    states: { open: text('征集中', 'open'), closed: text('已关闭', 'closed') },
  },
);
export type DemandState = (typeof demandLife.states)[number];

export interface DemandTable {
  id: string;
  party_id: string;
  title: string;
  description: string;
  sector: string;
  purpose: string;
  budget_fen: number | null;
  until: Date;
  state: DemandState;
  version: Generated<number>;
  published_at: Date;
  closed_at: Date | null;
  close_reason: string | null;
}
export type Demand = Selectable<DemandTable>;

export interface DemandResponseTable {
  id: string;
  demand_id: string;
  party_id: string;
  product_id: string | null;
  message: string;
  responded_at: Date;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    demand: DemandTable;
    demand_response: DemandResponseTable;
  }
}
