import type { GuardedCell, SuppressionClass } from '../cells.ts';
import { audit, type Candidate, type Classes } from './audit.ts';
import { cellName, type Family, familiesOf, familyOf, judge, PERMILLE, type Strictness, strictest } from './judge.ts';
import type { ToldCell, ToldShape } from './ledger.ts';
import type { GuessBound } from './leverage.ts';
import { inPublicLists, listsArePublic } from './lists.ts';
import { classifyOnce, spreadOnce } from './once.ts';
import { comparePairs } from './pairs.ts';
import type { DisclosureNumbers } from './parameters.ts';
import { guessable } from './rules.ts';
import { type Hidden, suppress } from './secondary.ts';
import { type Entry, tableOf } from './table.ts';
import type { AskedQuery, Classified, DecideInput, QueryShape, ReleasedRow } from './types.ts';

/** What the decision rests on besides the cells. */
export interface Past extends Pick<DecideInput, 'at' | 'query' | 'policies' | 'compare' | 'classify' | 'spreads'> {
  readonly numbers: DisclosureNumbers;
  readonly history: (dataset: string, family: Family) => Promise<readonly ToldShape[]>;
  readonly cellsLeft: number;
}

export interface ExactAnswer {
  readonly rows: readonly ReleasedRow[];
  /** For the ledger: what is told, and the margins that follow. */
  readonly told: readonly { readonly family: Family; readonly cells: readonly ToldCell[] }[];
}

/** An exact answer: primary, secondary and historical suppression of its cells. */
export async function exactAnswer(given: readonly GuardedCell[], before: Past): Promise<ExactAnswer> {
  const cells = inFixedOrder(given);
  const { query, numbers } = before;
  const sums = familiesOf(query.measures).filter((family) => family !== null);
  const own = { ...query, groups: query.groups.map((g) => g.expression) };
  const [classify, spreads] = [classifyOnce(before.classify, sums), spreadOnce(before.spreads, sums, own)];
  const past = { ...before, classify, spreads };
  const limits = strictest(past.policies);
  const primary = judge(cells, query, limits);
  // Sums of people over a margin count as known, whatever its people add: who holds most of one holds most of a cell of it,
  // and what few of it add is audited. Were they judged, cells of few people would have a say in what is told (HS-22.45).
  const margins = new Set(cells.filter((c) => c.rolledUp !== 0).map((c) => cellName(c.key, c.rolledUp)));
  const marks = new Map<Family, Map<string, SuppressionClass>>();
  const told: { family: Family; cells: ToldCell[] }[] = [];
  const looked = new Map<Family, readonly ToldCell[]>();
  for (const family of familiesOf(query.measures)) {
    // What is hidden of the counts is hidden of every sum: its people are the same.
    const first = new Map(marks.get(null));
    if (family !== null && limits.personal) {
      const near = await nearAnswers(past, toldCells(cells, first), family, limits);
      for (const name of near) first.set(name, 'history');
      looked.set(family, unhidden(cells, first));
    }
    for (const name of primary.get(family) ?? [])
      if (!first.has(name) && !(family !== null && limits.personal && margins.has(name))) first.set(name, 'protected');
    const hidden = await hide(past, cells, family, first, limits);
    marks.set(family, hidden);
    if (query.measures.some((m) => familyOf(m) === family)) told.push({ family, cells: toldCells(cells, hidden) });
  }
  const rows = shown(cells, query, marks, limits.k, numbers.domainCells);
  const names = withinAllowance(rows, past.cellsLeft);
  const isTold = (key: GuardedCell['key']) => names.has(cellName(key, 0));
  return {
    told: told.map(({ family, cells: open }) => {
      const kept = open.filter((c) => c.implied || isTold(c.key));
      const names = new Set(kept.map((c) => cellName(c.key, c.rolledUp)));
      const withheld = (looked.get(family) ?? []).filter((c) => !names.has(cellName(c.key, c.rolledUp)));
      return { family, cells: [...kept, ...withheld.map((c) => ({ ...c, withheld: true }))] };
    }),
    rows: rows.map((row) =>
      isTold(row.key)
        ? row
        : { ...row, values: row.values.map(() => null), marks: row.marks.map((mark) => mark ?? 'history') },
    ),
  };
}

/**
 * Where one of two cells must be hidden, the order decides which. Of the same question it is the same for everybody and
 * every copy of the data, or two parties would see one cell each.
 */
function inFixedOrder(cells: readonly GuardedCell[]): GuardedCell[] {
  const named = cells.map((cell) => ({ cell, name: cellName(cell.key, cell.rolledUp) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))).map(({ cell }) => cell);
}

/**
 * Whether a sum is told depends on people's values, and so says something of them: a cell whose values decided is held
 * against later ones as if it had been told (HS-22.34). This is asked first and of whom the cells are about alone, or an
 * attacker would add one person after another to a hidden cell until it shows, as often as it likes.
 */
async function nearAnswers(past: Past, open: readonly ToldCell[], family: Family, limits: Strictness) {
  if (open.length === 0) return new Set<string>();
  const refuse = await historian(past, open, family, limits, 'asked');
  return refuse(open);
}

/** Secondary suppression and history in turn, until neither hides anything more. */
async function hide(
  past: Past,
  cells: readonly GuardedCell[],
  family: Family,
  first: ReadonlyMap<string, SuppressionClass>,
  limits: Strictness,
): Promise<Map<string, SuppressionClass>> {
  const { query, numbers } = past;
  const marks = new Map(first);
  const table = tableOf(cells, query.groups.length, (cell) => entryOf(cell, query, family, limits));
  const exactness = { hiddenMax: numbers.hiddenExact, boundsMax: numbers.hiddenBounds };
  const asked = query.measures.some((m) => familyOf(m) === family);
  let refuse: Refuse | null = null;
  // Each round hides at least one cell more.
  for (let round = 0; round <= cells.length; round++) {
    for (const name of suppress(table, hiddenBy(marks), limits.k, exactness))
      if (!marks.has(name)) marks.set(name, 'complementary');
    const told = asked ? toldCells(cells, marks) : [];
    if (told.length === 0) return marks;
    refuse ??= await historian(past, told, family, limits, 'told');
    const more = [...refuse(told)].filter((name) => !marks.has(name));
    if (more.length === 0) return marks;
    for (const name of more) marks.set(name, 'history');
  }
  return marks;
}

/** What is hidden for the sake of another cell needs no protection of its own. */
const hiddenBy = (marks: ReadonlyMap<string, SuppressionClass>): Hidden => ({
  primary: new Set([...marks].flatMap(([name, mark]) => (mark === 'complementary' ? [] : [name]))),
  complementary: [...marks].flatMap(([name, mark]) => (mark === 'complementary' ? [name] : [])),
});

/**
 * What protecting a cell takes: the bounds on a count at least k apart, those on a sum a share of its largest (HS-22.26).
 * What is hidden besides a cell of few people tells nothing of what these add: others alone must be enough (HS-22.45).
 */
function entryOf(
  cell: GuardedCell,
  query: AskedQuery,
  family: Family,
  { k, ratioPermille, personal }: Strictness,
): Omit<Entry, 'name' | 'rolledUp'> {
  if (family === null) return { value: cell.rows, size: cell.rows, people: cell.entities, width: k };
  const guards = query.measures.flatMap((m, i) => {
    const guard = cell.measures[i];
    return familyOf(m) === family && guard ? [guard] : [];
  });
  const sum = guards.find((g) => g.absolute > 0) ?? guards[0];
  const width = ((sum?.largest ?? 0) * ratioPermille) / PERMILLE;
  if (personal && cell.entities < k) return { value: 0, size: 0, people: 0, width };
  const value = sum?.absolute ?? 0;
  const people = Math.min(cell.entities, ...guards.map((g) => g.entities));
  return { value, size: personal ? cell.entities : value, people, width };
}

/** Finest cells that are told, and the margins that follow from them because no cell below is hidden. */
function toldCells(cells: readonly GuardedCell[], hidden: ReadonlyMap<string, SuppressionClass>): ToldCell[] {
  const broken = new Set<string>();
  for (const { key, rolledUp } of cells) {
    if (rolledUp !== 0 || !hidden.has(cellName(key, 0))) continue;
    for (let margin = 0; margin < 2 ** key.length; margin++) broken.add(cellName(key, margin));
  }
  return cells
    .filter(({ key, rolledUp }) => !broken.has(cellName(key, rolledUp)))
    .map(({ key, rolledUp, entities }) => ({ key, rolledUp, entities, implied: rolledUp !== 0 }));
}

/**
 * The classes of all that was told; without joins where a row has several partners in one, for then it has no class.
 * @param whole with them, or none
 */
async function classesFor(past: Past, dataset: string, all: readonly ToldShape[], argument: Family, whole: boolean) {
  const { query, numbers } = past;
  const shape: QueryShape = { ...query, groups: query.groups.map((g) => g.expression) };
  const own = all.filter((h) => h.shape.source === shape.source);
  for (const history of whole || own.length === all.length ? [all] : [all, own]) {
    const shapes = [...history.map((h) => h.shape), shape];
    if (shapes.length > numbers.shapes) continue;
    const classes = await past.classify(dataset, shapes, argument, numbers.classes);
    if (classes !== null) return { history, classes };
  }
  return null;
}

/** Finest cells that nothing has hidden yet. */
const unhidden = (cells: readonly GuardedCell[], hidden: ReadonlyMap<string, SuppressionClass>): ToldCell[] =>
  cells
    .filter(({ key, rolledUp }) => rolledUp === 0 && !hidden.has(cellName(key, 0)))
    .map(({ key, entities }) => ({ key, rolledUp: 0, entities, implied: false }));

type Refuse = (told: readonly ToldCell[]) => ReadonlySet<string>;

/**
 * What history forbids of the cells that are about to be told. Data is asked once: with fewer cells told, no class and no
 * difference changes.
 */
async function historian(
  past: Past,
  all: readonly ToldCell[],
  family: Family,
  { k, personal }: Strictness,
  against: 'asked' | 'told',
): Promise<Refuse> {
  const { query, numbers } = past;
  const shape: QueryShape = { ...query, groups: query.groups.map((g) => g.expression) };
  const argument = against === 'asked' ? null : family;
  const refusals: ((candidates: readonly Candidate[]) => Iterable<string>)[] = [];
  for (const dataset of new Set(query.datasets)) {
    const asked = await past.history(dataset, family);
    const history = against === 'asked' ? asked : onlyTold(asked);
    // Its people's own values are added up: then no question about them is left out of account.
    const summedHere = personal && (family?.startsWith(`${dataset}.`) ?? false);
    const audited = await classesFor(past, dataset, history, argument, summedHere);
    if (audited !== null) {
      // By whom sums are about alone: this looks at no value. Numbers of people say nothing of what each of them adds.
      const guess = against === 'asked' && personal ? boundOf(past) : null;
      const bounds = { k, personal, ofCounts: argument === null, guess };
      const given = guess === null ? audited.classes : await withCompany(audited.classes, numbers.contributions);
      refusals.push((candidates) =>
        audit(
          audited.history,
          shape,
          candidates.filter(({ cell }) => !cell.implied),
          given,
          bounds,
        ),
      );
      // Where somebody can stand in several classes, pairs are counted exactly besides.
      if (audited.classes.disjoint && audited.history.length === history.length) continue;
    } else if (
      personal &&
      ((query.datasets.length === 1 && history.length > 0) || (summedHere && query.datasets.length > 1))
    ) {
      // Two by two is not enough: an attacker would first ask until the audit is too large, and then at will (HS-22.32).
      return (told) => new Set(told.filter((cell) => !cell.implied).map((cell) => cellName(cell.key, cell.rolledUp)));
    }
    const pairs = { dataset, argument, history, shape, candidates: candidatesOf(all) };
    const near = await comparePairs(pairs, past, {
      ...{ k, personal },
      pairsMax: numbers.pairs,
      crossedMax: numbers.crossed,
    });
    refusals.push((candidates) =>
      candidates.filter(({ name }) => near.has(name)).flatMap((c) => smallestWithin(c, candidates)),
    );
  }
  return (told) => {
    const candidates = candidatesOf(told);
    return new Set(refusals.flatMap((refusal) => [...refusal(candidates)]));
  };
}

const boundOf = ({ numbers, at }: Past): GuessBound => ({
  mayBeKnown: (share) =>
    guessable.evaluate({ knownPermille: share * PERMILLE, mostPermille: numbers.known }, at).decision.outcome === 'ok',
  sumsMax: numbers.sums,
});

/** The sets of classes that people stand in, if there are few enough; else how many at once at most. */
async function withCompany(found: Classified, limit: number): Promise<Classes> {
  if (found.most <= 1) return found;
  const contributions = found.classes.reduce((sum, c) => sum + c.entities, 0);
  const sets = contributions <= limit ? await found.together(limit) : null;
  return { ...found, company: { most: found.most, sets } };
}

const onlyTold = (asked: readonly ToldShape[]): ToldShape[] =>
  asked
    .map(({ shape, cells }) => ({ shape, cells: cells.filter((cell) => !cell.withheld) }))
    .filter(({ cells }) => cells.length > 0);

const candidatesOf = (told: readonly ToldCell[]): Candidate[] =>
  told.map((cell) => ({ name: cellName(cell.key, cell.rolledUp), cell }));

/** A margin that may not follow: then its smallest told cell is not told. */
function smallestWithin({ name, cell: refused }: Candidate, candidates: readonly Candidate[]): string[] {
  if (!refused.implied) return [name];
  const below = candidates
    .filter(({ cell }) => !cell.implied)
    .filter(({ cell }) => cell.key.every((v, i) => (refused.rolledUp & (1 << i)) !== 0 || v === refused.key[i]))
    .sort((a, b) => a.cell.entities - b.cell.entities);
  return below.slice(0, 1).map((c) => c.name);
}

/**
 * The rows as they are shown. A group of too few is left out with its key, unless every group column has a public list
 * that holds the key (HS-22.23).
 */
function shown(
  cells: readonly GuardedCell[],
  query: AskedQuery,
  marks: ReadonlyMap<Family, ReadonlyMap<string, SuppressionClass>>,
  k: number,
  domainCells: number,
): ReleasedRow[] {
  const { measures } = query;
  const lists = listsArePublic(query, domainCells);
  return cells
    .filter((cell) => cell.rolledUp === 0 && (cell.entities >= k || (lists && inPublicLists(query, cell.key))))
    .map((cell) => {
      const name = cellName(cell.key, 0);
      const own = measures.map((m) => marks.get(familyOf(m))?.get(name) ?? null);
      return {
        key: cell.key,
        values: measures.map((m, i) => (own[i] === null ? numberOf(cell, i, m.function === 'avg') : null)),
        marks: own,
      };
    })
    .sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
}

function numberOf(cell: GuardedCell, index: number, isMean: boolean): number | null {
  const guard = cell.measures[index];
  if (!guard) throw new Error('cell without a guard for a measure');
  if (!isMean) return guard.sum;
  return guard.values === 0 ? null : guard.sum / guard.values;
}

/** Rows are told whole, in the order of their keys, as long as the allowance holds. @returns names of those told */
function withinAllowance(rows: readonly ReleasedRow[], cellsLeft: number): ReadonlySet<string> {
  const names = new Set<string>();
  let left = cellsLeft;
  for (const row of rows) {
    left -= row.marks.filter((mark) => mark === null).length;
    if (left >= 0) names.add(cellName(row.key, 0));
  }
  return names;
}
