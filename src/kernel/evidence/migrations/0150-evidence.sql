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
);
create table evidence_leaf (
  index    bigint primary key,
  entry_id text not null unique
);
