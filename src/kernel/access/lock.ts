import { sql } from 'kysely';
import type { Queryable } from '../database/index.ts';
import { valueAt } from '../rulebook/index.ts';
import type { Person } from './people.ts';
import { lockoutMinutes, notLocked } from './sign-in-rules.ts';

const MINUTE_MS = 60_000;

/**
 * When each of these people gave a wrong present password while changing it: within the time of the lock, and since the
 * last right sign-in or unlocking. A refused act is rolled back with whatever it counted; its refusal stays, and is the
 * record that is counted here.
 */
export async function wrongChangesOf(
  q: Queryable,
  personIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, readonly Date[]>> {
  if (personIds.length === 0) return new Map();
  const since = new Date(at.getTime() - valueAt(lockoutMinutes, at).value * MINUTE_MS);
  const { rows } = await sql<{ person_id: string; tries: Date[] }>`
    select r.person_id, array_agg(r.at order by r.at) as tries from refusal r
    where r.act_name = 'access.change-password' and r.person_id = any(${personIds}::text[]) and r.at > ${since}
      and r.violations @> '[{"rule": "HS-1.24"}]'
      and not exists (select 1 from sign_in s
        where s.person_id = r.person_id and s.at >= r.at and s.outcome in ('opened', 'unlocked'))
    group by r.person_id`.execute(q);
  return new Map(rows.map((r) => [r.person_id, r.tries]));
}

/** Failed tries that count now; after a lock has run out those of the sign-in start again (HS-1.8). */
export const failedTries = (person: Pick<Person, 'failed_attempts' | 'locked_until'>, wrong: readonly Date[]): number =>
  (person.locked_until ? 0 : person.failed_attempts) + wrong.length;

/** Until when the account is locked; null when it is not. @param wrong of {@link wrongChangesOf}, the earliest first */
export function lockedUntil(
  person: Pick<Person, 'failed_attempts' | 'locked_until'>,
  wrong: readonly Date[],
  at: Date,
): Date | null {
  if (person.locked_until !== null && person.locked_until > at) return person.locked_until;
  const [earliest] = wrong;
  const facts = { failedAttempts: failedTries(person, wrong), failuresFromAddress: 0 };
  if (!earliest || notLocked.evaluate(facts, at).decision.outcome === 'ok') return null;
  return new Date(earliest.getTime() + valueAt(lockoutMinutes, at).value * MINUTE_MS);
}

/** Until when one person is locked now. */
export async function lockOf(q: Queryable, person: Person, at: Date): Promise<Date | null> {
  const wrong = (await wrongChangesOf(q, [person.id], at)).get(person.id) ?? [];
  return lockedUntil(person, wrong, at);
}
