-- Papers of parties: proofs, opinions, certificates made elsewhere. Kept as they came, by hash; tables are datasets.
create table vault_file (
  id           text primary key,
  party_id     text not null references party (id),
  upload_id    text not null unique references upload (id),
  name         text not null,
  media_type   text not null,
  state        text not null check (state in ('keeping', 'kept')),
  object_id    text references vault_object (id),
  bytes        bigint,
  -- SHA-256 of the content, hex.
  sha256       text,
  created_at   timestamptz not null,
  -- Locked until then: whoever relies on a file moves this day on, nobody moves it back.
  retain_until timestamptz
);
create index vault_file_party on vault_file (party_id, id);
-- An upload becomes a dataset or a file, never both.
alter table upload add column file_id text;
