import { describe, expect, it } from 'vitest';
import { type BitSource, bernoulliExp, discreteGaussian, discreteLaplace, secureBits, uniform } from './sampler.ts';
import { seeded } from './testing.ts';

const bits = (seed: number): BitSource => {
  const next = seeded(seed);
  return {
    bits: (n) => {
      let value = 0n;
      for (let i = 0; i < n; i += 16) value = (value << 16n) | BigInt(next(65_536));
      return value & ((1n << BigInt(n)) - 1n);
    },
  };
};

/** G statistic of draws against exact probabilities; rare values are one class. */
function compare(draw: () => bigint, probability: (x: number) => number, draws: number) {
  const seen = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const x = Number(draw());
    seen.set(x, (seen.get(x) ?? 0) + 1);
  }
  let [g, restSeen, restExpected, classes] = [0, draws, draws, 0];
  for (let x = -60; x <= 60; x++) {
    const expected = probability(x) * draws;
    if (expected < 8) continue;
    const observed = seen.get(x) ?? 0;
    g += observed === 0 ? 0 : 2 * observed * Math.log(observed / expected);
    restSeen -= observed;
    restExpected -= expected;
    classes++;
  }
  if (restSeen > 0) g += 2 * restSeen * Math.log(restSeen / Math.max(restExpected, 1e-9));
  return { g, freedom: restExpected > 1 ? classes : classes - 1 };
}

/** Quantile of χ² at 1 − 10⁻⁴ (Wilson and Hilferty). */
const critical = (freedom: number) => freedom * (1 - 2 / (9 * freedom) + 3.719 * Math.sqrt(2 / (9 * freedom))) ** 3;
const DRAWS = 40_000;

const laplace = (scale: number) => (x: number) => {
  const r = Math.exp(-1 / scale);
  return ((1 - r) / (1 + r)) * r ** Math.abs(x);
};
const gaussian = (variance: number) => {
  const weight = (x: number) => Math.exp((-x * x) / (2 * variance));
  let total = 0;
  for (let x = -400; x <= 400; x++) total += weight(x);
  return (x: number) => weight(x) / total;
};

describe('draws against exact probabilities, at a significance of one in ten thousand', () => {
  it.each([
    ['Laplace of scale 1/3', 1n, 3n],
    ['Laplace of scale 2', 2n, 1n],
    ['Laplace of scale 7/2', 7n, 2n],
  ])('%s', (_, t, s) => {
    const source = bits(11);
    const { g, freedom } = compare(() => discreteLaplace(t, s, source), laplace(Number(t) / Number(s)), DRAWS);
    expect(g).toBeLessThan(critical(freedom));
  });

  it.each([
    ['Gaussian with variance 1/2', 1n, 2n],
    ['Gaussian with variance 4', 4n, 1n],
    ['Gaussian with variance 31/3', 31n, 3n],
  ])('%s', (_, n, d) => {
    const source = bits(12);
    const { g, freedom } = compare(() => discreteGaussian(n, d, source), gaussian(Number(n) / Number(d)), DRAWS);
    expect(g).toBeLessThan(critical(freedom));
  });

  it('tells a wrong distribution apart', () => {
    const source = bits(13);
    const { g, freedom } = compare(() => discreteLaplace(2n, 1n, source), laplace(2.1), DRAWS);
    expect(g).toBeGreaterThan(critical(freedom));
  });

  it.each([
    [0n, 1n],
    [1n, 3n],
    [1n, 1n],
    [5n, 2n],
    [3n, 1n],
  ])('exp(−%s/%s)', (n, d) => {
    const source = bits(14);
    const p = Math.exp(-Number(n) / Number(d));
    let hits = 0;
    for (let i = 0; i < DRAWS; i++) if (bernoulliExp(n, d, source)) hits++;
    expect(Math.abs(hits / DRAWS - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / DRAWS));
  });
});

it('has mean nought and the variance of its formula', () => {
  const source = bits(15);
  const draws = Array.from({ length: DRAWS }, () => Number(discreteLaplace(10n, 1n, source)));
  const mean = draws.reduce((a, b) => a + b, 0) / DRAWS;
  const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / DRAWS;
  const r = Math.exp(-1 / 10);
  const exact = (2 * r) / (1 - r) ** 2;
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(exact / DRAWS));
  expect(Math.abs(variance / exact - 1)).toBeLessThan(4 * Math.sqrt(5 / DRAWS));
});

it('draws from the operating system, within bounds, wide numbers too', () => {
  const source = secureBits();
  const wide = 10n ** 40n;
  for (let i = 0; i < 2_000; i++) {
    expect(uniform(7n, source)).toBeLessThan(7n);
    expect(uniform(wide, source)).toBeLessThan(wide);
  }
  expect(new Set(Array.from({ length: 50 }, () => uniform(wide, source))).size).toBe(50);
  expect(uniform(1n, source)).toBe(0n);
  expect(() => uniform(0n, source)).toThrow(RangeError);
  expect(() => discreteLaplace(0n, 1n, source)).toThrow(RangeError);
  expect(() => discreteGaussian(1n, 0n, source)).toThrow(RangeError);
});
