import { enqueue } from '../acts/index.ts';
import type { Database } from '../database/index.ts';
import { task } from '../jobs.ts';
import { valueAt } from '../rulebook/index.ts';
import { signInLogDays } from './sign-in-rules.ts';

const DAY_MS = 86_400_000;
/** Ended sessions stay readable for a while before their rows go. */
const SESSION_KEEP_MS = 30 * DAY_MS;
const BATCH = 5_000;
const BATCHES_MAX = 200;
const TASK = 'access.sweep';

/** Removes long-ended sessions and sign-in records past their term. @returns how many rows went */
export async function sweep(db: Database, at = new Date()): Promise<number> {
  const sessionsBefore = new Date(at.getTime() - SESSION_KEEP_MS);
  const signInsBefore = new Date(at.getTime() - valueAt(signInLogDays, at).value * DAY_MS);
  let removed = 0;
  for (let i = 0; i < BATCHES_MAX; i++) {
    const sessions = await db
      .deleteFrom('session')
      .where('id', 'in', (q) =>
        q.selectFrom('session').select('id').where('expires_at', '<', sessionsBefore).limit(BATCH),
      )
      .executeTakeFirst();
    const signIns = await db
      .deleteFrom('sign_in')
      .where('id', 'in', (q) => q.selectFrom('sign_in').select('id').where('at', '<', signInsBefore).limit(BATCH))
      .executeTakeFirst();
    const now = Number(sessions.numDeletedRows) + Number(signIns.numDeletedRows);
    removed += now;
    if (now === 0) break;
  }
  return removed;
}

/** Asks for the next sweep; one waits at a time, however often this is called. */
export async function scheduleSweep(db: Database, at = new Date()): Promise<void> {
  await enqueue(db, { task: TASK, payload: {}, key: TASK, runAt: at });
}

export const sweepTask = task(TASK, async (_, { kernel }) => {
  await sweep(kernel.db);
  await scheduleSweep(kernel.db, new Date(Date.now() + DAY_MS));
});
