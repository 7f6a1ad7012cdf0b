import { dated, valueAt } from '../../kernel/rulebook/index.ts';

const FROM = '2026-11-26';
const number = (value: number, unit: string, reference: string) => dated({ from: FROM, value, unit, reference });

/** Numbers of trials: the operator's own, each with the house rule that sets it. */
export const TRIAL = {
  /** Keys that the buyer's table brings, each counted once. */
  ownLeast: number(500, 'key', 'HS-25.4'),
  ownMost: number(1_000_000, 'key', 'HS-25.4'),
  runsMost: number(10, 'trial', 'HS-25.5'),
  runsDays: number(365, 'day', 'HS-25.5'),
  /** Of one product by all parties together, in the same days. */
  allMost: number(50, 'trial', 'HS-25.11'),
  allDays: number(365, 'day', 'HS-25.11'),
  matchedLeast: number(500, 'key', 'HS-25.6'),
  /** ε of one trial, and the part of it that goes into counting before a statistic is told. */
  epsilon: number(1_000, 'thousandth', 'HS-25.7'),
  countShare: number(250, 'permille', 'HS-25.7'),
  /** Keys of a block, and of each label in a block, on average. */
  blockKeys: number(25, 'key', 'HS-25.7'),
  blockLabels: number(8, 'key', 'HS-25.7'),
  blocksLeast: number(20, 'block', 'HS-25.7'),
  blocksMost: number(400, 'block', 'HS-25.7'),
  step: number(50, 'thousandth', 'HS-25.8'),
} as const;
export type TrialNumbers = { readonly [K in keyof typeof TRIAL]: number };

/** All of them as they hold at a moment. */
export const numbersAt = (at: Date): TrialNumbers =>
  Object.fromEntries(Object.entries(TRIAL).map(([name, param]) => [name, valueAt(param, at).value])) as TrialNumbers;
