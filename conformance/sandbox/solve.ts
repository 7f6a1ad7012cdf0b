import { solve } from './rule.ts';

/** What an attacker knows of a sum of bits over a set of people: its value, or that it lies outside a range, or inside. */
export type Constraint =
  | { readonly people: readonly number[]; readonly sum: number }
  | { readonly people: readonly number[]; readonly least: number; readonly most: number; readonly inside: boolean };

/** Bits by least squares over told sums, rounded: linear reconstruction after Dinur and Nissim. */
export function leastSquares(told: readonly { people: readonly number[]; sum: number }[], n: number): number[] {
  const ridge = 1e-3;
  const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? ridge : 0)));
  // Around one half, so that what nothing is known of stays there.
  const right = new Array<number>(n).fill(0);
  for (const { people, sum } of told) {
    const rest = sum - people.length / 2;
    for (const i of people) {
      right[i] = (right[i] ?? 0) + rest;
      const row = matrix[i] as number[];
      for (const j of people) row[j] = (row[j] ?? 0) + 1;
    }
  }
  return solve(matrix, right).map((x) => x + 0.5);
}

const away = (sum: number, c: Constraint): number => {
  if ('sum' in c) return Math.abs(sum - c.sum);
  if (c.inside) return Math.max(0, c.least - sum, sum - c.most);
  return sum < c.least || sum > c.most ? 0 : Math.min(sum - c.least, c.most - sum) + 1;
};

/** Bits that break the constraints least, by annealing from the least squares: also hidden cells are read. */
export function anneal(constraints: readonly Constraint[], start: readonly number[], roll: () => number): number[] {
  const bits = start.map((x) => (x > 0.5 ? 1 : 0));
  const of = bits.map(() => [] as number[]);
  constraints.forEach((c, i) => {
    for (const person of c.people) of[person]?.push(i);
  });
  const sums = constraints.map((c) => c.people.reduce((sum, person) => sum + (bits[person] ?? 0), 0));
  let cost = sums.reduce((sum, s, i) => sum + away(s, constraints[i] as Constraint), 0);
  let [best, bestCost] = [[...bits], cost];
  const steps = 150_000;
  for (let step = 0; step < steps && bestCost > 0; step++) {
    const person = Math.floor(roll() * bits.length);
    const by = bits[person] === 1 ? -1 : 1;
    let change = 0;
    for (const i of of[person] ?? []) {
      const c = constraints[i] as Constraint;
      change += away((sums[i] as number) + by, c) - away(sums[i] as number, c);
    }
    const heat = 1.5 * (1 - step / steps) + 1e-6;
    if (change > 0 && roll() >= Math.exp(-change / heat)) continue;
    bits[person] = (bits[person] ?? 0) + by;
    for (const i of of[person] ?? []) sums[i] = (sums[i] as number) + by;
    cost += change;
    if (cost < bestCost) [best, bestCost] = [[...bits], cost];
  }
  return best;
}
