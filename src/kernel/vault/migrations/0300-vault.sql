-- What the vault holds. The bytes lie encrypted in the object store under the same id.
create table vault_object (
  id             text primary key,
  owner_party_id text not null,
  name           text not null,
  media_type     text not null,
  -- Size of the plain content; the stored one follows from it.
  bytes          bigint not null check (bytes >= 0),
  -- SHA-256 of the plain content, hex.
  sha256         text not null,
  -- The master key that wraps this object's data key.
  key_id         text not null,
  wrapped_key    bytea not null,
  created_at     timestamptz not null default now()
);
create index vault_object_owner on vault_object (owner_party_id);

-- Uploads under way; the bytes lie in a private file named by the id, whose size is the offset.
create table upload (
  id           text primary key,
  party_id     text not null,
  person_id    text,
  name         text not null,
  media_type   text not null,
  bytes        bigint not null check (bytes >= 0),
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  completed_at timestamptz,
  -- The file is gone: taken into the vault.
  closed_at    timestamptz,
  dataset_id   text
);
create index upload_party on upload (party_id) where closed_at is null;
create index upload_expiry on upload (expires_at) where closed_at is null;

-- Tables made from uploads.
create table dataset (
  id         text primary key,
  party_id   text not null,
  upload_id  text not null references upload (id),
  title      text not null,
  state      text not null check (state in ('ingesting', 'ready', 'failed')),
  object_id  text references vault_object (id),
  rows       bigint,
  bytes      bigint,
  columns    jsonb,
  profile    jsonb,
  failure    jsonb,
  created_at timestamptz not null,
  settled_at timestamptz,
  version    integer not null default 1
);
create index dataset_party on dataset (party_id, id);
create unique index dataset_upload on dataset (upload_id);

-- How far the work on a dataset is: told to whoever waits, not a state of the exchange.
create table dataset_progress (
  dataset_id text primary key references dataset (id),
  stage      text not null,
  done       bigint not null,
  total      bigint,
  unit       text not null,
  attempts   integer not null default 0,
  at         timestamptz not null default now()
);
