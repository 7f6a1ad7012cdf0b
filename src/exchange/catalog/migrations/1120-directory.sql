-- The directory of a department: a resource is listed as soon as its department names it, and registered once its data stand
-- in the zone. Both are one row, so that there is one catalogue to search.
alter table resource drop constraint resource_state_check;
alter table resource add constraint resource_state check (state in ('listed', 'registered', 'withdrawn'));
alter table resource alter column dataset_id drop not null;
alter table resource alter column object_id drop not null;
alter table resource add constraint resource_data check (state <> 'registered' or object_id is not null);
-- Its number in the department's own directory: what an import knows it by.
alter table resource add column number text;
alter table resource add column office text;
alter table resource add column responsible_id text;
-- What a conditional opening asks of whoever applies.
alter table resource add column conditions text;
-- Public-data zone, such as health or transport; null: the general one.
alter table resource add column zone text;
-- The law that lets a department keep the data out of the zone; null: it is to be gathered.
alter table resource add column exception_basis text;
-- When the data that now stand in the zone arrived, and when the next are due by the update plan.
alter table resource add column data_at timestamptz;
alter table resource add column update_due_at timestamptz;
-- Where the entry and its data come from: {kind, importId, place, table, takenAt}.
alter table resource add column origin jsonb;
-- What its description still lacks; empty: complete.
alter table resource add column missing text[] not null default '{}';
update resource set data_at = registered_at;

create unique index resource_number on resource (holder_id, number) where number is not null and state <> 'withdrawn';
-- The report of completeness and the facets read these alone, without the wide rows.
create index resource_report on resource (holder_id, state, public_data)
  include (sector, grade, opening, zone, update_due_at, exception_basis, missing) where state <> 'withdrawn';

-- What an entry said at each version, with the act that said so.
create table resource_version (
  resource_id text not null references resource (id),
  holder_id   text not null,
  version     int not null,
  at          timestamptz not null,
  person_id   text,
  event       text not null,
  -- Names of the parts that changed; empty for the first.
  changed     text[] not null,
  content     jsonb not null,
  primary key (resource_id, version)
);
create index resource_version_holder on resource_version (holder_id, at desc);

-- A snapshot taken from a department's database is a dataset without an upload.
alter table dataset alter column upload_id drop not null;
