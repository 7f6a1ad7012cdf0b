import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuardedCell } from '../cells.ts';
import { boundsOf } from './bounds.ts';
import { cellName, familyOf, judge, strictest } from './judge.ts';
import { suppress } from './secondary.ts';
import { tableOf } from './table.ts';
import { COUNT, follows, guardedCells, type Row } from './testing.ts';

const K = 4;
const limits = strictest([{ k: K, dominancePermille: 900, ratioPermille: 100, personal: false }]);
const EXACT = { hiddenMax: 400, boundsMax: 24 };

const rowsOf = (counts: readonly number[], sizes: readonly number[]): Row[] => {
  let entity = 0;
  return counts.flatMap((n, cell) => {
    let rest = cell;
    const groups = sizes.map((size) => {
      const value = rest % size;
      rest = Math.floor(rest / size);
      return `v${value}`;
    });
    return Array.from({ length: n }, () => ({ entity: entity++, groups, amount: 1 }));
  });
};

function run(rows: readonly Row[], dimensions: number, exact = EXACT) {
  const columns = Array.from({ length: dimensions }, (_, i) => i);
  const cells = guardedCells(rows, columns, [COUNT]);
  const groups = columns.map((c) => ({ expression: `g${c}`, domain: null }));
  const primary = judge(cells, { groups, fixed: [], measures: [COUNT] }, limits).get(familyOf(COUNT));
  if (!primary) throw new Error('no family');
  const table = tableOf(cells, dimensions, (c) => ({ value: c.rows, size: c.rows, people: c.entities, width: K }));
  return { cells, primary, hidden: suppress(table, { primary }, K, exact) };
}
/** Over the finest cells: what each open cell or margin says. */
function told(cells: readonly GuardedCell[], hidden: ReadonlySet<string>) {
  const finest = cells.filter((c) => c.rolledUp === 0);
  const covers = (cell: GuardedCell) =>
    finest.map((f) => Number(cell.key.every((v, i) => (cell.rolledUp & (1 << i)) !== 0 || v === f.key[i])));
  const open = cells.filter((c) => !hidden.has(cellName(c.key, c.rolledUp)));
  return { finest, covers, open };
}

describe('what no solver can undo', () => {
  it('nothing hidden at first follows, and no few people, in tables of two and three columns', () => {
    fc.assert(
      fc.property(
        fc.constantFrom([3, 3], [2, 5], [4, 3], [2, 2, 3]),
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 12, maxLength: 12 }),
        (sizes, numbers) => {
          const cellsMax = sizes.reduce((a, b) => a * b, 1);
          const { cells, primary, hidden } = run(rowsOf(numbers.slice(0, cellsMax), sizes), sizes.length);
          const { finest, covers, open } = told(cells, hidden);
          const released = open.map(covers);
          for (const cell of cells)
            if (primary.has(cellName(cell.key, cell.rolledUp))) expect(follows(released, covers(cell))).toBe(false);
          // Every set of at most three cells with fewer than k people: no combination lives in it alone.
          for (let a = 0; a < finest.length; a++)
            for (let b = a; b < finest.length; b++) {
              const people = (finest[a]?.entities ?? 0) + (a === b ? 0 : (finest[b]?.entities ?? 0));
              if (people >= K) continue;
              const difference = finest.map((_, i) => Number(i === a) + (a === b ? 0 : Number(i === b)));
              expect(follows(released, difference)).toBe(false);
            }
        },
      ),
      { seed: 5, numRuns: 120 },
    );
  });

  it('no hidden count is bounded more closely than k by the open cells and margins', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 9, maxLength: 9 }), (numbers) => {
        const { cells, primary, hidden } = run(rowsOf(numbers, [3, 3]), 2);
        const { finest, covers, open } = told(cells, hidden);
        const asked = finest.flatMap((c, i) => (primary.has(cellName(c.key, 0)) ? [i] : []));
        const bounds = boundsOf(
          open.map(covers),
          open.map((c) => c.rows),
          asked,
        );
        for (const { least, greatest } of bounds) expect(greatest - least).toBeGreaterThanOrEqual(K - 1e-6);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('hides the corner of the rectangle in the plainest table', () => {
    const { hidden, primary } = run(rowsOf([2, 9, 8, 7], [2, 2]), 2);
    expect(primary.size).toBe(1);
    expect([...hidden].filter((name) => name.startsWith('0|'))).toHaveLength(4);
  });

  it('tells no margin over a hidden cell where the table is too large to be checked', () => {
    const { cells, hidden } = run(rowsOf([2, 9, 8, 7, 30, 40], [2, 3]), 2, { hiddenMax: 1, boundsMax: 0 });
    const { covers, open, finest } = told(cells, hidden);
    for (const cell of open.filter((c) => c.rolledUp !== 0))
      covers(cell).forEach((covered, i) => {
        if (covered === 1) expect(hidden.has(cellName(finest[i]?.key ?? [], 0))).toBe(false);
      });
  });
});

it('bounds: a transport problem by hand', () => {
  // a + b = 5, c + d = 7, a + c = 4: a between 0 and 4.
  const rows = [
    [1, 1, 0, 0],
    [0, 0, 1, 1],
    [1, 0, 1, 0],
  ];
  expect(boundsOf(rows, [5, 7, 4], [0, 3])).toEqual([
    { least: 0, greatest: 4 },
    { least: 3, greatest: 7 },
  ]);
});
