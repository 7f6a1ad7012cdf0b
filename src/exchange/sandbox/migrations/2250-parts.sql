-- Parts of a large prepared table, each a file of the engine in the vault; no entity is in two of them.
alter table sandbox_prepared add column parts jsonb not null default '[]';

-- Statements of a running query, one row for each part, leased by workers of any host. Rows live no longer than the query:
-- what a crash of the database loses is asked again, so nothing of it is logged. Answers are sealed to the asking process.
create unlogged table sandbox_part_run (
  id           bigint generated always as identity primary key,
  run_id       text not null,
  place        int not null,
  object_id    text not null,
  bytes        bigint not null,
  attached     text not null,
  statements   jsonb not null,
  rows_max     int not null,
  limits       jsonb not null,
  answer_to    bytea not null,
  ends_at      timestamptz not null,
  -- Rises with every lease: an answer under an older number is ignored.
  fence        int not null default 0,
  leased_until timestamptz,
  answer       bytea,
  failure      text,
  unique (run_id, place)
);
create index sandbox_part_run_ends on sandbox_part_run (ends_at);
