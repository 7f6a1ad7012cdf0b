import type { Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import type { Text } from '../text.ts';
import type { CaseRow } from './tables.ts';

/**
 * Tells everybody who plays a part, in their workbench; it belongs to the transaction, so nobody is told of what did not
 * happen.
 * @returns how many parties were told
 */
export async function notifyPart(
  tx: Tx,
  { id }: Pick<CaseRow, 'id'>,
  part: string,
  words: Text,
  at: Date,
): Promise<number> {
  const players = await tx
    .selectFrom('case_part')
    .select(['party_id', 'person_id'])
    .where('case_id', '=', id)
    .where('part', '=', part)
    .execute();
  for (const { party_id, person_id } of players) {
    await tx
      .insertInto('notification')
      .values({ id: newId('ntf'), party_id, person_id, case_id: id, words: JSON.stringify(words), at })
      .execute();
  }
  return players.length;
}
