import { randomBytes } from 'node:crypto';

/**
 * Exact samplers after Canonne, Kamath, Steinke, “The Discrete Gaussian for Differential Privacy” (arXiv 2004.00010):
 * integers and random bits only, so that no rounding of a logarithm tells anything (Mironov 2012). Their running time
 * depends a little on what is drawn; answers leave at the end of the act, not at the end of the draw.
 */
export interface BitSource {
  /** That many random bits as an integer. */
  readonly bits: (n: number) => bigint;
}

const POOL_BYTES = 4_096;
const BYTE = 8;

/** Bits of the operating system's generator. */
export function secureBits(): BitSource {
  let pool = Buffer.alloc(0);
  let at = 0;
  return {
    bits: (n) => {
      const bytes = Math.ceil(n / BYTE);
      if (at + bytes > pool.length) {
        pool = randomBytes(Math.max(POOL_BYTES, bytes));
        at = 0;
      }
      let value = 0n;
      for (let i = 0; i < bytes; i++) value = (value << 8n) | BigInt(pool[at + i] as number);
      // Nothing drawn stays readable in memory.
      pool.fill(0, at, at + bytes);
      at += bytes;
      return value & ((1n << BigInt(n)) - 1n);
    },
  };
}

/** Uniform on 0 … m − 1, by rejection. */
export function uniform(m: bigint, source: BitSource): bigint {
  if (m <= 0n) throw new RangeError('uniform over nothing');
  const width = (m - 1n).toString(2).length;
  for (;;) {
    const value = source.bits(width);
    if (value < m) return value;
  }
}

/** True with probability n/d. */
const bernoulli = (n: bigint, d: bigint, source: BitSource) => uniform(d, source) < n;

/** True with probability exp(−n/d). */
export function bernoulliExp(n: bigint, d: bigint, source: BitSource): boolean {
  for (let rest = n; rest > d; rest -= d) if (!bernoulliExpSmall(1n, 1n, source)) return false;
  return bernoulliExpSmall(n > d ? ((n - 1n) % d) + 1n : n, d, source);
}

/** For n ≤ d: draws with chances (n/d)/1, (n/d)/2, … until one fails; true where that is an odd draw. */
function bernoulliExpSmall(n: bigint, d: bigint, source: BitSource): boolean {
  let k = 1n;
  while (bernoulli(n, d * k, source)) k += 1n;
  return k % 2n === 1n;
}

/** Discrete Laplace of scale t/s: P(x) ∝ exp(−|x| s/t). */
export function discreteLaplace(t: bigint, s: bigint, source: BitSource): bigint {
  if (t <= 0n || s <= 0n) throw new RangeError('a scale is a positive fraction');
  for (;;) {
    const u = uniform(t, source);
    if (!bernoulliExp(u, t, source)) continue;
    let v = 0n;
    while (bernoulliExpSmall(1n, 1n, source)) v += 1n;
    const size = (u + t * v) / s;
    const negative = source.bits(1) === 1n;
    if (negative && size === 0n) continue;
    return negative ? -size : size;
  }
}

/** Discrete Gaussian with σ² = n/d: P(x) ∝ exp(−x²/2σ²). */
export function discreteGaussian(n: bigint, d: bigint, source: BitSource): bigint {
  if (n <= 0n || d <= 0n) throw new RangeError('a variance is a positive fraction');
  const t = squareRoot(n / d) + 1n;
  for (;;) {
    const y = discreteLaplace(t, 1n, source);
    const size = y < 0n ? -y : y;
    // exp(−(|y| − σ²/t)² / 2σ²) with σ² = n/d, over one denominator.
    const distance = size * t * d - n;
    if (bernoulliExp(distance * distance, 2n * n * d * t * t, source)) return y;
  }
}

function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
