import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../src/kernel/acts/index.ts';
import { stageFile } from '../src/kernel/vault/index.ts';
import type { Stage } from './stage.ts';

/** A paper in the vault, the way every party brings one. @param key names it within the sample @returns its id `fil_…` */
export async function paper(stage: Stage, owner: Actor, key: string, name: string, words: string): Promise<string> {
  const { kernel, vault } = stage.context;
  const uploadId = await stage.once('uploads', key, () =>
    vault.withFolder(async (folder) => {
      const path = join(folder, `${key}.txt`);
      await writeFile(path, words);
      return stageFile(kernel.db, vault, {
        path,
        partyId: owner.partyId ?? '',
        personId: owner.personId,
        name,
        mediaType: 'text/plain',
      });
    }),
  );
  const { fileId } = await stage.run<{ fileId: string }>(`keep:${key}`, 'file.keep', owner, { uploadId });
  await stage.until(`the paper ${key}`, async () => {
    const row = await kernel.db.selectFrom('vault_file').select('state').where('id', '=', fileId).executeTakeFirst();
    return row?.state === 'kept' ? true : undefined;
  });
  return fileId;
}
