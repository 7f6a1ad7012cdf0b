-- An import is read first and looked at; nothing of it stands in the directory before it is committed as a whole.
create table directory_import (
  id          text primary key,
  holder_id   text not null references party (id),
  person_id   text,
  kind        text not null check (kind in ('file', 'postgresql', 'mysql', 'ckan', 'dcat')),
  -- Name of the file, host and database, or address; for people.
  place       text not null,
  -- What the reader needs besides the secret, and what the source does not say.
  settings    jsonb not null,
  -- The password, sealed with the access key for this import alone; erased as soon as it is not needed any more.
  secret      bytea,
  state       text not null check (state in ('reading', 'preview', 'failed', 'committed', 'discarded')),
  version     int not null default 1,
  total       int not null default 0,
  added       int not null default 0,
  changed     int not null default 0,
  same        int not null default 0,
  faulty      int not null default 0,
  failure     jsonb,
  started_at  timestamptz not null,
  read_at     timestamptz,
  settled_at  timestamptz
);
create index directory_import_holder on directory_import (holder_id, id);
create index directory_import_secret on directory_import (started_at) where secret is not null;

create table directory_import_row (
  import_id     text not null references directory_import (id) on delete cascade,
  position      int not null,
  number        text not null,
  title         text not null,
  outcome       text not null check (outcome in ('new', 'changed', 'same', 'faulty')),
  -- The entry it becomes or changes, and the version that was looked at.
  resource_id   text,
  base_version  int,
  entry         jsonb,
  dictionary    jsonb,
  changed       text[] not null default '{}',
  changes       jsonb not null default '[]',
  problems      jsonb not null default '[]',
  origin        jsonb,
  missing       text[] not null default '{}',
  update_due_at timestamptz,
  search        text,
  -- How the data behind it fared: wanted, taken, or why not.
  snapshot      text check (snapshot in ('wanted', 'taken', 'failed')),
  failure       jsonb,
  primary key (import_id, position)
);
create index directory_import_row_outcome on directory_import_row (import_id, outcome, position);
create index directory_import_row_number on directory_import_row (import_id, number);
