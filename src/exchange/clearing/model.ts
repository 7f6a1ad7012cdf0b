import { lifecycle } from '../../kernel/acts/index.ts';
import { type Dated, dated, valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

/** Who takes the fee, where a split names its recipients. */
export const EXCHANGE = 'exchange';
/** 100 % in basis points. */
export const WHOLE_BASIS_POINTS = 10_000;
/** Rows of the hot accounts are `<group>:0` … `<group>:7`. */
export const FEE_ACCOUNT = 'exchange:fee';
export const BANK_ACCOUNT = 'settlement:bank';

/** The one cash account of a party. */
export const cashAccountOf = (partyId: string): string => `party:${partyId}:cash`;

/** 交易服务费率, by the day an order is placed (house rule HS-6.4). */
export const FEE_BASIS_POINTS: Dated<number> = dated({
  from: '2020-01-01',
  value: 100,
  unit: 'basis point',
  reference: 'HS-6.4',
});

/** The fee rate of a day. @throws RangeError before the first rate */
export function feeRuleAt(at: Date): { basisPoints: number; reference: string } {
  const { value, reference } = valueAt(FEE_BASIS_POINTS, at);
  return { basisPoints: value, reference };
}

export interface Share {
  readonly partyId: string;
  readonly basisPoints: number;
}

export interface SplitLeg {
  /** A party, or {@link EXCHANGE} for the fee. */
  readonly partyId: string;
  readonly amountFen: bigint;
}

/**
 * Splits a price into the shares of the rights holders and the exchange's fee, to the fen (house rule HS-6.5).
 * Everyone first gets the whole fen of the exact share; the fen left over go one each to the largest remainders. Of
 * equal remainders the rights holder named first comes first, the exchange last. Shares are of the price after the fee.
 * @param feeBasisPoints 0–10,000
 * @param shares basis points that sum to 10,000; a party may stand more than once
 * @returns the shares in their order, then the exchange; they sum to the total and each is within one fen of the exact share
 * @throws RangeError for a negative total, a rate or shares that are not whole, not positive or do not sum to 10,000
 */
export function splitByShares(totalFen: bigint, feeBasisPoints: number, shares: readonly Share[]): SplitLeg[] {
  if (totalFen < 0n) throw new RangeError('a total is not negative');
  if (!Number.isInteger(feeBasisPoints) || feeBasisPoints < 0 || feeBasisPoints > WHOLE_BASIS_POINTS)
    throw new RangeError(`fee of ${feeBasisPoints} basis points`);
  if (shares.some((s) => !Number.isInteger(s.basisPoints) || s.basisPoints <= 0))
    throw new RangeError('a share is a whole, positive number of basis points');
  const sum = shares.reduce((total, s) => total + s.basisPoints, 0);
  if (sum !== WHOLE_BASIS_POINTS) throw new RangeError(`shares sum to ${sum} basis points, not ${WHOLE_BASIS_POINTS}`);

  const whole = BigInt(WHOLE_BASIS_POINTS);
  const fee = BigInt(feeBasisPoints);
  const weights = [...shares.map((s) => (whole - fee) * BigInt(s.basisPoints)), fee * whole];
  const unit = whole * whole;
  const parts = weights.map((weight, n) => ({ n, fen: (totalFen * weight) / unit, rest: (totalFen * weight) % unit }));
  let left = totalFen - parts.reduce((total, p) => total + p.fen, 0n);
  const byRest = [...parts].sort((a, b) => (a.rest === b.rest ? a.n - b.n : a.rest > b.rest ? -1 : 1));
  for (const part of byRest) {
    if (left === 0n) break;
    part.fen += 1n;
    left -= 1n;
  }
  return parts.map((p) => ({ partyId: shares[p.n]?.partyId ?? EXCHANGE, amountFen: p.fen }));
}

/** 出金 from the request to its decision by another person. */
export const withdrawalLife = lifecycle(
  { requested: { approve: 'approved', refuse: 'refused' }, approved: {}, refused: {} },
  {
    rule: 'HS-6.8',
    subject: text('出金申请', 'withdrawal'),
    states: {
      requested: text('待审批', 'waiting for a decision'),
      approved: text('已划付', 'paid out'),
      refused: text('已驳回', 'refused'),
    },
  },
);
