import type { SuppressionClass } from '../cells.ts';
import { exactAnswer } from './exact.ts';
import { answerOf, historyOf, keepAnswer, lockHistory, record, spend, spentOf, type ToldShape } from './ledger.ts';
import { noisyRows, privacyOf } from './noisy.ts';
import { numbersAt } from './parameters.ts';
import type { DecideInput, Released, ReleasedRow } from './types.ts';

/**
 * What may be told of a query, in the act's transaction: answer, history and allowance commit together or not at all.
 * The allowance itself is asked by rules beforehand (`leftOf`); nothing here refuses, cells are suppressed.
 */
export async function decide(input: DecideInput): Promise<Released> {
  const { tx, audience, query, policies } = input;
  await lockHistory(tx, audience, query.datasets);
  const known = await answerOf(tx, audience, query.fingerprint);
  if (known) return released(known, true, await leftOf(input));
  const noise = privacyOf(policies);
  const rows = noise === null ? await exactRows(input) : await noisyRows(input, noise);
  await keepAnswer(tx, input, rows);
  await spend(tx, audience, query.datasets, {
    cells: rows.reduce((sum, row) => sum + row.marks.filter((mark) => mark === null).length, 0),
    epsilonMicro: noise?.epsilonQuery ?? 0,
  });
  return released(rows, false, await leftOf(input));
}

function released(rows: readonly ReleasedRow[], cached: boolean, budget: Released['budget']): Released {
  const count = (mark: SuppressionClass) =>
    rows.reduce((sum, row) => sum + row.marks.filter((m) => m === mark).length, 0);
  return {
    rows,
    suppressed: {
      protected: count('protected'),
      complementary: count('complementary'),
      history: count('history'),
    },
    cached,
    budget,
  };
}

/** What is left of the strictest allowance. */
export async function leftOf({
  tx,
  audience,
  query,
  policies,
}: Pick<DecideInput, 'tx' | 'audience' | 'query' | 'policies'>): Promise<Released['budget']> {
  const spent = await spentOf(tx, audience, query.datasets);
  const cells = Math.max(0, ...spent.map((s) => s.cells));
  const epsilon = Math.max(0, ...spent.map((s) => s.epsilonMicro));
  const noise = privacyOf(policies);
  return {
    cellsLeft: Math.max(0, Math.min(...policies.map((p) => p.cellsMax)) - cells),
    epsilonLeftMicro: noise === null ? null : Math.max(0, noise.epsilonTotal - epsilon),
  };
}

async function exactRows(input: DecideInput): Promise<readonly ReleasedRow[]> {
  const { tx, audience } = input;
  const cells = await input.cells(null);
  // Read once: nothing is written until all is decided, and the data set is locked for this audience.
  const read = new Map<string, Promise<readonly ToldShape[]>>();
  const { rows, told } = await exactAnswer(cells, {
    ...input,
    numbers: numbersAt(input.at),
    history: (dataset, family) => {
      const name = JSON.stringify([dataset, family]);
      const known = read.get(name) ?? historyOf(tx, audience, dataset, family);
      read.set(name, known);
      return known;
    },
    cellsLeft: (await leftOf(input)).cellsLeft,
  });
  await record(tx, input, told);
  return rows;
}
