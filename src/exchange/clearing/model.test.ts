import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXCHANGE, feeRuleAt, type Share, splitByShares, WHOLE_BASIS_POINTS } from './model.ts';
import * as rules from './rules.ts';

const fen = (legs: readonly { partyId: string; amountFen: bigint }[]) => legs.map((l) => `${l.partyId} ${l.amountFen}`);
const shares = (...basisPoints: number[]): Share[] => basisPoints.map((b, n) => ({ partyId: `p${n}`, basisPoints: b }));

/** Shares of one to eight parties that sum to 10,000. */
const anyShares = fc
  .uniqueArray(fc.integer({ min: 1, max: WHOLE_BASIS_POINTS - 1 }), { maxLength: 7 })
  .map((cuts) => [0, ...[...cuts].sort((a, b) => a - b), WHOLE_BASIS_POINTS])
  .map((marks) => shares(...marks.slice(1).map((mark, n) => mark - (marks[n] ?? 0))));
const anyTotal = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 10n ** 12n }));
const anyFee = fc.oneof(fc.constantFrom(0, 1, 100, 9_999, 10_000), fc.integer({ min: 0, max: 10_000 }));

describe('split by shares', () => {
  test('worked examples, with the published rule for ties', () => {
    expect(fen(splitByShares(10_000n, 100, shares(7_000, 3_000)))).toEqual(['p0 6930', 'p1 2970', 'exchange 100']);
    // Thirds of 99 and a fee of 1: nothing is left over.
    expect(fen(splitByShares(100n, 100, shares(3_334, 3_333, 3_333)))).toEqual([
      'p0 33',
      'p1 33',
      'p2 33',
      'exchange 1',
    ]);
    // Half a fen each: the rights holder named first has it.
    expect(fen(splitByShares(1n, 0, shares(5_000, 5_000)))).toEqual(['p0 1', 'p1 0', 'exchange 0']);
    // Half a fen for the holder and half for the exchange: the exchange comes last.
    expect(fen(splitByShares(1n, 5_000, shares(10_000)))).toEqual(['p0 1', 'exchange 0']);
    expect(fen(splitByShares(1n, 5_001, shares(10_000)))).toEqual(['p0 0', 'exchange 1']);
    expect(fen(splitByShares(0n, 100, shares(10_000)))).toEqual(['p0 0', 'exchange 0']);
  });

  test('sums to the total, each within one fen of its exact share, nobody below zero', () => {
    fc.assert(
      fc.property(anyTotal, anyFee, anyShares, (total, fee, parts) => {
        const legs = splitByShares(total, fee, parts);
        expect(legs.map((l) => l.partyId)).toEqual([...parts.map((p) => p.partyId), EXCHANGE]);
        expect(legs.reduce((sum, l) => sum + l.amountFen, 0n)).toBe(total);
        const unit = 10n ** 8n;
        legs.forEach((leg, n) => {
          const part = parts[n];
          const weight = part ? BigInt(10_000 - fee) * BigInt(part.basisPoints) : BigInt(fee) * 10_000n;
          const gap = leg.amountFen * unit - total * weight;
          expect(leg.amountFen >= 0n && gap < unit && gap > -unit).toBe(true);
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('who gives up a fen has the smaller remainder, or the later place', () => {
    fc.assert(
      fc.property(anyTotal, anyFee, anyShares, (total, fee, parts) => {
        const unit = 10n ** 8n;
        const weights = [...parts.map((p) => BigInt(10_000 - fee) * BigInt(p.basisPoints)), BigInt(fee) * 10_000n];
        const legs = splitByShares(total, fee, parts).map((leg, n) => {
          const exact = total * (weights[n] ?? 0n);
          return { extra: leg.amountFen - exact / unit, rest: exact % unit, n };
        });
        for (const lucky of legs.filter((l) => l.extra === 1n)) {
          for (const other of legs.filter((l) => l.extra === 0n)) {
            expect(lucky.rest > other.rest || (lucky.rest === other.rest && lucky.n < other.n)).toBe(true);
          }
        }
      }),
    );
  });

  test('refuses what is no split', () => {
    expect(() => splitByShares(-1n, 0, shares(10_000))).toThrow(RangeError);
    expect(() => splitByShares(1n, -1, shares(10_000))).toThrow(RangeError);
    expect(() => splitByShares(1n, 10_001, shares(10_000))).toThrow(RangeError);
    expect(() => splitByShares(1n, 0.5, shares(10_000))).toThrow(RangeError);
    expect(() => splitByShares(1n, 0, shares(9_999))).toThrow('9999');
    expect(() => splitByShares(1n, 0, shares(10_001, -1))).toThrow(RangeError);
    expect(() => splitByShares(1n, 0, [])).toThrow(RangeError);
  });
});

test('the fee is a dated number; before the first date there is none', () => {
  expect(feeRuleAt(new Date('2026-11-23T00:00:00Z'))).toEqual({ basisPoints: 100, reference: 'HS-6.4' });
  expect(() => feeRuleAt(new Date('2019-12-31T15:59:59Z'))).toThrow(RangeError);
  expect(feeRuleAt(new Date('2019-12-31T16:00:00Z')).basisPoints).toBe(100);
});

describe('rules', () => {
  for (const rule of Object.values(rules)) {
    test.each(rule.examples.map((e) => [e.name, e] as const))(`${rule.id}: %s`, (_, example) => {
      const { decision } = rule.evaluate(example.facts as never, new Date(`${example.at}T04:00:00Z`));
      expect(decision.outcome).toBe(example.expect);
    });
  }
});
