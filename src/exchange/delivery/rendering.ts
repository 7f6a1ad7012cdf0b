import { join } from 'node:path';
import type { Database } from '../../kernel/database/index.ts';
import { convertTable, type ObjectInfo, WHOLE_MEDIA_TYPE, type WrittenFormat } from '../../kernel/vault/index.ts';
import { deliverySetting } from './setting.ts';

/** Forms a file is delivered in: CSV safe for spreadsheets, CSV as it is for programs, Parquet as it is. */
export const FORMATS = ['parquet', 'csv', 'csv-exact'] as const satisfies readonly WrittenFormat[];
export type Format = (typeof FORMATS)[number];
const CSV = 'text/csv; charset=utf-8';
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: CSV,
  'csv-exact': CSV,
};

const running = new Map<string, Promise<ObjectInfo>>();

/**
 * The object in the wanted form. Parquet is what the vault holds; CSV, and one file of a table that lies in several, is made
 * once and kept, so that ranges and ETags of later requests name the same bytes.
 * @throws Error when the object is gone from the vault
 */
export async function renderingOf(db: Database, objectId: string, format: Format): Promise<ObjectInfo> {
  const { vault } = deliverySetting();
  if (format === 'parquet') {
    const held = found(await vault.info(objectId), objectId);
    if (held.mediaType !== WHOLE_MEDIA_TYPE) return held;
  }
  const kept = await db
    .selectFrom('delivery_rendering')
    .select('rendered_id')
    .where('object_id', '=', objectId)
    .where('format', '=', format)
    .executeTakeFirst();
  if (kept) return found(await vault.info(kept.rendered_id), kept.rendered_id);
  const key = `${objectId} ${format}`;
  const now = running.get(key) ?? render(db, objectId, format).finally(() => running.delete(key));
  running.set(key, now);
  return now;
}

async function render(db: Database, objectId: string, format: Format): Promise<ObjectInfo> {
  const { vault } = deliverySetting();
  const source = found(await vault.info(objectId), objectId);
  const made = await vault.withFolder((folder) =>
    vault.withFile(objectId, async (path) => {
      const output = join(folder, 'content');
      await convertTable(path, { format, output, folder });
      const name = `${source.name.replace(/\.(parquet|json)$/, '')}.${format === 'parquet' ? 'parquet' : 'csv'}`;
      return vault.putFile(output, { ownerPartyId: source.ownerPartyId, name, mediaType: MEDIA_TYPES[format] });
    }),
  );
  // Another process may have been first: then its rendering stays and ours goes.
  const kept = await db
    .insertInto('delivery_rendering')
    .values({ object_id: objectId, format, rendered_id: made.id })
    .onConflict((c) => c.columns(['object_id', 'format']).doNothing())
    .executeTakeFirst();
  if (kept.numInsertedOrUpdatedRows === 1n) return made;
  await vault.remove(made.id);
  return renderingOf(db, objectId, format);
}

function found(info: ObjectInfo | undefined, objectId: string): ObjectInfo {
  if (!info) throw new Error(`object ${objectId} of a delivery is not in the vault`);
  return info;
}
