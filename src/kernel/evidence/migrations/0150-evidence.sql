-- One entry for each act, written in the act's transaction and never edited. `bytes` is exactly what the log's leaf hashes.
create table evidence_entry (
  id    text primary key,
  at    timestamptz not null,
  bytes bytea not null,
  -- Salts and values behind the commitments; emptied when a person's data is erased, the log stays whole.
  sealed jsonb not null
);
-- Entries waiting for their index. The sequencer takes them in batches and writes evidence_leaf in the same transaction.
create table evidence_queue (
  entry_id text primary key
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create table evidence_leaf (
  index    bigint primary key,
  entry_id text not null unique
);
-- The log's one state. Writing it with "where size and root are still what I saw" is the commit point: of two
-- sequencers one wins, and the log can never fork. The published state follows once its tiles are durable.
create table log_state (
  only_one             boolean primary key default true check (only_one),
  origin               text not null,
  vkey                 text not null,
  size                 bigint not null check (size >= 0),
  root                 bytea not null,
  -- Signed note over origin, size and root.
  checkpoint           text not null,
  committed_at         timestamptz not null default now(),
  published_size       bigint check (published_size <= size),
  published_checkpoint text
);
-- The tree's hashes in tiles of 256 (C2SP tlog-tiles): a proof reads a handful of rows, whatever the size of the log.
create table log_tile (
  level  smallint not null,
  n      bigint not null,
  hashes bytea not null,
  primary key (level, n)
);
-- Hashes do not compress; do not try.
alter table log_tile alter column hashes set storage external;
