import type { Text } from '../text.ts';

/** Who acts. Roles belong to the party a person acts for; the three administrators' roles belong to the person. */
export interface Actor {
  readonly kind: 'person' | 'system' | 'anonymous';
  readonly personId: string | null;
  readonly partyId: string | null;
  readonly roles: readonly string[];
  /** Null means every act the roles allow; an API key may be narrowed to some acts and reads. */
  readonly scopes: readonly string[] | null;
  /** A second factor was shown in this session. */
  readonly secondFactor: boolean;
  /** The session (`ses_…`) or API key (`key_…`) behind it, where there is one. */
  readonly credentialId?: string;
}

export const ANONYMOUS: Actor = {
  kind: 'anonymous',
  personId: null,
  partyId: null,
  roles: [],
  scopes: null,
  secondFactor: false,
};
/** Jobs and clocks act under this name; what they may do is said by {@link system}. */
export const SYSTEM: Actor = {
  kind: 'system',
  personId: null,
  partyId: null,
  roles: ['system'],
  scopes: null,
  secondFactor: true,
};

/** Who may act, as data: shown in the catalogue, checked before any fact is read. */
export type Authority =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'system' }
  | { readonly kind: 'roles'; readonly roles: readonly string[] };

/** Strangers too: only for what the public may do or see. */
export const anyone = (): Authority => ({ kind: 'anyone' });
/** Any signed-in person; the facts decide whose subject it is. */
export const signedIn = (): Authority => ({ kind: 'signed-in' });
/** Jobs and clocks only; never reachable over HTTP. */
export const system = (): Authority => ({ kind: 'system' });
/** A person whose party (or who personally) holds one of these roles. */
export const role = (...roles: readonly string[]): Authority => ({ kind: 'roles', roles });

export type Permission = 'yes' | 'unauthenticated' | 'forbidden';

/** @param name the act's or read's name, checked against the scopes of an API key */
export function permits(authority: Authority, actor: Actor, name: string): Permission {
  if (authority.kind === 'anyone') return 'yes';
  if (authority.kind === 'system')
    return actor.kind === 'system' ? 'yes' : actor.kind === 'anonymous' ? 'unauthenticated' : 'forbidden';
  if (actor.kind === 'system') return 'yes';
  if (actor.kind === 'anonymous') return 'unauthenticated';
  if (!inScopes(actor, name)) return 'forbidden';
  if (authority.kind === 'signed-in') return 'yes';
  return authority.roles.some((r) => actor.roles.includes(r)) ? 'yes' : 'forbidden';
}

const inScopes = ({ scopes }: Actor, name: string): boolean =>
  scopes === null || scopes.some((s) => s === name || (s.endsWith('.*') && name.startsWith(s.slice(0, -1))));

/** Who acts where anyone may: outside its scopes a narrowed credential is a stranger, whatever roles stand behind it. */
export const withinScopes = (actor: Actor, name: string): Actor => (inScopes(actor, name) ? actor : ANONYMOUS);

/** A role as people see it; rooms declare theirs with {@link defineRoles}. */
export interface RoleInfo {
  readonly name: string;
  readonly title: Text;
}
