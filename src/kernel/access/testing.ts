import { randomBytes, scryptSync } from 'node:crypto';
import { type Act, type Actor, execute, type Kernel, type Outcome } from '../acts/index.ts';
import type { Database } from '../database/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { newId } from '../ids.ts';
import { loadRulebook } from '../rulebook/index.ts';
import { authenticate } from './authenticate.ts';
import { fold } from './model.ts';
import { createParty } from './parties.ts';
import { useAccessKey } from './secrets.ts';
import { openSession } from './sessions.ts';

/** For tests of this room: a database with an access key, and short ways to make parties, people and sessions. */
export interface AccessTest {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly kernel: Kernel;
  readonly party: (roles: readonly string[], state?: 'applied' | 'admitted' | 'suspended') => Promise<string>;
  readonly person: (
    partyId: string,
    options?: { roles?: readonly string[]; personalRoles?: readonly string[]; email?: string },
  ) => Promise<{ id: string; login: string }>;
  readonly signIn: (login: string, totp?: string, at?: Date) => Promise<{ token: string; actor: Actor }>;
  readonly run: (act: Act, actor: Actor, input: unknown) => Promise<Outcome>;
}

export const PASSWORD = 'correct horse 42';
/** Parameters stand with each hash, so people of tests may have one that costs a hundredth of the real ones. */
const CHEAP_LOG2 = 10;
const SALT = randomBytes(16);
const CHEAP_HASH = `scrypt$${CHEAP_LOG2}$8$1$${SALT.toString('base64url')}$${scryptSync(PASSWORD, SALT, 32, { N: 2 ** CHEAP_LOG2, r: 8, p: 1 }).toString('base64url')}`;
let serial = 0;

export async function accessTest(): Promise<AccessTest> {
  useAccessKey(randomBytes(32));
  const database = await testDatabase();
  const { db } = database;
  const kernel: Kernel = { db, rulebook: loadRulebook() };
  return {
    database,
    db,
    kernel,
    party: async (roles, state = 'admitted') => {
      const uscc = `91000000TEST${String(++serial).padStart(6, '0')}`;
      const party = await db
        .transaction()
        .execute((tx) =>
          createParty(tx, { name: `样例单位${serial}`, uscc, requestedRoles: roles, roles, state, at: new Date() }),
        );
      return party.id;
    },
    person: async (partyId, { roles = [], personalRoles = [], email } = {}) => {
      const login = `person-${++serial}`;
      const id = newId('psn');
      const at = new Date();
      await db
        .insertInto('person')
        .values({
          id,
          party_id: partyId,
          login,
          display_name: '样例人员',
          email: email ? fold(email) : null,
          password: CHEAP_HASH,
          password_at: at,
          roles: [...roles],
          personal_roles: [...personalRoles],
          totp_secret: null,
          totp_pending: null,
          totp_step: null,
          locked_until: null,
          disabled_at: null,
          last_sign_in_at: null,
          created_at: at,
        })
        .execute();
      return { id, login };
    },
    signIn: async (login, totp, at = new Date()) => {
      const outcome = await openSession(db, { login, password: PASSWORD, totp }, at);
      if (!outcome.ok) throw new Error(`sign-in refused: ${outcome.refusal.title.en}`);
      return { token: outcome.token, actor: await authenticate(db, { bearer: outcome.token }, at) };
    },
    run: (act, actor, input) => execute(kernel, act, actor, input),
  };
}

/** The rules a refusal names; empty when the act went through. */
export const rulesOf = (outcome: Outcome): string[] =>
  outcome.ok ? [] : outcome.refusal.violations.map((v) => v.rule);

/** The result of an act that must have gone through. */
export function resultOf<T>(outcome: Outcome): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome.result as T;
}
