import type { GuardedCell } from '../cells.ts';
import { cellName } from './judge.ts';

/** A cell of the table or a margin, with what protecting it takes. */
export interface Entry {
  readonly name: string;
  readonly rolledUp: number;
  /** Adds up over a line: rows of a count, absolute sums of an argument. */
  readonly value: number;
  /** Of the cells that could be hidden with another, the one of the least size is. */
  readonly size: number;
  /** Distinct entities that contribute. */
  readonly people: number;
  /** Bounds on the value closer together than this would tell it. */
  readonly width: number;
}

/** A margin and the cells that add up to it: one column rolled up. */
export interface Line {
  readonly margin: string;
  readonly cells: readonly string[];
}

export interface Table {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly lines: readonly Line[];
  readonly linesOf: ReadonlyMap<string, readonly Line[]>;
  /** No entity is in two cells of the finest grouping. */
  readonly disjoint: boolean;
}

/** All lines of a cross table of any dimension; margins that the data has but the query's cells lack are not invented. */
export function tableOf(
  cells: readonly GuardedCell[],
  groups: number,
  entryOf: (cell: GuardedCell) => Omit<Entry, 'name' | 'rolledUp'>,
): Table {
  const entries = new Map<string, Entry>();
  const children = new Map<string, string[]>();
  for (const cell of cells) {
    const name = cellName(cell.key, cell.rolledUp);
    entries.set(name, { name, rolledUp: cell.rolledUp, ...entryOf(cell) });
    for (let i = 0; i < groups; i++) {
      if ((cell.rolledUp & (1 << i)) !== 0) continue;
      // A line is its margin and the direction in which it adds up.
      const line = `${i}|${cellName(cell.key, cell.rolledUp | (1 << i))}`;
      const known = children.get(line);
      if (known) known.push(name);
      else children.set(line, [name]);
    }
  }
  const lines: Line[] = [];
  const linesOf = new Map<string, Line[]>();
  for (const [id, names] of children) {
    const line = { margin: id.slice(id.indexOf('|') + 1), cells: names };
    if (!entries.has(line.margin)) continue;
    lines.push(line);
    for (const name of [line.margin, ...names]) {
      const known = linesOf.get(name);
      if (known) known.push(line);
      else linesOf.set(name, [line]);
    }
  }
  const finest = cells.filter((c) => c.rolledUp === 0);
  const whole = cells.find((c) => c.rolledUp === 2 ** groups - 1);
  const disjoint = whole !== undefined && finest.reduce((sum, c) => sum + c.entities, 0) === whole.entities;
  return { entries, lines, linesOf, disjoint };
}
