-- 数据元件的来历: a resource that was made of others, by what, from which columns.
create table resource_derivation (
  resource_id text not null references resource (id),
  source_id   text not null references resource (id),
  -- What made it, such as a job of the sandbox (`sbj_…`); the uses of rights are counted under it.
  made_id     text not null,
  columns     text[] not null,
  primary key (resource_id, source_id)
);
create index resource_derivation_source on resource_derivation (source_id);

-- What is made of components stands on the rights behind each of them, also on two to one resource.
alter table resource_use drop constraint resource_use_made_id_made_version_resource_id_key;
alter table resource_use add constraint resource_use_once unique (made_id, made_version, resource_id, authorisation_id);
