import { join } from 'node:path';
import { z } from 'zod';
import { execute, type Refusal, SYSTEM } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type JobContext, type Task, task } from '../../kernel/jobs.ts';
import { type Text, text } from '../../kernel/text.ts';
import {
  type Cell,
  type Consented,
  countRows,
  makeTable,
  type Portion,
  type RowSet,
  TableFailure,
  type Vault,
  VaultFailure,
} from '../../kernel/vault/index.ts';
import {
  consents,
  grantFor,
  maskProfile,
  type Profile,
  type Resource,
  takenFor,
  takeUse,
  type UseRight,
  useRights,
} from '../catalog/index.ts';
import { BUILD_TASK, recordBuild, recordBuildFailure } from './drafting.ts';
import { type Product, type ProductColumn, ProductId, type Sample } from './model.ts';
import { columnsRead, productDictionary, workerRecipe } from './recipe.ts';
import { getProduct } from './store.ts';

const SAMPLE_ROWS = 10;
const PARQUET = 'application/vnd.apache.parquet';
const Payload = z.object({ productId: ProductId, version: z.number().int() });

/** Makes the object of a product's version from its resources: recipe, dictionary, masked sample, profile. */
export const buildTask: Task = task(BUILD_TASK, async (payload, context) => {
  const { productId, version } = Payload.parse(payload);
  const { db } = context.kernel;
  const product = await getProduct(db, productId);
  if (!product || product.version !== version || product.build_state !== 'building') return;
  // The right to process may have ended since the draft: raw data moves only under a living one.
  const rights = await useRights(db, [...new Set(product.content.resourceIds)], product.holder_id, new Date());
  const main = rights.find((r) => r.resource.id === product.content.recipe.resourceId);
  try {
    if (!main) throw new NotBuilt(LOST);
    await build(context, product, main.resource, rights);
  } catch (error) {
    if (error instanceof NotBuilt || error instanceof TableFailure || error instanceof VaultFailure)
      return fail(context, product, error.text);
    throw error;
  }
});

const LOST = text('对所用资源的使用权已终止。', 'The right to use a resource has ended.');

/** Why a version cannot be built as things stand; its holder is told. */
class NotBuilt extends Error {
  readonly text: Text;
  constructor(reason: Text) {
    super(reason.en);
    this.text = reason;
  }
}

async function build(
  context: JobContext,
  product: Product,
  main: Resource,
  rights: readonly UseRight[],
): Promise<void> {
  const { vault } = context;
  const { recipe } = product.content;
  const objectIds = rights.map((r) => r.resource.object_id);
  await withFiles(vault, objectIds, (paths) =>
    vault.withFolder(async (folder) => {
      const inputs = await portionsOf(context, product, rights, paths);
      const output = join(folder, 'product.parquet');
      const built = await makeTable({ inputs, recipe: workerRecipe(recipe), output, sampleRows: SAMPLE_ROWS });
      const types = new Map(built.columns.map((c) => [c.name, c.type]));
      const dictionary = productDictionary(recipe, main.columns, types);
      const hidden = new Set(dictionary.filter((c) => c.sensitive).map((c) => c.name));
      const profile = maskProfile(built.profile, (name) => hidden.has(name));
      const sample = maskSample(built.sample, dictionary);
      await keep(context, product, output, { rows: built.rows, dictionary, sample, profile });
    }),
  );
}

/** Puts what was built into the vault and records it, if its rights still live then. */
async function keep(
  { vault, kernel }: JobContext,
  product: Product,
  output: string,
  told: {
    readonly rows: number;
    readonly dictionary: ProductColumn[];
    readonly sample: Sample;
    readonly profile: Profile;
  },
): Promise<void> {
  const object = await vault.putFile(output, {
    ownerPartyId: product.holder_id,
    name: `${product.id}-${product.version}.parquet`,
    mediaType: PARQUET,
  });
  const { id: productId, version } = product;
  const { id: objectId, sha256, bytes } = object;
  const outcome = await execute(kernel, recordBuild, SYSTEM, { productId, version, objectId, sha256, bytes, ...told });
  if (outcome.ok) return;
  await vault.remove(object.id);
  // Revised or built by a twin meanwhile: then this object belongs to nothing, and nobody need be told.
  if (outcome.refusal.kind === 'rule') throw new NotBuilt(reasonOf(outcome.refusal));
}

/**
 * What of each resource may be read: all of one's own, of another's the columns and rows of the right, after the use was
 * counted. A build that was killed takes the same right again, and it is counted once.
 */
async function portionsOf(
  { kernel }: JobContext,
  product: Product,
  rights: readonly UseRight[],
  paths: readonly string[],
): Promise<(string | Portion)[]> {
  const { id: madeId, version, content } = product;
  const taken = await takenFor(kernel.db, madeId, version);
  const columns = columnsRead(content.recipe);
  const inputs: (string | Portion)[] = [];
  for (const [i, right] of rights.entries()) {
    const { resource, own } = right;
    const path = paths[i] ?? '';
    if (resource.state !== 'registered') throw new NotBuilt(LOST);
    if (own) {
      inputs.push(path);
      continue;
    }
    const before = taken.get(resource.id);
    const grant = grantFor(right, columns, before === undefined ? content.authorisationIds : [before]);
    if (!grant) throw new NotBuilt(LOST);
    const consented = await consents().rows(kernel.db, grant.id);
    const portion = { path, columns: grant.columns, rows: grant.rows, ...(consented ? { consented } : {}) };
    if (before === undefined) {
      const rows = grant.rows.length === 0 && !consented ? resource.rows : await countRows(portion);
      const input = { authorisationId: grant.id, madeId, version, rows };
      const idempotencyKey = `take ${madeId} ${version} ${resource.id}`;
      const outcome = await execute(kernel, takeUse, SYSTEM, input, { idempotencyKey });
      if (!outcome.ok) throw new NotBuilt(reasonOf(outcome.refusal));
    }
    inputs.push(consented ? { ...portion, consented: await still(kernel.db, grant.id, consented) } : portion);
  }
  return inputs;
}

/**
 * Who consented when the use was counted and has not withdrawn since: a withdrawal after the count finds the use and stops
 * what comes of it, one before it is seen here.
 */
async function still(
  q: Queryable,
  authorisationId: string,
  counted: readonly Consented[],
): Promise<readonly Consented[]> {
  const now = new Set((await consents().rows(q, authorisationId))?.flatMap((c) => c.digests) ?? []);
  return counted.map((c) => ({ ...c, digests: c.digests.filter((d) => now.has(d)) }));
}

const reasonOf = ({ title, violations: [first] }: Refusal): Text =>
  first ? text(`${first.fact.zh}（${first.article}）`, `${first.fact.en} (${first.rule})`) : title;

/** Lends several objects at once, each as a private temporary file. */
function withFiles<T>(
  vault: Vault,
  objectIds: readonly string[],
  use: (paths: readonly string[]) => Promise<T>,
  paths: readonly string[] = [],
): Promise<T> {
  const [first, ...rest] = objectIds;
  return first === undefined
    ? use(paths)
    : vault.withFile(first, (path) => withFiles(vault, rest, use, [...paths, path]));
}

async function fail(context: JobContext, product: Product, failure: Text): Promise<void> {
  await execute(context.kernel, recordBuildFailure, SYSTEM, {
    productId: product.id,
    version: product.version,
    failure,
  });
}

/** Hides every value of a sensitive column but its first character, so that its shape can be told; of one character nothing is left. */
export function maskSample(rows: RowSet, dictionary: readonly ProductColumn[]): Sample {
  const sensitive = new Map(dictionary.map((c) => [c.name, c.sensitive]));
  const hide = rows.columns.map((c) => sensitive.get(c.name) ?? true);
  return {
    columns: rows.columns.map((c) => c.name),
    rows: rows.rows.map((row) => row.map((cell, i) => (hide[i] ? masked(cell) : cell))),
  };
}

function masked(cell: Cell): Cell {
  if (cell === null) return null;
  if (typeof cell !== 'string') return '***';
  const [first = '', second] = [...cell];
  return second === undefined ? '***' : `${first}***`;
}
