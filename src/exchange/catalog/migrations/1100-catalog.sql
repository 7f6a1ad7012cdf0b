-- A resource is a dataset of its holder with everything others must know of it before they may use it.
create table resource (
  id                            text primary key,
  holder_id                     text not null references party (id),
  state                         text not null check (state in ('registered', 'withdrawn')),
  version                       int not null default 1,
  title                         text not null,
  summary                       text not null,
  source                        text not null,
  source_statement              text not null,
  sector                        text not null,
  class                         text not null,
  grade                         text not null check (grade in ('core', 'important', 'general')),
  contains_personal_information boolean not null,
  consent_basis                 text,
  update_frequency              text not null,
  region                        text not null,
  covers_from                   date,
  covers_to                     date,
  opening                       text not null,
  -- The holder is a data provider: the resource is public data.
  public_data                   boolean not null,
  dataset_id                    text not null,
  object_id                     text not null,
  rows                          bigint not null,
  bytes                         bigint not null,
  -- The dictionary: [{name, type, titleZh, titleEn, description, unit, sensitive}].
  columns                       jsonb not null,
  -- Profile of the dataset; sensitive columns show no values.
  profile                       jsonb,
  registered_at                 timestamptz not null,
  withdrawn_at                  timestamptz,
  withdrawal_reason             text,
  search                        tsvector not null,
  search_version                int not null
);
create index resource_holder on resource (holder_id, id);
create index resource_search on resource using gin (search);

-- The holder lets another party make products from a resource, for one purpose and for a time.
create table resource_authorisation (
  id          text primary key,
  resource_id text not null references resource (id),
  party_id    text not null references party (id),
  purpose     text not null,
  valid_until timestamptz not null,
  granted_at  timestamptz not null,
  revoked_at  timestamptz,
  revocation_reason text
);
create index resource_authorisation_resource on resource_authorisation (resource_id, id);
create index resource_authorisation_party on resource_authorisation (party_id, resource_id);
