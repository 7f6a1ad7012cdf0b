import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedRevenue, excessOf, type RevenueBase } from './model.ts';

const base = (change: Partial<RevenueBase> = {}): RevenueBase => ({
  costFen: 0n,
  subsidyFen: 0n,
  profitBasisPoints: 0n,
  taxFen: 0n,
  excessFen: 0n,
  ...change,
});

describe('the allowed revenue', () => {
  it('is what is reckoned by hand: 1,200,000.00 of costs, 200,000.00 of subsidy, 8 %, 65,000.00 of tax, 30,000.01 too much before', () => {
    // 1,000,000.00 + 80,000.00 + 65,000.00 − 30,000.01 = 1,114,999.99
    expect(
      allowedRevenue(
        base({
          costFen: 120_000_000n,
          subsidyFen: 20_000_000n,
          profitBasisPoints: 800n,
          taxFen: 6_500_000n,
          excessFen: 3_000_001n,
        }),
      ),
    ).toEqual({
      baseFen: 100_000_000n,
      profitFen: 8_000_000n,
      grossFen: 114_500_000n,
      deductedFen: 3_000_001n,
      allowedFen: 111_499_999n,
      leftFen: 0n,
    });
  });

  it('grants no part of a fen of profit', () => {
    expect(allowedRevenue(base({ costFen: 12_499n, profitBasisPoints: 8n })).profitFen).toBe(9n);
    expect(allowedRevenue(base({ costFen: 12_500n, profitBasisPoints: 8n })).profitFen).toBe(10n);
  });

  it('takes off no more than there is and leaves the rest for the next period', () => {
    const first = allowedRevenue(base({ costFen: 100n, excessFen: 250n }));
    expect(first).toMatchObject({ allowedFen: 0n, deductedFen: 100n, leftFen: 150n });
    expect(allowedRevenue(base({ costFen: 400n, excessFen: first.leftFen })).allowedFen).toBe(250n);
  });

  it('refuses a negative part', () => {
    expect(() => allowedRevenue(base({ taxFen: -1n }))).toThrow(RangeError);
  });
});

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const anyBase = fc.record({
  costFen: amount,
  subsidyFen: amount,
  profitBasisPoints: fc.bigInt({ min: 0n, max: 10_000n }),
  taxFen: amount,
  excessFen: amount,
});

describe('for any figures', () => {
  it('every fen of excess is taken off or left, nothing is below nothing, and profit is exact to less than a fen', () => {
    fc.assert(
      fc.property(anyBase, (given) => {
        const r = allowedRevenue(given);
        expect(r.deductedFen + r.leftFen).toBe(given.excessFen);
        expect(r.allowedFen + r.deductedFen).toBe(r.grossFen);
        expect(r.allowedFen >= 0n && r.leftFen >= 0n && r.baseFen >= 0n).toBe(true);
        const exact = r.baseFen * given.profitBasisPoints;
        expect(r.profitFen * 10_000n <= exact && exact < (r.profitFen + 1n) * 10_000n).toBe(true);
      }),
    );
  });

  it('over periods in a row an operating unit keeps no more than all its gross allowances together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ costFen: amount, earnedFen: amount }), { minLength: 1, maxLength: 12 }),
        (periods) => {
          let open = 0n;
          let earned = 0n;
          let gross = 0n;
          for (const { costFen, earnedFen } of periods) {
            const r = allowedRevenue(base({ costFen, excessFen: open }));
            const excess = excessOf(earnedFen, r.allowedFen);
            open = r.leftFen + excess;
            earned += earnedFen;
            gross += r.grossFen;
          }
          expect(earned - open <= gross).toBe(true);
        },
      ),
    );
  });
});
