import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { type Column, minimiseTable, shareTable, type Vault } from '../../kernel/vault/index.ts';
import { type Consented, consentedRows } from '../consent/index.ts';
import { PREPARE_TASK, recordPrepared } from './acts-prepared.ts';
import { cached } from './cache.ts';
import { hashOf, type Part, type Prepared } from './model.ts';
import { partsFor } from './parts/limits.ts';
import { sandboxSetting } from './setting.ts';
import { type GrantInHand, grantedColumns, grantsInHand } from './store.ts';

const DATABASE = 'application/vnd.duckdb';

/** A granted table as the isolated engine gets it. */
export interface PreparedTable {
  readonly key: string;
  /** Name of the whole in the vault. */
  readonly objectId: string;
  /** Brings the whole of it to this machine. */
  readonly file: () => Promise<string>;
  /** Files that share its entities among them; none where it is small. */
  readonly parts: readonly Part[];
  readonly rows: number;
  readonly entities: number;
  readonly columns: readonly Column[];
}

interface Portion {
  readonly keep: readonly string[];
  readonly consented: readonly Consented[] | null;
  readonly key: string;
}

/** What of the resource goes into the file now, and the name of exactly that. */
async function portionOf(q: Queryable, inHand: GrantInHand): Promise<Portion> {
  const { grant, resource, right } = inHand;
  const keep = grantedColumns(inHand).map((c) => c.name);
  const consented = right === null ? null : await consentedRows(q, right.id);
  const key = hashOf({
    object: resource.objectId,
    keep,
    entityKey: grant.policy.entityKey,
    rows: right?.rows ?? [],
    consented,
  });
  return { keep, consented, key };
}

const making = new Map<string, Promise<Prepared>>();

/**
 * The granted columns and rows of a table as they are now, made anew when data, right or consents changed. Works on its own
 * connections: never call it while holding locks on the grant. @throws TableFailure, VaultFailure
 */
export async function preparedTable(inHand: GrantInHand): Promise<PreparedTable> {
  const { kernel } = sandboxSetting();
  const portion = await portionOf(kernel.db, inHand);
  const kept = await kernel.db
    .selectFrom('sandbox_prepared')
    .selectAll()
    .where('grant_id', '=', inHand.grant.id)
    .where('source_id', '=', inHand.resource.objectId ?? '')
    .executeTakeFirst();
  const row = kept?.key === portion.key ? kept : await make(inHand, portion);
  return {
    key: row.key,
    objectId: row.object_id,
    file: () => cached(row.object_id, row.bytes),
    parts: row.parts,
    rows: Number(row.rows),
    entities: Number(row.entities),
    columns: row.columns,
  };
}

/** The same, on this machine. */
export async function preparedFile(inHand: GrantInHand) {
  const table = await preparedTable(inHand);
  return { ...table, path: await table.file() };
}

/** Two at once in this process make one file. */
function make(inHand: GrantInHand, portion: Portion): Promise<Prepared> {
  const name = `${inHand.grant.id} ${portion.key}`;
  const running = making.get(name) ?? build(inHand, portion).finally(() => making.delete(name));
  making.set(name, running);
  return running;
}

async function build({ grant, resource, right }: GrantInHand, { keep, consented, key }: Portion): Promise<Prepared> {
  const { kernel, vault } = sandboxSetting();
  const sourceId = resource.objectId;
  if (sourceId === null) throw new Error('a resource without data was granted');
  return vault.withFile(sourceId, (path) =>
    vault.withFolder(async (folder) => {
      const output = join(folder, 'table.db');
      const made = await minimiseTable(
        {
          portion: { path, columns: null, rows: right?.rows ?? [], ...(consented ? { consented } : {}) },
          keep,
          entityKey: grant.policy.entityKey,
          output,
          format: 'database',
        },
        { folder },
      );
      const meta = { ownerPartyId: grant.holder_id, name: grant.id, mediaType: DATABASE };
      const object = await vault.putFile(output, meta);
      const parts = await share(vault, { folder, path: output, of: partsFor(made, new Date()), meta });
      const outcome = await execute(kernel, recordPrepared, SYSTEM, {
        grantId: grant.id,
        sourceId,
        key,
        objectId: object.id,
        sha256: object.sha256,
        rows: made.rows,
        entities: made.entities,
        bytes: made.bytes,
        columns: made.columns,
        parts,
      });
      if (!outcome.ok) {
        for (const { objectId } of [{ objectId: object.id }, ...parts]) await vault.remove(objectId);
        throw new Error(`${recordPrepared.name}: ${outcome.refusal.title.en}`);
      }
      return kernel.db
        .selectFrom('sandbox_prepared')
        .selectAll()
        .where('grant_id', '=', grant.id)
        .where('source_id', '=', sourceId)
        .executeTakeFirstOrThrow();
    }),
  );
}

/** A large table is kept in parts besides, by entity, so that several workers can answer a query (HS-21.14). */
async function share(
  vault: Vault,
  table: {
    readonly folder: string;
    readonly path: string;
    readonly of: number;
    readonly meta: Parameters<Vault['putFile']>[1];
  },
) {
  const parts: (Part & { readonly sha256: string })[] = [];
  const { folder, path, of, meta } = table;
  for (let index = 0; of > 1 && index < of; index++) {
    const output = join(folder, `part-${index}.db`);
    const { bytes } = await shareTable({ path, index, of, output }, { folder });
    const { id, sha256 } = await vault.putFile(output, meta);
    parts.push({ objectId: id, bytes, sha256 });
    await rm(output, { force: true });
  }
  return parts;
}

/** Made ready when it is granted, so that the first query need not wait for it. */
export const prepareTask: Task = task(PREPARE_TASK, async ({ grantId }, { kernel }) => {
  const [inHand] = await grantsInHand(kernel.db, { grantIds: [String(grantId)] }, new Date());
  if (inHand && inHand.stopped === null) await preparedTable(inHand);
});
