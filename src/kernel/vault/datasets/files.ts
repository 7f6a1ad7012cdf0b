import type { Queryable, Tx } from '../../database/index.ts';
import { filesOf, type TableFile } from '../objects/manifest.ts';
import type { DatasetTable, UploadTable } from '../tables.ts';

type Named = Pick<DatasetTable, 'title' | 'upload_id' | 'object_id' | 'rows'>;

/** The files a dataset consists of; a table of one file is that file, by the name it was sent under. */
export async function tableFiles(q: Queryable, dataset: Named): Promise<TableFile[]> {
  if (dataset.object_id === null) return [];
  const listed = await filesOf(q, dataset.object_id);
  if (listed.length > 0) return listed;
  const object = await q
    .selectFrom('vault_object')
    .select(['id', 'bytes', 'sha256'])
    .where('id', '=', dataset.object_id)
    .executeTakeFirst();
  if (!object) return [];
  const upload = await q
    .selectFrom('upload')
    .select('name')
    .where('id', '=', dataset.upload_id ?? '')
    .executeTakeFirst();
  const { id: objectId, bytes, sha256 } = object;
  return [{ name: upload?.name ?? dataset.title, objectId, rows: Number(dataset.rows ?? 0), bytes, sha256 }];
}

export type Upload = Pick<UploadTable, 'id' | 'name' | 'bytes'>;

/** Complete uploads of a party, locked, in the order asked for; undefined when one is not theirs. */
export async function lockUploads(tx: Tx, ids: readonly string[], partyId: string | null) {
  const rows = await tx
    .selectFrom('upload')
    .selectAll()
    .where('id', 'in', ids.length > 0 ? ids : [''])
    .where('party_id', '=', partyId ?? '')
    .orderBy('id')
    .forUpdate()
    .execute();
  const found = ids.map((id) => rows.find((row) => row.id === id));
  if (found.some((row) => row === undefined)) return undefined;
  return found.flatMap((row) => row ?? []);
}

/** One of the files after a change: kept as it is, or made of an upload. */
type Planned = { readonly kept: TableFile } | { readonly upload: Upload };

/** Files of the base in their order, without those that go; a new file takes the place of its namesake, others follow. */
export function planOf(base: readonly TableFile[], removed: readonly string[], uploads: readonly Upload[]): Planned[] {
  const byName = new Map(uploads.map((u) => [u.name, u]));
  const names = new Set(base.map((f) => f.name));
  const stay = base.filter((f) => byName.has(f.name) || !removed.includes(f.name));
  const placed = stay.map((kept): Planned => {
    const upload = byName.get(kept.name);
    return upload ? { upload } : { kept };
  });
  return [...placed, ...uploads.filter((u) => !names.has(u.name)).map((upload) => ({ upload }))];
}

interface FileChange {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'replaced' | 'kept';
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

/** What became of each file; the same content under the same name is kept. */
export function fileChanges(before: readonly TableFile[], after: readonly TableFile[]): FileChange[] {
  const was = new Map(before.map((f) => [f.name, f]));
  const now = new Set(after.map((f) => f.name));
  return [
    ...after.map(({ name, rows, bytes, sha256 }): FileChange => {
      const old = was.get(name);
      const change = old === undefined ? 'added' : old.sha256 === sha256 ? 'kept' : 'replaced';
      return { name, change, rowsBefore: old?.rows ?? null, rowsAfter: rows, bytes, sha256 };
    }),
    ...before
      .filter((f) => !now.has(f.name))
      .map(
        ({ name, rows, bytes, sha256 }): FileChange => ({
          ...{ name, change: 'removed', rowsBefore: rows, rowsAfter: null, bytes, sha256 },
        }),
      ),
  ];
}
