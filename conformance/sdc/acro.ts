/**
 * npm run conformance -- --only sdc: our checks against what the tests of ACRO expect, case by case.
 *
 * Cases, numbers and expectations are retyped from AI-SDC/ACRO at fe729ae (2026-08-11), test/test_sdc_agg_funcs.py,
 * test/test_tables.py and test/test_tables_syntheticdata.py; thresholds from acro/default.yaml.
 * MIT License, Copyright (c) 2022 AI-SDC. Cases on its charity data file are not here: we keep no copy of the file.
 */
import type { GuardedCell, Measure } from '../../src/exchange/sandbox/cells.ts';
import { alike, dominated, judge, lopsided } from '../../src/exchange/sandbox/sdc/judge.ts';
import { COUNT, guardedCells, guardOf, type Row, SUM } from '../../src/exchange/sandbox/sdc/testing.ts';

const LIMITS = { k: 10, dominancePermille: 900, ratioPermille: 100, personal: false };
const LABELS = ['A', 'B', 'C'];

/** SyntheticData of ACRO's tests: every record is an entity of its own here, since ACRO counts records. */
function synthetic(change: (row: Row, last: boolean) => number = (row) => row.amount): Row[] {
  const rows: Row[] = [];
  for (const a of LABELS)
    for (const b of LABELS)
      for (const c of LABELS)
        for (const d of LABELS) {
          const repeats = a === 'C' && c === 'C' && d === 'C' ? 5 : 11;
          for (let amount = 0; amount < repeats; amount++) {
            const row = { entity: rows.length, groups: [a, b, c, d], amount };
            rows.push({ ...row, amount: change(row, amount === repeats - 1) });
          }
        }
  return rows;
}
const slice = (rows: readonly Row[], fixed: readonly number[]) =>
  rows.filter((row) => fixed.every((column) => row.groups[column] === 'C'));

/** Finest cells that our primary rules hide. */
function flagged(rows: readonly Row[], columns: readonly number[], measure: Measure): number {
  const cells = guardedCells(rows, columns, [measure]).filter((cell) => cell.rolledUp === 0);
  const groups = columns.map((c) => ({ expression: `g${c}`, domain: null }));
  const hidden = judge(cells, { groups, fixed: [], measures: [measure] }, LIMITS);
  return hidden.get(measure.argument)?.size ?? 0;
}
const guard = (values: readonly number[]) =>
  guardOf(
    values.map((amount, entity) => ({ entity, groups: [], amount })),
    (row) => row.amount,
  );
const cellOf = (values: readonly number[]): GuardedCell => ({
  key: [],
  rolledUp: 0,
  entities: values.length,
  rows: values.length,
  measures: [guard(values)],
});

interface Case {
  readonly name: string;
  readonly acro: string;
  readonly ours: string;
  /** Why we answer otherwise, on purpose. */
  readonly purpose?: string;
}
const cells = (n: number) => `${n} cells`;
const dominantLast = synthetic((row, last) => (last && row.groups.every((g) => g === 'C') ? 10_000 : row.amount));
const holes = slice(synthetic(), [2, 3])
  .filter((row) => row.groups[0] !== 'C')
  .map((row) => (row.groups[0] === 'A' && row.groups[1] === 'A' ? { ...row, amount: 0 } : row));
const oneToEleven = Array.from({ length: 11 }, (_, i) => i + 1);
const [zeros, nineAndOne] = [guard(Array(11).fill(0)), guard([9, 0, ...Array(10).fill(0.1)])];

const CASES: readonly Case[] = [
  {
    name: 'top two of 1 … 11 (agg_top_2_sum)',
    acro: '21',
    ours: String(guard(oneToEleven).largest + guard(oneToEleven).second),
  },
  { name: 'negatives of −1, 2, −3, 4 (agg_num_negative)', acro: '2', ours: String(guard([-1, 2, -3, 4]).negatives) },
  { name: 'negatives of 1, 2, 3 (agg_num_negative)', acro: '0', ours: String(guard([1, 2, 3]).negatives) },
  { name: 'threshold, one column', acro: cells(1), ours: cells(flagged(slice(synthetic(), [1, 2, 3]), [0], COUNT)) },
  { name: 'threshold, two columns', acro: cells(3), ours: cells(flagged(slice(synthetic(), [2, 3]), [0, 1], COUNT)) },
  { name: 'threshold, three columns', acro: cells(3), ours: cells(flagged(slice(synthetic(), [3]), [0, 1, 2], COUNT)) },
  { name: 'threshold, four columns', acro: cells(3), ours: cells(flagged(synthetic(), [0, 1, 2, 3], COUNT)) },
  {
    name: 'nothing to flag without the small cells, two columns',
    acro: cells(0),
    ours: cells(
      flagged(
        slice(synthetic(), [2, 3]).filter((r) => r.groups[0] !== 'C'),
        [0, 1],
        COUNT,
      ),
    ),
  },
  { name: 'one record of 10,000: dominance of a sum', acro: cells(1), ours: cells(flagged(dominantLast, [0, 1], SUM)) },
  { name: 'a cell whose values are all nought: flagged', acro: cells(1), ours: cells(flagged(holes, [0, 1], SUM)) },
  { name: 'NK of exactly 0.90 fails (>=)', acro: 'true', ours: String(dominated(nineAndOne, 900)) },
  { name: 'p-ratio of exactly 0.10 passes (<)', acro: 'false', ours: String(lopsided(guard([10, 5, 0.5, 0.5]), 100)) },
  {
    name: 'p-ratio where the largest is nought',
    acro: 'true',
    ours: String(lopsided(zeros, 100)),
    purpose: 'nobody contributes: hidden as too few contributors, not by the ratio',
  },
  {
    name: 'a table with negatives: NK and p-ratio',
    acro: 'review, whole table',
    ours: dominated(guard([-500, ...Array(11).fill(1)]), 900) ? 'hidden, by absolute values' : 'told',
    purpose: 'no reviewer in the interactive lane: dominance of absolute sums, cell by cell',
  },
  {
    name: 'one person with 11 records: threshold',
    acro: cells(0),
    ours: cells(
      flagged(
        oneToEleven.map((amount) => ({ entity: 1, groups: ['A'], amount })),
        [0],
        COUNT,
      ),
    ),
    purpose: 'entities are counted, not records',
  },
  {
    name: 'all values the same (agg_values_are_same; in no check of ACRO)',
    acro: 'not run',
    ours: alike(cellOf(Array(12).fill(7)), guard(Array(12).fill(7)), 10) ? 'hidden' : 'told',
    purpose: 'a mean of equal values is everybody’s value; tables about people only',
  },
];

let unexplained = 0;
for (const { name, acro, ours, purpose } of CASES) {
  const agrees = acro === ours;
  if (!agrees && purpose === undefined) unexplained++;
  const verdict = agrees ? '= agrees ' : purpose === undefined ? '✗ DIFFERS' : '≠ on purpose';
  process.stdout.write(`${verdict}  ${name}: ACRO ${acro}; ours ${ours}${!agrees && purpose ? ` (${purpose})` : ''}\n`);
}
const agreeing = CASES.filter((c) => c.acro === c.ours).length;
process.stdout.write(
  `${agreeing} of ${CASES.length} agree, ${CASES.length - agreeing - unexplained} differ on purpose, ${unexplained} unexplained\n`,
);
process.exit(unexplained === 0 ? 0 : 1);
