interface Example {
  readonly features: readonly number[];
  readonly secret: 0 | 1;
}

/**
 * Least squares on the answers with a constant, cut at one half: finds a difference of two sums by itself. A touch of
 * shrinkage keeps columns that say the same from growing without end.
 */
export function rule(examples: readonly Example[]): (features: readonly number[]) => 0 | 1 {
  const width = examples[0]?.features.length ?? 0;
  const means = Array.from({ length: width }, (_, j) => average(examples.map((e) => e.features[j] ?? 0)));
  const spread = means.map(
    (mean, j) => Math.sqrt(average(examples.map((e) => ((e.features[j] ?? 0) - mean) ** 2))) || 0,
  );
  const used = spread.flatMap((s, j) => (s > 1e-9 ? [j] : []));
  const scaled = (features: readonly number[]) =>
    used.map((j) => ((features[j] ?? 0) - (means[j] ?? 0)) / (spread[j] ?? 1));
  const rows = examples.map((e) => scaled(e.features));
  const base = average(examples.map((e) => e.secret));
  const n = used.length;
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 1e-4 * examples.length : 0)),
  );
  const right = new Array<number>(n).fill(0);
  for (const [r, row] of rows.entries()) {
    const rest = (examples[r]?.secret ?? 0) - base;
    for (let i = 0; i < n; i++) {
      const line = matrix[i] as number[];
      const x = row[i] as number;
      if (x === 0) continue;
      right[i] = (right[i] as number) + x * rest;
      for (let j = 0; j < n; j++) line[j] = (line[j] as number) + x * (row[j] as number);
    }
  }
  const weights = solve(matrix, right);
  return (features) => {
    const x = scaled(features);
    return base + weights.reduce((sum, w, i) => sum + w * (x[i] as number), 0) > 0.5 ? 1 : 0;
  };
}
const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

/** The normal distribution, after Abramowitz and Stegun 7.1.26: right to seven digits. */
function normal(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const within = 1 - tail * Math.exp((-x * x) / 2);
  return x < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/**
 * How often a linear guess names which of two values a person has, where sums explain the share `known` of the variance of
 * what anybody adds: the best one is the value plus what others add to it, taken as normal. `apart`: half of the
 * distance of the two values in standard deviations of one person; of a bit as often 0 as 1 that is one.
 */
export const guessedRightly = (known: number, apart = 1): number => normal(apart * Math.sqrt(known / (1 - known)));

/** Gaussian elimination with pivoting, in place. */
export function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  for (let at = 0; at < n; at++) {
    let best = at;
    for (let i = at + 1; i < n; i++) if (Math.abs(entry(matrix, i, at)) > Math.abs(entry(matrix, best, at))) best = i;
    [matrix[at], matrix[best]] = [matrix[best] as number[], matrix[at] as number[]];
    [right[at], right[best]] = [right[best] as number, right[at] as number];
    const pivot = matrix[at] as number[];
    for (let i = at + 1; i < n; i++) {
      const row = matrix[i] as number[];
      const factor = (row[at] as number) / (pivot[at] as number);
      if (factor === 0) continue;
      for (let j = at; j < n; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
      right[i] = (right[i] as number) - factor * (right[at] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let value = right[i] as number;
    for (let j = i + 1; j < n; j++) value -= entry(matrix, i, j) * (x[j] as number);
    x[i] = value / entry(matrix, i, i);
  }
  return x;
}
const entry = (matrix: readonly (readonly number[])[], i: number, j: number): number => matrix[i]?.[j] ?? 0;

/** The 95 % interval of a share, after Wilson. */
export function wilson(right: number, of: number): readonly [low: number, high: number] {
  const z = 1.96;
  const [share, spread] = [right / of, (z * z) / of];
  const middle = (share + spread / 2) / (1 + spread);
  const half = (z / (1 + spread)) * Math.sqrt((share * (1 - share)) / of + spread / (4 * of));
  return [middle - half, middle + half];
}
