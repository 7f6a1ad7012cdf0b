import type { Act, Read } from '../acts/index.ts';
import type { Task } from '../jobs.ts';
import { ownActs } from './acts-own.ts';
import { peopleActs } from './acts-people.ts';
import { bootstrapAct } from './bootstrap.ts';
import { erasureActs } from './erasure/acts.ts';
import { erasureRequests } from './erasure/reads.ts';
import { keys, people, sessions, signIns } from './queries.ts';
import { sweepTask } from './sweep.ts';

export const acts: Act[] = [bootstrapAct, ...peopleActs, ...ownActs, ...erasureActs];
export const reads: Read[] = [people, keys, sessions, signIns, erasureRequests];
export const tasks: Task[] = [sweepTask];

export { authenticate, type Credentials, effectiveRoles, type Identity, identify } from './authenticate.ts';
export { type Bootstrapped, bootstrap, isSample } from './bootstrap.ts';
export { erasures, keepErasuresOut } from './erasure/gate.ts';
export { configureRetention, type Retention } from './erasure/setting.ts';
export { actorOf, registerSessions, type SessionsOptions } from './http.ts';
export { PersonId } from './ids.ts';
export {
  fold,
  OPERATOR_ROLE,
  type PartyState,
  PERSONAL_ROLE_TITLES,
  PERSONAL_ROLES,
} from './model.ts';
export type { OidcSettings } from './oidc.ts';
export {
  createParty,
  getParty,
  lockParty,
  type NewParty,
  type Party,
  partiesById,
  partyByUscc,
  setPartyState,
} from './parties.ts';
export { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './passwords.ts';
export { createPerson, getPerson, lockPerson, type NewPerson, type Person } from './people.ts';
export { goodPassword, type PasswordFacts, rules } from './rules.ts';
export { derivedKey, openAccessKey, seal, unseal, useAccessKey } from './secrets.ts';
export { closeSession, openSession, type SignIn, type SignInOutcome, showSecondFactor } from './sessions.ts';
export { scheduleSweep, sweep } from './sweep.ts';
export { totpCode } from './totp.ts';
export { checkUscc, usccCheckCharacter } from './uscc.ts';
