import { z } from 'zod';
import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { beijingDay, dated, valueAt } from '../../kernel/rulebook/index.ts';
import {
  type Cell,
  type Filter,
  profileTable,
  QUERY_ROWS_MAX,
  type Recipe,
  type TableProfile,
  tallyTable,
  type Vault,
} from '../../kernel/vault/index.ts';
import { getResource, type Resource } from '../catalog/index.ts';
import { getProduct, type Product } from '../products/index.ts';
import { MEASURE_TASK, recordMeasurement } from './acts.ts';
import { type Facts, measureQuality, WEIGHTS } from './indicators.ts';
import { AssessmentId } from './model.ts';

const TEXT_COLUMNS_MAX = 12;
const DATE_COLUMNS_MAX = 6;
const HOUR_MS = 3_600_000;

/** How people write “nothing” into a cell that should be empty. */
const NOTHING = /^(|null|none|nan|n\/a|na|#n\/a|-+|\?+|未知|不详|无)$/iu;

/** The longest age the declared frequency of update allows. */
const PERIODS = dated<readonly { readonly words: readonly string[]; readonly hours: number }[]>({
  from: '2020-01-01',
  reference: 'HS-4.13',
  value: [
    { words: ['日', '天', 'daily', 'day'], hours: 24 },
    { words: ['周', 'weekly', 'week'], hours: 7 * 24 },
    { words: ['季', 'quarter'], hours: 92 * 24 },
    { words: ['月', 'month'], hours: 31 * 24 },
    { words: ['年', 'annual', 'year'], hours: 366 * 24 },
  ],
});

/** Measures the built object: it is read from the vault and counted, nothing is taken from what the seller says of it. */
export const measureTask: Task = task(MEASURE_TASK, async (payload, { kernel, vault }) => {
  const { assessmentId } = z.object({ assessmentId: AssessmentId }).parse(payload);
  const row = await kernel.db.selectFrom('assessment').selectAll().where('id', '=', assessmentId).executeTakeFirst();
  const product = row && (await getProduct(kernel.db, row.product_id));
  if (row?.state !== 'requested' || !product || product.version !== row.product_version || product.object_id === null)
    return;
  const main = await getResource(kernel.db, product.content.recipe.resourceId);
  const at = new Date();
  const objectId = product.object_id;
  const facts = await measure(vault, objectId, product, main, at);
  const quality = measureQuality(facts, valueAt(WEIGHTS, at).value);
  await execute(kernel, recordMeasurement, SYSTEM, { assessmentId, objectId, quality });
});

/** Everything that can be seen of the object itself. */
export function measure(
  vault: Vault,
  objectId: string,
  product: Product,
  main: Resource | undefined,
  at: Date,
): Promise<Facts> {
  return vault.withFile(objectId, async (path) => {
    const profile = await profileTable(path);
    const { groupBy, columns } = product.content.recipe;
    const plain = columns.filter((c) => c.aggregate === undefined);
    return {
      rows: profile.rows,
      columns: profile.columns,
      duplicateRows: profile.duplicateRows,
      dictionary: product.dictionary,
      keyColumns: groupBy.flatMap((g) => plain.filter((c) => (c.column ?? c.name) === g).map((c) => c.name)),
      ...(await dirty(path, profile)),
      covered: main ? await covered(path, profile, main) : null,
      rowsPromised: product.rows ?? 0,
      age: age(product, main, at),
    };
  });
}

/** Counts text cells that mean nothing, over the text columns whose values can all be listed. */
async function dirty(path: string, profile: TableProfile): Promise<{ dirtyCells: number | null; textCells: number }> {
  const listed = profile.columns
    .filter((c) => c.type === 'text' && c.distinct > 0 && c.distinct < QUERY_ROWS_MAX)
    .slice(0, TEXT_COLUMNS_MAX);
  let dirtyCells = 0;
  let textCells = 0;
  if (listed.length === 0) return { dirtyCells: null, textCells };
  const recipes = listed.map(
    ({ name }): Recipe => ({
      filters: [],
      groupBy: [name],
      columns: [
        { name: 'value', column: name },
        { name: 'times', aggregate: 'count' },
      ],
    }),
  );
  for (const { rows, truncated } of await tallyTable(path, { recipes, limit: QUERY_ROWS_MAX })) {
    if (truncated) continue;
    for (const [value, times] of rows) {
      if (typeof value !== 'string') continue;
      textCells += numberOf(times);
      if (NOTHING.test(value.trim())) dirtyCells += numberOf(times);
    }
  }
  return { dirtyCells: textCells > 0 ? dirtyCells : null, textCells };
}

/** Counts date cells inside the coverage the holder declared. */
async function covered(path: string, profile: TableProfile, main: Resource): Promise<Facts['covered']> {
  const { covers_from: from, covers_to: to } = main;
  const columns = profile.columns
    .filter((c) => c.type === 'date' || c.type === 'timestamp' || c.type === 'instant')
    .slice(0, DATE_COLUMNS_MAX);
  if ((from === null && to === null) || columns.length === 0) return null;
  const recipes = columns.map(({ name: column }): Recipe => {
    const filters: Filter[] = [];
    if (from !== null) filters.push({ column, op: '>=', value: from });
    if (to !== null) filters.push({ column, op: '<', value: dayAfter(to) });
    return { filters, groupBy: [], columns: [{ name: 'times', aggregate: 'count' }] };
  });
  const tallies = await tallyTable(path, { recipes, limit: 1 });
  return {
    inside: tallies.reduce((sum, { rows }) => sum + numberOf(rows[0]?.[0] ?? 0), 0),
    all: columns.reduce((sum, { nulls }) => sum + profile.rows - nulls, 0),
  };
}

function age(product: Product, main: Resource | undefined, at: Date): Facts['age'] {
  const frequency = product.content.supply.updateFrequency.toLowerCase();
  const period = valueAt(PERIODS, at).value.find((p) => p.words.some((word) => frequency.includes(word)));
  if (!period || !main) return null;
  return { hours: (at.getTime() - main.registered_at.getTime()) / HOUR_MS, hoursMax: period.hours };
}

const numberOf = (cell: Cell | undefined): number => Number(cell ?? 0);
const dayAfter = (day: string): string => beijingDay(new Date(Date.parse(`${day}T12:00:00+08:00`) + 24 * HOUR_MS));
