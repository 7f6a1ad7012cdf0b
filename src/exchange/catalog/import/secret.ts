import { seal, unseal } from '../../../kernel/access/index.ts';
import type { Secret } from './database.ts';
import type { DirectoryImport } from './model.ts';

const PURPOSE = 'directory import';

/** The password of a connection, unreadable without the access key and useless for another import. */
export const sealSecret = (importId: string, secret: Secret): Buffer => seal(PURPOSE, importId, JSON.stringify(secret));

export function secretOf({ id, secret }: Pick<DirectoryImport, 'id' | 'secret'>): Secret | undefined {
  const plain = secret === null ? undefined : unseal(PURPOSE, id, secret);
  return plain === undefined ? undefined : (JSON.parse(plain) as Secret);
}
