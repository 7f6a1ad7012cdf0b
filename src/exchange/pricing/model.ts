import type { ColumnType, Generated, Selectable } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../kernel/ids.ts';
import { Money } from '../../kernel/ledger/index.ts';
import { type Text, text } from '../../kernel/text.ts';

export const RevenueId = idOf('rev', text('准许收入', 'Allowed revenue'));
export const CapId = idOf('cap', text('上限收费标准', 'Price cap'));

/** 经营成本 as the notice lists it (PPN-3.1). */
export const COST_KINDS = ['platform', 'processing', 'staff', 'other'] as const;
export type CostKind = (typeof COST_KINDS)[number];
export const COST_TITLES: Readonly<Record<CostKind, Text>> = {
  platform: text('平台建设和运维', 'Building and running the platform'),
  processing: text('数据传输、汇聚、存储、处理', 'Transmission, gathering, storage and processing'),
  staff: text('人力', 'Staff'),
  other: text('其他合理费用', 'Other reasonable costs'),
};

export const Cost = z.object({
  kind: z.enum(COST_KINDS).meta({ title: '成本类别', 'x-title-en': 'Kind of cost' }),
  amount: Money.meta({ title: '金额', 'x-title-en': 'Amount' }),
  note: z.string().trim().min(1).max(300).meta({ title: '核算依据', 'x-title-en': 'Basis' }),
});
export type Cost = z.infer<typeof Cost>;

interface AllowedRevenueTable {
  id: string;
  agreement_id: string;
  case_id: string;
  operator_id: string;
  authoriser_id: string;
  period_from: Date;
  period_until: Date;
  costs: ColumnType<readonly Cost[], string, string>;
  subsidy_fen: number;
  profit_basis_points: number;
  tax_fen: number;
  approvals: Generated<string[]>;
  asked_at: Date;
  decided_at: Date | null;
  reason: string | null;
  deducted_fen: number | null;
  allowed_fen: number | null;
  closed_at: Date | null;
  revenue_fen: number | null;
  excess_fen: number | null;
}
export type AllowedRevenue = Selectable<AllowedRevenueTable>;

export const PRICE_MODES = ['one-off', 'per-call'] as const;
type PriceMode = (typeof PRICE_MODES)[number];

interface PriceCapTable {
  id: string;
  agreement_id: string;
  case_id: string;
  operator_id: string;
  authoriser_id: string;
  product_id: string;
  scenario_id: string;
  revenue_id: string | null;
  cap_fen: number;
  /** How the product is sold for which the cap was set. */
  mode: PriceMode;
  units: number;
  expected_quantity: number;
  basis: string;
  asked_at: Date;
  decided_at: Date | null;
  valid_from: Date | null;
  reason: string | null;
}
export type PriceCap = Selectable<PriceCapTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    allowed_revenue: AllowedRevenueTable;
    price_cap: PriceCapTable;
  }
}

/** What the notice's formula starts from; fen. */
export interface RevenueBase {
  readonly costFen: bigint;
  readonly subsidyFen: bigint;
  readonly profitBasisPoints: bigint;
  readonly taxFen: bigint;
  /** Excess of closed periods that no later period has taken off yet. */
  readonly excessFen: bigint;
}

export interface RevenueAllowed {
  /** Costs after the subsidy. */
  readonly baseFen: bigint;
  readonly profitFen: bigint;
  /** Before excess is taken off. */
  readonly grossFen: bigint;
  readonly deductedFen: bigint;
  readonly allowedFen: bigint;
  /** Excess that is larger than this period's revenue and waits for the next. */
  readonly leftFen: bigint;
}

const WHOLE_BASIS_POINTS = 10_000n;

/**
 * 最高准许收入 = (经营成本 − 政府补助) + 准许利润 + 税金 − 以前周期超收 (PPN-3.1, PPN-4.1), exact to the fen: a part of
 * a fen of profit is not allowed. Never below nothing; what could not be taken off is left for the next period.
 * @throws RangeError for a negative part
 */
export function allowedRevenue(base: RevenueBase): RevenueAllowed {
  if (Object.values(base).some((part: bigint) => part < 0n)) throw new RangeError('no part is negative');
  const { costFen, subsidyFen, profitBasisPoints, taxFen, excessFen } = base;
  const baseFen = costFen > subsidyFen ? costFen - subsidyFen : 0n;
  const profitFen = (baseFen * profitBasisPoints) / WHOLE_BASIS_POINTS;
  const grossFen = baseFen + profitFen + taxFen;
  const deductedFen = excessFen < grossFen ? excessFen : grossFen;
  return {
    baseFen,
    profitFen,
    grossFen,
    deductedFen,
    allowedFen: grossFen - deductedFen,
    leftFen: excessFen - deductedFen,
  };
}

/** What was earned above what was allowed; fen. */
export const excessOf = (revenueFen: bigint, allowedFen: bigint): bigint =>
  revenueFen > allowedFen ? revenueFen - allowedFen : 0n;

export const sumOf = (costs: readonly Cost[]): bigint => costs.reduce((sum, c) => sum + BigInt(c.amount.amountFen), 0n);
