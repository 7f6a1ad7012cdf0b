import { type BitSource, discreteLaplace } from '../sandbox/index.ts';
import type { Measure } from './model.ts';
import type { TrialNumbers } from './parameters.ts';

/**
 * The guarantee (HS-25.7). With P and P' two versions of a product that differ in all rows of one key, and M a trial with
 * any table of the buyer: P(M(P) ∈ S) ≤ exp(ε) · P(M(P') ∈ S) for every set of answers S; over all trials of a buyer ε
 * adds up. One key changes a count by one at most. A statistic is computed in blocks, to which keys are assigned at random;
 * it lies in known bounds in each, so one key changes the sum over all blocks by the width of those bounds at most (sample
 * and aggregate: Nissim, Raskhodnikova, Smith, STOC 2007). How many blocks there are, and whether anything is told, is
 * decided on counts that carry noise already. Noise is drawn exactly, on integers.
 */
const THOUSAND = 1_000;

/** What one statistic of a block, in thousandths, may be. */
const RANGE: Readonly<Record<'correlation' | 'auc', { readonly neutral: number; readonly width: number }>> = {
  correlation: { neutral: 0, width: 2 * THOUSAND },
  auc: { neutral: THOUSAND / 2, width: THOUSAND },
};
/** A block without enough to compute a statistic counts as this. */
export const neutralOf = (measure: 'correlation' | 'auc'): number => RANGE[measure].neutral;

/** What is known of the buyer's own table, and therefore needs no noise. */
export interface OwnCounts {
  readonly keys: number;
  /** Keys labelled one and nought; nought where there is no label. */
  readonly positive: number;
  readonly negative: number;
}

/** What of the product is behind a trial: exact numbers, told to nobody. */
export interface Behind {
  readonly counts: () => Promise<{ readonly matched: number; readonly usable: number }>;
  /** Sum over all blocks of the statistic in thousandths; empty blocks are left out. */
  readonly blocks: (count: number) => Promise<{ readonly sum: number; readonly blocks: number }>;
}

/** In thousandths. */
export type Scored =
  | { readonly outcome: 'told'; readonly score: number; readonly within: number }
  | { readonly outcome: 'too-few' };

const TOO_FEW: Scored = { outcome: 'too-few' };
/** ln 10: nine of ten draws of Laplace noise lie within its scale times this. */
const NINE_OF_TEN = Math.log(10);

/** @param enough whether so many keys are enough, by the rule on it */
export async function scoreFor(
  measure: Measure,
  own: OwnCounts,
  behind: Behind,
  n: TrialNumbers,
  enough: (keys: number) => boolean,
  source: BitSource,
): Promise<Scored> {
  const noisy = (value: number, sensitivity: number, epsilon: number): number =>
    value + Number(discreteLaplace(BigInt(sensitivity * THOUSAND), BigInt(epsilon), source));
  const { matched, usable } = await behind.counts();
  if (measure === 'match-rate') {
    const keys = noisy(matched, 1, n.epsilon);
    return enough(keys) ? told(keys / own.keys, THOUSAND / n.epsilon / own.keys, [0, 1], n) : TOO_FEW;
  }
  if (measure === 'coverage') {
    const half = Math.floor(n.epsilon / 2);
    const keys = noisy(matched, 1, half);
    const filled = noisy(usable, 1, half);
    // Both counts carry noise, so twice its scale.
    return enough(keys) ? told(filled / keys, (2 * THOUSAND) / half / keys, [0, 1], n) : TOO_FEW;
  }
  const counting = Math.floor((n.epsilon * n.countShare) / THOUSAND);
  const keys = noisy(usable, 1, counting);
  const blocks = enough(keys) ? blocksOf(measure, keys, own, n) : 0;
  if (blocks < n.blocksLeast) return TOO_FEW;
  const { neutral, width } = RANGE[measure];
  const { sum, blocks: found } = await behind.blocks(blocks);
  const scoring = n.epsilon - counting;
  const total = noisy(sum + (blocks - found) * neutral, width, scoring);
  const bounds: [number, number] = measure === 'auc' ? [0, 1] : [-1, 1];
  return told(total / THOUSAND / blocks, width / scoring / blocks, bounds, n);
}

/** So that a block is likely to have keys of both labels. */
function blocksOf(measure: Measure, keys: number, own: OwnCounts, n: TrialNumbers): number {
  const rarer = Math.min(own.positive, own.negative);
  const byLabel = measure === 'auc' ? Math.floor((keys * rarer) / own.keys / n.blockLabels) : Number.MAX_SAFE_INTEGER;
  return Math.min(Math.floor(keys / n.blockKeys), byLabel, n.blocksMost);
}

/** Rounded to whole steps; `within` counts noise and rounding, up to the next hundredth. */
function told(value: number, scale: number, [least, most]: readonly [number, number], n: TrialNumbers): Scored {
  const clamped = Math.min(most, Math.max(least, value));
  const score = Math.round((clamped * THOUSAND) / n.step) * n.step;
  const within = Math.ceil((scale * NINE_OF_TEN * THOUSAND + n.step / 2) / 10) * 10;
  return { outcome: 'told', score: score === 0 ? 0 : score, within };
}
