import { boundsOf } from './bounds.ts';
import { RowSpace, TRIES_MAX, tellsOfFew, type Vector } from './linear.ts';
import type { Entry, Line, Table } from './table.ts';

/** What may not be told, and with it what is hidden already for its sake. */
export interface Hidden {
  readonly primary: ReadonlySet<string>;
  readonly complementary?: Iterable<string>;
}

/** Up to so many hidden cells the table is checked exactly; with more, line by line only and without margins (HS-22.25). */
export interface Exactness {
  readonly hiddenMax: number;
  /** Up to so many, bounds are computed by linear programming as well. */
  readonly boundsMax: number;
}

/**
 * Hides further cells until no hidden one follows from the others and the margins, exactly or within its width, and no
 * sum over hidden cells covers fewer than k entities. Margins count as known, for anybody may ask for them next.
 * @returns names of the cells given, and of the further complementary ones
 */
export function suppress(
  table: Table,
  { primary, complementary = [] }: Hidden,
  k: number,
  exactness: Exactness,
): ReadonlySet<string> {
  const hidden = new Set([...primary, ...complementary]);
  // Each round hides at least one more cell; when all are hidden nothing follows from anything.
  for (let round = 0; round <= table.entries.size; round++) {
    byLines(table, primary, hidden, k);
    const columns = [...hidden].filter((name) => (table.linesOf.get(name)?.length ?? 0) > 0);
    if (columns.length === 0) return hidden;
    if (columns.length > exactness.hiddenMax) return hideMargins(table, hidden);
    const exposed = exposedBy(table, primary, columns, k) ?? closeBounds(table, primary, columns, exactness);
    if (exposed === null) return hidden;
    const next = exposed.map((name) => candidate(table, hidden, name)).find((name) => name !== undefined);
    if (next === undefined) return hideMargins(table, hidden);
    hidden.add(next);
  }
  return hideMargins(table, hidden);
}

/** The last resort: no margin over a hidden cell is told, so that no line of the table adds up. */
function hideMargins(table: Table, hidden: Set<string>): Set<string> {
  for (let changed = true; changed; ) {
    changed = false;
    for (const { margin, cells } of table.lines) {
      if (hidden.has(margin) || !cells.some((name) => hidden.has(name))) continue;
      hidden.add(margin);
      changed = true;
    }
  }
  return hidden;
}

/** The fast rule: in each line at least two cells are hidden, k entities together, wide enough for each of them. */
function byLines(table: Table, primary: ReadonlySet<string>, hidden: Set<string>, k: number): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const line of table.lines) {
      while (!lineHolds(table, line, primary, hidden, k)) {
        const next = smallestOpen(table, hidden, line.cells) ?? smallestOpen(table, hidden, [line.margin]);
        if (next === undefined) break;
        hidden.add(next);
        changed = true;
      }
    }
  }
}

function lineHolds(
  table: Table,
  { margin, cells }: Line,
  primary: ReadonlySet<string>,
  hidden: ReadonlySet<string>,
  k: number,
): boolean {
  const out = cells.filter((name) => hidden.has(name)).map((name) => entry(table, name));
  if (hidden.has(margin)) return out.length > 0 || cells.length === 0;
  if (out.length === 0) return true;
  if (out.length === 1) return false;
  const people = table.disjoint ? sum(out, 'people') : Math.max(...out.map((e) => e.people));
  if (people < k) return false;
  const whole = sum(out, 'value');
  return out.every((e) => !primary.has(e.name) || whole - e.value >= e.width);
}

/** Names of hidden cells that follow exactly, or of which a sum over fewer than k entities follows; null: none. */
function exposedBy(
  table: Table,
  primary: ReadonlySet<string>,
  columns: readonly string[],
  k: number,
): readonly string[] | null {
  const at = new Map(columns.map((name, index) => [name, index]));
  const entries = columns.map((name) => entry(table, name));
  // A hidden margin is no class of rows of its own: it is taken out of the equations first, like a large class.
  const space = new RowSpace(entries.map((e) => e.rolledUp === 0 && e.people < k));
  for (const line of table.lines) space.add(equation(line, at));
  const alone = entries.filter((e) => primary.has(e.name) && space.has(new Map([[at.get(e.name) as number, 1]])));
  if (alone.length > 0) return alone.map((e) => e.name);
  const rows = space.smallRows();
  const weights = { of: entries.map((e) => e.people), disjoint: table.disjoint, k, tries: { left: TRIES_MAX } };
  if (!tellsOfFew(rows, weights, space.prime)) return null;
  return rows.flatMap((row) => [...row.keys()].map((column) => columns[column] as string));
}

function equation({ margin, cells }: Line, at: ReadonlyMap<string, number>): Vector {
  const vector = new Map<number, number>();
  for (const name of cells) {
    const column = at.get(name);
    if (column !== undefined) vector.set(column, 1);
  }
  const column = at.get(margin);
  if (column !== undefined) vector.set(column, -1);
  return vector;
}

/** Names of hidden cells whose value linear programming pins down closer than their width; null: none, or too many. */
function closeBounds(
  table: Table,
  primary: ReadonlySet<string>,
  columns: readonly string[],
  { boundsMax }: Exactness,
): readonly string[] | null {
  if (columns.length > boundsMax) return null;
  const at = new Map(columns.map((name, index) => [name, index]));
  const rows: number[][] = [];
  const totals: number[] = [];
  for (const line of table.lines) {
    const vector = equation(line, at);
    if (vector.size === 0) continue;
    const row = columns.map((_, column) => vector.get(column) ?? 0);
    rows.push(row);
    totals.push(row.reduce((total, v, column) => total + v * entry(table, columns[column] as string).value, 0));
  }
  const asked = columns.filter((name) => primary.has(name));
  const bounds = boundsOf(
    rows,
    totals,
    asked.map((name) => at.get(name) as number),
  );
  const close = asked.filter((name, i) => {
    const bound = bounds[i];
    return bound !== undefined && bound.greatest - bound.least < entry(table, name).width * (1 - 1e-6);
  });
  return close.length > 0 ? close : null;
}

/** The next cell to hide with an exposed one: the smallest of its lines, a margin last. */
function candidate(table: Table, hidden: ReadonlySet<string>, name: string): string | undefined {
  const lines = table.linesOf.get(name) ?? [];
  return (
    smallestOpen(
      table,
      hidden,
      lines.flatMap((line) => line.cells),
    ) ??
    smallestOpen(
      table,
      hidden,
      lines.map((line) => line.margin),
    )
  );
}

function smallestOpen(table: Table, hidden: ReadonlySet<string>, names: readonly string[]): string | undefined {
  let best: Entry | undefined;
  for (const name of names) {
    const e = entry(table, name);
    if (hidden.has(name) || e.value === 0) continue;
    if (best === undefined || e.size < best.size) best = e;
  }
  return best?.name;
}

function entry(table: Table, name: string): Entry {
  const found = table.entries.get(name);
  if (!found) throw new Error('a line names a cell the table lacks');
  return found;
}
const sum = (entries: readonly Entry[], what: 'people' | 'value') => entries.reduce((total, e) => total + e[what], 0);
