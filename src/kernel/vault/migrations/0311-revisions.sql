-- A data set is a series of revisions, each a dataset of its own that never changes; a revision may be several files.
-- Null: the first of its series.
alter table dataset add column series_id text references dataset (id);
alter table dataset add column revision integer not null default 1 check (revision > 0);
-- What a revision was made from: its base, names of files left out, and uploads in their order. Null uploads: the one.
alter table dataset add column base_id text references dataset (id);
alter table dataset add column removed text[] not null default '{}';
alter table dataset add column uploads text[];
create unique index dataset_revision on dataset (series_id, revision) where series_id is not null;

-- The files of a table that lies in several: `whole_id` is the object that lists them (its digest binds theirs), and a file
-- that does not change from one revision to the next is the same object.
create table dataset_file (
  whole_id  text not null references vault_object (id) on delete cascade,
  position  integer not null,
  name      text not null,
  object_id text not null references vault_object (id),
  rows      bigint not null,
  bytes     bigint not null,
  sha256    text not null,
  primary key (whole_id, position),
  unique (whole_id, name)
);
create index dataset_file_object on dataset_file (object_id);
create index dataset_object on dataset (object_id);
