-- Every key that signs for the exchange: its public half, and from where to where it signs. The private half is with the
-- key provider. What was signed with a key stays checkable for ever, so no row is ever removed.
create table signing_key (
  vkey         text primary key,
  purpose      text not null check (purpose in ('log', 'certificate')),
  algorithm    text not null check (algorithm in ('ed25519', 'sm2')),
  -- 1 is the first; a rotation takes the next number.
  generation   integer not null check (generation > 0),
  -- Receipt of the log entry that announced it; null for the key a log began with, which one must trust from elsewhere.
  announced_by text,
  reason       text not null check (reason in ('first', 'scheduled', 'leaked', 'lost')),
  announced_at timestamptz not null default now(),
  -- Days the keys before it go on signing beside it.
  overlap_days integer not null default 0 check (overlap_days >= 0),
  -- Of log keys: sizes of the first and the last checkpoint it signed. No first: announced, not signing yet. No last: signing.
  first_size   bigint check (first_size >= 0),
  last_size    bigint check (last_size >= first_size),
  -- Set when a successor began: until when it signs beside that one.
  signs_until  timestamptz,
  retired_at   timestamptz,
  unique (purpose, algorithm, generation)
);
insert into signing_key (vkey, purpose, algorithm, generation, reason, first_size)
  select vkey, 'log', 'ed25519', 1, 'first', 0 from log_state;
