import { sql } from 'kysely';
import { execute, SYSTEM } from '../acts/index.ts';
import { type JobContext, type Task, task } from '../jobs.ts';
import { valueAt } from '../rulebook/index.ts';
import { VaultFailure } from '../vault/index.ts';
import { expireObject, recordDamage, recordRotation } from './acts-keys.ts';
import { FORGET_TASK, REMOVE_TASK, ROTATE_TASK } from './model.ts';
import { CUSTODY_LIMITS } from './rules.ts';

/**
 * How long an old master key outlives its last use: a process may have read the key file just before it changed, and wrap
 * one more owner's key with the old one.
 */
const FORGET_AFTER_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** One look of the check: at most so many objects, so many bytes a second, and so long. */
const CHECK_OBJECTS = 200;
const CHECK_BYTES_A_SECOND = 32 * 1024 ** 2;
const CHECK_MS = 9 * 60_000;
const EXPIRE_AT_ONCE = 200;

/** Goes on where it stopped: the row says whether there is a new key, and what is left to wrap is asked of the tables. */
async function rotate(payload: Readonly<Record<string, unknown>>, { kernel, vault }: JobContext): Promise<void> {
  const { db } = kernel;
  const row = await db
    .selectFrom('key_rotation')
    .selectAll()
    .where('id', '=', String(payload.rotationId))
    .executeTakeFirst();
  if (!row || row.done_at !== null) return;
  if (row.new_key_id === null) {
    const id = row.party_id === null ? await vault.keys.rotateMaster() : await nextOwnerKey(row.party_id);
    await db.updateTable('key_rotation').set({ new_key_id: id }).where('id', '=', row.id).execute();
  }
  const count = async (step: () => Promise<number>) => {
    for (let n = await step(); n > 0; n = await step())
      await sql`update key_rotation set rewrapped = rewrapped + ${n} where id = ${row.id}`.execute(db);
  };
  if (row.party_id === null) {
    await count(vault.keys.rewrapOwners);
    // Objects of before, which the master key wraps itself, move under the key of their owner.
    await count(() => vault.keys.rewrapData());
    await count(vault.keys.rewrapOwners);
  } else {
    const { party_id } = row;
    await count(() => vault.keys.rewrapData(party_id));
    await vault.keys.endOldOwnerKeys(party_id);
  }
  const { rewrapped } = await db
    .selectFrom('key_rotation')
    .select('rewrapped')
    .where('id', '=', row.id)
    .executeTakeFirstOrThrow();
  const outcome = await execute(kernel, recordRotation, SYSTEM, { rotationId: row.id, rewrapped });
  if (!outcome.ok) throw new Error(outcome.refusal.title.en);
  if (row.party_id === null)
    await sql`select graphile_worker.add_job(${FORGET_TASK}, '{}'::json,
      run_at => ${new Date(Date.now() + FORGET_AFTER_MS)}::timestamptz, job_key => ${FORGET_TASK})`.execute(db);

  async function nextOwnerKey(partyId: string): Promise<string> {
    const { rows } = await sql<{ n: number }>`select coalesce(max(generation), 0)::int as n from vault_owner_key
      where party_id = ${partyId}`.execute(db);
    return vault.keys.nextOwnerKey(partyId, rows[0]?.n ?? 0);
  }
}

/** The bytes of destroyed objects; the pages of the table that held their wrapped keys are given back as well. */
async function removeBytes({ objectIds }: Readonly<Record<string, unknown>>, { kernel, vault }: JobContext) {
  for (const id of Array.isArray(objectIds) ? objectIds.map(String) : []) {
    const row = await kernel.db
      .selectFrom('vault_object')
      .select('id')
      .where('id', '=', id)
      .where('wrapped_key', 'is', null)
      .executeTakeFirst();
    if (row) await vault.removeBytes(id);
  }
  await sql`vacuum vault_object, vault_owner_key`.execute(kernel.db);
}

async function expire(_: unknown, { kernel }: JobContext): Promise<void> {
  const rows = await kernel.db
    .selectFrom('vault_object')
    .select('id')
    .where('clear_at_expiry', '=', true)
    .where('wrapped_key', 'is not', null)
    .where('retain_until', '<=', sql<Date>`now()`)
    .orderBy('retain_until')
    .limit(EXPIRE_AT_ONCE)
    .execute();
  // What is held or needed is refused, which is kept among the refusals; tomorrow it is asked again.
  for (const { id } of rows) await execute(kernel, expireObject, SYSTEM, { objectId: id });
}

/** Reads what was not read for longest, frame by frame, slowly; who is damaged is told once. */
export async function check(_: unknown, { kernel, vault }: JobContext): Promise<void> {
  const { db } = kernel;
  const began = Date.now();
  const before = new Date(began - valueAt(CUSTODY_LIMITS.checkDays, new Date()).value * DAY_MS);
  const rows = await db
    .selectFrom('vault_object')
    .select('id')
    .where('wrapped_key', 'is not', null)
    .where('damaged_at', 'is', null)
    .where((e) => e.or([e('checked_at', 'is', null), e('checked_at', '<', before)]))
    .orderBy('checked_at', (o) => o.asc().nullsFirst())
    .orderBy('id')
    .limit(CHECK_OBJECTS)
    .execute();
  let bytes = 0;
  for (const { id } of rows) {
    if (Date.now() - began > CHECK_MS) return;
    try {
      for await (const chunk of await vault.open(id)) {
        bytes += (chunk as Buffer).length;
        const ahead = (bytes / CHECK_BYTES_A_SECOND) * 1_000 - (Date.now() - began);
        if (ahead > 100) await new Promise((done) => setTimeout(done, ahead));
      }
      await db.updateTable('vault_object').set({ checked_at: new Date() }).where('id', '=', id).execute();
    } catch (error) {
      const damaged = error instanceof VaultFailure && (error.kind === 'damaged' || error.kind === 'missing');
      if (damaged) await execute(kernel, recordDamage, SYSTEM, { objectId: id });
      // Erased meanwhile: nothing is wrong. The store being away is no damage: the next look tries again.
      else if (!(error instanceof VaultFailure)) throw error;
    }
  }
}

export const tasks: readonly Task[] = [
  task(ROTATE_TASK, rotate),
  task(FORGET_TASK, async (_, { vault }) => {
    await vault.keys.forgetUnusedMasters();
  }),
  task(REMOVE_TASK, removeBytes),
  task('custody.expire', expire, { cron: '41 * * * *' }),
  task('custody.check', check, { cron: '*/10 * * * *' }),
];
