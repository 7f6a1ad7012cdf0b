import type { Refusal } from '../acts/index.ts';
import type { Database, Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import { valueAt } from '../rulebook/index.ts';
import { type Identity, identify } from './authenticate.ts';
import { failedTries, lockOf, wrongChangesOf } from './lock.ts';
import { fold } from './model.ts';
import { Busy, checkPassword } from './passwords.ts';
import type { Person } from './people.ts';
import { newSessionToken, tokenHash, tokenKind } from './secrets.ts';
import { codeNeeded, codeWrong, partySuspended, signInRefused, throttled, tooBusy } from './sign-in-refusals.ts';
import { addressTries, lockoutMinutes, notLocked, sessionHours } from './sign-in-rules.ts';
import { acceptedStep } from './totp.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Living sessions of one person; the oldest gives way. */
const SESSIONS_MAX = 50;
/** Longer ones are nobody's: hashing must not become work without bound. */
const LOGIN_LENGTH_MAX = 128;
const PASSWORD_LENGTH_MAX = 256;
const AGENT_LENGTH_MAX = 200;

export interface SignIn {
  readonly login: string;
  readonly password: string;
  /** Six digits of the authenticator app. */
  readonly totp?: string | undefined;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
}

export type SignInOutcome =
  | { readonly ok: true; readonly token: string; readonly expiresAt: Date; readonly identity: Identity }
  | { readonly ok: false; readonly refusal: Refusal };

/** A refusal that must still commit: counted failures and the line in the sign-in log. */
type Attempt = { readonly refusal: Refusal } | { readonly token: string };

/**
 * Opens a session. An unknown login, a wrong password and a locked or closed account get the same words after the same
 * work. Several right sign-ins at once all succeed; of wrong ones only those before the lock (HS-1.8) learn anything.
 */
export async function openSession(db: Database, signIn: SignIn, at = new Date()): Promise<SignInOutcome> {
  if (await addressIsThrottled(db, signIn.address, at)) return { ok: false, refusal: throttled(at) };
  const login = fold(signIn.login).slice(0, LOGIN_LENGTH_MAX);
  const known = await db.selectFrom('person').select(['id', 'password']).where('login', '=', login).executeTakeFirst();
  let right: boolean;
  try {
    right = await checkPassword(signIn.password.slice(0, PASSWORD_LENGTH_MAX), known?.password);
  } catch (error) {
    if (error instanceof Busy) return { ok: false, refusal: tooBusy() };
    throw error;
  }
  const attempt = await db.transaction().execute(async (tx): Promise<Attempt> => {
    const person = await tx
      .selectFrom('person')
      .selectAll()
      .where('id', '=', known?.id ?? '')
      .forUpdate()
      .executeTakeFirst();
    return settle(tx, person, right && person?.password === known?.password, signIn, at);
  });
  return answer(db, attempt, at);
}

async function settle(tx: Tx, person: Person | undefined, right: boolean, signIn: SignIn, at: Date): Promise<Attempt> {
  const record = (outcome: string) => logSignIn(tx, person?.id ?? null, signIn.address, 'password', outcome, at);
  if (!person || (await lockOf(tx, person, at))) {
    await record(person ? 'locked' : 'unknown');
    return { refusal: signInRefused(at) };
  }
  if (!right) {
    await countFailure(tx, person, at);
    await record('wrong-password');
    return { refusal: signInRefused(at) };
  }
  const barred = await refuseClosed(tx, person, at);
  if (barred) {
    await record('closed');
    return { refusal: barred };
  }
  let secondFactor = false;
  if (person.totp_secret) {
    if (!signIn.totp) {
      await record('code-missing');
      return { refusal: codeNeeded() };
    }
    if (!(await useCode(tx, person, signIn.totp, at))) {
      await countFailure(tx, person, at);
      await record('wrong-code');
      return { refusal: codeWrong() };
    }
    secondFactor = true;
  }
  await record('opened');
  return { token: await insertSession(tx, person.id, { ...signIn, method: 'password', secondFactor }, at) };
}

async function answer(db: Database, attempt: Attempt, at: Date): Promise<SignInOutcome> {
  if ('refusal' in attempt) return { ok: false, refusal: attempt.refusal };
  const identity = await identify(db, { bearer: attempt.token }, at);
  if (!identity) return { ok: false, refusal: signInRefused(at) };
  return { ok: true, token: attempt.token, expiresAt: identity.expiresAt, identity };
}

/** Opens a session for a person whom the operator's identity provider vouches for. */
export async function openVouchedSession(
  db: Database,
  personId: string,
  how: { readonly secondFactor: boolean; readonly address?: string | undefined; readonly agent?: string | undefined },
  at = new Date(),
): Promise<SignInOutcome> {
  const attempt = await db.transaction().execute(async (tx): Promise<Attempt> => {
    const person = await tx.selectFrom('person').selectAll().where('id', '=', personId).forUpdate().executeTakeFirst();
    const barred = person ? await refuseClosed(tx, person, at) : signInRefused(at);
    await logSignIn(tx, personId, how.address, 'oidc', barred ? 'closed' : 'opened', at);
    if (barred) return { refusal: barred };
    return { token: await insertSession(tx, personId, { ...how, method: 'oidc' }, at) };
  });
  return answer(db, attempt, at);
}

/** Shows the second factor later in a session opened without it. Wrong codes count as failed sign-ins (HS-1.8). */
export async function showSecondFactor(
  db: Database,
  sessionId: string,
  code: string,
  how: { readonly address?: string | undefined },
  at = new Date(),
): Promise<Refusal | undefined> {
  return db.transaction().execute(async (tx) => {
    const person = await tx
      .selectFrom('person')
      .innerJoin('session', 'session.person_id', 'person.id')
      .selectAll('person')
      .where('session.id', '=', sessionId)
      .where('session.revoked_at', 'is', null)
      .forUpdate('person')
      .executeTakeFirst();
    if (!person?.totp_secret || (await lockOf(tx, person, at))) return codeWrong();
    const right = await useCode(tx, person, code, at);
    await logSignIn(tx, person.id, how.address, 'second-factor', right ? 'opened' : 'wrong-code', at);
    if (!right) {
      await countFailure(tx, person, at);
      return codeWrong();
    }
    await tx.updateTable('session').set({ second_factor: true }).where('id', '=', sessionId).execute();
    return undefined;
  });
}

/** Ends the session behind a token; ending it twice, or one that never was, is no error. */
export async function closeSession(db: Database, token: string, at = new Date()): Promise<void> {
  if (tokenKind(token) !== 'session') return;
  await db
    .updateTable('session')
    .set({ revoked_at: at })
    .where('token_hash', '=', tokenHash(token))
    .where('revoked_at', 'is', null)
    .execute();
}

/** Words that only someone with the right password gets to read. */
async function refuseClosed(tx: Tx, person: Person, at: Date): Promise<Refusal | undefined> {
  if (person.disabled_at) return signInRefused(at);
  const party = await tx
    .selectFrom('party')
    .select('state')
    .where('id', '=', person.party_id)
    .executeTakeFirstOrThrow();
  return party.state === 'suspended' ? partySuspended() : undefined;
}

async function countFailure(tx: Tx, person: Person, at: Date): Promise<void> {
  const wrong = (await wrongChangesOf(tx, [person.id], at)).get(person.id) ?? [];
  const failed = failedTries(person, []) + 1;
  const counted = { failedAttempts: failed + wrong.length, failuresFromAddress: 0 };
  const lock = notLocked.evaluate(counted, at).decision.outcome !== 'ok';
  const until = lock ? new Date(at.getTime() + valueAt(lockoutMinutes, at).value * MINUTE_MS) : null;
  await tx
    .updateTable('person')
    .set({ failed_attempts: failed, locked_until: until })
    .where('id', '=', person.id)
    .execute();
}

/** Accepts a code once: the step is kept under the person's lock, so of two who show the same code one wins. */
async function useCode(tx: Tx, person: Person, code: string, at: Date): Promise<boolean> {
  if (!person.totp_secret) return false;
  const step = acceptedStep(person.id, person.totp_secret, code, at, person.totp_step);
  if (step === undefined) return false;
  await tx.updateTable('person').set({ totp_step: step }).where('id', '=', person.id).execute();
  return true;
}

async function insertSession(
  tx: Tx,
  personId: string,
  how: {
    readonly method: 'password' | 'oidc';
    readonly secondFactor: boolean;
    readonly address?: string | undefined;
    readonly agent?: string | undefined;
  },
  at: Date,
): Promise<string> {
  const token = newSessionToken();
  await tx
    .updateTable('person')
    .set({ failed_attempts: 0, locked_until: null, last_sign_in_at: at })
    .where('id', '=', personId)
    .execute();
  const surplus = await tx
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('id', 'desc')
    .offset(SESSIONS_MAX - 1)
    .limit(SESSIONS_MAX)
    .execute();
  if (surplus.length > 0) {
    await tx
      .updateTable('session')
      .set({ revoked_at: at })
      .where(
        'id',
        'in',
        surplus.map((s) => s.id),
      )
      .execute();
  }
  await tx
    .insertInto('session')
    .values({
      id: newId('ses'),
      token_hash: tokenHash(token),
      person_id: personId,
      opened_at: at,
      last_seen_at: at,
      expires_at: new Date(at.getTime() + valueAt(sessionHours, at).value * HOUR_MS),
      second_factor: how.secondFactor,
      method: how.method,
      address: how.address ?? null,
      agent: how.agent?.slice(0, AGENT_LENGTH_MAX) ?? null,
      revoked_at: null,
    })
    .execute();
  return token;
}

export async function logSignIn(
  tx: Tx,
  personId: string | null,
  address: string | undefined,
  method: string,
  outcome: string,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('sign_in')
    .values({ id: newId('sgn'), at, person_id: personId, address: address ?? null, method, outcome })
    .execute();
}

async function addressIsThrottled(db: Database, address: string | undefined, at: Date): Promise<boolean> {
  if (!address) return false;
  const since = new Date(at.getTime() - valueAt(lockoutMinutes, at).value * MINUTE_MS);
  const max = valueAt(addressTries, at).value;
  const rows = await db
    .selectFrom('sign_in')
    .select('id')
    .where('address', '=', address)
    .where('at', '>', since)
    .where('outcome', '<>', 'opened')
    .where('outcome', '<>', 'code-missing')
    .limit(max)
    .execute();
  return notLocked.evaluate({ failedAttempts: 0, failuresFromAddress: rows.length }, at).decision.outcome !== 'ok';
}
