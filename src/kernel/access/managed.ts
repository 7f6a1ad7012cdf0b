import { type Actor, notFound } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { lockOf } from './lock.ts';
import { ADMINISTRATORS } from './model.ts';
import { lockPerson, type Person } from './people.ts';

export const managerOf = (actor: Actor) => ({
  managerId: actor.personId,
  managerRoles: actor.roles,
  managerSecondFactor: actor.secondFactor,
});

/** People of another party do not exist for anyone but the security administrator (HS-1.4). */
export const reaches = (actor: Actor, partyId: string): boolean =>
  actor.kind === 'system' || actor.roles.includes('security-admin') || actor.partyId === partyId;

/** What rules look at when a person is managed; nothing secret, since facts are hashed into the evidence. */
export interface PersonFacts {
  readonly personId: string;
  readonly partyId: string;
  readonly personalRoles: readonly string[];
  readonly state: 'active' | 'disabled';
  readonly locked: boolean;
}

export async function lockManaged(
  tx: Tx,
  actor: Actor,
  personId: string,
  at: Date,
): Promise<{ person: Person; facts: PersonFacts }> {
  const person = await lockPerson(tx, personId);
  // Of an erased person nothing is left to manage.
  if (!reaches(actor, person.party_id) || person.erased_at) throw notFound();
  const facts: PersonFacts = {
    personId,
    partyId: person.party_id,
    personalRoles: person.personal_roles,
    state: person.disabled_at ? 'disabled' : 'active',
    locked: (await lockOf(tx, person, at)) !== null,
  };
  return { person, facts };
}

/** Administrators' posts nobody active would hold if this person held only `after`. Locks all administrators. */
export async function postsLeftEmpty(tx: Tx, person: PersonFacts, after: readonly string[]): Promise<string[]> {
  const lost = person.personalRoles.filter((r) => ADMINISTRATORS.includes(r) && !after.includes(r));
  if (lost.length === 0 || person.state === 'disabled') return [];
  const others = await tx
    .selectFrom('person')
    .select(['id', 'personal_roles'])
    .where('party_id', '=', person.partyId)
    .where('disabled_at', 'is', null)
    .where('id', '<>', person.personId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return lost.filter((r) => !others.some((o) => o.personal_roles.includes(r)));
}
