import type { Selectable } from 'kysely';
import { notFound, refused } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import { fold, type PersonTable } from './model.ts';
import { hashPassword } from './passwords.ts';

export type Person = Selectable<PersonTable>;

export interface NewPerson {
  readonly partyId: string;
  readonly login: string;
  readonly displayName: string;
  readonly password: string;
  readonly email?: string | null;
  /** Roles held for the party; they take effect once the party is admitted to them. */
  readonly roles?: readonly string[];
  readonly personalRoles?: readonly string[];
  readonly at: Date;
}

/**
 * Adds a person with a first password (hashing takes about a fifth of a second).
 * @throws Refused conflict when the login is taken
 */
export async function createPerson(tx: Tx, person: NewPerson): Promise<Person> {
  const login = fold(person.login);
  const password = await hashPassword(person.password);
  const row = await tx
    .insertInto('person')
    .values({
      id: newId('psn'),
      party_id: person.partyId,
      login,
      display_name: person.displayName,
      email: person.email ? fold(person.email) : null,
      password,
      password_at: person.at,
      roles: [...(person.roles ?? [])],
      personal_roles: [...(person.personalRoles ?? [])],
      totp_secret: null,
      totp_pending: null,
      totp_step: null,
      locked_until: null,
      disabled_at: null,
      last_sign_in_at: null,
      created_at: person.at,
    })
    .onConflict((c) => c.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) {
    throw refused(
      'conflict',
      'HS-1.6',
      { zh: '登录名已被使用', en: 'The login is taken' },
      { zh: '该登录名或电子邮箱已属于另一个账号。', en: 'This login or e-mail address belongs to another account.' },
      { zh: '请换一个登录名。', en: 'Choose another login.' },
    );
  }
  return row;
}

export async function getPerson(q: Queryable, personId: string): Promise<Person | undefined> {
  return q.selectFrom('person').selectAll().where('id', '=', personId).executeTakeFirst();
}

/** Locks the person for the rest of the transaction. @throws notFound when there is none */
export async function lockPerson(tx: Tx, personId: string): Promise<Person> {
  const row = await tx.selectFrom('person').selectAll().where('id', '=', personId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** Ends every session of a person at once, but for one that may be kept. */
export async function endSessions(tx: Tx, personId: string, at: Date, keep?: string): Promise<void> {
  await tx
    .updateTable('session')
    .set({ revoked_at: at })
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .$if(keep !== undefined, (q) => q.where('id', '<>', keep ?? ''))
    .execute();
}

/** Ends every key of a person at once. */
export async function revokeKeys(tx: Tx, personId: string, at: Date): Promise<void> {
  await tx
    .updateTable('api_key')
    .set({ revoked_at: at })
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .execute();
}
