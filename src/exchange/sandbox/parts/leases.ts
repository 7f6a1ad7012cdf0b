import { sql } from 'kysely';
import type { Database } from '../../../kernel/database/index.ts';
import type { IsolatedFailureKind, Limits } from '../../../kernel/isolation/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { PART_LEASE, pauseAfter } from './limits.ts';

/** One part of a query, as a worker takes it. */
export interface PartRun {
  readonly id: number;
  readonly runId: string;
  readonly place: number;
  readonly objectId: string;
  readonly bytes: number;
  readonly attached: string;
  readonly statements: readonly string[];
  readonly rowsMax: number;
  readonly limits: Limits;
  readonly answerTo: Buffer;
  readonly leftMs: number;
  readonly fence: number;
}

const after = (ms: number) => sql`clock_timestamp() + ${ms}::int * interval '1 millisecond'`;
const leaseEnd = () => after(valueAt(PART_LEASE, new Date()).value);

/** What an answer is of: under another lease, or of another part, it does not open. */
export const nameOf = ({ runId, place, fence }: Pick<PartRun, 'runId' | 'place' | 'fence'>) =>
  `${runId}/${place}/${fence}`;

/** Takes a part that nobody works on: one that a process waits with, or else whose file is here, if there is such a one. */
export async function takePart(
  db: Database,
  { held, here }: { readonly held: readonly string[]; readonly here: readonly string[] },
  tries: number,
): Promise<PartRun | null> {
  const { rows } = await sql<PartRun>`
    update sandbox_part_run set fence = fence + 1, leased_until = ${leaseEnd()}
     where id = (select id from sandbox_part_run
                  where answer is null and failure is null and ends_at > clock_timestamp() and fence < ${tries}
                    and (leased_until is null or leased_until < clock_timestamp())
                  order by (object_id = any(${[...held]}::text[])) desc, (object_id = any(${[...here]}::text[])) desc, id limit 1 for update skip locked)
    returning id, run_id as "runId", place, object_id as "objectId", bytes, attached, statements, rows_max as "rowsMax",
              limits, answer_to as "answerTo", fence,
              (extract(epoch from ends_at - clock_timestamp()) * 1000)::int as "leftMs"`.execute(db);
  return rows[0] ?? null;
}

/** @returns false when the part is another worker's now, or nobody waits for it any more */
export async function renewLease(db: Database, { id, fence }: PartRun): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update sandbox_part_run set leased_until = ${leaseEnd()}
     where id = ${id} and fence = ${fence} and answer is null and failure is null and ends_at > clock_timestamp()`.execute(
    db,
  );
  return numAffectedRows === 1n;
}

/** @returns whether it counted: an answer that comes after the lease passed on changes nothing */
export async function handIn(db: Database, { id, fence }: PartRun, answer: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update sandbox_part_run set answer = ${answer} where id = ${id} and fence = ${fence} and answer is null and failure is null`.execute(
    db,
  );
  return numAffectedRows === 1n;
}

/** Said of a part that did not fit into memory: whoever asks may ask for less at once. */
export const MEMORY = 'memory';

/**
 * What another worker may do better is given back, to be tried after a pause; the last attempt, and all else, ends the query.
 * A worker that is told to stop did not fail: its part is free at once.
 */
export async function giveUp(
  db: Database,
  { id, fence }: PartRun,
  kind: IsolatedFailureKind | typeof MEMORY,
  tries: number,
): Promise<void> {
  const again = kind === 'cancelled' || ((kind === 'internal' || kind === 'unavailable') && fence < tries);
  const free = again && kind !== 'cancelled' ? after(pauseAfter(fence, new Date())) : sql`null`;
  await sql`
    update sandbox_part_run set leased_until = ${free}, failure = ${again ? null : kind}
     where id = ${id} and fence = ${fence} and answer is null and failure is null`.execute(db);
}

/** Removes what a killed asker left. */
export async function sweepParts(db: Database): Promise<void> {
  await sql`delete from sandbox_part_run where ends_at < clock_timestamp() - interval '1 minute'`.execute(db);
}
