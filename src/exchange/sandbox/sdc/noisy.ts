import type { GuardedCell, Measure } from '../cells.ts';
import type { GrantPolicy } from '../policy.ts';
import { inPublicLists, listsArePublic } from './lists.ts';
import { numbersAt } from './parameters.ts';
import { type BitSource, discreteLaplace, secureBits } from './sampler.ts';
import type { AskedQuery, DecideInput, ReleasedRow } from './types.ts';

type Noise = Extract<GrantPolicy['privacy'], { readonly kind: 'noise' }>;

/** How a query over these tables answers; null: exactly. @throws where exact and noisy tables meet: a form no act lets in */
export function privacyOf(
  policies: readonly Pick<GrantPolicy, 'privacy'>[],
): Pick<Noise, 'epsilonTotal' | 'epsilonQuery'> | null {
  const noisy = policies.map((p) => p.privacy).filter((p) => p.kind === 'noise');
  if (noisy.length === 0) return null;
  if (noisy.length < policies.length) throw new Error('a query over tables answered exactly and tables with noise');
  return {
    epsilonTotal: Math.min(...noisy.map((p) => p.epsilonTotal)),
    epsilonQuery: Math.min(...noisy.map((p) => p.epsilonQuery)),
  };
}
/** Whether tables can be asked together: all exact, or all with noise. */
export const canMix = (policies: readonly Pick<GrantPolicy, 'privacy'>[]): boolean =>
  new Set(policies.map((p) => p.privacy.kind)).size <= 1;

const MICRO = 1_000_000;
/** Steps of a sum between nothing and its largest contribution: finer than any noise that is added. */
const STEPS = 1_000;

/**
 * The guarantee (HS-22.40 to 22.42). With D and D' tables that differ in all rows of one entity, and M the answers:
 * P(M(D) ∈ S) ≤ exp(ε) · P(M(D') ∈ S) + δ for every set of answers S. ε is the sum over all answers told to the party,
 * never above the total of the grant; δ is nought where every group column has a public list, and else one millionth for
 * each query.
 *
 * Each entity keeps at most R rows (SQL does so before anything is computed), each value lies in the range of the policy.
 * So one entity changes all counts of a query together by at most R, and all sums by at most R·B, B the range's larger end.
 * A sum is told in steps of B/1000, rounded once for each of at most R cells: R·(1000 + 1) steps. Every vector of numbers
 * gets the same share of the query's ε and discrete Laplace noise of scale sensitivity/ε.
 */
export function noisyAnswer(
  cells: readonly GuardedCell[],
  query: AskedQuery,
  options: {
    readonly epsilonMicro: number;
    readonly rowsPerEntity: number;
    readonly ranges: DecideInput['ranges'];
    readonly deltaPerMillion: number;
    readonly k: number;
    /** Cells of public lists that are told of at most. */
    readonly domainCells: number;
  },
  source: BitSource,
): ReleasedRow[] {
  const { epsilonMicro, rowsPerEntity: rows } = options;
  const keysAreData = !listsArePublic(query, options.domainCells);
  const vectors = query.measures.reduce((n, m) => n + (m.function === 'avg' ? 2 : 1), keysAreData ? 1 : 0);
  const share = Math.floor(epsilonMicro / vectors);
  if (share < 1) throw new Error('ε is too small for so many measures');
  const noise = (sensitivity: number) =>
    Number(discreteLaplace(BigInt(sensitivity) * BigInt(MICRO), BigInt(share), source));
  const count = (value: number) => value + noise(rows);
  const sum = (value: number, argument: string | null) => {
    const range = options.ranges.get(argument ?? '');
    const bound = range === undefined ? 0 : Math.max(Math.abs(range.lower), Math.abs(range.upper));
    if (!(bound > 0)) throw new Error('a sum with noise of a column without a range');
    const step = bound / STEPS;
    return (Math.round(value / step) + noise(rows * (STEPS + 1))) * step;
  };
  const told = (measure: Measure, cell: GuardedCell, i: number): number | null => {
    const guard = cell.measures[i];
    if (!guard) throw new Error('cell without a guard for a measure');
    if (measure.function === 'count' || measure.function === 'entities') return count(guard.sum);
    const total = sum(guard.sum, measure.argument);
    if (measure.function === 'sum') return total;
    const values = count(guard.values);
    return values > 0 ? total / values : null;
  };
  const threshold = keysAreData ? thresholdOf(share, rows, options.deltaPerMillion, options.k) : null;
  return cells
    .filter((cell) => cell.rolledUp === 0)
    .filter((cell) => (threshold === null ? inPublicLists(query, cell.key) : count(cell.entities) >= threshold))
    .map((cell) => ({
      key: cell.key,
      values: query.measures.map((m, i) => told(m, cell, i)),
      marks: query.measures.map(() => null),
    }));
}

/**
 * Least noisy count of entities with which a key that is data is told: an entity alone in its groups, at most R of them,
 * brings one to light with a chance of at most δ. P(X ≥ m) = e^(−m/s) / (1 + e^(−1/s)) for discrete Laplace of scale s.
 */
export function thresholdOf(epsilonMicro: number, rowsPerEntity: number, deltaPerMillion: number, k: number): number {
  const scale = (rowsPerEntity * MICRO) / epsilonMicro;
  const each = deltaPerMillion / MICRO / rowsPerEntity;
  const margin = Math.max(0, -scale * Math.log(each * (1 + Math.exp(-1 / scale))));
  return Math.max(k, 2 + Math.ceil(margin));
}

/** Sticky by the caller, who keeps the answer: asked again, the same noise. */
export async function noisyRows(
  input: DecideInput,
  { epsilonQuery }: { readonly epsilonQuery: number },
): Promise<ReleasedRow[]> {
  const numbers = numbersAt(input.at);
  const rowsPerEntity = Math.min(
    ...input.policies.map((p) =>
      p.privacy.kind === 'noise' && p.entityKey !== null ? (p.privacy.rowsPerEntity ?? numbers.rowsPerEntity) : 1,
    ),
  );
  const options = {
    epsilonMicro: epsilonQuery,
    rowsPerEntity,
    ranges: input.ranges,
    deltaPerMillion: numbers.deltaPerMillion,
    k: Math.max(...input.policies.map((p) => p.k)),
    domainCells: numbers.domainCells,
  };
  return noisyAnswer(await input.cells(rowsPerEntity), input.query, options, secureBits());
}
