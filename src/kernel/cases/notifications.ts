import type { JobRequest } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import type { Text } from '../text.ts';
import type { CaseRow } from './tables.ts';

export const NOTIFY_TASK = 'case-notify';

/**
 * Tells everybody who plays a part: a row in their workbench, and a job for each that sends it out. Both belong to the
 * transaction, so nobody is told of what did not happen.
 * @returns how many parties were told
 */
export async function notifyPart(
  tx: Tx,
  { id }: Pick<CaseRow, 'id'>,
  part: string,
  words: Text,
  { at, enqueue }: { readonly at: Date; readonly enqueue: (job: JobRequest) => void },
): Promise<number> {
  const players = await tx
    .selectFrom('case_part')
    .select(['party_id', 'person_id'])
    .where('case_id', '=', id)
    .where('part', '=', part)
    .execute();
  for (const { party_id, person_id } of players) {
    const notificationId = newId('ntf');
    await tx
      .insertInto('notification')
      .values({ id: notificationId, party_id, person_id, case_id: id, words: JSON.stringify(words), at, read_at: null })
      .execute();
    enqueue({ task: NOTIFY_TASK, payload: { notificationId } });
  }
  return players.length;
}
