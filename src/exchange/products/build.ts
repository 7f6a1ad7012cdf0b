import { join } from 'node:path';
import { z } from 'zod';
import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import { type JobContext, type Task, task } from '../../kernel/jobs.ts';
import { type Text, text } from '../../kernel/text.ts';
import {
  type Cell,
  profileTable,
  type RowSet,
  runRecipe,
  sampleRows,
  TableFailure,
  type Vault,
  VaultFailure,
} from '../../kernel/vault/index.ts';
import { maskProfile, type Resource, useRights } from '../catalog/index.ts';
import { BUILD_TASK, recordBuild, recordBuildFailure } from './drafting.ts';
import { type Product, type ProductColumn, ProductId, type Sample } from './model.ts';
import { productDictionary, workerRecipe } from './recipe.ts';
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
  const lost = rights.find((r) => r.resource.state !== 'registered' || (!r.own && r.authorisedUntil === null));
  const main = rights.find((r) => r.resource.id === product.content.recipe.resourceId);
  if (lost || !main) {
    return fail(context, product, text('对所用资源的使用权已终止。', 'The right to use a resource has ended.'));
  }
  try {
    await build(
      context,
      product,
      main.resource,
      rights.map((r) => r.resource.object_id),
    );
  } catch (error) {
    if (error instanceof TableFailure || error instanceof VaultFailure) return fail(context, product, error.text);
    throw error;
  }
});

async function build(
  context: JobContext,
  product: Product,
  main: Resource,
  objectIds: readonly string[],
): Promise<void> {
  const { vault, kernel } = context;
  const { recipe } = product.content;
  await withFiles(vault, objectIds, (inputs) =>
    vault.withFolder(async (folder) => {
      const output = join(folder, 'product.parquet');
      const built = await runRecipe({ inputs, recipe: workerRecipe(recipe), output });
      const types = new Map(built.columns.map((c) => [c.name, c.type]));
      const dictionary = productDictionary(recipe, main.columns, types);
      const hidden = new Set(dictionary.filter((c) => c.sensitive).map((c) => c.name));
      const profile = maskProfile(await profileTable(output), (name) => hidden.has(name));
      const sample = maskSample(await sampleRows(output, SAMPLE_ROWS), dictionary);
      const object = await vault.putFile(output, {
        ownerPartyId: product.holder_id,
        name: `${product.id}-${product.version}.parquet`,
        mediaType: PARQUET,
      });
      const outcome = await execute(kernel, recordBuild, SYSTEM, {
        productId: product.id,
        version: product.version,
        objectId: object.id,
        sha256: object.sha256,
        rows: built.rows,
        bytes: object.bytes,
        dictionary,
        sample,
        profile,
      });
      // Revised or built by a twin meanwhile: this object belongs to nothing.
      if (!outcome.ok) await vault.remove(object.id);
    }),
  );
}

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
