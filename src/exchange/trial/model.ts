import type { Selectable } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';

export const TrialId = idOf('trl', text('试用', 'Trial'));

/** 匹配率、覆盖率、相关系数、AUC: all that can be asked. */
export const MEASURES = ['match-rate', 'coverage', 'correlation', 'auc'] as const;
export type Measure = (typeof MEASURES)[number];

/** What each measure needs: a column of the product, and one of the buyer's own table. */
export const NEEDS: Readonly<Record<Measure, { readonly product: 'any' | 'number' | null; readonly own: boolean }>> = {
  'match-rate': { product: null, own: false },
  coverage: { product: 'any', own: false },
  correlation: { product: 'number', own: true },
  auc: { product: 'number', own: true },
};

const NUMBERS: readonly string[] = ['integer', 'decimal', 'double'];
export const isNumber = (type: string | undefined): boolean => type !== undefined && NUMBERS.includes(type);
/** A label of noughts and ones may also be written as true and false. */
export const isFigure = (type: string | undefined): boolean => isNumber(type) || type === 'boolean';

interface OfferTable {
  product_id: string;
  key_column: string;
  columns: string[];
  measures: Measure[];
  opened_at: Date;
  closed_at: Date | null;
}
export type Offer = Selectable<OfferTable>;

interface RunTable {
  id: string;
  product_id: string;
  object_id: string;
  seller_id: string;
  buyer_id: string;
  dataset_id: string;
  measure: Measure;
  own_key: string;
  own_column: string | null;
  product_column: string | null;
  table_digest: string;
  outcome: 'told' | 'too-few';
  score: number | null;
  within: number | null;
  same_as: string | null;
  at: Date;
}
export type Run = Selectable<RunTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    trial_offer: OfferTable;
    trial_run: RunTable;
  }
}

export const Outcome = z.enum(['told', 'too-few']);
const THOUSAND = 1_000;
/** A stored score as people read it. */
export const scoreOf = (thousandths: number | null): number | null =>
  thousandths === null ? null : thousandths / THOUSAND;
