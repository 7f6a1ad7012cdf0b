import { cellName } from './judge.ts';
import type { ToldCell } from './ledger.ts';
import type { Classify, Difference, QueryShape, RowClass } from './types.ts';

/** Two cells to tell apart: of a query before and of the new one; null: all rows of the data set. */
export interface Crossing {
  readonly before: ToldCell | null;
  readonly now: ToldCell;
}

/**
 * Who lies between cells of two queries, from one look at the rows grouped by both: a condition for each pair would have to
 * be tried on every row. Null where somebody can stand in several groups, or there are too many.
 */
export async function crossed(
  crossings: readonly Crossing[],
  { dataset, argument, before, now }: CrossedShapes,
  classify: Classify,
  limit: number,
): Promise<readonly Difference[] | null> {
  const found = await classify(dataset, before === null ? [now] : [before, now], argument, limit);
  if (found === null || !found.disjoint) return null;
  const { classes } = found;
  const last = before === null ? 0 : 1;
  const olds = sums(classes, 0, new Set(crossings.flatMap((c) => (c.before === null ? [] : [c.before.rolledUp]))));
  const news = sums(classes, last, new Set(crossings.map((c) => c.now.rolledUp)));
  const all = total(classes);
  return crossings.map(({ before: old, now: cell }) => {
    const b = news.get(nameOf(cell)) ?? NOBODY;
    const a = old === null ? { ...all, members: null } : (olds.get(nameOf(old)) ?? NOBODY);
    const both = a.members === null ? b : total(b.members.filter((one) => a.members?.has(one)));
    return {
      entities: a.entities + b.entities - 2 * both.entities,
      contributing: a.contributing + b.contributing - 2 * both.contributing,
    };
  });
}

export interface CrossedShapes {
  readonly dataset: string;
  readonly argument: string | null;
  readonly before: QueryShape | null;
  readonly now: QueryShape;
}

const nameOf = ({ key, rolledUp }: ToldCell) => cellName(key, rolledUp);

interface Group extends Difference {
  readonly members: Members;
}
interface Members {
  readonly has: (one: RowClass) => boolean;
  readonly filter: (keep: (one: RowClass) => boolean) => RowClass[];
}
const NOBODY: Group = { entities: 0, contributing: 0, members: { has: () => false, filter: () => [] } };

const total = (classes: readonly RowClass[]): Difference => ({
  entities: classes.reduce((sum, c) => sum + c.entities, 0),
  contributing: classes.reduce((sum, c) => sum + c.contributing, 0),
});

/** The classes of each cell of one of the queries, and of its margins. */
function sums(classes: readonly RowClass[], query: number, margins: ReadonlySet<number>): Map<string, Group> {
  const members = new Map<string, Set<RowClass>>();
  for (const one of classes) {
    const values = one.keys[query];
    if (values === null || values === undefined) continue;
    for (const rolledUp of margins) {
      const name = cellName(values, rolledUp);
      const known = members.get(name);
      if (known) known.add(one);
      else members.set(name, new Set([one]));
    }
  }
  return new Map(
    [...members].map(([name, set]) => {
      const list = [...set];
      return [name, { ...total(list), members: { has: (c) => set.has(c), filter: (keep) => list.filter(keep) } }];
    }),
  );
}
