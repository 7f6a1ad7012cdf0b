-- Parties are organisations; people act for exactly one party. Sessions and keys read both on every request.
create table party (
  id                   text primary key,
  name                 text not null,
  -- Unified social credit code, GB 32100-2015.
  uscc                 text not null,
  legal_representative text,
  contact              text,
  statement            text,
  requested_roles      text[] not null default '{}',
  -- Roles the party is admitted to; empty until it is admitted.
  roles                text[] not null default '{}',
  state                text not null check (state in ('applied', 'admitted', 'suspended', 'refused')),
  state_reason         text,
  state_at             timestamptz not null,
  created_at           timestamptz not null,
  version              int not null default 1
);
-- A refused applicant may apply again with the same code.
create unique index party_uscc on party (uscc) where state <> 'refused';
create index party_state on party (state, id);

create table person (
  id                 text primary key,
  party_id           text not null references party (id),
  -- Case-folded; see loginOf().
  login              text not null unique,
  display_name       text not null,
  -- Verified e-mail for sign-in through the operator's identity provider; case-folded.
  email              text,
  -- scrypt$log2N$r$p$salt$hash, base64url.
  password           text not null,
  password_at        timestamptz not null,
  -- Roles held for the party; only those the party is admitted to take effect.
  roles              text[] not null default '{}',
  personal_roles     text[] not null default '{}',
  -- AES-256-GCM under a key derived from the access key file.
  totp_secret        bytea,
  totp_pending       bytea,
  -- Time step of the last accepted code: a code opens one session only (RFC 6238, 5.2).
  totp_step          bigint,
  failed_attempts    int not null default 0,
  locked_until       timestamptz,
  disabled_at        timestamptz,
  last_sign_in_at    timestamptz,
  created_at         timestamptz not null,
  version            int not null default 1
);
create unique index person_email on person (email) where email is not null;
create index person_party on person (party_id, id);

create table session (
  id            text primary key,
  -- SHA-256 of the token; the token itself is never stored.
  token_hash    bytea not null unique,
  person_id     text not null references person (id),
  opened_at     timestamptz not null,
  last_seen_at  timestamptz not null,
  -- Absolute end, fixed when the session is opened.
  expires_at    timestamptz not null,
  second_factor boolean not null,
  method        text not null check (method in ('password', 'oidc')),
  address       text,
  agent         text,
  revoked_at    timestamptz
);
create index session_person on session (person_id, id);
create index session_expiry on session (expires_at);

create table api_key (
  id            text primary key,
  key_hash      bytea not null unique,
  person_id     text not null references person (id),
  title         text not null,
  -- Null: every act the roles allow.
  scopes        text[],
  created_at    timestamptz not null,
  expires_at    timestamptz not null,
  -- A day only: enough to see unused keys, too little to follow a person.
  last_used_day date,
  revoked_at    timestamptz
);
create index api_key_person on api_key (person_id, id);

-- Each try to sign in, for the audit administrator. Never a password, never a code.
create table sign_in (
  id        text primary key,
  at        timestamptz not null,
  -- Null for a login nobody has: what was typed may be a password.
  person_id text,
  address   text,
  method    text not null,
  outcome   text not null
);
create index sign_in_person on sign_in (person_id, id);
create index sign_in_address on sign_in (address, at) where outcome <> 'opened';
create index sign_in_at on sign_in (at);

-- Who a subject of the operator's identity provider is here; written at the first sign-in, fixed from then on.
create table person_identity (
  issuer    text not null,
  subject   text not null,
  person_id text not null references person (id),
  linked_at timestamptz not null,
  primary key (issuer, subject),
  unique (issuer, person_id)
);
