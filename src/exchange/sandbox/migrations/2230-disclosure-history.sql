-- What was told of a data set to an audience (a party): cells as conditions on rows, never whom they are about.

-- Answers by canonical query: the same question costs nothing (HS-22.30). A noisy answer is drawn once (HS-22.40).
create table sandbox_answer (
  audience    text not null references party (id),
  fingerprint text not null,
  query_id    text not null,
  answer      jsonb not null,
  at          timestamptz not null,
  primary key (audience, fingerprint)
);

-- One told query: source, filter and group columns, in canonical form.
create table sandbox_shape (
  id          bigint generated always as identity primary key,
  audience    text not null references party (id),
  datasets    text[] not null,
  source      text not null,
  -- {filter, fixed, groups}; constants in them were typed by the asker.
  conditions  jsonb not null,
  query_id    text not null,
  at          timestamptz not null
);
create index sandbox_shape_datasets on sandbox_shape using gin (datasets);
create index sandbox_shape_audience on sandbox_shape (audience, id);

-- Cells of it that were told, or follow from what was told. `family`: the argument of sums and means, empty for counts.
create table sandbox_told_cell (
  shape_id    bigint not null references sandbox_shape (id) on delete cascade,
  family      text not null,
  rolled_up   int not null,
  key         jsonb not null,
  entities    int not null,
  implied     boolean not null,
  primary key (shape_id, family, rolled_up, key)
);

-- What an audience has used up of a data set: cells told, millionths of ε.
create table sandbox_allowance (
  audience      text not null references party (id),
  dataset       text not null,
  cells         bigint not null default 0 check (cells >= 0),
  epsilon_micro bigint not null default 0 check (epsilon_micro >= 0),
  primary key (audience, dataset)
);
