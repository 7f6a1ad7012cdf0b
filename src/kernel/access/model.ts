import type { ColumnType, Generated } from 'kysely';
import { type Text, text } from '../text.ts';

export type PartyState = 'applied' | 'admitted' | 'suspended' | 'refused';

/** Roles that belong to a person, whatever the party does. All but the first exist at the exchange only. */
export const PERSONAL_ROLES = [
  'party-admin',
  'settlement-officer',
  'system-admin',
  'security-admin',
  'audit-admin',
] as const;
export type PersonalRole = (typeof PERSONAL_ROLES)[number];

/** The three administrators (三员): no person holds two of these. */
export const ADMINISTRATORS: readonly string[] = ['system-admin', 'security-admin', 'audit-admin'];

/** The party that runs the platform holds this role; personal roles other than `party-admin` exist only there. */
export const OPERATOR_ROLE = 'exchange';

export const PERSONAL_ROLE_TITLES: Readonly<Record<PersonalRole, Text>> = {
  'party-admin': text('单位管理员', 'Party administrator'),
  'settlement-officer': text('结算岗', 'Settlement officer'),
  'system-admin': text('系统管理员', 'System administrator'),
  'security-admin': text('安全管理员', 'Security administrator'),
  'audit-admin': text('审计管理员', 'Audit administrator'),
};

export const isPersonalRole = (role: string): role is PersonalRole => PERSONAL_ROLES.some((r) => r === role);

/**
 * How logins and e-mail addresses are compared and stored: one form for each, whatever was typed. A NUL, which no text
 * of the database can hold, is dropped.
 */
export const fold = (value: string): string => value.replaceAll('\u0000', '').normalize('NFKC').trim().toLowerCase();

export interface PartyTable {
  id: string;
  name: string;
  uscc: string;
  legal_representative: string | null;
  contact: string | null;
  statement: string | null;
  requested_roles: string[];
  roles: string[];
  state: PartyState;
  state_reason: string | null;
  state_at: Date;
  created_at: Date;
  version: Generated<number>;
}

export interface PersonTable {
  id: string;
  party_id: string;
  login: string;
  display_name: string;
  email: string | null;
  password: string;
  password_at: Date;
  roles: string[];
  personal_roles: string[];
  totp_secret: Buffer | null;
  totp_pending: Buffer | null;
  totp_step: number | null;
  failed_attempts: Generated<number>;
  locked_until: Date | null;
  disabled_at: Date | null;
  /** Nothing but the id is left of this person. */
  erased_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  last_sign_in_at: Date | null;
  created_at: Date;
  version: Generated<number>;
}

interface SessionTable {
  id: string;
  token_hash: Buffer;
  person_id: string;
  opened_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  second_factor: boolean;
  method: 'password' | 'oidc';
  address: string | null;
  agent: string | null;
  revoked_at: Date | null;
}

interface ApiKeyTable {
  id: string;
  key_hash: Buffer;
  person_id: string;
  title: string;
  scopes: string[] | null;
  created_at: Date;
  expires_at: Date;
  /** `YYYY-MM-DD`. */
  last_used_day: ColumnType<string | null, string | null | undefined, string | null>;
  revoked_at: Date | null;
}

interface SignInTable {
  id: string;
  at: Date;
  person_id: string | null;
  address: string | null;
  method: string;
  outcome: string;
}

interface PersonIdentityTable {
  issuer: string;
  subject: string;
  person_id: string;
  linked_at: Date;
}

interface ErasureRequestTable {
  id: string;
  person_id: string;
  party_id: string;
  reason: string | null;
  asked_at: Date;
  due_at: Date;
  state: 'open' | 'done' | 'declined';
  answer: ColumnType<string | null, string | null | undefined, string | null>;
  answered_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  answered_by: ColumnType<string | null, string | null | undefined, string | null>;
}

declare module '../database/database.ts' {
  interface Tables {
    erasure_request: ErasureRequestTable;
    party: PartyTable;
    person: PersonTable;
    session: SessionTable;
    api_key: ApiKeyTable;
    sign_in: SignInTable;
    person_identity: PersonIdentityTable;
  }
}
