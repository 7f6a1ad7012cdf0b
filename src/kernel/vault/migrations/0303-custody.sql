-- Keys in three levels: a master key (outside the database) wraps the key of an owner, which wraps the data keys of the
-- owner's objects. A new master key means new wrappings here and nothing else; a destroyed owner key means the end of all
-- that lies under it.
create table vault_owner_key (
  id           text primary key,
  party_id     text not null,
  generation   int not null,
  -- The master key that wraps it.
  master_id    text not null,
  -- Null once destroyed.
  wrapped_key  bytea,
  made_at      timestamptz not null default now(),
  destroyed_at timestamptz,
  unique (party_id, generation),
  check ((wrapped_key is null) = (destroyed_at is not null))
);
create index vault_owner_key_master on vault_owner_key (master_id) where wrapped_key is not null;

-- Null owner key: wrapped by the master key itself, as all were before; such an object still opens, and is moved under its
-- owner's key by the next rotation.
alter table vault_object add column owner_key_id text references vault_owner_key (id);
alter table vault_object alter column wrapped_key drop not null;
alter table vault_object add column destroyed_at timestamptz;
alter table vault_object add constraint vault_object_destroyed check ((wrapped_key is null) = (destroyed_at is not null));
create index vault_object_key on vault_object (owner_key_id) where wrapped_key is not null;
-- When its bytes were last read whole and found right, and since when they are known to be damaged.
alter table vault_object add column checked_at timestamptz;
alter table vault_object add column damaged_at timestamptz;
create index vault_object_check on vault_object (checked_at nulls first, id) where wrapped_key is not null;
-- Not erased before; cleared then, where the owner wants it so.
alter table vault_object add column retain_until timestamptz;
alter table vault_object add column clear_at_expiry boolean not null default false;
create index vault_object_expiry on vault_object (retain_until) where clear_at_expiry and wrapped_key is not null;

alter table dataset drop constraint dataset_state_check;
alter table dataset add constraint dataset_state_check check (state in ('ingesting', 'ready', 'failed', 'erased'));
alter table vault_file drop constraint vault_file_state_check;
alter table vault_file add constraint vault_file_state_check check (state in ('keeping', 'kept', 'erased'));

-- A change of keys under way; told again from its row after a crash.
create table key_rotation (
  id         text primary key,
  kind       text not null check (kind in ('master', 'owner')),
  party_id   text,
  reason     text not null,
  asked_at   timestamptz not null,
  -- The new key once there is one.
  new_key_id text,
  rewrapped  int not null default 0,
  done_at    timestamptz
);
create unique index key_rotation_running on key_rotation (kind, coalesce(party_id, '')) where done_at is null;

-- Nothing under a hold is erased or expires, whoever asks.
create table legal_hold (
  id             text primary key,
  object_id      text not null references vault_object (id),
  owner_id       text not null,
  placed_by      text not null,
  reason         text not null,
  citation       text not null,
  placed_at      timestamptz not null,
  released_at    timestamptz,
  release_reason text
);
create index legal_hold_object on legal_hold (object_id) where released_at is null;
create index legal_hold_owner on legal_hold (owner_id, id);

-- What was asked to be erased; a second person decides. Null object: the owner's key with everything under it.
create table vault_erasure (
  id         text primary key,
  party_id   text not null,
  object_id  text references vault_object (id),
  reason     text not null,
  asked_by   text not null,
  asked_at   timestamptz not null,
  state      text not null check (state in ('asked', 'done', 'declined')),
  decided_by text,
  decided_at timestamptz,
  objects    int
);
create index vault_erasure_party on vault_erasure (party_id, id);
create unique index vault_erasure_open on vault_erasure (party_id, coalesce(object_id, '')) where state = 'asked';

-- What a party may keep, where it differs from the rule.
create table vault_quota (
  party_id    text primary key,
  bytes_max   bigint not null check (bytes_max >= 0),
  objects_max int not null check (objects_max >= 0),
  reason      text not null,
  set_at      timestamptz not null
);

-- Statements of custody as they were issued; their digest stands in the log.
create table custody_statement (
  id       text primary key,
  party_id text not null,
  at       timestamptz not null,
  sha256   text not null,
  content  jsonb not null
);
create index custody_statement_party on custody_statement (party_id, id);
