import { timingSafeEqual } from 'node:crypto';
import { type Actor, ANONYMOUS } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { beijingDay } from '../rulebook/index.ts';
import type { PartyState, PersonTable } from './model.ts';
import { tokenHash, tokenKind } from './secrets.ts';
import { secondFactorShown, sessionAlive } from './sign-in-rules.ts';

/** What a session may do that still has to set its second factor up (HS-1.10). */
export const SETTING_UP: readonly string[] = [
  'access.enrol-second-factor',
  'access.confirm-second-factor',
  'access.change-password',
];

const TOUCH_MS = 60_000;

export interface Credentials {
  /** Session token or API key of the `Authorization: Bearer` header. */
  readonly bearer?: string | undefined;
  /** Session token of the cookie. */
  readonly cookie?: string | undefined;
  /** The request is safe, or showed that it comes from our own pages; a cookie alone proves nothing (HS-1.20). */
  readonly csrf?: boolean | undefined;
}

/** Who is behind a credential, with what `GET /v1/me` shows. */
export interface Identity {
  readonly actor: Actor;
  readonly person: {
    readonly id: string;
    readonly login: string;
    readonly displayName: string;
    readonly personalRoles: readonly string[];
    readonly secondFactorEnrolled: boolean;
  };
  readonly party: {
    readonly id: string;
    readonly name: string;
    readonly state: PartyState;
    readonly roles: readonly string[];
  };
  /** The session can only set its second factor up. */
  readonly mustSetUpSecondFactor: boolean;
  readonly expiresAt: Date;
}

/** Roles a person acts with: those held for the party, as far as the party is admitted to them, and the personal ones. */
export function effectiveRoles(
  person: { readonly roles: readonly string[]; readonly personal_roles: readonly string[] },
  party: { readonly state: PartyState; readonly roles: readonly string[] },
): string[] {
  const held = party.state === 'admitted' ? person.roles.filter((r) => party.roles.includes(r)) : [];
  return [...new Set([...held, ...person.personal_roles])];
}

/** True when the roles ask for a second factor (HS-1.10). */
const needsSecondFactor = (roles: readonly string[], at: Date): boolean =>
  secondFactorShown.evaluate({ roles, secondFactor: false }, at).decision.outcome === 'violated';

/**
 * The actor behind a request; whatever is wrong with the credential, the answer is the anonymous actor and nothing else.
 * A bearer token wins over a cookie.
 */
export async function authenticate(db: Queryable, credentials: Credentials, at = new Date()): Promise<Actor> {
  return (await identify(db, credentials, at))?.actor ?? ANONYMOUS;
}

/** As {@link authenticate}, with the person and party; undefined for the anonymous. */
export async function identify(
  db: Queryable,
  credentials: Credentials,
  at = new Date(),
): Promise<Identity | undefined> {
  if (credentials.bearer !== undefined) {
    const kind = tokenKind(credentials.bearer);
    if (kind === 'key') return identifyKey(db, credentials.bearer, at);
    return kind === 'session' ? identifySession(db, credentials.bearer, at) : undefined;
  }
  if (credentials.cookie === undefined || credentials.csrf !== true) return undefined;
  return tokenKind(credentials.cookie) === 'session' ? identifySession(db, credentials.cookie, at) : undefined;
}

const PERSON_COLUMNS = [
  'person.id as person_id',
  'person.login',
  'person.display_name',
  'person.roles',
  'person.personal_roles',
  'person.totp_secret',
  'person.disabled_at',
  'party.id as party_id',
  'party.name as party_name',
  'party.state as party_state',
  'party.roles as party_roles',
] as const;

async function identifySession(db: Queryable, token: string, at: Date): Promise<Identity | undefined> {
  const hash = tokenHash(token);
  const row = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('party', 'party.id', 'person.party_id')
    .select(PERSON_COLUMNS)
    .select([
      'session.id as credential_id',
      'session.token_hash',
      'session.opened_at',
      'session.last_seen_at',
      'session.expires_at',
      'session.second_factor',
      'session.revoked_at',
    ])
    .where('session.token_hash', '=', hash)
    .executeTakeFirst();
  if (!row || !timingSafeEqual(row.token_hash, hash) || row.revoked_at || at >= row.expires_at) return undefined;
  const alive = sessionAlive.evaluate(
    { idleSeconds: secondsBetween(row.last_seen_at, at), openSeconds: secondsBetween(row.opened_at, at) },
    at,
  );
  if (alive.decision.outcome !== 'ok') return undefined;
  const identity = identityOf(row, row.second_factor, null, at);
  if (identity && at.getTime() - row.last_seen_at.getTime() >= TOUCH_MS) {
    await db
      .updateTable('session')
      .set({ last_seen_at: at })
      .where('id', '=', row.credential_id)
      .where('last_seen_at', '<', at)
      .execute();
  }
  return identity;
}

async function identifyKey(db: Queryable, key: string, at: Date): Promise<Identity | undefined> {
  const hash = tokenHash(key);
  const row = await db
    .selectFrom('api_key')
    .innerJoin('person', 'person.id', 'api_key.person_id')
    .innerJoin('party', 'party.id', 'person.party_id')
    .select(PERSON_COLUMNS)
    .select([
      'api_key.id as credential_id',
      'api_key.key_hash',
      'api_key.scopes',
      'api_key.expires_at',
      'api_key.last_used_day',
      'api_key.revoked_at',
    ])
    .where('api_key.key_hash', '=', hash)
    .executeTakeFirst();
  if (!row || !timingSafeEqual(row.key_hash, hash) || row.revoked_at || at >= row.expires_at) return undefined;
  const identity = identityOf(row, false, row.scopes, at);
  const day = beijingDay(at);
  if (identity && row.last_used_day !== day) {
    await db.updateTable('api_key').set({ last_used_day: day }).where('id', '=', row.credential_id).execute();
  }
  return identity;
}

interface IdentityRow {
  readonly person_id: string;
  readonly login: string;
  readonly display_name: string;
  readonly roles: string[];
  readonly personal_roles: string[];
  readonly totp_secret: PersonTable['totp_secret'];
  readonly disabled_at: Date | null;
  readonly party_id: string;
  readonly party_name: string;
  readonly party_state: PartyState;
  readonly party_roles: string[];
  readonly credential_id: string;
  readonly expires_at: Date;
}

function identityOf(
  row: IdentityRow,
  secondFactor: boolean,
  scopes: readonly string[] | null,
  at: Date,
): Identity | undefined {
  if (row.disabled_at || row.party_state === 'suspended') return undefined;
  const roles = effectiveRoles(row, { state: row.party_state, roles: row.party_roles });
  const isSession = row.credential_id.startsWith('ses_');
  const mustSetUpSecondFactor = isSession && !secondFactor && needsSecondFactor(roles, at);
  return {
    actor: {
      kind: 'person',
      personId: row.person_id,
      partyId: row.party_id,
      roles,
      scopes: mustSetUpSecondFactor ? SETTING_UP : scopes,
      secondFactor,
      credentialId: row.credential_id,
    },
    person: {
      id: row.person_id,
      login: row.login,
      displayName: row.display_name,
      personalRoles: row.personal_roles,
      secondFactorEnrolled: row.totp_secret !== null,
    },
    party: { id: row.party_id, name: row.party_name, state: row.party_state, roles: row.party_roles },
    mustSetUpSecondFactor,
    expiresAt: row.expires_at,
  };
}

const secondsBetween = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000);
