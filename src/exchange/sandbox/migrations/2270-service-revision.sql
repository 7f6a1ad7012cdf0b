-- 服务所依据的数据版本: from which data a query service answers, until its seller refreshes it.
create table sandbox_service_revision (
  service_id text not null references sandbox_service (id),
  revision   int not null check (revision > 0),
  at         timestamptz not null,
  person_id  text,
  -- {resource: object}: the data of each table it asks, by their name in the vault.
  objects    jsonb not null,
  primary key (service_id, revision)
);
-- Services from before stand on what they were answered from last.
insert into sandbox_service_revision (service_id, revision, at, objects)
select s.id, 1, s.proposed_at, jsonb_object_agg(t.resource_id, r.object_id)
  from sandbox_service s join sandbox_service_table t on t.service_id = s.id join resource r on r.id = t.resource_id
 where s.state = 'ready' and r.object_id is not null group by s.id, s.proposed_at;

-- What a call was answered from, in the same form: where answers are exact and about people, a buyer stays with it.
alter table sandbox_service_call add column objects jsonb not null default '{}';
update sandbox_service_call c set objects = v.objects from sandbox_service_revision v where v.service_id = c.service_id;
create index sandbox_service_call_buyer on sandbox_service_call (buyer_id, id);

-- A file for each grant and each data it was made of: a service may answer from older data than a project is asked on.
alter table sandbox_prepared add column source_id text not null default '';
update sandbox_prepared p set source_id = coalesce(r.object_id, '')
  from sandbox_grant g join resource r on r.id = g.resource_id where g.id = p.grant_id;
alter table sandbox_prepared drop constraint sandbox_prepared_pkey, add primary key (grant_id, source_id);
