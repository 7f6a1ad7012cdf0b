import type { Cell, Column } from '../../../kernel/vault/index.ts';
import type { OutputColumn } from './declaration.ts';

/** An output that was released before, as far as it can be compared. */
export interface ReleasedOutput {
  readonly outputId: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Where an output says another number than one released before. */
export interface Difference {
  readonly outputId: string;
  /** Numbers that differ. */
  readonly changed: number;
  /** Counts that differ by fewer than the least number of entities: the difference would tell of them. */
  readonly small: number;
  /** The first of them, for the reviewer. */
  readonly examples: readonly {
    readonly key: string;
    readonly column: string;
    readonly before: Cell;
    readonly now: Cell;
  }[];
}

const EXAMPLES_MAX = 20;

/** Compares numbers of the same column under the same key with each output released before; those without one are left out. */
export function differencesTo(
  released: readonly ReleasedOutput[],
  output: { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] },
  declared: readonly OutputColumn[],
  k: number,
): Difference[] {
  const isKey = (c: Column): boolean =>
    declared.length === 0 ? c.name === 'name' : declared.find((d) => d.name === c.name)?.role === 'group';
  const keys = output.columns.filter(isKey).map((c) => c.name);
  const counts = new Set(declared.filter((d) => d.role === 'count').map((d) => d.name));
  return released.flatMap((before) => {
    const shared = output.columns.filter((c) => !isKey(c) && before.columns.some((b) => b.name === c.name));
    const others = before.columns.filter((b) => b.type === 'text' || b.type === 'date').map((b) => b.name);
    if (shared.length === 0 || keys.some((k2) => !before.columns.some((b) => b.name === k2))) return [];
    // Another breakdown of the same numbers is compared only where its key is the same.
    if (others.some((o) => !keys.includes(o))) return [];
    const found = compare(before, output, keys, shared, counts, k);
    return found.changed > 0 ? [found] : [];
  });
}

function compare(
  before: ReleasedOutput,
  output: { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] },
  keys: readonly string[],
  shared: readonly Column[],
  counts: ReadonlySet<string>,
  k: number,
): Difference {
  const keyOf = (columns: readonly Column[], row: readonly Cell[]) =>
    JSON.stringify(keys.map((key) => row[columns.findIndex((c) => c.name === key)] ?? null));
  const earlier = new Map(before.rows.map((row) => [keyOf(before.columns, row), row]));
  let [changed, small] = [0, 0];
  const examples: { key: string; column: string; before: Cell; now: Cell }[] = [];
  for (const row of output.rows) {
    const key = keyOf(output.columns, row);
    const old = earlier.get(key);
    if (!old) continue;
    for (const column of shared) {
      const was = old[before.columns.findIndex((c) => c.name === column.name)] ?? null;
      const now = row[output.columns.findIndex((c) => c.name === column.name)] ?? null;
      if (was === now) continue;
      changed += 1;
      if (counts.has(column.name) && Math.abs(Number(was) - Number(now)) < k) small += 1;
      if (examples.length < EXAMPLES_MAX) examples.push({ key, column: column.name, before: was, now });
    }
  }
  return { outputId: before.outputId, changed, small, examples };
}
