import type { GuardedCell, Measure, MeasureGuard } from '../cells.ts';
import type { GrantPolicy } from '../policy.ts';
import type { AskedQuery } from './types.ts';

/** What binds a query over several tables: of each number the strictest. */
export interface Strictness {
  readonly k: number;
  readonly dominancePermille: number;
  readonly ratioPermille: number;
  readonly personal: boolean;
}
type Strict = Pick<GrantPolicy, 'k' | 'dominancePermille' | 'ratioPermille' | 'personal'>;
export function strictest(policies: readonly Strict[]): Strictness {
  if (policies.length === 0) throw new Error('a query rests on at least one policy');
  return {
    k: Math.max(...policies.map((p) => p.k)),
    dominancePermille: Math.min(...policies.map((p) => p.dominancePermille)),
    ratioPermille: Math.max(...policies.map((p) => p.ratioPermille)),
    personal: policies.some((p) => p.personal),
  };
}

/** Counts of rows and entities stand together, and each argument with its sum, mean and number of values. */
export type Family = string | null;
export const familyOf = (measure: Measure): Family => (measure.function === 'entities' ? null : measure.argument);
/** Counts always come first: a group that is hidden is hidden for every measure. */
export function familiesOf(measures: readonly Measure[]): Family[] {
  return [null, ...new Set(measures.map(familyOf).filter((f): f is string => f !== null))];
}

/** Why a cell may not be told; in the order in which they are looked at. */
export type Risk = 'few' | 'dominated' | 'ratio' | 'same' | 'missing' | 'class';

export const PERMILLE = 1_000;
/** Doubles add up with an error; two sums closer than this share are the same. */
const ROUNDING = 1e-9;

/** NK rule: the two largest hold at least the share (`>=`, as ACRO's check_nk_dominance). Nothing to share: not dominated. */
export const dominated = (guard: MeasureGuard, permille: number): boolean =>
  guard.absolute > 0 && (guard.largest + guard.second) * PERMILLE >= permille * guard.absolute * (1 - ROUNDING);

/** p-ratio: what the others hold is a smaller share of the largest than p (`<`, as ACRO's check_ppercent_dominance). */
export const lopsided = (guard: MeasureGuard, permille: number): boolean =>
  guard.largest > 0 &&
  (guard.absolute - guard.largest - guard.second) * PERMILLE < permille * guard.largest * (1 - ROUNDING);

/** Every contribution is the same, and all of the cell's entities, or all but fewer than k, made one. */
export const alike = (cell: GuardedCell, guard: MeasureGuard, k: number): boolean =>
  guard.entities > 0 &&
  guard.largest * guard.entities <= guard.absolute * (1 + ROUNDING) &&
  (guard.negatives === 0 || guard.negatives === guard.entities) &&
  cell.entities - guard.entities < k;

/** That nobody is in a cell may be told of things, not of people. */
const fewIn = ({ entities }: GuardedCell, { k, personal }: Strictness) => entities < k && (personal || entities > 0);

/** What speaks against telling one measure of a cell, looked at alone. */
export function riskOf(cell: GuardedCell, index: number, measure: Measure, limits: Strictness): Risk | null {
  const guard = cell.measures[index];
  if (!guard) throw new Error(`cell without a guard for ${measure.name}`);
  if (fewIn(cell, limits)) return 'few';
  if (cell.entities === 0) return null;
  // A count of entities gives each the same weight; a count of rows, or a sum, may be one entity's alone.
  if (measure.function === 'entities') return null;
  if (measure.argument !== null && guard.entities < limits.k) return 'few';
  if (dominated(guard, limits.dominancePermille)) return 'dominated';
  if (lopsided(guard, limits.ratioPermille)) return 'ratio';
  if (measure.argument === null) return null;
  if (measure.function !== 'count' && limits.personal && alike(cell, guard, limits.k)) return 'same';
  return measure.function === 'sum' ? null : missing(cell, guard, limits);
}

/** The denominator of a mean is a count itself, and so is the number of rows it leaves out. */
function missing(cell: GuardedCell, guard: MeasureGuard, { k, personal }: Strictness): Risk | null {
  const without = cell.rows - guard.values;
  return guard.values < k || (personal && without > 0 && without < k) ? 'missing' : null;
}

/** One name for a cell of the table or of a margin: what is rolled up, then the values that are left. */
export function cellName(key: readonly unknown[], rolledUp: number): string {
  return `${rolledUp}|${JSON.stringify(key.filter((_, i) => (rolledUp & (1 << i)) === 0))}`;
}

/**
 * Class disclosure: everybody of a row is in one cell of it, so that who is known to be in the row is known to be in the
 * cell. @returns names of such cells
 */
function classDisclosed(cells: readonly GuardedCell[], { groups, fixed }: Pick<AskedQuery, 'groups' | 'fixed'>) {
  const asked = new Set(fixed.map(([expression]) => expression));
  const byName = new Map(cells.map((cell) => [cellName(cell.key, cell.rolledUp), cell]));
  const found = new Set<string>();
  for (const cell of cells) {
    for (const [i, { expression }] of groups.entries()) {
      // Where the asker fixed the value, that all of the row is in the one cell says nothing of anybody.
      if ((cell.rolledUp & (1 << i)) !== 0 || asked.has(expression)) continue;
      const whole = byName.get(cellName(cell.key, cell.rolledUp | (1 << i)));
      if (whole && whole.entities > 0 && whole.rows === cell.rows) found.add(cellName(cell.key, cell.rolledUp));
    }
  }
  return found;
}

/** Primary suppression: for each family the names of the cells, margins too, that may not be told. */
export function judge(
  cells: readonly GuardedCell[],
  query: Pick<AskedQuery, 'groups' | 'fixed' | 'measures'>,
  limits: Strictness,
): ReadonlyMap<Family, ReadonlySet<string>> {
  const byClass = limits.personal ? classDisclosed(cells, query) : new Set<string>();
  const hidden = new Map<Family, Set<string>>();
  for (const family of familiesOf(query.measures)) {
    const names = new Set([...byClass, ...(hidden.get(null) ?? [])]);
    for (const cell of cells) {
      const risky = query.measures.some((m, i) => familyOf(m) === family && riskOf(cell, i, m, limits) !== null);
      if (risky || fewIn(cell, limits)) names.add(cellName(cell.key, cell.rolledUp));
    }
    hidden.set(family, names);
  }
  return hidden;
}
