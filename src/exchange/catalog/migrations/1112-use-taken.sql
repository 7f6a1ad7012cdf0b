-- What stops a right to use, each for itself: suspended by the agreement and for want of consent, it lives again only
-- when both are lifted. `suspended_at` stays the moment the first of them began.
alter table resource_authorisation add column holds text[] not null default '{}';
update resource_authorisation set holds = '{agreement}' where suspended_at is not null;
alter table resource_authorisation add constraint resource_authorisation_held
  check ((suspended_at is null) = (holds = '{}'));
alter table resource_authorisation add column rows_used bigint not null default 0;
alter table resource_authorisation add constraint resource_authorisation_quantity
  check ((uses_max is null or uses <= uses_max) and (rows_max is null or rows_used <= rows_max));

-- Each use of a right: what was made of the resource, in which version, and how many rows it read. Counted before the
-- work begins; what was made keeps asking whether the right still lives.
create table resource_use (
  id               text primary key,
  authorisation_id text not null references resource_authorisation (id),
  resource_id      text not null references resource (id),
  made_id          text not null,
  made_version     int not null,
  rows             bigint not null,
  taken_at         timestamptz not null,
  unique (made_id, made_version, resource_id)
);
create index resource_use_authorisation on resource_use (authorisation_id, id);
