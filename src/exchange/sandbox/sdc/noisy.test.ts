import { describe, expect, it } from 'vitest';
import { noisyAnswer, privacyOf, thresholdOf } from './noisy.ts';
import { secureBits } from './sampler.ts';
import { AVG, askedQuery, COUNT, guardedCells, type Row, SUM } from './testing.ts';
import type { AskedQuery } from './types.ts';

const ROWS: Row[] = Array.from({ length: 201 }, (_, entity) => ({
  entity,
  groups: [entity === 200 ? 'lone' : entity % 2 === 0 ? 'a' : 'b'],
  amount: 5,
}));
const OPTIONS = {
  epsilonMicro: 1_000_000,
  rowsPerEntity: 1,
  ranges: new Map([['amount', { lower: 0, upper: 10 }]]),
  deltaPerMillion: 1,
  k: 10,
  domainCells: 100,
};
const inLists = (names: readonly string[]) => {
  const query = askedQuery([0], [COUNT, SUM, AVG]);
  return { ...query, groups: query.groups.map((g) => ({ ...g, domain: names })) };
};

it('lets a key of one entity pass with a chance of at most δ, and with no needless margin', () => {
  for (const [epsilonMicro, rows] of [
    [1_000_000, 1],
    [100_000, 1],
    [500_000, 20],
  ] as const) {
    const threshold = thresholdOf(epsilonMicro, rows, 1, 1);
    const scale = (rows * 1_000_000) / epsilonMicro;
    const tail = (m: number) => Math.exp(-m / scale) / (1 + Math.exp(-1 / scale));
    expect(rows * tail(threshold - 1)).toBeLessThanOrEqual(1e-6);
    expect(rows * tail(threshold - 3)).toBeGreaterThan(1e-6);
  }
  expect(thresholdOf(1_000_000, 1, 1, 50)).toBe(50);
});

describe('an answer with noise', () => {
  it('is centred on the truth, with the noise of its formula', () => {
    const cells = guardedCells(ROWS, [0], [COUNT, SUM, AVG]);
    const draws = Array.from({ length: 400 }, () => noisyAnswer(cells, inLists(['a', 'b']), OPTIONS, secureBits()));
    const first = draws.map((rows) => rows.find((r) => r.key[0] === 'a')?.values ?? []);
    const mean = (i: number) => first.reduce((sum, values) => sum + (values[i] ?? 0), 0) / first.length;
    // Four vectors share ε = 1: scale 4 for counts, 4 · 10 for sums; five standard errors either way.
    expect(Math.abs(mean(0) - 100)).toBeLessThan((5 * 4 * Math.SQRT2) / 20);
    expect(Math.abs(mean(1) - 500)).toBeLessThan((5 * 40.04 * Math.SQRT2) / 20);
    expect(Math.abs(mean(2) - 5)).toBeLessThan(1);
    expect(new Set(first.map((values) => values[0])).size).toBeGreaterThan(5);
  });

  it('tells of public lists only, and of lone keys never', () => {
    const cells = guardedCells(ROWS, [0], [COUNT, SUM, AVG]);
    const keys = (query: AskedQuery) => noisyAnswer(cells, query, OPTIONS, secureBits()).map((r) => r.key[0]);
    expect(keys(inLists(['a']))).toEqual(['a']);
    const open = askedQuery([0], [COUNT, SUM, AVG]);
    expect(keys(open).sort()).toEqual(['a', 'b']);
  });

  it('is never given of a sum without a range, nor over exact and noisy tables together', () => {
    const cells = guardedCells(ROWS, [0], [SUM]);
    const query = askedQuery([0], [SUM]);
    expect(() => noisyAnswer(cells, query, { ...OPTIONS, ranges: new Map() }, secureBits())).toThrow('range');
    const noise = { kind: 'noise', epsilonTotal: 5, epsilonQuery: 2 } as const;
    expect(privacyOf([{ privacy: noise }, { privacy: { ...noise, epsilonQuery: 1 } }])?.epsilonQuery).toBe(1);
    expect(() => privacyOf([{ privacy: noise }, { privacy: { kind: 'exact' } }])).toThrow('exactly');
  });
});
